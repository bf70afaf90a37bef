package compose_test

import (
	"errors"
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

func TestOperatorsOfLaterReleases(t *testing.T) {
	sys := &compose.System{Set: built(t, `{"property":[{"code":"memberOf","type":"code"}],"concept":[
		{"code":"top","concept":[{"code":"mid","concept":[{"code":"low","property":[{"code":"memberOf","valueCode":"set"}]}]},{"code":"leaf"}]},{"code":"set"},
		{"code":"far","property":[{"code":"memberOf","valueCode":"set"},{"code":"memberOf","valueCode":"other"}]}]}`)}
	tests := map[string]struct {
		filter compose.Filter
		want   string
	}{
		"leaves below":              {compose.Filter{Property: "concept", Op: "descendent-leaf", Value: "top"}, "low leaf"},
		"leaves below a leaf":       {compose.Filter{Property: "concept", Op: "descendent-leaf", Value: "leaf"}, ""},
		"children":                  {compose.Filter{Property: "concept", Op: "child-of", Value: "top"}, "mid leaf"},
		"members of a set":          {compose.Filter{Property: "concept", Op: "in", Value: "set"}, "low far"},
		"members of two sets":       {compose.Filter{Property: "concept", Op: "in", Value: "set, other"}, "low far"},
		"what is in no set":         {compose.Filter{Property: "concept", Op: "not-in", Value: "set"}, "top mid leaf set"},
		"listed codes, not a set":   {compose.Filter{Property: "concept", Op: "in", Value: "top,leaf"}, "top leaf"},
		"the set itself, not its":   {compose.Filter{Property: "concept", Op: "=", Value: "set"}, "set"},
		"members by their property": {compose.Filter{Property: "memberOf", Op: "=", Value: "other"}, "far"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got, err := filtered(t, sys, tc.filter); err != nil || got != tc.want {
				t.Errorf("%v = %s, %v; want %s", tc.filter, got, err, tc.want)
			}
		})
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
