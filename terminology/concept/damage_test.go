package concept_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"masjala/terminology/concept"
)

// big is a code system whose flat file is mapped and whose concepts fill several files.
func big(t testing.TB) string {
	body, _ := graph(rand.New(rand.NewPCG(1, 2)), 4000)
	return body
}

// library makes a closed library with two sets in a new folder.
func library(t *testing.T) (dir string, body [2]string) {
	t.Helper()
	dir = t.TempDir()
	l, err := concept.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	body = [2]string{small, big(t)}
	for _, b := range body {
		add(t, l, b)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, body
}

// hurt damages a file in one of several ways and says how.
func hurt(t *testing.T, r *rand.Rand, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	how := r.IntN(4)
	if len(data) == 0 {
		how = 3
	}
	var said string
	switch how {
	case 0:
		at := r.IntN(len(data))
		data[at] ^= 1 << r.IntN(8)
		said = fmt.Sprintf("a bit of byte %d of %d", at, len(data))
	case 1:
		n := r.IntN(len(data))
		data = data[:n]
		said = fmt.Sprintf("cut to %d", n)
	case 2:
		said = "deleted"
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		return said
	default:
		data = append(data, 0)
		said = "a byte more"
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return said
}

// check opens both sets and compares every concept with what was loaded, then restores
// the vault and looks there too.
func check(t *testing.T, dir string, body [2]string, what string) {
	t.Helper()
	l, err := concept.Open(dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	defer l.Close()
	bySum := map[concept.Hash]string{}
	var want []concept.Hash
	for _, b := range body {
		src := source(t, b)
		h := src.Hash()
		bySum[h], want = b, append(want, h)
		asked := 0
		s, err := l.Set(h, stored(t, b, &asked))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if s.Len() != src.Len() {
			t.Fatalf("%s: %d concepts, want %d", what, s.Len(), src.Len())
		}
		for k := range uint32(s.Len()) {
			if n, ok := s.Find(string(s.Code(k))); !ok || n != k {
				t.Fatalf("%s: concept %d is not found by its code", what, k)
			}
		}
	}
	err = l.Restore(t.Context(), want, func(_ context.Context, h concept.Hash) (*concept.Source, error) {
		return source(t, bySum[h]), nil
	})
	if err != nil {
		t.Fatalf("%s: restore: %v", what, err)
	}
	// Now Badger alone must be able to make the flat files again.
	if err := os.RemoveAll(filepath.Join(dir, "flat")); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	for _, h := range want {
		s, err := l.Set(h, func() (*concept.Source, error) { return nil, errNotStored })
		if err != nil {
			t.Fatalf("%s: rebuild from Badger: %v", what, err)
		}
		if s.Hash() != h || s.Len() != source(t, bySum[h]).Len() {
			t.Fatalf("%s: rebuilt set differs", what)
		}
	}
}

// TestDamage hurts each file below the folder in turn, at seeded places.
func TestDamage(t *testing.T) {
	dir, body := library(t)
	names := files(t, dir)
	if len(names) < 6 {
		t.Fatalf("only %d files: %q", len(names), names)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for round := range 2 {
		for _, name := range names {
			rel, err := filepath.Rel(dir, name)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprint(strings.ReplaceAll(rel, "/", "_"), round), func(t *testing.T) {
				copied := t.TempDir()
				if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
					t.Fatal(err)
				}
				said := hurt(t, r, filepath.Join(copied, rel))
				check(t, copied, body, rel+": "+said)
			})
		}
	}
}

// TestDamageWhileTheVaultIsOpen hurts its tables and values after they were found right: what is
// noted when it is closed is not what they are then.
func TestDamageWhileTheVaultIsOpen(t *testing.T) {
	dir, body := library(t)
	l := open(t, dir)
	restored := func(context.Context, concept.Hash) (*concept.Source, error) { return nil, errNotStored }
	if err := l.Restore(t.Context(), []concept.Hash{source(t, body[0]).Hash(), source(t, body[1]).Hash()}, restored); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range files(t, filepath.Join(dir, "badger")) {
		info, err := os.Stat(name)
		if ext := filepath.Ext(name); err != nil || ext != ".sst" && ext != ".vlog" || info.Size() > 100<<20 { // the file for new values
			continue
		}
		n++
		f, err := os.OpenFile(name, os.O_RDWR, 0) // Badger has it mapped: it may not be cut
		if err != nil {
			t.Fatal(err)
		}
		one := make([]byte, 1)
		at := info.Size() / 2
		_, err = f.ReadAt(one, at)
		one[0] ^= 1
		if _, e := f.WriteAt(one, at); err != nil || e != nil || f.Close() != nil {
			t.Fatal(name, err, e)
		}
	}
	if n < 2 {
		t.Fatalf("%d files of tables and values were there to be hurt", n)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, dir, body, "files hurt while open")
}

// TestDamagedFlatIsNeverOpened flips every byte of a small flat file, one at a time.
func TestDamagedFlatIsNeverOpened(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	h := add(t, l, small).Hash()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "flat", h.String())
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	// Without Badger and without a store the damage cannot be repaired: Set must fail.
	if err := os.RemoveAll(filepath.Join(dir, "badger")); err != nil {
		t.Fatal(err)
	}
	l = open(t, dir)
	for i := range data {
		data[i] ^= 0x10
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := l.Set(h, func() (*concept.Source, error) { return nil, errNotStored }); err == nil {
			t.Fatalf("a set with byte %d of %d damaged was opened", i, len(data))
		}
		data[i] ^= 0x10
	}
}

func TestSweep(t *testing.T) {
	dir, body := library(t)
	keep := source(t, body[0]).Hash()
	if err := os.WriteFile(filepath.Join(dir, "flat", ".new-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := open(t, dir)
	held := add(t, l, `{"concept":[{"code":"third"}]}`)
	third := held.Hash()
	if n, err := l.Sweep(func(h concept.Hash) bool { return h == keep }); err != nil || n != 1 {
		t.Fatalf("Sweep = %d, %v, want one set that is held", n, err)
	}
	left := files(t, filepath.Join(dir, "flat"))
	want := map[string]bool{keep.String(): true, third.String(): true}
	if len(left) != 2 || !want[filepath.Base(left[0])] || !want[filepath.Base(left[1])] {
		t.Errorf("left are %q, want %v", left, want)
	}
	err := l.Restore(t.Context(), []concept.Hash{keep}, func(context.Context, concept.Hash) (*concept.Source, error) {
		return nil, errNotStored // nothing is lacking
	})
	if err != nil {
		t.Fatal(err)
	}
	runtime.KeepAlive(held)
	// The swept set is gone from Badger too: only the store can bring it back.
	asked := 0
	if _, err := l.Set(source(t, body[1]).Hash(), stored(t, body[1], &asked)); err != nil || asked != 1 {
		t.Errorf("Set of a swept set: %v, the store was asked %d times, want once", err, asked)
	}
}
