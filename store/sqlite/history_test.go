package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"masjala/store"
	"masjala/store/sqlite"
	"masjala/store/storetest"
)

// TestTotalsOfHistories counts the versions of many commits from every moment on, while
// more are written.
func TestTotalsOfHistories(t *testing.T) {
	s := storetest.Open(t)
	r := rand.New(rand.NewPCG(9, 9))
	types := []string{"Location", "Organization", "Practitioner"}
	at := map[string][]int{} // by type: after each commit, how many versions there were
	total := 0
	for commit := range 50 {
		var ds []*store.Draft
		kinds := types
		if commit < 30 {
			kinds = types[:2] // the third comes late
		}
		for range 1 + r.IntN(140) {
			ds = append(ds, draft(kinds[r.IntN(len(kinds))], fmt.Sprint(r.IntN(500)), `{}`))
		}
		put(t, s, ds...)
		for _, typ := range types {
			n := 0
			if commit > 0 {
				n = at[typ][commit-1]
			}
			for _, d := range ds {
				if d.Resource.Type == typ {
					n++
				}
			}
			at[typ] = append(at[typ], n)
		}
		total += len(ds)
		from := r.IntN(commit + 1) // the first commit that counts
		before := func(typ string) int {
			if from == 0 {
				return 0
			}
			return at[typ][from-1]
		}
		since := storetest.Start.Add(time.Duration(from) * time.Millisecond)
		all := 0
		for _, typ := range types {
			want := at[typ][commit] - before(typ)
			all += want
			if p, err := s.History(t.Context(), store.HistoryQuery{Type: typ, Since: since}); err != nil || p.Total != want {
				t.Fatalf("after %d versions, %s since commit %d: %+v, %v; want %d", total, typ, from, p, err, want)
			}
		}
		for name, q := range map[string]store.HistoryQuery{"all": {Since: since}, "of types": {Types: append(types, "Endpoint", types[0]), Since: since}} {
			if p, err := s.History(t.Context(), q); err != nil || p.Total != all {
				t.Fatalf("after %d versions, %s since commit %d: %+v, %v; want %d", total, name, from, p, err, all)
			}
		}
	}
	if total < 3000 {
		t.Errorf("only %d versions were counted", total)
	}
}

// TestCountsOfVersionsAreKept starts a store again: what was counted is not counted again,
// unless what the file keeps of it cannot be.
func TestCountsOfVersionsAreKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kept.db")
	open := func() *sqlite.Store {
		t.Helper()
		s, err := sqlite.Open(path, sqlite.Options{NoIndex: true}) // nobody counts in the background
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	locations := 0
	check := func(s *sqlite.Store, what string) {
		t.Helper()
		if p, err := s.History(t.Context(), store.HistoryQuery{Type: "Location"}); err != nil || p.Total != locations {
			t.Fatalf("%s: %+v, %v; want %d versions", what, p, err, locations)
		}
	}
	s := open()
	var ds []*store.Draft
	for i := range 3000 {
		typ := "Organization"
		if i%3 == 0 {
			typ = "Location"
			locations++
		}
		ds = append(ds, draft(typ, fmt.Sprint(i), `{}`))
	}
	put(t, s, ds...)
	if blocks, saved, err := s.CountVersions(t.Context()); err != nil || blocks != 2 || saved != 2 {
		t.Fatalf("%d blocks were counted, %d kept, %v; want 2 and 2", blocks, saved, err)
	}
	good, err := s.Value(t.Context(), "store.index", "ranks")
	if err != nil || len(good) < 4 {
		t.Fatalf("the file keeps %x, %v", good, err)
	}
	more := append([]byte{}, good...)
	more[2]++ // of one block and type
	for _, tc := range []struct {
		name string
		kept []byte
		want int64
	}{
		{"as it was", good, 2}, {"nothing", nil, 0}, {"cut off", good[:len(good)-1], 0}, {"a wrong number", more, 0},
		{"more blocks than there are", []byte{200, 1}, 0}, {"nonsense", []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"), 0},
	} {
		err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error { return tx.SetValue("store.index", "ranks", tc.kept) })
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open()
		if blocks, _ := s.RankBlocks(); blocks != tc.want {
			t.Errorf("%s: %d blocks are known after the start, want %d", tc.name, blocks, tc.want)
		}
		check(s, tc.name)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
