package command

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"masjala/fhir"
)

// pack writes the regular files below a folder as a tar, in the order of their names.
func pack(w io.Writer, folder string) error {
	archive := tar.NewWriter(w)
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: filepath.ToSlash(name), Mode: 0o600, Size: info.Size()}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		return send(archive, path)
	})
	if err != nil {
		return fmt.Errorf("pack folder %q: %w", folder, err)
	}
	return archive.Close()
}

// unpack writes the files of a tar into a folder. It refuses names that lead out of it.
func unpack(r io.Reader, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return fmt.Errorf("unpack into %q: %w", folder, err)
	}
	defer root.Close()
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fhir.Errorf(fhir.Invalid, "the folder was not sent as a whole tar").Because(err)
		}
		if !filepath.IsLocal(header.Name) || header.Typeflag != tar.TypeReg {
			return fhir.Errorf(fhir.Invalid, "the folder holds %q, which is not a plain file inside of it", header.Name)
		}
		if err := unpackFile(root, filepath.FromSlash(header.Name), archive); err != nil {
			return err
		}
	}
}

func unpackFile(root *os.Root, name string, content io.Reader) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("unpack %q: %w", name, err)
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("unpack %q: %w", name, err)
	}
	if _, err := io.Copy(f, content); err != nil {
		f.Close()
		return fmt.Errorf("unpack %q: %w", name, err)
	}
	return f.Close()
}
