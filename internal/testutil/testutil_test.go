package testutil_test

import (
	"os"
	"path/filepath"
	"testing"

	"masjala/internal/testutil"
)

func TestReferenceFollowsTheVariable(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(testutil.ReferenceVariable, dir)
	if got := testutil.Reference(t); got != dir {
		t.Errorf("Reference = %s, want %s", got, dir)
	}
}

func TestFindReferenceRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, filepath.Join(t.TempDir(), "absent")} {
		t.Setenv(testutil.ReferenceVariable, path)
		if got, err := testutil.FindReference(); err == nil {
			t.Errorf("FindReference = %s, want an error for %s", got, path)
		}
	}
}

func TestModuleRootHoldsGoMod(t *testing.T) {
	root, err := testutil.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Error(err)
	}
}
