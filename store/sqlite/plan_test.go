package sqlite_test

import (
	"regexp"
	"strings"
	"testing"

	"masjala/fhir/search"
	"masjala/store"
	"masjala/store/sqlite"
)

// loaded is a store with facilities in it, whose file answers all searches.
func loaded(t testing.TB, n int) *sqlite.Store {
	t.Helper()
	s := open(t, t.TempDir(), sqlite.Options{NoIndex: true})
	for i := 0; i < n; i += 1000 {
		var ds []*store.Draft
		for j := i; j < min(i+1000, n); j++ {
			ds = append(ds, facility(j)...)
		}
		put(t, s, ds...)
	}
	return s
}

func query(t testing.TB, typ, text string) *search.Query {
	t.Helper()
	var pairs []search.Pair
	for _, p := range strings.Split(text, "&") {
		if name, value, ok := strings.Cut(p, "="); ok {
			pairs = append(pairs, search.Pair{Name: name, Value: value})
		}
	}
	q, err := search.Parse(search.Request{Type: typ, Pairs: pairs, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// shapes are the searches whose plans are looked at, wide and selective ones.
var shapes = []struct{ typ, query string }{
	{"Location", ""},
	{"Location", "identifier=http://example.org/who|F000017"},
	{"Location", "identifier=F000017,F000018"},
	{"Location", "identifier=http://example.org/who|F000017,http://example.org/who|F000018"},
	{"Location", "identifier=http://example.org/who|"},
	{"Location", "status=active"},
	{"Location", "status=active&type=t3"},
	{"Location", "status:not=active"},
	{"Location", "type:text=type 3"},
	{"Location", "name=kilifi"},
	{"Location", "name=kilifi&status=active"},
	{"Location", "name=kilifi health&address-city=nakuru"},
	{"Location", "name:exact=Central Central Central 0"},
	{"Location", "name:contains=referral"},
	{"Location", "name=kilifi,nakuru,north"},
	{"Location", "name:missing=true"},
	{"Location", "near=0|35|20|km"},
	{"Location", "near=0|35|2000|km&status=active"},
	{"Location", "organization=o-17"},
	{"Location", "partof=Location/area-7"},
	{"Location", "partof:below=Location/area-7"},
	{"Location", "partof:above=Location/area-7"},
	{"Location", "organization.name=kilifi"},
	{"Location", "organization.name=kilifi health post 9&status=active"},
	{"Location", "organization.identifier=F000017"},
	{"Organization", "_has:Location:organization:status=active"},
	{"Organization", "_has:Location:organization:identifier=F000017"},
	{"Organization", "name=kilifi health&_has:Location:organization:status=active"},
	{"Location", "_id=l-3"},
	{"Location", "_id=l-3,l-4,l-5"},
	{"Location", "_lastUpdated=gt2020"},
	{"Location", "_profile=https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD.FacilityLocation"},
	{"Location", "_profile:missing=false"},
	{"Location", "_sort=name"},
	{"Location", "_sort=-name&status=active"},
	{"Location", "_sort=status,-name&type=t3"},
	{"Location", "_sort=status,-name"},
	{"Location", "_sort=-_lastUpdated"},
	{"Location", "_sort=_id"},
	{"Location", "_sort=organization"},
	{"Location", "_id=l-3&_include=Location:organization"},
	{"Organization", "_id=o-3&_revinclude=Location:organization"},
	{"", "_id=l-3"},
	{"", "_lastUpdated=gt2020"},
	{"", "_profile=https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD.FacilityLocation"},
	{"PractitionerRole", "date=ge2020"},
}

// scan finds the step of a plan that walks a whole table; constants, subqueries and the
// steps of a recursion may be walked.
var scan = regexp.MustCompile(`^SCAN (\w+)( USING.*)?$`)

// derived names what is not a table: results of subqueries by their aliases.
var derived = regexp.MustCompile(`\) (\w+)\b|\b(w|found)\b`)

func TestNoSearchWalksATable(t *testing.T) {
	s := loaded(t, 5000)
	for _, shape := range shapes {
		q := query(t, shape.typ, shape.query)
		q.Count = 20
		for range 2 { // the first page, and the second
			plans, err := s.Plans(t.Context(), q)
			if err != nil {
				t.Fatalf("%s?%s: %v", shape.typ, shape.query, err)
			}
			for text, plan := range plans {
				checkPlan(t, shape.typ+"?"+shape.query, text, plan)
			}
			p, err := s.Search(t.Context(), q)
			if err != nil || p.Next == "" {
				break
			}
			q.Cursor = p.Next
		}
	}
}

// A page of a history says which versions it has from a key alone: their rows, with what they
// hold, are all over the file.
func TestHistoryReadsKeys(t *testing.T) {
	s := loaded(t, 1000)
	page, err := s.History(t.Context(), store.HistoryQuery{Type: "Location", Count: 1})
	if err != nil {
		t.Fatal(err)
	}
	one := page.Versions[0]
	for name, tc := range map[string]struct {
		q    store.HistoryQuery
		want string
	}{
		"of a type":              {store.HistoryQuery{Type: "Location", Count: 20}, "USING COVERING INDEX version_type"},
		"a version by number":    {store.HistoryQuery{Type: "Location", ID: one.Resource.ID, Version: 1, Bare: true, Count: 1}, "USING INDEX version_number (rid=? AND number=?)"},
		"a version by its place": {store.HistoryQuery{Seq: one.Seq, Bare: true, Count: 1}, "USING INTEGER PRIMARY KEY (rowid=?)"},
	} {
		plans, err := s.HistoryPlans(t.Context(), tc.q)
		if err != nil {
			t.Fatal(err)
		}
		listed := 0
		for text, plan := range plans {
			if !strings.Contains(text, "v.cause from version") {
				continue
			}
			listed++
			if got := strings.Join(plan, "; "); !strings.Contains(got, tc.want) {
				t.Errorf("%s: versions are listed by %s", name, got)
			}
		}
		if listed != 1 {
			t.Errorf("%s: %d statements list versions, want 1", name, listed)
		}
	}
}

func checkPlan(t *testing.T, name, text string, plan []string) {
	t.Helper()
	if strings.HasPrefix(text, "select updated, seq from moment order by") { // one look at the end of its key
		return
	}
	names := map[string]bool{}
	for _, m := range derived.FindAllStringSubmatch(text, -1) {
		names[m[1]], names[m[2]] = true, true
	}
	for _, step := range plan {
		if m := scan.FindStringSubmatch(step); m != nil && !names[m[1]] {
			t.Errorf("%s walks a table: %s\n%s\n%s", name, step, text, strings.Join(plan, "\n"))
		}
		if testing.Verbose() {
			t.Logf("%s: %s", name, step)
		}
	}
}

func TestWriterIsDurable(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	for name, want := range map[string]int64{"synchronous": 2, "wal_autocheckpoint": 0, "user_version": 5} {
		if got, err := s.WriterPragma(name); err != nil || got != want {
			t.Errorf("pragma %s of the writer is %d, %v; want %d", name, got, err, want)
		}
	}
}

func TestTotalsAreCountedOnceForAState(t *testing.T) {
	s := loaded(t, 50)
	q := query(t, "Location", "status=active")
	q.Count = 5
	counts := func() (n int) {
		plans, err := s.Plans(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for text := range plans {
			if strings.HasPrefix(text, "select count(*) from (select distinct") {
				n++
			}
		}
		return n
	}
	if first, second := counts(), counts(); first != 1 || second != 0 {
		t.Errorf("counted %d and %d times, want once and not again", first, second)
	}
	put(t, s, facility(50)...)
	if n := counts(); n != 1 {
		t.Errorf("counted %d times after a write, want once", n)
	}
	if p, err := s.Search(t.Context(), q); err != nil || p.Total != 51 {
		t.Errorf("%+v, %v; want a total of 51", p, err)
	}
}
