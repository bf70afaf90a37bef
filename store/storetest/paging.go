package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// pagingDuringWrites walks an unsorted search and a history while what they show is
// updated and added to: each resource and version of the first page's time comes exactly
// once.
func pagingDuringWrites(t *testing.T, open Opener) {
	dir := t.TempDir()
	s := open(t, dir)
	var want []string
	for i := range disturbed {
		want = append(want, fmt.Sprintf("Organization/o-%03d", i))
	}
	disturb(t, s, 0, 1)
	q := parse(t, "Organization", "name=same")
	h := store.HistoryQuery{Type: "Organization", Count: 7}
	q.Count = 7
	var found, past []string
	for page := 0; page == 0 || q.Cursor != "" || h.Cursor != ""; page++ {
		if page == 0 || q.Cursor != "" {
			p, err := s.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if p.Total != disturbed {
				t.Errorf("the total of page %d is %d, want %d as on the first", page, p.Total, disturbed)
			}
			found = append(found, references(p.Matches)...)
			q.Cursor = p.Next
		}
		if page == 0 || h.Cursor != "" {
			p, err := s.History(t.Context(), h)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range p.Versions {
				past = append(past, v.Resource.Ref())
			}
			h.Cursor = p.Next
		}
		disturb(t, s, page, 9)
		if page == 5 { // links stay valid when the program is started again
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir)
		}
	}
	for what, got := range map[string][]string{"search": found, "history": past} {
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", what, diff)
		}
	}
}

// disturbed is how many resources there are at the first page.
const disturbed = 100

// disturb updates each step-th resource from the first one on, those that a walk has shown
// and those it has not, and adds a new one if they are there already.
func disturb(t *testing.T, s store.Store, first, step int) {
	t.Helper()
	write(t, s, func(tx store.Tx) error {
		for i := first % disturbed; i < disturbed; i += step {
			if _, err := tx.Put(organization(fmt.Sprintf("o-%03d", i), "same"), "PUT"); err != nil {
				return err
			}
		}
		if step == 1 {
			return nil
		}
		_, err := tx.Put(organization(fmt.Sprintf("new-%d", first), "same"), "PUT")
		return err
	})
}

// sortKeys are the parameters each type of the fixture is sorted by.
var sortKeys = map[string][]string{
	"Organization":     {"name", "identifier", "active", "partof", "_id", "_lastUpdated", "address-city"},
	"Location":         {"name", "status", "organization", "_lastUpdated", "_id"},
	"PractitionerRole": {"date", "identifier", "_lastUpdated"},
	"ValueSet":         {"url", "date", "status", "_id"},
}

// sorting holds sorted searches to the model, page by page.
func sorting(t *testing.T, open Opener) {
	s, m := filled(t, open, 3, 60)
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom(fixtureTypes).Draw(t, "type")
		keys := rapid.SliceOfNDistinct(rapid.SampledFrom(sortKeys[typ]), 1, 3, rapid.ID).Draw(t, "keys")
		for i := range keys {
			if rapid.Bool().Draw(t, "desc") {
				keys[i] = "-" + keys[i]
			}
		}
		query := "_sort=" + strings.Join(keys, ",")
		if rapid.Bool().Draw(t, "restricted") {
			query += "&" + rapid.SampledFrom(conditions[typ]).Draw(t, "condition")
		}
		q := parse(t, typ, query)
		q.Count = rapid.IntRange(1, 30).Draw(t, "count")
		want := m.find(q)
		slices.SortStableFunc(want, func(a, b *held) int { return m.order2(q, a, b) })
		if diff := cmp.Diff(refs(want), walkAll(t, s, q, len(want))); diff != "" {
			t.Fatalf("%s?%s: (-want +got)\n%s", typ, query, diff)
		}
	})
}

// order2 compares two resources by the sort keys, then by creation.
func (m *model) order2(q *search.Query, a, b *held) int {
	for _, k := range q.Sort {
		x, y := keyOf(k, a), keyOf(k, b)
		switch {
		case x == nil && y == nil:
			continue
		case x == nil:
			return 1
		case y == nil:
			return -1
		}
		if c := x.compare(y); c != 0 {
			if k.Desc {
				return -c
			}
			return c
		}
	}
	c := slices.Index(m.order, a.resource.Ref()) - slices.Index(m.order, b.resource.Ref())
	if len(q.Sort) == 1 && q.Sort[0].Param.Name == "_lastUpdated" { // within a commit: by sequence number
		c = m.last(a) - m.last(b)
	}
	if q.Sort[0].Desc {
		return -c
	}
	return c
}

// last is the place of a resource's newest version among all versions.
func (m *model) last(h *held) int {
	return slices.IndexFunc(m.versions, func(v store.Version) bool { return v.Resource == h.resource })
}

// sortValue is a value that a resource is sorted by.
type sortValue struct {
	text   string
	number int64
}

func (v *sortValue) compare(o *sortValue) int {
	if c := strings.Compare(v.text, o.text); c != 0 {
		return c
	}
	switch {
	case v.number < o.number:
		return -1
	case v.number > o.number:
		return 1
	}
	return 0
}

// keyOf is the smallest value of a resource for a sort key, the largest when descending.
func keyOf(k search.SortKey, h *held) *sortValue {
	switch k.Param.Name {
	case "_id":
		return &sortValue{text: h.resource.ID}
	case "_lastUpdated":
		return &sortValue{number: h.resource.Updated.UnixMilli()}
	}
	var best *sortValue
	for _, e := range h.entries {
		if e.Param != k.Param.Name {
			continue
		}
		v := &sortValue{text: e.Text, number: e.Low}
		switch e.Kind {
		case search.Token:
			v.text = e.Code
		case search.Reference:
			v.text = e.RefID + e.RefURL
		}
		if best == nil || (v.compare(best) < 0) != k.Desc && v.compare(best) != 0 {
			best = v
		}
	}
	return best
}

// distances checks the order and the values of a search by distance.
func distances(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	at := func(id string, lat, lon float64) *store.Draft {
		return draft(&fhir.Resource{Type: "Location", ID: id, Body: fmt.Appendf(nil, `{"position":{"longitude":%v,"latitude":%v}}`, lon, lat)})
	}
	write(t, s, func(tx store.Tx) error {
		for _, d := range []*store.Draft{
			at("far", 0, 1), at("here", 0, 0), at("near", 0, 0.01), at("east", 10, 179.99), at("west", 10, -179.99),
			at("pole", 89.9992, 120), at("beyond", 89.999, -60), at("south", -90, 0),
		} {
			if _, err := tx.Put(d, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	tests := map[string]struct {
		near   string
		want   []string
		metres []float64
	}{
		"nearest first":           {"0|0|200|km", []string{"here", "near", "far"}, []float64{0, 1112, 111195}},
		"across the 180th degree": {"10|179.995|10|km", []string{"east", "west"}, []float64{547, 1642}},
		"around the north pole":   {"90|0|1|km", []string{"pole", "beyond"}, []float64{89, 111}},
		"over the north pole":     {"89.999|120|0.3|km", []string{"pole", "beyond"}, []float64{22, 222}},
		"at the south pole":       {"-90|77|1|km", []string{"south"}, []float64{0}},
		"two places":              {"10|179.999|3|km,0|0|1|km", []string{"here", "east", "west"}, []float64{0, 986, 1205}},
		"the whole world":         {"0|0|20100|km", []string{"here", "near", "far", "pole", "beyond", "south", "east", "west"}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, metres := walkDistances(t, s, tc.near, len(tc.want))
			same := func(list []string) []string {
				if tc.metres == nil {
					slices.Sort(list)
				}
				return list
			}
			if diff := cmp.Diff(same(tc.want), same(got)); diff != "" || !slices.IsSorted(metres) {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for i := range tc.metres {
				if d := metres[i] - tc.metres[i]; d > 1 || d < -1 {
					t.Errorf("%s is %f metres away, want %f", got[i], metres[i], tc.metres[i])
				}
			}
		})
	}
}

// walkDistances reads a search by distance one match at a time.
func walkDistances(t *testing.T, s store.Store, near string, total int) (ids []string, metres []float64) {
	t.Helper()
	q := parse(t, "Location", "near="+near)
	for q.Count = 1; ; {
		p, err := s.Search(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if p.Total != total || len(p.Distances) != len(p.Matches) {
			t.Fatalf("total %d, %d distances for %d matches; want %d", p.Total, len(p.Distances), len(p.Matches), total)
		}
		for i, r := range p.Matches {
			ids, metres = append(ids, r.ID), append(metres, p.Distances[i])
		}
		if q.Cursor = p.Next; q.Cursor == "" {
			return ids, metres
		}
	}
}
