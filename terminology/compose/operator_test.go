package compose_test

import (
	"errors"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

func TestOperatorsOfLaterReleases(t *testing.T) {
	src, err := concept.Read([]byte(`{"property":[{"code":"memberOf","type":"code"}],"concept":[
		{"code":"top","concept":[{"code":"mid","concept":[{"code":"low","property":[{"code":"memberOf","valueCode":"set"}]}]},{"code":"leaf"}]},{"code":"set"},
		{"code":"far","property":[{"code":"memberOf","valueCode":"set"},{"code":"memberOf","valueCode":"other"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	sys := &compose.System{URL: "urn:r", Set: set}
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
			bits, err := compose.Bits(t.Context(), sys, &compose.Include{System: "urn:r", Filters: []compose.Filter{tc.filter}})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for k := range bits.All {
				got = append(got, string(set.Code(k)))
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("%v = %v, want %s", tc.filter, got, tc.want)
			}
		})
	}
}

// TestExpressionConstraints proves the property constraint, for any code system.
func TestExpressionConstraints(t *testing.T) {
	testutil.Requirement(t, "TX-17")
	system := func(body string) *compose.System {
		src, err := concept.Read([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		set, err := concept.Build(src)
		if err != nil {
			t.Fatal(err)
		}
		return &compose.System{URL: "urn:r", Set: set}
	}
	own := system(`{"concept":[{"code":"top","concept":[{"code":"low"}]}]}`)
	taken := system(`{"property":[{"code":"constraint","type":"string"}],"concept":[{"code":"a","property":[{"code":"constraint","valueString":"<< b"}]},{"code":"b"}]}`)
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
		bits, err := compose.Bits(t.Context(), tc.sys, &compose.Include{System: "urn:r", Filters: []compose.Filter{{Property: "constraint", Op: tc.op, Value: tc.value}}})
		if tc.path != "" {
			if e := (*fhir.Error)(nil); !errors.As(err, &e) || e.Kind != fhir.Unprocessable || e.Path != tc.path {
				t.Errorf("%s: %v, want it refused at %s", name, err, tc.path)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for k := range bits.All {
			got = append(got, string(tc.sys.Set.Code(k)))
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: %v, want %s", name, got, tc.want)
		}
	}
}
