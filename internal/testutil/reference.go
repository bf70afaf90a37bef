package testutil

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// ReferenceVariable names the environment variable that says where the reference folder is.
const ReferenceVariable = "MASJALA_REFERENCE"

// Reference returns the path of the folder with specifications, examples and test cases:
// MASJALA_REFERENCE, else ../shared beside the module. It skips the test if there is none.
func Reference(t testing.TB) string {
	t.Helper()
	dir, err := FindReference()
	if err != nil {
		t.Skipf("needs the reference folder: %v", err)
	}
	return dir
}

// FindReference is Reference for programs. It fails if the folder does not exist.
func FindReference() (string, error) {
	dir := os.Getenv(ReferenceVariable)
	if dir == "" {
		root, err := ModuleRoot()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(filepath.Dir(root), "shared")
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", errors.New(dir + " is not a folder")
	}
	return filepath.Abs(dir)
}

// ModuleRoot returns the folder with go.mod that the working directory lies in.
func ModuleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod in any folder above the working directory")
		}
		dir = up
	}
}
