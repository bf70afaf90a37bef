package concept

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
)

// TestFullDisk fills the disk, as the library sees it, at each moment that matters.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	left := uint64(1 << 40)
	l.vault.free = func(string) (uint64, error) { return left, nil }
	add := func(code string) error {
		src, err := Read([]byte(`{"concept":[{"code":"` + code + `"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		_, err = l.Add(t.Context(), src)
		return err
	}
	if err := add("a"); err != nil {
		t.Fatal(err)
	}
	left = reserve - 1
	if err := add("b"); fhir.KindOf(err) != fhir.Full || !strings.Contains(err.Error(), "63 MB free") {
		t.Errorf("Add on a full disk = %v, want Full", err)
	}
	l.vault.rest() // must neither close Badger nor give up
	if l.vault.db == nil {
		t.Error("Badger was closed on a full disk")
	}
	left = 1 << 40
	if err := add("b"); err != nil {
		t.Errorf("Add after the disk has room again: %v", err)
	}
	l.vault.rest()
	if l.vault.db != nil {
		t.Error("Badger is open after its rest")
	}
	if _, err := os.Stat(filepath.Join(dir, "badger.sums")); err != nil {
		t.Errorf("no notes on the files of Badger: %v", err)
	}
	left = 0
	if err := add("c"); fhir.KindOf(err) != fhir.Full {
		t.Errorf("Add that had to open Badger on a full disk = %v, want Full", err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

// TestFullDiskIsNotFilledByRepairs lets Badger be opened, but has no room for what it lost.
func TestFullDiskIsNotFilledByRepairs(t *testing.T) {
	l, err := Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	src := many(t, 1000, 300)
	left := uint64(reserve + 1000)
	l.vault.free = func(string) (uint64, error) { return left, nil }
	restore := func() error {
		return l.Restore(t.Context(), []Hash{src.Hash()}, func(context.Context, Hash) (*Source, error) { return src, nil })
	}
	if err := restore(); fhir.KindOf(err) != fhir.Full {
		t.Errorf("Restore without room = %v, want Full", err)
	}
	if whole, partial, err := l.vault.sets(); err != nil || len(whole)+len(partial) != 0 {
		t.Errorf("%d sets and parts of %d are kept, %v", len(whole), len(partial), err)
	}
	left += 2 << 20
	if err := restore(); err != nil {
		t.Errorf("Restore with room: %v", err)
	}
	holds(t, &l.vault, src)
}
