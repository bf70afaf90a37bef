package sqlite_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
)

// indexed is a store with a base, made of random resources.
func indexed(t testing.TB, dir string, c *country) *sqlite.Store {
	t.Helper()
	s := open(t, dir, sqlite.Options{})
	for range 10 {
		c.write(t, s, 20)
	}
	if err := s.RebuildIndex(); err != nil {
		t.Fatal(err)
	}
	return s
}

// agree holds the index, which must be on, to the file.
func agree(t testing.TB, s *sqlite.Store, c *country) {
	t.Helper()
	if !s.IndexStats().On {
		t.Fatalf("the index is off: %+v", s.IndexStats())
	}
	for range 40 {
		q, text := c.search(t)
		same(t, s, q, text)
	}
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s did not come about", what)
		}
	}
}

func TestIndexIsUsedAgainAfterARestart(t *testing.T) {
	c := &country{rand.New(rand.NewPCG(1, 2)), 60}
	dir := t.TempDir()
	s := indexed(t, dir, c)
	base := s.IndexStats().Base
	c.update(t, s, 30)
	s.Close()
	s = open(t, dir, sqlite.Options{})
	if st := s.IndexStats(); !st.On || st.Base != base || st.Recent == 0 {
		t.Errorf("after a restart the index is %+v, want it on, with base %d and what came after", st, base)
	}
	agree(t, s, c)
}

func TestIndexThatDoesNotBelongToTheFileIsNotUsed(t *testing.T) {
	tests := map[string]func(t *testing.T, s *sqlite.Store, dir string){
		"rows were made anew": func(t *testing.T, s *sqlite.Store, dir string) {
			r := facility(1)[0]
			put(t, s, r)
			reindex(t, s, r)
			s.Close()
		},
		"content was erased": func(t *testing.T, s *sqlite.Store, dir string) {
			put(t, s, facility(1)[0])
			if err := s.Erase(t.Context(), store.Cause{}, "Organization", "o-1"); err != nil {
				t.Fatal(err)
			}
			s.Close()
		},
		"rows were made anew by one without an index": func(t *testing.T, s *sqlite.Store, dir string) {
			r := facility(1)[0]
			put(t, s, r)
			s.Close()
			s = open(t, dir, sqlite.Options{NoIndex: true})
			reindex(t, s, r)
			s.Close()
		},
		"an older backup was put in place": func(t *testing.T, s *sqlite.Store, dir string) {
			backup := filepath.Join(t.TempDir(), "b.db")
			if err := s.Backup(t.Context(), backup); err != nil {
				t.Fatal(err)
			}
			put(t, s, facility(3)...)
			if err := s.RebuildIndex(); err != nil {
				t.Fatal(err)
			}
			s.Close()
			if err := os.Rename(backup, filepath.Join(dir, "masjala.db")); err != nil {
				t.Fatal(err)
			}
		},
		"it is damaged": func(t *testing.T, s *sqlite.Store, dir string) {
			s.Close()
			names, err := filepath.Glob(filepath.Join(dir, "index", "*.idx"))
			if err != nil || len(names) != 1 {
				t.Fatal(names, err)
			}
			b, err := os.ReadFile(names[0])
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/2] ^= 0x20
			if err := os.WriteFile(names[0], b, 0o600); err != nil {
				t.Fatal(err)
			}
		},
		"it was removed": func(t *testing.T, s *sqlite.Store, dir string) {
			s.Close()
			if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			c := &country{rand.New(rand.NewPCG(3, 4)), 40}
			dir := t.TempDir()
			change(t, indexed(t, dir, c), dir)
			s := open(t, dir, sqlite.Options{})
			if st := s.IndexStats(); st.Base != 0 {
				t.Errorf("the base of another state is used: %+v", st)
			}
			agree(t, s, c)
			c.write(t, s, 20)
			agree(t, s, c)
		})
	}
}

// reindex makes the rows of a resource anew.
func reindex(t testing.TB, s store.Store, d *store.Draft) {
	t.Helper()
	err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
		return tx.Reindex(d.Resource.Type, d.Resource.ID, []string{"name"}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestBaseIsGivenUpWhenRowsAreMadeAnew makes rows anew beside the making of a base, more than
// are remembered: no base may come of it that lacks some.
func TestBaseIsGivenUpWhenRowsAreMadeAnew(t *testing.T) {
	c := &country{rand.New(rand.NewPCG(11, 12)), 60}
	s := indexed(t, t.TempDir(), c)
	s.SetIndexer(1_000_000, time.Hour) // no other base
	var ds []*store.Draft
	for i := range 40 {
		ds = append(ds, draft("Organization", fmt.Sprint("anew-", i), `{}`))
	}
	put(t, s, ds...)
	s.SetMostRedone(1)
	var over atomic.Bool
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; !over.Load(); i++ {
			reindex(t, s, ds[i%len(ds)])
		}
	})
	eventually(t, "a base that is given up", func() bool { return s.RebuildIndex() != nil })
	over.Store(true)
	wg.Wait()
	if err := s.RebuildIndex(); err != nil {
		t.Fatal(err)
	}
	agree(t, s, c)
}

// TestIndexCatchesUpAfterTheStart leaves more behind than is read before the store is ready.
func TestIndexCatchesUpAfterTheStart(t *testing.T) {
	c := &country{rand.New(rand.NewPCG(7, 8)), 60}
	dir := t.TempDir()
	s := indexed(t, dir, c)
	base := s.IndexStats().Base
	s.SetIndexer(1_000_000, time.Hour) // no other base
	for i := range 7 {
		var ds []*store.Draft
		for j := range 3000 {
			ds = append(ds, draft("Organization", fmt.Sprintf("late-%d-%d", i, j), `{}`))
		}
		put(t, s, ds...)
	}
	c.update(t, s, 30)
	s.Close()
	s = open(t, dir, sqlite.Options{})
	s.SetIndexer(1_000_000, time.Hour)
	c.update(t, s, 30) // beside it
	eventually(t, "an index that is on", func() bool { return s.IndexStats().On })
	if st := s.IndexStats(); st.Base != base || st.Recent < 21_000 {
		t.Errorf("the index is %+v, want the base of before, %d, and what came since", st, base)
	}
	agree(t, s, c)
}

func TestStoreOpensWithoutItsIndex(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "index"), []byte("a file in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir, sqlite.Options{})
	put(t, s, facility(1)...)
	if p, err := s.Search(t.Context(), query(t, "Location", "identifier=F000001")); err != nil || p.Total != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestIndexComesBack(t *testing.T) {
	c := &country{rand.New(rand.NewPCG(5, 6)), 60}
	s := indexed(t, t.TempDir(), c)
	s.SetIndexer(50, time.Millisecond)
	made := s.IndexStats().Rebuilt
	c.update(t, s, 200) // more than it remembers
	eventually(t, "a new base after many changes", func() bool { st := s.IndexStats(); return st.Rebuilt > made && st.On && st.Recent <= 50 })
	agree(t, s, c)
	made = s.IndexStats().Rebuilt
	s.TurnIndexOff()
	if q, _ := c.search(t); q != nil {
		if _, err := s.Search(t.Context(), q); err != nil {
			t.Errorf("a search while the index is off: %v", err)
		}
	}
	c.update(t, s, 1)
	eventually(t, "a new base after the index went off", func() bool { st := s.IndexStats(); return st.Rebuilt > made && st.On })
	agree(t, s, c)
	made = s.IndexStats().Rebuilt
	put(t, s, facility(1)...)
	if err := s.Erase(t.Context(), store.Cause{}, "Organization", "o-1"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a new base after content was erased", func() bool { return s.IndexStats().Rebuilt > made })
	agree(t, s, c)
}

// TestIndexWhileWritesGoOn writes, indexes anew and makes bases while searches run. Each
// page must be of one state: an Organization has as many Locations as its body says.
func TestIndexWhileWritesGoOn(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{CacheBytes: 1 << 18})
	step := func(org, n int) {
		err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
			name := fmt.Sprintf(`{"name":"org %d","type":[{"text":"n%d"}]}`, org, n)
			d := draft("Organization", fmt.Sprintf("o%d", org), name)
			d.Entries = search.Extract(d.Resource)
			if _, err := tx.Put(d, "PUT"); err != nil {
				return err
			}
			for i := range 6 {
				body := fmt.Sprintf(`{"status":"active","name":"n%d","managingOrganization":{"reference":"Organization/o%d"}}`, n, org)
				if i >= n {
					body = `{"status":"inactive"}`
				}
				d := draft("Location", fmt.Sprintf("l%d-%d", org, i), body)
				d.Entries = search.Extract(d.Resource)
				if _, err := tx.Put(d, "PUT"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	for org := range 8 {
		step(org, 3)
	}
	var over atomic.Bool
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 1))
			for !over.Load() {
				step(w*4+r.IntN(4), r.IntN(7))
			}
		})
	}
	wg.Go(func() {
		for !over.Load() {
			if err := s.RebuildIndex(); err != nil {
				t.Error(err)
			}
		}
	})
	var asked atomic.Int64
	for w := range 2 {
		wg.Go(func() {
			for i := w; !over.Load(); i++ {
				id := fmt.Sprintf("o%d", i%8)
				checkOne(t, s, id)
				asked.Add(1)
			}
		})
	}
	time.Sleep(1500 * time.Millisecond)
	over.Store(true)
	wg.Wait()
	if asked.Load() < 100 {
		t.Errorf("only %d searches ran", asked.Load())
	}
	if st := s.IndexStats(); st.Rebuilt < 2 {
		t.Errorf("only %d bases were made", st.Rebuilt)
	}
}

// checkOne asks for an Organization with its Locations, and for these with it.
func checkOne(t *testing.T, s *sqlite.Store, id string) {
	q := query(t, "Organization", "_id="+id+"&_revinclude=Location:organization")
	q.Count = 10
	p, err := s.Search(t.Context(), q)
	if err != nil || len(p.Matches) != 1 {
		t.Errorf("%s: %+v, %v", id, p, err)
		return
	}
	if want := fmt.Sprintf(`"n%d"`, len(p.Included)); !bytes.Contains(p.Matches[0].Body, []byte(want)) {
		t.Errorf("%s says %s and has %d Locations", id, p.Matches[0].Body, len(p.Included))
	}
	q = query(t, "Location", "organization="+id+"&status=active&_include=Location:organization")
	q.Count = 10
	if p, err = s.Search(t.Context(), q); err != nil || p.Total != len(p.Matches) {
		t.Errorf("Locations of %s: %+v, %v", id, p, err)
		return
	}
	if p.Total == 0 {
		return
	}
	if want := fmt.Sprintf(`"n%d"`, p.Total); len(p.Included) != 1 || !bytes.Contains(p.Included[0].Body, []byte(want)) || !bytes.Contains(p.Matches[0].Body, []byte(want)) {
		t.Errorf("%d Locations of %s say %s, and include %v", p.Total, id, p.Matches[0].Body, p.Included)
	}
}
