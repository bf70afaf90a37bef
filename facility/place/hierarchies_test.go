package place_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
	"masjala/store/storetest"
)

// keep stores resources as they are, past the registry; a text "-Type/id" deletes.
func keep(t testing.TB, s store.Store, resources ...string) {
	t.Helper()
	var puts []string
	for _, text := range resources {
		ref, gone := strings.CutPrefix(text, "-")
		if !gone {
			puts = append(puts, text)
			continue
		}
		storetest.Put(t, s, puts...)
		puts = nil
		typ, id, _ := strings.Cut(ref, "/")
		err := s.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
			_, err := tx.Delete(typ, id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	storetest.Put(t, s, puts...)
}

func unit(id, parent string) string {
	partOf := ""
	if parent != "" {
		partOf = `,"partOf":{"reference":"Organization/` + parent + `"}`
	}
	return `{"resourceType":"Organization","id":"` + id + `","name":"` + id + `"` + partOf + `}`
}

// joined puts child below parent in the hierarchies of codes.
func joined(id, parent, child string, codes ...string) string {
	var concepts []string
	for _, c := range codes {
		system, code, _ := strings.Cut(c, "|")
		concepts = append(concepts, `{"coding":[{"system":"`+system+`","code":"`+code+`"}]}`)
	}
	return `{"resourceType":"OrganizationAffiliation","id":"` + id + `","organization":{"reference":"Organization/` + parent +
		`"},"participatingOrganization":{"reference":"Organization/` + child + `"},"code":[` + strings.Join(concepts, ",") + `]}`
}

func open(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "data"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func hierarchies(t testing.TB, s store.Store) *place.Hierarchies {
	t.Helper()
	h := place.NewHierarchies(s)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// ministry is one facility in three hierarchies: of administration, of supply and of reports.
var ministry = []string{
	unit("nation", ""), unit("north", "nation"), unit("kila", "north"), unit("clinic", "kila"), unit("post", "kila"), unit("depot", ""), unit("store", ""), unit("hmis", ""),
	joined("a1", "depot", "store", "urn:h|supply"), joined("a2", "store", "clinic", "urn:h|supply", "urn:h|reporting"),
	joined("a3", "hmis", "store", "urn:h|reporting"), joined("a4", "hmis", "post", "urn:other|supply"),
}

func TestHierarchies(t *testing.T) {
	testutil.Requirement(t, "FRF-2", "UC-4", "MFL-9")
	s := open(t)
	keep(t, s, ministry...)
	h := hierarchies(t, s)
	tests := map[string]struct {
		walk place.Walk
		want []string
	}{
		"above by partOf":                 {place.Walk{ID: "clinic", Up: true}, []string{"kila", "north", "nation"}},
		"below by partOf":                 {place.Walk{ID: "nation"}, []string{"clinic", "kila", "north", "post"}},
		"members by partOf":               {place.Walk{ID: "nation", Depth: 1}, []string{"north"}},
		"two steps":                       {place.Walk{ID: "nation", Depth: 2}, []string{"kila", "north"}},
		"above in another":                {place.Walk{ID: "clinic", Up: true, Kinds: []string{"urn:h|supply"}}, []string{"store", "depot"}},
		"below in another":                {place.Walk{ID: "depot", Kinds: []string{"urn:h|supply"}}, []string{"clinic", "store"}},
		"members in another":              {place.Walk{ID: "depot", Depth: 1, Kinds: []string{"urn:h|supply"}}, []string{"store"}},
		"of one code and several systems": {place.Walk{ID: "hmis", Kinds: []string{"supply"}}, []string{"post"}},
		"two at once":                     {place.Walk{ID: "depot", Kinds: []string{"supply", "reporting"}}, []string{"clinic", "store"}},
		"all at once, above":              {place.Walk{ID: "clinic", Up: true, Kinds: []string{"partof", "supply", "reporting"}}, []string{"hmis", "store", "depot", "kila", "north", "nation"}},
		"one that there is not":           {place.Walk{ID: "depot", Kinds: []string{"urn:h|finance"}}, nil},
		"of nobody":                       {place.Walk{ID: "nobody"}, nil},
		"of a type without":               {place.Walk{Type: "Location", ID: "nation"}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if tc.walk.Type == "" {
				tc.walk.Type = "Organization"
			}
			tc.walk.Count = 100
			got, err := h.Walk(t.Context(), tc.walk)
			if err != nil {
				t.Fatal(err)
			}
			if tc.walk.Up { // those equally near have no order
				slices.Sort(got.IDs)
				slices.Sort(tc.want)
			}
			if diff := cmp.Diff(tc.want, got.IDs); diff != "" || got.Total != len(tc.want) || got.More {
				t.Errorf("%+v (-want +got):\n%s", got, diff)
			}
		})
	}
	if _, err := h.Walk(t.Context(), place.Walk{Type: "Endpoint", ID: "x"}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("endpoints = %v, want Invalid", err)
	}
}

func TestHierarchiesFollowChanges(t *testing.T) {
	s := open(t)
	keep(t, s, ministry...)
	h := hierarchies(t, s)
	below := func(id string, kinds ...string) string {
		t.Helper()
		got, err := h.Walk(t.Context(), place.Walk{Type: "Organization", ID: id, Kinds: kinds, Count: 100})
		if err != nil || got.Total != len(got.IDs) {
			t.Fatal(got, err)
		}
		return strings.Join(got.IDs, " ")
	}
	steps := []struct {
		name   string
		change string
		of     string
		kind   string
		want   string
	}{
		{"nothing", unit("nation", ""), "nation", "partof", "clinic kila north post"},
		{"moved", unit("kila", "depot"), "nation", "partof", "north"},
		{"moved to", unit("kila", "depot"), "depot", "partof", "clinic kila post"},
		{"taken out", unit("post", ""), "depot", "partof", "clinic kila"},
		{"a child before its parent", unit("early", "late"), "late", "partof", "early"},
		{"deleted in the middle", "-Organization/kila", "depot", "partof", ""},
		{"what it held stays below it", unit("clinic", "kila"), "kila", "partof", "clinic"},
		{"made again", unit("kila", "north"), "nation", "partof", "clinic kila north"},
		{"an affiliation less", "-OrganizationAffiliation/a1", "depot", "supply", ""},
		{"an affiliation more", joined("a1", "depot", "store", "urn:h|supply"), "depot", "supply", "clinic store"},
		{"another code", joined("a1", "depot", "store", "urn:h|finance"), "depot", "finance", "store"},
		{"the old code", joined("a1", "depot", "store", "urn:h|finance"), "depot", "supply", ""},
		{"not active", strings.Replace(joined("a1", "depot", "store", "urn:h|supply"), `"code"`, `"active":false,"code"`, 1), "depot", "supply", ""},
		{"a circle", joined("a1", "clinic", "store", "urn:h|supply"), "store", "supply", "clinic"},
		{"with itself", joined("a1", "store", "store", "urn:h|supply"), "store", "supply", "clinic"},
	}
	for _, st := range steps {
		keep(t, s, st.change)
		if got := below(st.of, st.kind); got != st.want {
			t.Errorf("%s: below %s lie %q, want %q", st.name, st.of, got, st.want)
		}
	}
}

// What the trees say after many random changes must be what a fresh reading says.
func TestHierarchiesStayTrue(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	s := open(t)
	old := hierarchies(t, s)
	if err := old.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	name := func() string { return fmt.Sprint("o", r.IntN(25)) }
	for range 60 {
		var batch []string
		for range r.IntN(6) {
			id, aff := name(), fmt.Sprint("a", r.IntN(15))
			switch {
			case r.IntN(5) == 0 && there["Organization/"+id]:
				batch = append(batch, "-Organization/"+id)
				there["Organization/"+id] = false
			case r.IntN(2) == 0:
				batch = append(batch, joined(aff, name(), name(), "x|k"+fmt.Sprint(r.IntN(2)), "x|k2"))
			default:
				parent := ""
				if r.IntN(3) > 0 {
					parent = name()
				}
				batch = append(batch, unit(id, parent))
				there["Organization/"+id] = true
			}
		}
		keep(t, s, batch...)
	}
	fresh := hierarchies(t, s)
	whole := hierarchies(t, struct{ store.Store }{s}) // a store that has no index of parents
	for n := range 25 {
		for _, kinds := range [][]string{nil, {"k0"}, {"k1", "k2"}, {"partof", "k0", "k1", "k2"}} {
			w := place.Walk{Type: "Organization", ID: fmt.Sprint("o", n), Kinds: kinds, Count: 100}
			a, errA := old.Walk(t.Context(), w)
			b, errB := fresh.Walk(t.Context(), w)
			if diff := cmp.Diff(b, a); diff != "" || errA != nil || errB != nil {
				t.Fatalf("%+v: %v %v (-fresh +followed)\n%s", w, errA, errB, diff)
			}
			if c, err := whole.Walk(t.Context(), w); err != nil || !cmp.Equal(b, c) {
				t.Fatalf("%+v: read whole %+v, %v; want %+v", w, c, err, b)
			}
		}
	}
}

func TestPagesOfDescendants(t *testing.T) {
	s := open(t)
	all := []string{unit("top", "")}
	var want []string
	for i := range 217 {
		id := fmt.Sprintf("u%d", (i*7919)%1000)
		all, want = append(all, unit(id, "top")), append(want, id)
	}
	slices.Sort(want)
	keep(t, s, all...)
	h := hierarchies(t, s)
	for _, count := range []int{1, 10, 217, 500} {
		var got []string
		w := place.Walk{Type: "Organization", ID: "top", Count: count}
		for {
			page, err := h.Walk(t.Context(), w)
			if err != nil || page.Total != len(want) {
				t.Fatal(page.Total, err)
			}
			got = append(got, page.IDs...)
			if !page.More {
				break
			}
			w.After = page.IDs[len(page.IDs)-1]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", count, diff)
		}
	}
	if got, err := h.Walk(t.Context(), place.Walk{Type: "Organization", ID: "top"}); err != nil || got.Total != 217 || len(got.IDs) > 0 || !got.More {
		t.Errorf("the total alone = %+v, %v", got, err)
	}
}

func TestHierarchiesWithoutAStore(t *testing.T) {
	s := open(t)
	keep(t, s, ministry...)
	h := hierarchies(t, s)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Walk(ended, place.Walk{Type: "Organization", ID: "nation", Count: 9}); err == nil {
		t.Error("a caller that left got an answer")
	}
	if got, err := h.Walk(t.Context(), place.Walk{Type: "Organization", ID: "nation", Count: 9}); err != nil || got.Total != 4 {
		t.Errorf("the caller after it = %+v, %v", got, err)
	}
}

// BenchmarkHierarchies walks in a tree of 120,000 areas, eight levels deep.
func BenchmarkHierarchies(b *testing.B) {
	s := open(b)
	const size, chunk = 120_000, 2000
	for from := 0; from < size; from += chunk {
		var batch []string
		for i := from; i < from+chunk; i++ {
			parent := ""
			if i > 0 {
				parent = fmt.Sprintf("area-%07d", (i-1)/5)
			}
			batch = append(batch, unit(fmt.Sprintf("area-%07d", i), parent))
		}
		keep(b, s, batch...)
	}
	h := hierarchies(b, s)
	start := time.Now()
	if err := h.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d areas read in %v", size, time.Since(start))
	for name, w := range map[string]place.Walk{
		"all below the top": {ID: "area-0000000", Count: 50},
		"the last page":     {ID: "area-0000000", Count: 50, After: "area-0119900"},
		"below a district":  {ID: "area-0000040", Count: 50},
		"members":           {ID: "area-0000040", Depth: 1, Count: 50},
		"above a village":   {ID: "area-0119999", Up: true},
	} {
		b.Run(name, func(b *testing.B) {
			w.Type = "Organization"
			for b.Loop() {
				if got, err := h.Walk(b.Context(), w); err != nil || got.Total == 0 {
					b.Fatal(got, err)
				}
			}
		})
	}
}
