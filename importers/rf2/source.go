package rf2

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"masjala/fhir"
)

// Limits on what a release may hold, so that a hostile archive cannot fill the disk or hang.
const (
	maxFiles = 10_000
	maxBytes = 32 << 30 // of all text files, unpacked
)

// part is one text file of a release.
type part struct {
	name string // inside the release, with slashes
	open func() (io.ReadCloser, error)
}

// source is a release as it lies on the disk.
type source struct {
	parts []part // by name
	close func() error
}

// openSource lists the text files of a folder or zip archive. It fails with NotFound when
// there is none, with Invalid for what is neither, and with TooLarge beyond the limits.
func openSource(name string) (*source, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fhir.Errorf(fhir.NotFound, "there is no file or folder %s", name)
	}
	if err != nil {
		return nil, fmt.Errorf("open release: %w", err)
	}
	s := &source{close: func() error { return nil }}
	if info.IsDir() {
		err = s.folder(name)
	} else {
		err = s.archive(name)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	slices.SortFunc(s.parts, func(a, b part) int { return strings.Compare(a.name, b.name) })
	return s, nil
}

func (s *source) folder(root string) error {
	total := int64(0)
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.EqualFold(path.Ext(p), ".txt") {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		total += info.Size()
		return s.add(part{filepath.ToSlash(rel), func() (io.ReadCloser, error) { return os.Open(p) }}, total)
	})
}

func (s *source) archive(name string) error {
	z, err := zip.OpenReader(name)
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "%s is neither a folder nor a whole zip archive", filepath.Base(name)).Because(err)
	}
	s.close = z.Close
	total := uint64(0)
	for _, f := range z.File {
		if f.Mode().IsRegular() && strings.EqualFold(path.Ext(f.Name), ".txt") {
			if total += f.UncompressedSize64; total > maxBytes {
				total = maxBytes + 1 // so that no sum of sizes runs over
			}
			if err := s.add(part{f.Name, f.Open}, int64(total)); err != nil {
				return err
			}
		}
	}
	return nil
}

// add takes a file in, unless it is more than a release may hold.
func (s *source) add(p part, total int64) error {
	if s.parts = append(s.parts, p); len(s.parts) > maxFiles || total > maxBytes {
		return fhir.Errorf(fhir.TooLarge, "the release holds more than this server takes (%d files, %d GB of text)", maxFiles, int64(maxBytes)>>30)
	}
	return nil
}
