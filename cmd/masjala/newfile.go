package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"masjala/fhir"
	"masjala/internal/command"
)

// newFile is a file that takes its place when it is whole. It is for its owner alone.
type newFile struct {
	path, partial string
}

// open is the give of a [task].
func (f *newFile) open(string) (io.WriteCloser, error) {
	file, err := f.create()
	if err != nil {
		return nil, fhir.Errorf(fhir.Invalid, "%s cannot be written: %v", f.path, err).Because(err)
	}
	return file, nil
}

func (f *newFile) create() (*os.File, error) {
	if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
		return os.OpenFile(f.path, os.O_WRONLY, 0) // a terminal or a pipe, whose place no file can take
	}
	file, err := os.CreateTemp(filepath.Dir(f.path), ".masjala-*.partial") // mode 0600
	if err == nil {
		f.partial = file.Name()
	}
	return file, err
}

// finish puts the file into its place, or removes what there is of it after an error.
func (f *newFile) finish(err error) error {
	if f.partial == "" {
		return err
	}
	if err == nil {
		if err = os.Rename(f.partial, f.path); err == nil {
			return nil
		}
		err = fhir.Errorf(fhir.Invalid, "%s cannot be written: %v", f.path, err).Because(err)
	}
	os.Remove(f.partial)
	return err
}

// write carries out a task that makes one file.
func (o *options) write(cmd *cobra.Command, path string, t task) (command.Result, error) {
	file := &newFile{path: path}
	t.give = file.open
	result, err := o.do(cmd, t)
	return result, file.finish(err)
}

// writeFile writes a file.
func writeFile(path string, write func(io.Writer) error) error {
	file := &newFile{path: path}
	w, err := file.open(path)
	if err != nil {
		return err
	}
	return file.finish(errors.Join(write(w), w.Close()))
}
