package fhirpkg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
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

// Limits on what a package may hold, so that a hostile archive cannot fill memory.
const (
	maxFile  = 1 << 30 // bytes of one file
	maxTotal = 8 << 30 // bytes of all files, unpacked
	maxFiles = 200_000
)

// file is one file of a package.
type file struct {
	name string // path inside the package, slashes
	data []byte
}

// walk calls fn for each JSON or NDJSON file of a package, which may be a folder, a .tgz or a
// single JSON file, in an order that does not change between runs.
// An error of fn ends the walk.
func walk(name string, fn func(file) error) error {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return fhir.Errorf(fhir.NotFound, "there is no file or folder %s", name)
	}
	if err != nil {
		return fmt.Errorf("open package: %w", err)
	}
	if info.IsDir() {
		return walkFolder(name, fn)
	}
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("open package: %w", err)
	}
	defer f.Close()
	return walkFile(filepath.Base(name), f, info.Size(), fn)
}

// walkFile reads a package from one file, told apart by its first bytes.
func walkFile(name string, r io.ReadSeeker, size int64, fn func(file) error) error {
	head := make([]byte, 2)
	n, err := io.ReadFull(r, head)
	if err != nil && n == 0 {
		return fhir.Errorf(fhir.Invalid, "%s is empty", name)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read package: %w", err)
	}
	if bytes.Equal(head, []byte{0x1f, 0x8b}) {
		return walkTar(name, r, fn)
	}
	if size > maxFile {
		return fhir.Errorf(fhir.TooLarge, "%s is larger than %d MB", name, maxFile>>20)
	}
	data, err := readPieces(r, size)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if t := bytes.TrimLeft(data, " \t\r\n\ufeff"); len(t) == 0 || t[0] != '{' {
		return fhir.Errorf(fhir.Invalid, "%s is neither a FHIR package (.tgz, folder) nor JSON", name)
	}
	return fn(file{name: name, data: data})
}

// walkFolder reads a package that was unpacked; a package/ folder inside is the package.
func walkFolder(root string, fn func(file) error) error {
	if info, err := os.Stat(filepath.Join(root, "package")); err == nil && info.IsDir() {
		root = filepath.Join(root, "package")
	}
	var names []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && wanted(inside(root, p)) {
			names = append(names, p)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read folder %s: %w", root, err)
	}
	if len(names) == 0 {
		return fhir.Errorf(fhir.Invalid, "the folder holds no file of a FHIR package: JSON or NDJSON, in it or in a folder package below it")
	}
	slices.Sort(names)
	for _, p := range names {
		info, err := os.Stat(p)
		if err != nil {
			return fmt.Errorf("read package: %w", err)
		}
		rel := inside(root, p)
		if info.Size() > maxFile {
			return fhir.Errorf(fhir.TooLarge, "%s is larger than %d MB", rel, maxFile>>20)
		}
		data, err := readFile(p, info.Size())
		if err != nil {
			return fmt.Errorf("read package: %w", err)
		}
		if err := fn(file{name: rel, data: data}); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads a file of a size.
func readFile(name string, size int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readPieces(f, size)
}

// readPieces reads so many bytes in pieces: the system takes half a second to read hundreds of
// megabytes at once, as it makes room for each page. It fails where there are less.
func readPieces(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, size)
	for some := range slices.Chunk(data, piece) {
		if _, err := io.ReadFull(r, some); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// inside is the path of a file below root, with slashes.
func inside(root, p string) string {
	rel, err := filepath.Rel(root, p)
	if err != nil {
		return filepath.ToSlash(p)
	}
	return filepath.ToSlash(rel)
}

// walkTar reads a gzipped tar archive. Nothing is written to disk, so names cannot escape.
func walkTar(name string, r io.Reader, fn func(file) error) error {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return fhir.Errorf(fhir.Invalid, "%s is not a readable .tgz file", name).Because(err)
	}
	archive, total, count := tar.NewReader(unzipped), int64(0), 0
	for {
		h, err := archive.Next()
		if err == io.EOF && count > 0 {
			return nil
		}
		if err != nil {
			return fhir.Errorf(fhir.Invalid, "%s is damaged or cut off after %d files; fetch it again", name, count).Because(err)
		}
		count++
		if total += h.Size; h.Size > maxFile || total > maxTotal || count > maxFiles {
			return fhir.Errorf(fhir.TooLarge, "%s holds more than this server takes (%d MB a file, %d files)", name, maxFile>>20, maxFiles)
		}
		if h.Typeflag != tar.TypeReg || !wanted(h.Name) {
			continue
		}
		data, err := content(archive, h.Size)
		if err != nil {
			return fhir.Errorf(fhir.Invalid, "%s is damaged in %s; fetch it again", name, h.Name).Because(err)
		}
		if err := fn(file{name: strings.TrimPrefix(path.Clean(h.Name), "package/"), data: data}); err != nil {
			return err
		}
	}
}

// believed is how many bytes of a file are made room for because its header says so; more only
// when so many came, so that a header alone cannot fill memory.
const believed = 16 << 20

// content reads a file of an archive.
func content(r io.Reader, size int64) ([]byte, error) {
	data := make([]byte, min(size, believed))
	n, err := io.ReadFull(r, data)
	if err != nil || size <= believed {
		return data[:n], err
	}
	whole := make([]byte, size)
	copy(whole, data)
	_, err = io.ReadFull(r, whole[n:])
	return whole, err
}

// aside tells the folders of a package that hold no content: examples, other formats.
func aside(name string) bool {
	for _, dir := range []string{"example", "examples", "openapi", "other", "xml"} {
		if strings.Contains("/"+name, "/"+dir+"/") {
			return true
		}
	}
	return false
}

// wanted tells the files that may hold resources from indexes, manifests and pictures.
func wanted(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || base == "package.json" || aside(name) {
		return false
	}
	switch strings.ToLower(path.Ext(base)) {
	case ".json", ".ndjson":
		return true
	}
	return false
}
