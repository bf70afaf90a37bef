package compose_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology/compose"
)

// filtered lists the codes that a filter selects.
func filtered(t *testing.T, sys *compose.System, f compose.Filter) (string, error) {
	t.Helper()
	bits, err := compose.Bits(t.Context(), sys, &compose.Include{Filters: []compose.Filter{f}})
	if err != nil {
		return "", err
	}
	var got []string
	for k := range bits.All {
		got = append(got, string(sys.Set.Code(k)))
	}
	return strings.Join(got, " "), nil
}

// choice is a filter and the codes that it selects.
type choice struct {
	filter compose.Filter
	want   string
}

// selects proves what filters select, asked for all concepts and for each.
func selects(t *testing.T, sys *compose.System, tests map[string]choice) {
	t.Helper()
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := filtered(t, sys, tc.filter); err != nil || got != tc.want {
				t.Errorf("%v = %s, %v; want %s", tc.filter, got, err, tc.want)
			}
			for k := range uint32(sys.Set.Len()) {
				_, holds, err := (&compose.Include{Filters: []compose.Filter{tc.filter}}).Holds(t.Context(), sys, k)
				if code := string(sys.Set.Code(k)); err != nil || holds != slices.Contains(strings.Fields(tc.want), code) {
					t.Errorf("%v holds %s: %v, %v", tc.filter, code, holds, err)
				}
			}
		})
	}
}

func TestOperatorsOfLaterReleases(t *testing.T) {
	sys := &compose.System{Set: built(t, `{"property":[{"code":"memberOf","type":"code"}],"concept":[
		{"code":"top","concept":[{"code":"mid","concept":[{"code":"low","property":[{"code":"memberOf","valueCode":"set"}]}]},{"code":"leaf"}]},{"code":"set"},
		{"code":"far","property":[{"code":"memberOf","valueCode":"set"},{"code":"memberOf","valueCode":"other"}]}]}`)}
	selects(t, sys, map[string]choice{
		"leaves below":              {compose.Filter{Property: "concept", Op: "descendent-leaf", Value: "top"}, "low leaf"},
		"leaves below a leaf":       {compose.Filter{Property: "concept", Op: "descendent-leaf", Value: "leaf"}, ""},
		"children":                  {compose.Filter{Property: "concept", Op: "child-of", Value: "top"}, "mid leaf"},
		"members of a set":          {compose.Filter{Property: "concept", Op: "in", Value: "set"}, "low far"},
		"members of two sets":       {compose.Filter{Property: "concept", Op: "in", Value: "set, other"}, "low far"},
		"what is in no set":         {compose.Filter{Property: "concept", Op: "not-in", Value: "set"}, "top mid leaf set"},
		"listed codes, not a set":   {compose.Filter{Property: "concept", Op: "in", Value: "top,leaf"}, "top leaf"},
		"the set itself, not its":   {compose.Filter{Property: "concept", Op: "=", Value: "set"}, "set"},
		"members by their property": {compose.Filter{Property: "memberOf", Op: "=", Value: "other"}, "far"},
	})
}

// TestDecimalsAreNumbers proves that the precision of a decimal does not matter, and that other
// types are compared as texts.
func TestDecimalsAreNumbers(t *testing.T) {
	testutil.Requirement(t, "SV-97-1")
	sys := &compose.System{Set: built(t, `{"property":[{"code":"dose","type":"decimal"},{"code":"note","type":"string"}],"concept":[
		{"code":"a","property":[{"code":"dose","valueDecimal":1.50},{"code":"note","valueString":"1.50"}]},{"code":"b","property":[{"code":"dose","valueDecimal":15e-1}]},
		{"code":"c","property":[{"code":"dose","valueDecimal":-0.0},{"code":"note","valueString":"1.5"}]},{"code":"d","property":[{"code":"dose","valueDecimal":2},{"code":"dose","valueDecimal":1.5}]}]}`)}
	selects(t, sys, map[string]choice{
		"in other words":            {compose.Filter{Property: "dose", Op: "=", Value: "1.5"}, "a b d"},
		"with an exponent":          {compose.Filter{Property: "dose", Op: "=", Value: "150E-2"}, "a b d"},
		"zero":                      {compose.Filter{Property: "dose", Op: "=", Value: "0"}, "c"},
		"one of several":            {compose.Filter{Property: "dose", Op: "in", Value: "2.000, 0.00"}, "c d"},
		"none of several":           {compose.Filter{Property: "dose", Op: "not-in", Value: "1.5"}, "c"},
		"no number":                 {compose.Filter{Property: "dose", Op: "=", Value: "3/2"}, ""},
		"a sign alone":              {compose.Filter{Property: "dose", Op: "=", Value: "-"}, ""},
		"too large for a number":    {compose.Filter{Property: "dose", Op: "=", Value: "15e999999999"}, ""},
		"a text that looks like it": {compose.Filter{Property: "note", Op: "=", Value: "1.5"}, "c"},
	})
}

// TestManyDecimals looks for each of many numbers among many.
func TestManyDecimals(t *testing.T) {
	const n = 4000
	var concepts, wanted []string
	for i := range n {
		concepts = append(concepts, fmt.Sprintf(`{"code":"c%d","property":[{"code":"dose","valueDecimal":%d.50}]}`, i, i))
		wanted = append(wanted, fmt.Sprintf("%d.5", 2*i))
	}
	sys := &compose.System{Set: built(t, `{"property":[{"code":"dose","type":"decimal"}],"concept":[`+strings.Join(concepts, ",")+`]}`)}
	got, err := filtered(t, sys, compose.Filter{Property: "dose", Op: "in", Value: strings.Join(wanted, ",")})
	if list := strings.Fields(got); err != nil || len(list) != n/2 || list[1] != "c2" {
		t.Errorf("%d codes, %.40q, %v; want every second of %d", len(list), got, err, n)
	}
}

// TestExpressionConstraints proves the property constraint, for any code system.
func TestExpressionConstraints(t *testing.T) {
	testutil.Requirement(t, "TX-17")
	own := &compose.System{Set: built(t, `{"concept":[{"code":"top","concept":[{"code":"low"}]}]}`)}
	taken := &compose.System{Set: built(t, `{"property":[{"code":"constraint","type":"string"}],"concept":[{"code":"a","property":[{"code":"constraint","valueString":"<< b"}]},{"code":"b"}]}`)}
	tests := map[string]struct {
		sys        *compose.System
		op, value  string
		want, path string
	}{
		"an expression":                        {own, "=", "<< top", "top low", ""},
		"an expression that is none":           {own, "=", "<< ", "", "ValueSet.compose.include.filter.value"},
		"an expression with an unknown code":   {own, "=", "<< none", "", "ValueSet.compose.include.filter.value"},
		"another operator":                     {own, "in", "<< top", "", "ValueSet.compose.include.filter.property"},
		"a property that has the name already": {taken, "=", "<< b", "a", ""},
	}
	for name, tc := range tests {
		got, err := filtered(t, tc.sys, compose.Filter{Property: "constraint", Op: tc.op, Value: tc.value})
		switch e := (*fhir.Error)(nil); {
		case tc.path == "" && (err != nil || got != tc.want):
			t.Errorf("%s: %s, %v; want %s", name, got, err, tc.want)
		case tc.path != "" && (!errors.As(err, &e) || e.Kind != fhir.Unprocessable || e.Path != tc.path):
			t.Errorf("%s: %v, want it refused at %s", name, err, tc.path)
		}
	}
}
