package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

func organization(id, name string) *store.Draft {
	return draft(&fhir.Resource{Type: "Organization", ID: id, Body: fmt.Appendf(nil, `{"name":%q}`, name)})
}

// wantKind fails unless err has a kind.
func wantKind(t testing.TB, what string, err error, kind fhir.Kind) {
	t.Helper()
	if err == nil || fhir.KindOf(err) != kind {
		t.Errorf("%s: got error %v, want kind %d", what, err, kind)
	}
}

// versions walks a resource through its life.
func versions(t *testing.T, open Opener) {
	s, ctx := open(t, t.TempDir()), t.Context()
	_, err := s.Read(ctx, "Organization", "a")
	wantKind(t, "read of what never was", err, fhir.NotFound)
	put := func(name, verb string) (r *fhir.Resource) {
		write(t, s, func(tx store.Tx) (err error) {
			r, err = tx.Put(organization("a", name), verb)
			if err == nil && r.Updated != tx.Now() {
				t.Errorf("version of %s, commit of %s", r.Updated, tx.Now())
			}
			return err
		})
		return r
	}
	if r := put("one", "POST"); r.Version != 1 || r.Updated != Start {
		t.Errorf("first version is %d at %s", r.Version, r.Updated)
	}
	if r := put("two", "PUT"); r.Version != 2 || r.Updated != Start.Add(time.Millisecond) {
		t.Errorf("second version is %d at %s", r.Version, r.Updated)
	}
	write(t, s, func(tx store.Tx) error {
		r, err := tx.Delete("Organization", "a")
		if err == nil && (r.Version != 3 || !r.Deleted) {
			t.Errorf("deletion is %+v", r)
		}
		_, err2 := tx.Delete("Organization", "a")
		wantKind(t, "second deletion", err2, fhir.Gone)
		_, err2 = tx.Delete("Organization", "b")
		wantKind(t, "deletion of what never was", err2, fhir.NotFound)
		_, err2 = tx.Read("Organization", "a")
		wantKind(t, "read in the transaction that deleted", err2, fhir.Gone)
		return err
	})
	_, err = s.Read(ctx, "Organization", "a")
	wantKind(t, "read of what was deleted", err, fhir.Gone)
	_, err = s.ReadVersion(ctx, "Organization", "a", 3)
	wantKind(t, "read of the deletion", err, fhir.Gone)
	_, err = s.ReadVersion(ctx, "Organization", "a", 4)
	wantKind(t, "read of a version to come", err, fhir.NotFound)
	if r, err := s.ReadVersion(ctx, "Organization", "a", 2); err != nil || string(r.Body) != `{"name":"two"}` || r.Version != 2 {
		t.Errorf("version 2 is %+v, %v", r, err)
	}
	if n, err := s.Count(ctx, "Organization"); err != nil || n != 0 {
		t.Errorf("count is %d, %v", n, err)
	}
	revived(t, s, put)
}

// revived checks an update after the deletion.
func revived(t *testing.T, s store.Store, put func(name, verb string) *fhir.Resource) {
	if r := put("four", "PUT"); r.Version != 4 {
		t.Errorf("version after a deletion is %d, want 4", r.Version)
	}
	if r, err := s.Read(t.Context(), "Organization", "a"); err != nil || r.Version != 4 || string(r.Body) != `{"name":"four"}` {
		t.Errorf("read %+v, %v", r, err)
	}
}

// isolation runs good, failing and panicking jobs at once: a job that fails leaves nothing
// and hurts nobody. One that ends its goroutine leaves nothing either.
func isolation(t *testing.T, open Opener) {
	s, ctx := open(t, t.TempDir()), t.Context()
	refused := errors.New("refused")
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			err := s.Write(ctx, tester, func(tx store.Tx) error {
				if _, err := tx.Put(organization(fmt.Sprintf("o-%d", i), "x"), "PUT"); err != nil {
					return err
				}
				if err := tx.SetValue("space", fmt.Sprint(i), []byte("v")); err != nil {
					return err
				}
				if i%5 == 0 { // a search writes down what the jobs before left to write
					if _, err := tx.Find(parse(t, "Organization", "name=x"), 1); err != nil {
						return err
					}
				}
				switch i % 3 {
				case 1:
					return refused
				case 2:
					panic("job")
				}
				return nil
			})
			switch {
			case i%3 == 0 && err != nil:
				t.Errorf("good job %d failed: %v", i, err)
			case i%3 == 1 && !errors.Is(err, refused):
				t.Errorf("job %d got %v, want its own error", i, err)
			case i%3 == 2 && err == nil:
				t.Errorf("job %d panicked and got no error", i)
			}
		})
	}
	wg.Wait()
	leaves(t, s)
	if n, err := s.Count(ctx, "Organization"); err != nil || n != 100 {
		t.Errorf("%d resources, %v; want 100", n, err)
	}
	if vs, err := s.Values(ctx, "space", "", "", 1000); err != nil || len(vs) != 100 {
		t.Errorf("%d values, %v; want 100", len(vs), err)
	}
	if vs, err := s.Changes(ctx, 0, 1000); err != nil || len(vs) != 100 || vs[99].Seq != s.Seq() {
		t.Errorf("%d changes, %v; want 100", len(vs), err)
	}
}

// leaves runs a job that ends the goroutine it runs on.
func leaves(t *testing.T, s store.Store) {
	err := s.Write(t.Context(), tester, func(tx store.Tx) error {
		if _, err := tx.Put(organization("lost", "x"), "PUT"); err != nil {
			return err
		}
		runtime.Goexit()
		return nil
	})
	if err == nil {
		t.Error("a job that ended its goroutine got no error")
	}
}

// conflicts lets many update one resource that must not have changed: one wins each time.
func conflicts(t *testing.T, open Opener) {
	s, ctx := open(t, t.TempDir()), t.Context()
	write(t, s, func(tx store.Tx) error { _, err := tx.Put(organization("a", "0"), "PUT"); return err })
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 20 {
		wg.Go(func() {
			err := s.Write(ctx, tester, func(tx store.Tx) error {
				r, err := tx.Read("Organization", "a")
				if err != nil {
					return err
				}
				if r.Version != 1 {
					return fhir.Errorf(fhir.Conflict, "version %d", r.Version)
				}
				_, err = tx.Put(organization("a", fmt.Sprint(i)), "PUT")
				return err
			})
			if err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			} else {
				wantKind(t, "the others", err, fhir.Conflict)
			}
		})
	}
	wg.Wait()
	if r, err := s.Read(ctx, "Organization", "a"); err != nil || r.Version != 2 || won != 1 {
		t.Errorf("%d won, the version is %+v, %v", won, r, err)
	}
}

// cancelled checks that a caller who leaves in time leaves nothing behind, and that one
// who leaves too late still learns the truth.
func cancelled(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	running, resume := make(chan bool), make(chan bool)
	late, early := make(chan error), make(chan error)
	go func() {
		late <- s.Write(ctx, tester, func(tx store.Tx) error {
			running <- true
			<-resume
			_, err := tx.Put(organization("late", "x"), "PUT")
			return err
		})
	}()
	<-running
	go func() {
		early <- s.Write(ctx, tester, func(tx store.Tx) error {
			_, err := tx.Put(organization("early", "x"), "PUT")
			return err
		})
	}()
	cancel()
	if err := <-early; !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left before his turn got %v", err)
	}
	close(resume)
	if err := <-late; err != nil {
		t.Errorf("a caller who left after the start got %v, want the result", err)
	}
	write(t, s, func(store.Tx) error { return nil })
	if _, err := s.Read(t.Context(), "Organization", "late"); err != nil {
		t.Errorf("what was acknowledged cannot be read: %v", err)
	}
	_, err := s.Read(t.Context(), "Organization", "early")
	wantKind(t, "what was cancelled", err, fhir.NotFound)
	if err := s.Write(ctx, tester, func(store.Tx) error { t.Error("ran"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("write after the end of its context: %v", err)
	}
	if _, err := s.Search(ctx, &search.Query{Type: "Organization", Count: 1}); !errors.Is(err, context.Canceled) {
		t.Errorf("search after the end of its context: %v", err)
	}
}

// subscriptions come in commit order, before the acknowledgement, with every version once.
func subscriptions(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	var got []store.Commit
	seen := map[string]bool{}
	var mu sync.Mutex
	stop := s.Subscribe(func(c store.Commit) {
		mu.Lock()
		defer mu.Unlock()
		got = append(got, c)
		for _, v := range c.Versions {
			seen[v.Resource.ID] = true
		}
	})
	s.Subscribe(func(store.Commit) { panic("a bad subscriber") })
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			id := fmt.Sprintf("o-%d", i)
			write(t, s, func(tx store.Tx) error { _, err := tx.Put(organization(id, "x"), "PUT"); return err })
			mu.Lock()
			defer mu.Unlock()
			if !seen[id] {
				t.Errorf("%s was acknowledged before it was published", id)
			}
		})
	}
	wg.Wait()
	stop()
	write(t, s, func(tx store.Tx) error { _, err := tx.Put(organization("after", "x"), "PUT"); return err })
	var seqs []int64
	var last time.Time
	for _, c := range got {
		if !c.Updated.After(last) || c.Seq != c.Versions[len(c.Versions)-1].Seq {
			t.Errorf("commit %d at %s follows one at %s", c.Seq, c.Updated, last)
		}
		last = c.Updated
		for _, v := range c.Versions {
			seqs = append(seqs, v.Seq)
		}
	}
	if len(seqs) != 100 || !slices.IsSorted(seqs) || len(slices.Compact(slices.Clone(seqs))) != 100 {
		t.Errorf("published %v", seqs)
	}
}

// reopened checks that what was written is there after closing and opening again, with
// names and ids of all sorts, and that a closed store says so.
func reopened(t *testing.T, open Opener) {
	dir := t.TempDir()
	s := open(t, dir)
	ids := []string{"a", "A", "a.b", "-", ".", "..", "0", strings.Repeat("x", 64), "a-B.9"}
	write(t, s, func(tx store.Tx) error {
		for _, id := range ids {
			if _, err := tx.Put(organization(id, "name of "+id), "PUT"); err != nil {
				return err
			}
		}
		return tx.SetValue("s", "k", []byte{0, 255})
	})
	for _, id := range []string{"", "a b", "ä", "a/b", strings.Repeat("x", 65), "a\x00"} {
		err := s.Write(t.Context(), tester, func(tx store.Tx) error { _, err := tx.Put(organization(id, "x"), "PUT"); return err })
		wantKind(t, fmt.Sprintf("id %q", id), err, fhir.Invalid)
	}
	before := s.Seq()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), tester, func(store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("write to a closed store: %v", err)
	}
	s = open(t, dir)
	if s.Seq() != before {
		t.Errorf("seq is %d, was %d", s.Seq(), before)
	}
	for _, id := range ids {
		if r, err := s.Read(t.Context(), "Organization", id); err != nil || r.Field("name").String() != "name of "+id {
			t.Errorf("%q: %+v, %v", id, r, err)
		}
	}
	if v, err := s.Value(t.Context(), "s", "k"); err != nil || string(v) != "\x00\xff" {
		t.Errorf("value %q, %v", v, err)
	}
	var r *fhir.Resource
	write(t, s, func(tx store.Tx) (err error) { r, err = tx.Put(organization("a", "again"), "PUT"); return err })
	if r.Version != 2 || r.Updated != Start.Add(time.Millisecond) {
		t.Errorf("after opening again: version %d at %s; the time must go on although the clock stands still", r.Version, r.Updated)
	}
}

// bookkeeping checks values: in order, by prefix, in pages, and gone when nil.
func bookkeeping(t *testing.T, open Opener) {
	s, ctx := open(t, t.TempDir()), t.Context()
	write(t, s, func(tx store.Tx) error {
		for _, k := range []string{"b/2", "a", "b/1", "b/3", "b", "c", "b/é"} {
			if err := tx.SetValue("s", k, []byte(k)); err != nil {
				return err
			}
		}
		if err := tx.SetValue("t", "b/9", []byte{}); err != nil {
			return err
		}
		if v, err := tx.Value("s", "b/2"); err != nil || string(v) != "b/2" {
			t.Errorf("in the transaction: %q, %v", v, err)
		}
		return nil
	})
	keys := func(prefix, after string, limit int) (out []string) {
		vs, err := s.Values(ctx, "s", prefix, after, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range vs {
			if v.Key != string(v.Data) {
				t.Errorf("key %q holds %q", v.Key, v.Data)
			}
			out = append(out, v.Key)
		}
		return out
	}
	if got := keys("b/", "", 10); !slices.Equal(got, []string{"b/1", "b/2", "b/3", "b/é"}) {
		t.Errorf("prefix: %q", got)
	}
	if got := keys("b/", "b/1", 2); !slices.Equal(got, []string{"b/2", "b/3"}) {
		t.Errorf("second page: %q", got)
	}
	if got := keys("", "b", 10); !slices.Equal(got, []string{"b/1", "b/2", "b/3", "b/é", "c"}) {
		t.Errorf("without a prefix: %q", got)
	}
	for before, want := range map[string][]string{"": {"c", "b/é", "b/3"}, "b/3": {"b/2", "b/1", "b"}, "b": {"a"}, "a": nil} {
		vs, err := s.LastValues(ctx, "s", before, 3)
		var got []string
		for _, v := range vs {
			got = append(got, string(v.Data))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("the last before %q: %q, %v, want %q", before, got, err, want)
		}
	}
	write(t, s, func(tx store.Tx) error { return tx.SetValue("s", "b/2", nil) })
	if v, err := s.Value(ctx, "s", "b/2"); v != nil || err != nil {
		t.Errorf("a removed value is %q, %v", v, err)
	}
	if v, err := s.Value(ctx, "t", "b/9"); v == nil || len(v) != 0 || err != nil {
		t.Errorf("an empty value is %v, %v", v, err)
	}
}
