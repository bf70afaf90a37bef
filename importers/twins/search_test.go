package twins_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/twins"
	"masjala/internal/linkage"
	"masjala/store"
	"masjala/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var byName = twins.Matcher[match.Facility]{Among: match.Among, Limits: match.Limits,
	Identifiers: func(f *match.Facility) *[]linkage.Identifier { return &f.Identifiers }}

// begin returns a search in a store that has one Location, and that store.
func begin(t *testing.T) (*twins.Search[match.Facility], store.Store) {
	t.Helper()
	s := storetest.Open(t)
	if search := begun(t, s); search != nil {
		t.Fatal("a search among nothing")
	}
	registries := store.NewRegistries(store.PlainRegistry("Location"))
	for _, id := range []string{"gede", "mtwapa"} {
		r, err := fhir.Parse([]byte(fmt.Sprintf(`{"resourceType":"Location","id":%q,"name":"x"}`, id)))
		if err != nil {
			t.Fatal(err)
		}
		d, err := registries.Prepare(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Write(t.Context(), store.Cause{}, func(tx store.Tx) error {
			_, err := registries.Put(t.Context(), tx, d, "PUT")
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	env := importers.Env{Store: s, Registries: registries}
	if _, err := decisions.Keep(t.Context(), env, store.Cause{}, decisions.Set{Twins: []decisions.Twin{
		{Kind: "facilities", Key: "k3", Reference: "Location/gede", Verdict: decisions.Different},
		{Kind: "facilities", Key: "k1", Reference: "Location/gede", Verdict: decisions.Unsure}}}); err != nil {
		t.Fatal(err)
	}
	return begun(t, s), s
}

func begun(t *testing.T, s store.Store) *twins.Search[match.Facility] {
	t.Helper()
	book, err := decisions.Open(t.Context(), s, "facilities")
	if err != nil {
		t.Fatal(err)
	}
	search, err := twins.New(t.Context(), s, "Location", byName, book, &importers.Issues{})
	if err != nil {
		t.Fatal(err)
	}
	return search
}

// Rows beyond what is compared are told.
func TestTooManyRows(t *testing.T) {
	_, s := begin(t)
	book, err := decisions.Open(t.Context(), s, "facilities")
	if err != nil {
		t.Fatal(err)
	}
	none := byName
	none.Among = func(_ context.Context, rows, stored []match.Facility, _ int, _ func(a, b int) bool) ([]linkage.Pair, error) {
		if len(rows) != twins.Most || len(stored) != 1 {
			t.Errorf("%d rows among %d", len(rows), len(stored))
		}
		return nil, nil
	}
	var issues importers.Issues
	search, err := twins.New(t.Context(), s, "Location", none, book, &issues)
	if err != nil {
		t.Fatal(err)
	}
	for row := range twins.Most + 2 {
		if took := search.Row(row, "k", "x", match.Facility{}); took != (row < twins.Most) {
			t.Fatalf("row %d taken: %v", row, took)
		}
	}
	search.Stored("Location/gede", "Gede", match.Facility{})
	if err := search.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if g := issues.Groups(); len(g) != 1 || g[0].Rule != "twins-not-sought" || !strings.HasPrefix(g[0].First[0].Reason, "2 rows ") {
		t.Errorf("findings %+v", g)
	}
}

func facility(name string, ids ...string) match.Facility {
	f := match.Facility{Name: name, Areas: []string{"Kilifi"}, Position: &match.Position{Lat: -3.3, Lon: 40}}
	for _, id := range ids {
		f.Identifiers = append(f.Identifiers, match.Identifier{System: "urn:x", Value: id})
	}
	return f
}

// Each row has one partner at most; one that another row fits better is for review, and what was
// decided to be different is no partner. Numbers that nobody shares say nothing.
func TestRowsAndTheirPartners(t *testing.T) {
	s, _ := begin(t)
	s.Row(2, "k1", "Gede Dispensary", facility("Gede Dispensary", "1"))
	s.Row(3, "k2", "Gede Disp", facility("Gede Disp", "2"))
	s.Row(4, "k3", "Zahanati ya Gede", facility("Zahanati ya Gede", "3"))
	s.Row(5, "k4", "Lamu Hospital", facility("Lamu Hospital", "9"))
	s.Stored("Location/gede", "Gede Dispensary", facility("Gede Dispensary", "77"))
	s.Stored("Location/mtwapa", "Mtwapa Clinic", facility("Mtwapa Clinic", "1"))
	if !s.Open() {
		t.Error("it takes no rows")
	}
	if err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.Open() {
		t.Error("it takes rows after it was run")
	}
	first, ok := s.Of(2)
	if !ok || first.Reference != "Location/gede" || first.Stored != "Gede Dispensary" || first.Decision != "unsure" || first.Score == 0 || first.Why == "" {
		t.Errorf("row 2: %+v", first)
	}
	if w, ok := s.Of(3); !ok || w.Likely || w.Reference != "Location/gede" {
		t.Errorf("row 3: %+v, want it for review: row 2 fits better", w)
	}
	for _, row := range []int{4, 5} {
		if w, ok := s.Of(row); ok {
			t.Errorf("row %d: %+v, want none", row, w)
		}
	}
	if _, ok := (*twins.Search[match.Facility])(nil).Of(2); ok {
		t.Error("no search found something")
	}
}

// A row whose partners all went to others is shown the one that fits it best.
func TestBestOfWhatOthersHave(t *testing.T) {
	_, s := begin(t)
	pair := func(a, b int, bits float64) linkage.Pair {
		return linkage.Pair{A: a, B: b, Verdict: linkage.Verdict{Bits: bits}}
	}
	given := byName
	given.Among = func(context.Context, []match.Facility, []match.Facility, int, func(a, b int) bool) ([]linkage.Pair, error) {
		return []linkage.Pair{pair(0, 0, 9), pair(1, 1, 9), pair(2, 0, 4), pair(2, 1, 6)}, nil
	}
	search, err := twins.New(t.Context(), s, "Location", given, &decisions.Book{}, &importers.Issues{})
	if err != nil {
		t.Fatal(err)
	}
	for row := range 3 {
		search.Row(row, "k", "x", match.Facility{})
	}
	for _, ref := range []string{"Location/gede", "Location/mtwapa"} {
		search.Stored(ref, ref, match.Facility{})
	}
	if err := search.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w, ok := search.Of(2); !ok || w.Likely || w.Reference != "Location/mtwapa" || !strings.Contains(w.Why, "row 1 fits better") {
		t.Errorf("%+v", w)
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	s, _ := begin(t)
	s.Row(2, "k", "A", facility("A"))
	s.Stored("Location/gede", "A", facility("A"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Run(ctx); err == nil {
		t.Error("it went on")
	}
}

// Of several resources that a row was decided to be, the last decision counts.
func TestSameAsOneAlone(t *testing.T) {
	_, s := begin(t)
	env := importers.Env{Store: s, Registries: store.NewRegistries(store.PlainRegistry("Location"))}
	for _, ref := range []string{"Location/gede", "Location/mtwapa"} {
		if _, err := decisions.Keep(t.Context(), env, store.Cause{}, decisions.Set{Twins: []decisions.Twin{{Kind: "facilities", Key: "k", Reference: ref, Verdict: decisions.Same}}}); err != nil {
			t.Fatal(err)
		}
	}
	book, err := decisions.Open(t.Context(), s, "facilities")
	if err != nil {
		t.Fatal(err)
	}
	var asked []string
	known, gone, err := twins.Same(book, "k", func(ref string) (*importers.Known, error) {
		asked = append(asked, ref)
		return nil, nil
	})
	if len(asked) != 1 || asked[0] != "Location/mtwapa" || known != nil || gone == nil || err != nil {
		t.Errorf("asked for %v: %v, %v, %v", asked, known, gone, err)
	}
}
