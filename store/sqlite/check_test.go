package sqlite_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/store"
	"masjala/store/sqlite"
)

func TestCheckFindsDamage(t *testing.T) {
	dir := t.TempDir()
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { s.Close() }()
	err = s.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for _, key := range strings.Split("abcdefghijklmnopqrstuvwxyz", "") {
			if err := tx.SetValue("space", key, []byte(strings.Repeat(key, 4000))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, filepath.Join(dir, "masjala.db"))
	if s, err = sqlite.Open(dir, sqlite.Options{}); err != nil {
		t.Fatalf("open the damaged file: %v", err)
	}
	if err := s.Check(t.Context()); err == nil {
		t.Error("Check finds nothing wrong with a page of noise")
	}
}

// damage writes noise over the last page that is in use.
func damage(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) - 3*4096; i < len(data); i++ {
		data[i] = 0xA5
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
