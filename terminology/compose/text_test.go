package compose_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"masjala/terminology/compose"
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
