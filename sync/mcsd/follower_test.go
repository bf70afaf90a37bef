package mcsd_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/storetest"
	"masjala/sync/mcsd"
)

// plain is a registry without rules of its own, but for those a test gives it.
type plain struct {
	check func(r *fhir.Resource) error              // in Prepare
	put   func(tx store.Tx, r *fhir.Resource) error // in Put
	del   func(tx store.Tx, typ, id string) error   // in Delete
}

func (p *plain) Types() []string { return mcsd.DefaultTypes }

func (p *plain) Prepare(_ context.Context, r *fhir.Resource) (*store.Draft, error) {
	if p.check != nil {
		if err := p.check(r); err != nil {
			return nil, err
		}
	}
	return &store.Draft{Resource: r, Entries: search.Extract(r)}, nil
}

func (p *plain) Put(_ context.Context, tx store.Tx, d *store.Draft, verb string) (*fhir.Resource, error) {
	if p.put != nil {
		if err := p.put(tx, d.Resource); err != nil {
			return nil, err
		}
	}
	return tx.Put(d, verb)
}

func (p *plain) Delete(_ context.Context, tx store.Tx, typ, id string) (*fhir.Resource, error) {
	if p.del != nil {
		if err := p.del(tx, typ, id); err != nil {
			return nil, err
		}
	}
	return tx.Delete(typ, id)
}

// follower is a server that follows others.
type follower struct {
	t      testing.TB
	store  store.Store
	rules  *plain
	client *mcsd.Client

	mu    sync.Mutex
	slept []time.Duration
}

// follow makes a follower of sources. Sources without a name are called nation.
func follow(t testing.TB, sources ...mcsd.Source) *follower {
	t.Helper()
	return followWith(t, storetest.Open(t), nil, sources...)
}

func followWith(t testing.TB, st store.Store, change func(*mcsd.Options), sources ...mcsd.Source) *follower {
	t.Helper()
	f := &follower{t: t, store: st, rules: &plain{}}
	for i := range sources {
		if sources[i].Name == "" {
			sources[i].Name = "nation"
		}
		if sources[i].PageSize == 0 {
			sources[i].PageSize = 10
		}
	}
	var now atomic.Int64
	o := mcsd.Options{
		Store: st, Registries: store.NewRegistries(f.rules), Sources: sources,
		Now:  func() time.Time { return storetest.Start.Add(time.Duration(now.Add(1)) * time.Second) },
		Rand: rand.New(rand.NewPCG(1, 2)),
		Sleep: func(_ context.Context, d time.Duration) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.slept = append(f.slept, d)
			return nil
		},
	}
	if change != nil {
		change(&o)
	}
	client, err := mcsd.New(o)
	if err != nil {
		t.Fatal(err)
	}
	f.client = client
	return f
}

// from is the source of an upstream.
func from(u *upstream) mcsd.Source { return mcsd.Source{URL: u.url} }

// run follows source nation and fails the test on an error.
func (f *follower) run() *mcsd.Report { f.t.Helper(); return f.runOf("nation") }

func (f *follower) runOf(name string) *mcsd.Report {
	f.t.Helper()
	r, err := f.client.Run(context.Background(), name, nil)
	if err != nil {
		f.t.Fatalf("run of %s: %v", name, err)
	}
	return r
}

// counts is what a report says of a type, without its name.
func counts(r *mcsd.Report, typ string) mcsd.TypeReport {
	for _, c := range r.Types {
		if c.Type == typ {
			c.Type = ""
			return c
		}
	}
	return mcsd.TypeReport{}
}

// text returns the current content of a resource without type, id and meta; "" when there is none.
func text(t testing.TB, st store.Store, ref string) string {
	t.Helper()
	typ, id, _ := strings.Cut(ref, "/")
	r, err := st.Read(context.Background(), typ, id)
	if err != nil {
		if kind := fhir.KindOf(err); kind != fhir.NotFound && kind != fhir.Gone {
			t.Fatal(err)
		}
		return ""
	}
	return string(r.Body)
}

// meta returns the sender's meta of a resource.
func meta(t testing.TB, st store.Store, ref string) string {
	t.Helper()
	typ, id, _ := strings.Cut(ref, "/")
	r, err := st.Read(context.Background(), typ, id)
	if err != nil {
		t.Fatal(err)
	}
	return string(r.Meta)
}

// contents lists "Type/id body" of all current resources, sorted.
func contents(t testing.TB, st store.Store) []string {
	t.Helper()
	current := map[string]string{}
	for after := int64(0); ; {
		versions, err := st.Changes(context.Background(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(versions) == 0 {
			break
		}
		for _, v := range versions {
			after = v.Seq
			if v.Resource.Deleted {
				delete(current, v.Resource.Ref())
			} else {
				current[v.Resource.Ref()] = string(v.Resource.Body)
			}
		}
	}
	var list []string
	for ref, body := range current {
		list = append(list, ref+" "+body)
	}
	slices.Sort(list)
	return list
}

// equal fails the test unless two stores hold the same.
func equal(t testing.TB, got, want store.Store) {
	t.Helper()
	g, w := contents(t, got), contents(t, want)
	if slices.Equal(g, w) {
		return
	}
	for _, line := range g {
		if !slices.Contains(w, line) {
			t.Errorf("there is %s, which upstream does not have", line)
		}
	}
	for _, line := range w {
		if !slices.Contains(g, line) {
			t.Errorf("there is no %s, which upstream has", line)
		}
	}
}
