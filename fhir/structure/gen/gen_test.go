package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"masjala/internal/testutil"
)

func TestTableIsCurrent(t *testing.T) {
	t.Setenv(testutil.ReferenceVariable, testutil.Reference(t))
	file := filepath.Join(t.TempDir(), "table.go")
	if err := run(file); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(filepath.Join("..", "table.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("table.go is not what the definitions give; run go generate ./fhir/structure")
	}
}

func TestRunNeedsTheDefinitions(t *testing.T) {
	t.Setenv(testutil.ReferenceVariable, t.TempDir())
	if err := run(filepath.Join(t.TempDir(), "table.go")); err == nil {
		t.Error("a table was made from an empty folder")
	}
}
