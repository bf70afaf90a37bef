package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// includes checks _include and _revinclude, with :iterate around a circle.
func includes(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	write(t, s, func(tx store.Tx) error {
		for _, r := range []struct{ typ, id, body string }{
			{"Organization", "top", `{"name":"top","partOf":{"reference":"Organization/low"}}`}, // a circle
			{"Organization", "mid", `{"name":"mid","partOf":{"reference":"Organization/top"}}`},
			{"Organization", "low", `{"name":"low","partOf":{"reference":"Organization/mid"}}`},
			{"Location", "l1", `{"name":"l1","managingOrganization":{"reference":"Organization/low"}}`},
			{"Location", "l2", `{"name":"l2","managingOrganization":{"reference":"Organization/low"},"partOf":{"reference":"Location/l1"}}`},
			{"Location", "l3", `{"name":"l3","managingOrganization":{"reference":"Organization/nowhere"}}`},
		} {
			if _, err := tx.Put(draft(&fhir.Resource{Type: r.typ, ID: r.id, Body: []byte(r.body)}), "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		typ, query string
		want       []string
	}{
		"forward":                    {"Location", "_include=Location:organization", []string{"Organization/low"}},
		"forward to another type":    {"Location", "_include=Location:organization:Location", nil},
		"forward, repeated":          {"Organization", "_id=low&_include:iterate=Organization:partof", []string{"Organization/mid", "Organization/top"}},
		"forward, not repeated":      {"Organization", "_id=low&_include=Organization:partof", []string{"Organization/mid"}},
		"backward":                   {"Organization", "_id=low&_revinclude=Location:organization", []string{"Location/l1", "Location/l2"}},
		"both, repeated":             {"Location", "_id=l1&_include=Location:organization&_include:iterate=Organization:partof", []string{"Organization/low", "Organization/mid", "Organization/top"}},
		"a match is not included":    {"Location", "_id=l1,l2&_include=Location:partof", nil},
		"backward then forward":      {"Location", "_id=l1&_revinclude=Location:partof&_include:iterate=Location:organization", []string{"Location/l2", "Organization/low"}},
		"all references of a source": {"Location", "_id=l2&_include=*", []string{"Location/l1", "Organization/low"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := parse(t, tc.typ, tc.query)
			q.Count = 10
			p, err := s.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got := references(p.Included)
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" && len(tc.want)+len(got) > 0 {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("bounded", func(t *testing.T) { boundedInclude(t, s) })
}

// boundedInclude checks that a page says when it leaves out included resources.
func boundedInclude(t *testing.T, s store.Store) {
	write(t, s, func(tx store.Tx) error {
		for i := range 1500 {
			body := []byte(`{"managingOrganization":{"reference":"Organization/top"}}`)
			if _, err := tx.Put(draft(&fhir.Resource{Type: "Location", ID: fmt.Sprintf("many-%d", i), Body: body}), "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	q := parse(t, "Organization", "_id=top&_revinclude=Location:organization")
	q.Count = 10
	p, err := s.Search(t.Context(), q)
	if err != nil || len(p.Included) != 1000 || !p.Truncated {
		t.Errorf("%d included, truncated %t, %v; want 1,000 and the mark", len(p.Included), p.Truncated, err)
	}
}

// acrossTypes searches several types, and all.
func acrossTypes(t *testing.T, open Opener) {
	s, m := filled(t, open, 21, 15)
	for name, q := range map[string]*search.Query{
		"all types":                {},
		"two types":                {Types: []string{"Location", "ValueSet"}},
		"a type nobody has":        {Types: []string{"Endpoint"}},
		"with a tag":               {Where: parse(t, "", "_tag=urn:t|x").Where},
		"by id":                    {Where: parse(t, "", "_id=r-1,r-2").Where},
		"two types with a tag":     {Types: []string{"Location", "Endpoint"}, Where: parse(t, "", "_tag=urn:t|x").Where},
		"two types without a tag":  {Types: []string{"Location", "Organization"}, Where: parse(t, "", "_tag:missing=true").Where},
		"newer than":               {Where: parse(t, "", "_lastUpdated=gt2026-01-02T03:04:05.020Z").Where},
		"newer than, of two types": {Types: []string{"Location", "Organization"}, Where: parse(t, "", "_lastUpdated=gt2026-01-02T03:04:05.020Z").Where},
	} {
		t.Run(name, func(t *testing.T) {
			q.Count = 6
			want := refs(m.find(q))
			if diff := cmp.Diff(want, walkAll(t, s, q, len(want))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			q.Sort = parse(t, "", "_sort=-_lastUpdated").Sort
			if got := walkAll(t, s, q, len(want)); len(got) != len(want) {
				t.Errorf("sorted: %d, want %d", len(got), len(want))
			}
		})
	}
}
