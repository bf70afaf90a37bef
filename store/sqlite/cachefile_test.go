package sqlite_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
)

// large makes the nth of some Locations whose content does not get smaller.
func large(n, version int) *store.Draft {
	noise, source := make([]byte, 10_000), rand.NewChaCha8([32]byte{byte(n), byte(version)})
	source.Read(noise)
	r := &fhir.Resource{Type: "Location", ID: fmt.Sprint("large", n), Body: fmt.Appendf(nil, `{"name":"Clinic %d","description":"%s"}`, n, hex.EncodeToString(noise))}
	return &store.Draft{Resource: r, Entries: search.Extract(r)}
}

const larges = 200

// saved makes a store of larges whose cache is saved, and which is closed.
func saved(t *testing.T, dir string) {
	t.Helper()
	s := open(t, dir, sqlite.Options{})
	for n := range larges {
		put(t, s, large(n, 1))
	}
	if err := s.SaveCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func cached(dir string) string { return filepath.Join(dir, "masjala.cache") }

// hits reads all larges, of which those of version 2 are given, and tells how many were in memory.
func hits(t *testing.T, s *sqlite.Store, changed ...int) int {
	t.Helper()
	before := cacheHits(t, s)
	for n := range larges {
		version := 1
		for _, c := range changed {
			if c == n {
				version = 2
			}
		}
		r, err := s.Read(t.Context(), "Location", fmt.Sprint("large", n))
		if err != nil {
			t.Fatal(err)
		}
		if want := large(n, version).Resource; string(r.Body) != string(want.Body) || r.Version != int64(version) || r.Updated.IsZero() {
			t.Fatalf("large%d is version %d: %.60s", n, r.Version, r.Body)
		}
	}
	return cacheHits(t, s) - before
}

func cacheHits(t *testing.T, s *sqlite.Store) int {
	t.Helper()
	st, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(st.Cache.Hits)
}

func TestCacheOutlivesARestart(t *testing.T) {
	dir := t.TempDir()
	saved(t, dir)
	if info, err := os.Stat(cached(dir)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Fatalf("the file is %v, %v; want one that others cannot read", info, err)
	}
	s := open(t, dir, sqlite.Options{})
	if err := s.LoadCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := hits(t, s); got != larges {
		t.Errorf("%d of %d are in memory after a restart", got, larges)
	}
	if _, err := os.Stat(cached(dir)); err == nil {
		t.Error("the file is still there")
	}
	put(t, s, large(7, 2))
	if got := hits(t, s, 7); got != larges {
		t.Errorf("%d of %d are in memory after a change", got, larges)
	}
}

// A server that may not take longer to stop leaves no part of a file.
func TestSavingTheCacheIsCutShort(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	for n := range larges {
		put(t, s, large(n, 1))
	}
	ctx := &lasting{Context: t.Context(), asked: 5}
	if err := s.SaveCache(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it gave %v", err)
	}
	if left, err := filepath.Glob(cached(dir) + "*"); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// lasting is a context that has ended when it was asked some times.
type lasting struct {
	context.Context
	asked int
}

func (l *lasting) Err() error {
	if l.asked--; l.asked < 0 {
		return context.Canceled
	}
	return nil
}

func TestSmallCachesAreNotSaved(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	put(t, s, large(1, 1))
	if err := s.SaveCache(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cached(dir)); err == nil {
		t.Error("a cache that is filled again at once was saved")
	}
	if err := s.LoadCache(t.Context()); err != nil {
		t.Error(err)
	}
}

// Whatever happened to the data since the cache was saved, nothing old is served.
func TestCacheOfAnotherStateIsNotLoaded(t *testing.T) {
	change := func(fn func(t *testing.T, s *sqlite.Store)) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) { // by a process that does not load the cache
			s := open(t, dir, sqlite.Options{})
			fn(t, s)
			s.Close()
		}
	}
	tests := map[string]struct {
		between func(t *testing.T, dir string)
		changed []int
		fails   bool
	}{
		"a resource changed": {between: change(func(t *testing.T, s *sqlite.Store) { put(t, s, large(3, 2)) }), changed: []int{3}},
		"rows were made anew": {between: change(func(t *testing.T, s *sqlite.Store) {
			reindex(t, s, large(3, 1))
		})},
		"a backup was put in place": {changed: []int{5}, between: func(t *testing.T, dir string) {
			other := t.TempDir() // as many versions, one of them another
			s := open(t, other, sqlite.Options{})
			for n := range larges - 1 {
				put(t, s, large(n, 1))
			}
			put(t, s, large(5, 2))
			s.Close()
			s = open(t, other, sqlite.Options{})
			put(t, s, large(larges-1, 1))
			s.Close()
			if err := os.Rename(filepath.Join(other, "masjala.db"), filepath.Join(dir, "masjala.db")); err != nil {
				t.Fatal(err)
			}
		}},
		"the file is cut off": {fails: true, between: func(t *testing.T, dir string) {
			if err := os.Truncate(cached(dir), 1<<20); err != nil {
				t.Fatal(err)
			}
		}},
		"the file is something else": {between: func(t *testing.T, dir string) {
			if err := os.WriteFile(cached(dir), []byte(strings.Repeat("x", 1000)), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		"the file is empty": {fails: true, between: func(t *testing.T, dir string) {
			if err := os.Truncate(cached(dir), 0); err != nil {
				t.Fatal(err)
			}
		}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			saved(t, dir)
			tc.between(t, dir)
			s := open(t, dir, sqlite.Options{})
			if err := s.LoadCache(t.Context()); (err != nil) != tc.fails {
				t.Errorf("loading gave %v", err)
			}
			if got := hits(t, s, tc.changed...); !tc.fails && got != 0 {
				t.Errorf("%d are in memory", got)
			}
			if got := hits(t, s, tc.changed...); got != larges {
				t.Errorf("%d of %d are in memory after they were read", got, larges)
			}
			if _, err := os.Stat(cached(dir)); err == nil {
				t.Error("the file is still there")
			}
		})
	}
}

func TestEraseRemovesTheSavedCache(t *testing.T) {
	dir := t.TempDir()
	saved(t, dir)
	unfinished := cached(dir) + ".new" // as a crash leaves it
	if err := os.WriteFile(unfinished, []byte("large3"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, sqlite.Options{})
	if err := s.Erase(t.Context(), store.Cause{}, "Location", "large3"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{cached(dir), unfinished} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("what was erased still lies in %s", path)
		}
	}
	if err := s.LoadCache(t.Context()); err != nil {
		t.Error(err)
	}
	if r, err := s.Read(t.Context(), "Location", "large3"); fhir.KindOf(err) != fhir.Gone {
		t.Errorf("what was erased is %+v, %v", r, err)
	}
}

// Nothing of what was erased comes into the next file by way of what others are compressed with.
func TestErasedIsNotSaved(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, sqlite.Options{})
	for n := range larges {
		put(t, s, large(n, 1))
	}
	const workers, leave = 400, 100
	var mark [workers]string
	var group []*store.Draft
	for n := range workers { // enough for a dictionary
		noise := make([]byte, 1500)
		rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), 1}).Read(noise)
		text := hex.EncodeToString(noise)
		mark[n] = text[1000:1040]
		if group = append(group, draft("Practitioner", fmt.Sprint("worker", n), `{"name":[{"family":"`+text+`"}]}`)); len(group) == 50 {
			put(t, s, group...)
			group = nil
		}
	}
	saved := func() (held []int) {
		if err := s.SaveCache(t.Context()); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(cached(dir))
		if err != nil {
			t.Fatal(err)
		}
		for n := range leave {
			if strings.Contains(string(file), mark[n]) {
				held = append(held, n)
			}
		}
		return held
	}
	before := len(saved())
	for n := range leave {
		if err := s.Erase(t.Context(), store.Cause{}, "Practitioner", fmt.Sprint("worker", n)); err != nil {
			t.Fatal(err)
		}
	}
	if held := saved(); before == 0 || len(held) > 0 {
		t.Errorf("the file had texts of %d and has those of %v when they are erased", before, held)
	}
}

func TestLoadingTheCacheIsCutShort(t *testing.T) {
	dir := t.TempDir()
	saved(t, dir)
	s := open(t, dir, sqlite.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.LoadCache(ctx); err != nil {
		t.Error(err)
	}
	if got := cacheHits(t, s); got != 0 {
		t.Errorf("%d were in memory", got)
	}
	if err := s.LoadCache(t.Context()); err != nil {
		t.Error(err)
	}
	if got := hits(t, s); got != larges {
		t.Errorf("%d of %d are in memory when it is loaded after all", got, larges)
	}
}

// What is in memory without what it refers to is not read again: only its references are.
func TestIncludeReadsOnlyReferences(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	var ds []*store.Draft
	for n := range 70 { // more than a commit leaves in memory
		ds = append(ds, facility(n)...)
	}
	put(t, s, ds...)
	for _, d := range ds {
		if _, err := s.Read(t.Context(), d.Resource.Type, d.Resource.ID); err != nil {
			t.Fatal(err)
		}
	}
	for round := range 2 {
		q := query(t, "Location", "status=active&_include=Location:organization&_include=Location:partof")
		plans, err := s.Plans(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for text := range plans {
			if strings.Contains(text, "body") || round > 0 {
				t.Errorf("in round %d the database is asked %q", round, text)
			}
		}
		if len(plans) == 0 && round == 0 {
			t.Error("references are known though nobody asked for them before")
		}
		if !same(t, s, q, "an include") {
			t.Error("the index does not answer")
		}
	}
}
