package rf2_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/importers"
	"masjala/internal/testutil"
	"masjala/terminology/concept"
	"masjala/terminology/ecl"
)

// TestExpressionsOverARelease selects concepts of a release by hierarchy, attributes, groups,
// values and reference sets.
func TestExpressionsOverARelease(t *testing.T) {
	testutil.Requirement(t, "TX-17")
	cs, _ := run(t, importers.Request{File: small().folder(t)})
	src, err := concept.Read(cs.JSON())
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		expression string
		args       []any
		want       []int
	}{
		"below":               {"< %d |Finding (finding)|: %d |Site| = << %d", []any{finding, site, skin}, []int{rash}},
		"a value":             {"*: %d >= #2.5", []any{dose}, []int{rash}},
		"in one group":        {"*: {%d = *, %d = #2.5}", []any{site, dose}, nil},
		"in two groups":       {"*: {%d = *}, {%d = #2.5}", []any{site, dose}, []int{rash}},
		"any attribute":       {"*: [2..2] * = *", nil, []int{rash}},
		"an attribute's name": {"*: <<%d = %d", []any{site, skin}, []int{rash}},
		"members":             {"^ %d MINUS ^ %d", []any{codes, urgent}, nil},
		"values":              {"%d.%d", []any{rash, site}, []int{skin}},
		"replaced by":         {"*: %d = %d", []any{replaced, rash}, []int{old}},
	}
	for name, tc := range tests {
		x, err := ecl.Parse(fmt.Sprintf(tc.expression, tc.args...))
		if err != nil {
			t.Fatal(err)
		}
		bits, err := x.Select(t.Context(), set)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for k := range bits.All {
			got = append(got, string(set.Code(k)))
		}
		if want := strings.Trim(fmt.Sprint(tc.want), "[]"); strings.Join(got, " ") != want {
			t.Errorf("%s: %s = %v, want %s", name, x, got, want)
		}
	}
}
