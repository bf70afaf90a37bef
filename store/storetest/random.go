package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// randomWrites runs random transactions, some of which fail, and compares what can be
// read with the model after each.
func randomWrites(t *testing.T, open Opener) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := open(t, t.TempDir()), newModel()
		defer s.Close()
		stop := s.Subscribe(func(c store.Commit) { m.apply(c.Versions) })
		defer stop()
		f := newFixture(rapid.Uint64().Draw(rt, "seed"))
		for range rapid.IntRange(1, 12).Draw(rt, "transactions") {
			randomTransaction(rt, s, m, f)
			compareReads(rt, s, m)
		}
	})
}

var errChanged = errors.New("changed its mind")

// randomTransaction does some puts and deletes and perhaps fails in the end.
func randomTransaction(t *rapid.T, s store.Store, m *model, f *fixture) {
	type step struct {
		remove bool
		r      *fhir.Resource
	}
	var steps []step
	for range rapid.IntRange(0, 8).Draw(t, "steps") {
		steps = append(steps, step{rapid.IntRange(0, 3).Draw(t, "remove") == 0, f.resource(f.pick(fixtureTypes[:3]...), 4)})
	}
	fail := rapid.IntRange(0, 3).Draw(t, "fail") == 0
	before := len(m.versions)
	err := s.Write(t.Context(), tester, func(tx store.Tx) error {
		for _, st := range steps {
			if !st.remove {
				if _, err := tx.Put(draft(st.r), "PUT"); err != nil {
					return err
				}
				continue
			}
			_, err := tx.Delete(st.r.Type, st.r.ID)
			if k := fhir.KindOf(err); err != nil && k != fhir.NotFound && k != fhir.Gone {
				return err
			}
		}
		if fail {
			return errChanged
		}
		return nil
	})
	switch {
	case fail && (!errors.Is(err, errChanged) || len(m.versions) != before):
		t.Fatalf("a failing transaction gave %v and %d versions", err, len(m.versions)-before)
	case !fail && err != nil:
		t.Fatalf("write: %v", err)
	}
}

// compareReads compares all that can be read with the model.
func compareReads(t *rapid.T, s store.Store, m *model) {
	ctx := t.Context()
	counts := map[string]int{}
	for ref, h := range m.current {
		r, err := s.Read(ctx, h.resource.Type, h.resource.ID)
		switch {
		case h.resource.Deleted && fhir.KindOf(err) != fhir.Gone:
			t.Fatalf("%s is deleted, read gives %v, %v", ref, r, err)
		case !h.resource.Deleted && (err != nil || string(r.JSON()) != string(h.resource.JSON())):
			t.Fatalf("read %s: %v, %v; want %s", ref, r, err, h.resource.JSON())
		}
		if !h.resource.Deleted {
			counts[h.resource.Type]++
		}
	}
	for _, typ := range fixtureTypes {
		if n, err := s.Count(ctx, typ); err != nil || n != counts[typ] {
			t.Fatalf("count of %s is %d, %v; want %d", typ, n, err, counts[typ])
		}
		q := parse(t, typ, "")
		q.Count = 3
		if diff := cmp.Diff(refs(m.find(q)), walkAll(t, s, q, counts[typ])); diff != "" {
			t.Fatalf("all of %s (-want +got)\n%s", typ, diff)
		}
	}
	for _, v := range m.versions {
		r, err := s.ReadVersion(ctx, v.Resource.Type, v.Resource.ID, v.Resource.Version)
		if v.Resource.Deleted {
			if fhir.KindOf(err) != fhir.Gone {
				t.Fatalf("the deletion of %s reads %v, %v", v.Resource.Ref(), r, err)
			}
		} else if err != nil || string(r.JSON()) != string(v.Resource.JSON()) {
			t.Fatalf("version %d of %s: %v, %v", v.Resource.Version, v.Resource.Ref(), r, err)
		}
	}
	vs, err := s.Changes(ctx, 0, len(m.versions)+1)
	if err != nil {
		t.Fatalf("changes: %v", err)
	}
	if diff := cmp.Diff(lines(m.versions), lines(vs)); diff != "" {
		t.Fatalf("changes (-want +got)\n%s", diff)
	}
}

// manyValues asks for 2,000 values at once.
func manyValues(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	write(t, s, func(tx store.Tx) error {
		for i := range 30 {
			body := fmt.Appendf(nil, `{"name":"n%03d","identifier":[{"system":"urn:s","value":"v%03d"}],"partOf":{"reference":"Organization/p%03d"}}`, i, i, i)
			if _, err := tx.Put(draft(&fhir.Resource{Type: "Organization", ID: fmt.Sprintf("i%03d", i), Body: body}), "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	for param, prefix := range map[string]string{"identifier": "urn:s|v", "partof": "Organization/p", "name": "n", "_id": "i", "_tag": "x"} {
		want := 30
		if param == "_tag" {
			want = 0
		}
		var q *search.Query
		for i := range 2000 {
			one := parse(t, "Organization", fmt.Sprintf("%s=%s%03d", param, prefix, i))
			if q == nil {
				q = one
				continue
			}
			q.Where[0].Values = append(q.Where[0].Values, one.Where[0].Values...)
		}
		q.Count = 100
		if p, err := s.Search(t.Context(), q); err != nil || p.Total != want || len(p.Matches) != want {
			t.Errorf("%s with 2,000 values: %+v, %v", param, p, err)
		}
	}
}
