package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// A file takes the place of the one before when it is whole, and is for its owner alone.
func TestFileTakesItsPlaceWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	check := func(want string, files int) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil || string(text) != want {
			t.Errorf("the file has %q, %v; want %q", text, err, want)
		}
		if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) != files {
			t.Errorf("there are %v, %v; want %d", all, err, files)
		}
	}
	broken := errors.New("broken")
	for name, result := range map[string]error{"broken": broken, "whole": nil} {
		err := writeFile(path, func(w io.Writer) error {
			_, err := io.WriteString(w, name)
			check("old", 2)
			return errors.Join(err, result)
		})
		if !errors.Is(err, result) {
			t.Errorf("%s: %v", name, err)
		}
		if result != nil {
			check("old", 1)
			continue
		}
		check("whole", 1)
		forOwner(t, path)
		if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := writeFile(filepath.Dir(path), func(io.Writer) error { return nil }); err == nil {
		t.Error("a folder was written over")
	}
}

// What is no file keeps its place.
func TestFileThatIsAPipe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such files on Windows")
	}
	path := filepath.Join(t.TempDir(), "nothing")
	if err := os.Symlink(os.DevNull, path); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "x"); return err }); err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		t.Errorf("it became %v, %v", info, err)
	}
}

// forOwner fails unless a file is for its owner alone.
func forOwner(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%s has the mode %v, want it for its owner alone", filepath.Base(path), info.Mode())
	}
}
