package plain

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"masjala/fhir"
)

// Lines calls fn with each line of a file, without its end, and its number from 1. wanted
// picks the entry of a zip archive by its name; the first that fits is read. The bytes of a
// line are reused. It fails with NotFound, with Invalid for what is damaged, with TooLarge
// for a line or a file beyond the limits, and with the error of fn.
func Lines(name string, wanted func(entry string) bool, fn func(number int, line []byte) error) error {
	return open(name, wanted, func(r io.Reader) error {
		left := &io.LimitedReader{R: r, N: maxFile + 1}
		s := bufio.NewScanner(left)
		s.Buffer(make([]byte, 64<<10), maxLine)
		number := 0
		for s.Scan() {
			line := s.Bytes()
			if number++; number == 1 {
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			if err := fn(number, line); err != nil {
				return err
			}
		}
		switch err := s.Err(); {
		case errors.Is(err, bufio.ErrTooLong):
			return fhir.Errorf(fhir.TooLarge, "line %d of %s is longer than %d MB", number+1, filepath.Base(name), maxLine>>20)
		case err != nil:
			return damaged(name, err)
		case left.N == 0:
			return tooLarge(name)
		}
		return nil
	})
}

// All reads a whole file, likewise.
func All(name string, wanted func(entry string) bool) (data []byte, err error) {
	err = open(name, wanted, func(r io.Reader) error {
		if data, err = io.ReadAll(io.LimitReader(r, maxFile+1)); err != nil {
			return damaged(name, err)
		}
		if len(data) > maxFile {
			return tooLarge(name)
		}
		return nil
	})
	return data, err
}

// Limits, so that a hostile file cannot fill memory.
const (
	maxFile = 512 << 20
	maxLine = 1 << 20
)

func damaged(name string, err error) error {
	return fhir.Errorf(fhir.Invalid, "%s is damaged or cut off; fetch it again", filepath.Base(name)).Because(err)
}

func tooLarge(name string) error {
	return fhir.Errorf(fhir.TooLarge, "%s is larger than %d MB", filepath.Base(name), maxFile>>20)
}

// open unpacks a file for fn.
func open(name string, wanted func(string) bool, fn func(io.Reader) error) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fhir.Errorf(fhir.NotFound, "there is no file %s", name)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", filepath.Base(name), err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	head, err := r.Peek(4)
	switch {
	case len(head) == 0:
		return fhir.Errorf(fhir.Invalid, "%s is empty, or no file", filepath.Base(name)).Because(err)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(r)
		if err != nil {
			return damaged(name, err)
		}
		return fn(z)
	case bytes.Equal(head, []byte("PK\x03\x04")):
		return entry(name, f, wanted, fn)
	}
	return fn(r)
}

// entry opens the wanted entry of a zip archive.
func entry(name string, f *os.File, wanted func(string) bool, fn func(io.Reader) error) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open %s: %w", filepath.Base(name), err)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return damaged(name, err)
	}
	for _, e := range z.File {
		if !e.Mode().IsRegular() || !wanted(e.Name) {
			continue
		}
		r, err := e.Open()
		if err != nil {
			return damaged(name, err)
		}
		err = fn(r)
		return errors.Join(err, r.Close())
	}
	return fhir.Errorf(fhir.Invalid, "%s holds no file of the sort that is wanted", filepath.Base(name))
}
