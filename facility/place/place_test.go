package place_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// area is a Location of the test's country: id, parent, name; a jurisdiction unless its name
// ends in "Clinic".
type area struct{ id, parent, name string }

var country = []area{
	{"c", "", "Exampland"}, {"n", "c", "North Region"}, {"s", "c", "South"}, {"n1", "n", "Kila District"}, {"n2", "n", "Mto"},
	{"s1", "s", "Kila"}, {"f1", "n1", "Kila Clinic"}, {"f2", "n", "Mto Clinic"},
}

// nation stores areas. It writes past the registry, so that a cycle can be stored.
func nation(t *testing.T, areas []area) store.Store {
	t.Helper()
	s := storetest.Open(t)
	for _, a := range areas {
		kind, partOf := "jurisdiction", ""
		if strings.HasSuffix(a.name, "Clinic") {
			kind = "facility"
		}
		if a.parent != "" {
			partOf = fmt.Sprintf(`,"partOf":{"reference":"Location/%s"}`, a.parent)
		}
		storetest.Put(t, s, fmt.Sprintf(`{"resourceType":"Location","id":"%s","name":"%s","type":[{"coding":[{"system":"%s","code":"%s"}]}]%s}`, a.id, a.name, place.Types, kind, partOf))
	}
	return s
}

func ids(rs []*fhir.Resource) []string {
	var out []string
	for _, r := range rs {
		out = append(out, r.ID)
	}
	return out
}

func TestWalks(t *testing.T) {
	testutil.Requirement(t, "MFL-9")
	s := nation(t, country)
	in := place.In(t.Context(), s)
	up, err := place.Ancestors(in, "Location", "f1")
	if diff := cmp.Diff([]string{"n1", "n", "c"}, ids(up)); err != nil || diff != "" {
		t.Errorf("ancestors %v (-want +got):\n%s", err, diff)
	}
	path, err := place.Path(in, "Location", "f1")
	if diff := cmp.Diff([]string{"Exampland", "North Region", "Kila District", "Kila Clinic"}, path); err != nil || diff != "" {
		t.Errorf("path %v (-want +got):\n%s", err, diff)
	}
	down, err := place.Descendants(t.Context(), s, "Location", "n", 100)
	got := ids(down)
	slices.Sort(got)
	if diff := cmp.Diff([]string{"f1", "f2", "n1", "n2"}, got); err != nil || diff != "" {
		t.Errorf("descendants %v (-want +got):\n%s", err, diff)
	}
	if _, err := place.Descendants(t.Context(), s, "Location", "c", 3); fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("more than the limit: %v", err)
	}
	if _, err := place.Ancestors(in, "Location", "nobody"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("ancestors of nobody: %v", err)
	}
}

func TestIsAncestor(t *testing.T) {
	in := place.In(t.Context(), nation(t, append(slices.Clone(country), area{"x", "gone", "X"})))
	tests := map[string]struct {
		ancestor, id string
		want         bool
	}{
		"parent":          {"n1", "f1", true},
		"far up":          {"c", "f1", true},
		"itself":          {"f1", "f1", true},
		"child":           {"f1", "n1", false},
		"other branch":    {"s", "f1", false},
		"of what is gone": {"c", "x", false},
		"of nobody":       {"c", "nobody", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := place.IsAncestor(in, "Location", tc.ancestor, tc.id); got != tc.want || err != nil {
				t.Errorf("got %v, %v; want %v", got, err, tc.want)
			}
		})
	}
}

func TestCycleHangsNoWalk(t *testing.T) {
	s := nation(t, []area{{"a", "b", "A"}, {"b", "a", "B"}, {"x", "a", "X"}})
	in := place.In(t.Context(), s)
	for _, id := range []string{"a", "x"} {
		if _, err := place.Ancestors(in, "Location", id); fhir.KindOf(err) != fhir.Conflict {
			t.Errorf("ancestors of %s: %v", id, err)
		}
	}
	if _, err := place.IsAncestor(in, "Location", "elsewhere", "x"); fhir.KindOf(err) != fhir.Conflict {
		t.Errorf("is ancestor: %v", err)
	}
	down, err := place.Descendants(t.Context(), s, "Location", "a", 100)
	if got := ids(down); err != nil || len(got) != 2 {
		t.Errorf("descendants %v, %v", got, err)
	}
}

func TestResolver(t *testing.T) {
	s := nation(t, country)
	tests := map[string]struct{ parent, name, want string }{
		"as written":              {"c", "North Region", "n"},
		"without its affix":       {"c", "NORTH", "n"},
		"with another affix":      {"c", "South Province", "s"},
		"accents and hyphens":     {"n", "Kíla-District", "n1"},
		"the same name elsewhere": {"s", "kila", "s1"},
		"at the top":              {"", "Exampland", "c"},
		"not there":               {"c", "East", ""},
		"a facility is no area":   {"n", "Mto Clinic", ""},
		"not at this level":       {"c", "Mto", ""},
	}
	r := place.NewResolver(s)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := r.Find(t.Context(), tc.parent, tc.name)
			if err != nil {
				t.Fatal(err)
			}
			id := ""
			if got != nil {
				id = got.ID
			}
			if id != tc.want {
				t.Errorf("found %q, want %q", id, tc.want)
			}
		})
	}
	below, err := r.Named(t.Context(), "c")
	var names []string
	for _, r := range below {
		names = append(names, r.Field("name").Str)
	}
	slices.Sort(names)
	if diff := cmp.Diff([]string{"North Region", "South"}, names); err != nil || diff != "" {
		t.Errorf("names %v (-want +got):\n%s", err, diff)
	}
}

func TestResolverPagesThroughMany(t *testing.T) {
	areas := []area{{"c", "", "Exampland"}}
	for i := range 1203 {
		areas = append(areas, area{fmt.Sprintf("w%d", i), "c", fmt.Sprintf("Ward %d", i)})
	}
	r := place.NewResolver(nation(t, areas))
	for _, i := range []int{0, 600, 1202} {
		got, err := r.Find(t.Context(), "c", fmt.Sprintf("ward %d", i))
		if err != nil || got == nil || got.ID != fmt.Sprintf("w%d", i) {
			t.Errorf("ward %d: %v, %v", i, got, err)
		}
	}
}

func TestCore(t *testing.T) {
	tests := map[string]struct{ name, core string }{
		"district":             {"Nakuru District", "nakuru"},
		"county":               {"Nakuru County", "nakuru"},
		"two affixes":          {"Alfred Nzo District Municipality", "alfred nzo"},
		"in front, French":     {"Province du Nord", "nord"},
		"in front, Portuguese": {"Distrito de Nampula", "nampula"},
		"in front, Swahili":    {"Mkoa wa Arusha", "arusha"},
		"accents":              {"Région des Plateaux", "plateaux"},
		"nothing else":         {"District", "district"},
		"affix in the middle":  {"Free State Province", "free"},
		"with a number":        {"Zone 4", "4"},
		"plain":                {"  Addis-Ababa ", "addis ababa"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := place.Core(tc.name); got != tc.core {
				t.Errorf("Core(%q) = %q, want %q", tc.name, got, tc.core)
			}
		})
	}
}
