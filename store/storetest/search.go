package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// filled is a store with a fixture in it, and its model.
func filled(t *testing.T, open Opener, seed uint64, n int) (store.Store, *model) {
	t.Helper()
	s, m := open(t, t.TempDir()), newModel()
	stop := s.Subscribe(func(c store.Commit) { m.apply(c.Versions) })
	defer stop()
	f := newFixture(seed)
	for range 40 {
		write(t, s, func(tx store.Tx) error {
			for range n {
				r := f.resource(f.pick(fixtureTypes...), n)
				if _, err := tx.Put(draft(r), "PUT"); err != nil {
					return err
				}
				if f.r.IntN(12) == 0 {
					if _, err := tx.Delete(r.Type, r.ID); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return s, m
}

// conditions are searches as a client writes them, for each type of the fixture.
var conditions = map[string][]string{
	"Organization": {
		"name=kilifi", "name=el", "name:exact=Élise", "name:contains=ilif", "name:contains=o", "name=kilifi,north", "name:missing=true", "_id:missing=true", "_id:missing=false", "_lastUpdated:missing=true", "_lastUpdated:missing=false",
		"identifier=http://example.org/mfl|3", "identifier=7", "identifier=|7", "identifier=http://example.org/dhis|", "identifier=1,2,3,http://example.org/mfl|4",
		"active=true", "active:not=true", "active:missing=false", "type=prov", "type=http://example.org/a|dept", "type:not=prov,dept", "type:text=comm", "type=prov,govt",
		"partof=Organization/r-3", "partof=r-4", "partof=Organization/r-3/_history/1", "partof=r-1/_history/2,r-2,r-4/_history/1", "partof:below=r-1", "partof:above=r-2", "partof:missing=true", "partof=r-1,r-2,r-3",
		"address=nai", "address-city=nairobi", "partof.name=kilifi", "partof.partof.name=north", "partof.active:not=true", "partof.name:missing=true",
		"_has:Location:organization:status=active", "_has:Location:organization:name=kil", "_has:PractitionerRole:organization:date=ge2022",
		"_has:Location:organization:_has:PractitionerRole:location:date=lt2020", "_tag=urn:t|x", "_tag:not=urn:t|x", "_id=r-3", "_id=r-1,r-2,r-9", "_id:not=r-1",
		"_lastUpdated=ge2026-01-02T03:04:05.010Z", "_lastUpdated=lt2026-01-02T03:04:05.010Z", "_lastUpdated=2026-01-02T03:04:05.005Z,2026-01-02T03:04:05.006Z",
		"_lastUpdated=ne2026-01-02T03:04:05.005Z", "_lastUpdated=sa2026-01-02T03:04:05.020Z",
		`_filter=name co "ilif" and active eq true`, `_filter=name eq kilifi or not (active eq true)`, `_filter=name ne kilifi`, `_filter=name ew h and name ge n`,
		`_filter=type ne http://example.org/a|dept`, `_filter=type sw de or identifier ew 7`, `_filter=partof ne r-3 or partof pr false`, `_filter=type ne prov`,
		`_filter=partof[active eq true].name sw k and not (identifier eq 7 or type eq dept)`, `_filter=partof.name pr true`, `_filter=partof ss r-1 or partof sb r-2`,
		`_filter=_id ne r-3 and _lastUpdated gt 2026-01-02T03:04:05.005Z`, `_filter=not (partof.name co "i" and active eq true) or type eq govt`,
	},
	"Location": {
		"status=active", "status:not=active", "name=kilifi", "near=-1.28|36.8|5|km", "near=-1.28|36.8|2000|km", "near=-16.8|179.995|5|km", "near=89.98|50|20|km",
		"near=0|10|15000|km", "near=-1.28|36.8|5|km,0|10|1|km", "organization.name=kil", "organization.partof.name=nor", "partof:below=r-2", "partof:above=Location/r-5",
		"organization:below=r-1", "identifier=2", "type=prov", "near:missing=true", "organization._has:PractitionerRole:organization:date=ge2020",
		`_filter=(status eq active or status eq suspended) and not (organization.partof.name co "o")`, `_filter=organization[name sw kil or active eq true].partof eq r-1`,
	},
	"PractitionerRole": {
		"date=ge2021", "date=le2019", "date=2018", "date=ne2020", "date=gt2022-06", "date=lt2017-02", "date=sa2019", "date=eb2023", "date=ap2020", "date:missing=true",
		"date=ge2020,lt2016", "location=r-1", "location.name=kil", "location.organization.name=kil", "organization=r-3", "location.near=-1.28|36.8|50|km", "organization:missing=false",
		`_filter=date po 2020 and date ge 2019`, `_filter=not (date pr true) or location.organization.name eq kilifi`, `_filter=date eb 2023 or date sa 2021`,
	},
	"ValueSet": {
		"url=http://example.org/fhir", "url:below=http://example.org/fhir", "url:below=http://example.org/fhir/", "url:above=http://example.org/fhir/vs/1",
		"date=2021-03-04", "date=ge2021-03-04T05:00:00Z", "status=draft", "_tag=x,y",
		"context-type-value=focus$x", "context-type-value=urn:c|age$urn:v|,focus$urn:v|y", "context-type-quantity=age$gt4", "context-type-quantity=urn:c|$5|urn:u|a,focus$le1",
		"context-type-value:missing=true",
		`_filter=url ss http://example.org/fhir or url ew fhirx`, `_filter=url sb http://example.org/fhir/vs/1`, `_filter=url ne http://example.org/fhir and url co vs`,
	},
}

// searches holds the store to the model for random combinations of conditions.
func searches(t *testing.T, open Opener) {
	s, m := filled(t, open, 11, 40)
	ctx := t.Context()
	check := func(t *rapid.T) {
		typ := rapid.SampledFrom(fixtureTypes).Draw(t, "type")
		picked := rapid.SliceOfN(rapid.SampledFrom(conditions[typ]), 0, 3).Draw(t, "conditions")
		q := parse(t, typ, strings.Join(picked, "&"))
		q.Count = rapid.IntRange(1, 60).Draw(t, "count")
		want := refs(m.find(q))
		got := walkAll(t, s, q, len(want))
		if near(q) {
			slices.Sort(want)
			slices.Sort(got)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%s?%s: (-want +got)\n%s", typ, strings.Join(picked, "&"), diff)
		}
		q.Count, q.Cursor = 0, ""
		p, err := s.Search(ctx, q)
		if err != nil || p.Total != len(want) || len(p.Matches) > 0 {
			t.Fatalf("total only: %+v, %v, want %d", p, err, len(want))
		}
	}
	for typ, list := range conditions { // each alone, whatever rapid picks
		for _, c := range list {
			q := parse(t, typ, c)
			q.Count = 7
			want := refs(m.find(q))
			got := walkAll(t, s, q, len(want))
			if near(q) {
				slices.Sort(want)
				slices.Sort(got)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s?%s: (-want +got)\n%s", typ, c, diff)
			}
		}
	}
	rapid.Check(t, check)
}

func near(q *search.Query) bool {
	return slices.ContainsFunc(q.Where, func(c search.Condition) bool {
		return c.Param != nil && c.Param.Kind == search.Position && len(c.Values) > 0
	})
}

// failer is what testing.T and rapid.T share.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// parse reads a search as a client writes it.
func parse(t failer, typ, query string) *search.Query {
	t.Helper()
	var pairs []search.Pair
	for _, p := range strings.Split(query, "&") {
		if name, value, ok := strings.Cut(p, "="); ok {
			pairs = append(pairs, search.Pair{Name: name, Value: value})
		}
	}
	q, err := search.Parse(search.Request{Type: typ, Base: "http://localhost/fhir", Pairs: pairs, Strict: true, Now: Start})
	if err != nil {
		t.Fatalf("parse %s?%s: %v", typ, query, err)
	}
	return q
}

// walkAll follows the links from page to page and returns all references in order.
func walkAll(t failer, s store.Store, q *search.Query, total int) []string {
	t.Helper()
	got := []string{}
	one := *q
	asked := ""
	for _, u := range q.Used {
		asked += u.Name + "=" + u.Value + "&"
	}
	for pages := 0; ; pages++ {
		p, err := s.Search(t.(interface{ Context() contextType }).Context(), &one)
		if err != nil {
			t.Fatalf("search %s: %v", asked, err)
		}
		if total >= 0 && p.Total != total {
			t.Fatalf("%s: total is %d on page %d, want %d", asked, p.Total, pages, total)
		}
		if len(p.Matches) > q.Count {
			t.Fatalf("%d matches on a page of %d", len(p.Matches), q.Count)
		}
		got = append(got, references(p.Matches)...)
		if p.Next == "" {
			return got
		}
		if len(p.Matches) < q.Count || pages > 10_000 {
			t.Fatalf("page %d has %d matches of %d and a next link", pages, len(p.Matches), q.Count)
		}
		one.Cursor = p.Next
	}
}

func references(rs []*fhir.Resource) []string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = r.Ref()
	}
	return out
}
