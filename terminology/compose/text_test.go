package compose_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"masjala/internal/testutil"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// TestTextOfLists looks for texts in value sets that name their codes and say things of them
// that the code system does not.
func TestTextOfLists(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(7, 7)), 50)
	plain := w.plain["urn:s1"]
	own := plain.codes[0]
	d := &compose.Definition{Composed: true, Include: []compose.Include{
		{System: "urn:s1", Concepts: []compose.Given{
			{Code: own, Display: "Zebra crossing", Designations: []compose.Text{{Language: "sw", Value: "Punda milia"}}},
			{Code: plain.codes[1]},
		}},
		{System: "urn:not-here", Concepts: []compose.Given{{Code: "x-1", Display: "Crossing of zebras"}, {Code: "y", Display: "Ferry"}}},
	}}
	plan, err := compose.Compile(t.Context(), w, d)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ typed, want string }{
		"own displays, best first":           {"zebra", "urn:s1 " + own + ", urn:not-here x-1"},
		"the other way":                      {"cross", "urn:not-here x-1, urn:s1 " + own},
		"an own designation":                 {"milia", "urn:s1 " + own},
		"the code of a system not here":      {"x1", "urn:not-here x-1"},
		"a code of the system":               {plain.codes[1], "urn:s1 " + plain.codes[1]},
		"the text of the system beside that": {plain.display[own] + " zebra", "urn:s1 " + own},
		"a typing error":                     {"fery", "urn:not-here y"},
		"a fragment":                         {"erry", "urn:not-here y"},
		"nothing":                            {"quagga", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(list(t, plan, compose.Selection{Text: tc.typed, Count: -1}), ", ")
			if got != tc.want {
				t.Errorf("%q finds %q, want %q", tc.typed, got, tc.want)
			}
		})
	}
}

// TestTextOfSupplements looks for texts that another code system adds to one.
func TestTextOfSupplements(t *testing.T) {
	testutil.Requirement(t, "TX-11")
	w := newWorld(t, rand.New(rand.NewPCG(7, 7)), 50)
	plain := w.plain["urn:s1"]
	one, two, out := plain.codes[0], plain.codes[1], plain.codes[2]
	src, err := concept.Read([]byte(`{"content":"supplement","language":"fr","concept":[
		{"code":"` + one + `","designation":[{"language":"fr","value":"Paludisme grave"}]},
		{"code":"` + two + `","display":"Paludisme"},{"code":"` + out + `","display":"Paludisme"},
		{"code":"nowhere","display":"Paludisme"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	w.systems["urn:s1"].Supplements = []compose.Supplement{{Canonical: "urn:fr", Set: set}, {Canonical: "urn:again", Set: set}}
	d := &compose.Definition{Composed: true, Include: []compose.Include{{System: "urn:s1", Concepts: []compose.Given{{Code: one}, {Code: two}}}}}
	plan, err := compose.Compile(t.Context(), w, d)
	if err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{
		"palud": "urn:s1 " + two + ", urn:s1 " + one, "grave": "urn:s1 " + one, "paludism": "urn:s1 " + two + ", urn:s1 " + one, two: "urn:s1 " + two,
	} {
		if got := strings.Join(list(t, plan, compose.Selection{Text: typed, Languages: []string{"fr"}, Count: -1}), ", "); got != want {
			t.Errorf("%q finds %q, want %q", typed, got, want)
		}
	}
}
