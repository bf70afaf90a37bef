package ecl_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology/concept"
	"masjala/terminology/ecl"
)

// build makes a set of the JSON of a code system.
func build(t testing.TB, body string) *concept.Set {
	t.Helper()
	src, err := concept.Read([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	set, err := concept.Build(src)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// selected evaluates an expression; its codes are in the order of the set.
func selected(t testing.TB, set *concept.Set, expression string) ([]string, error) {
	t.Helper()
	x, err := ecl.Parse(expression)
	if err != nil {
		return nil, err
	}
	bits, err := x.Select(t.Context(), set)
	if err != nil {
		return nil, err
	}
	var out []string
	for k := range bits.All {
		out = append(out, string(set.Code(k)))
	}
	return out, nil
}

// selection is an expression with the codes that it selects.
type selection struct{ expression, want string }

func check(t *testing.T, set *concept.Set, tests map[string]selection) {
	t.Helper()
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := selected(t, set, tc.expression)
			if err != nil || strings.Join(got, " ") != tc.want {
				t.Errorf("%s = %q, %v; want %q", tc.expression, strings.Join(got, " "), err, tc.want)
			}
		})
	}
}

// grouped is the JSON of a property in a relationship group.
func grouped(group int, property, value string) string {
	return fmt.Sprintf(`{"extension":[{"url":"%s","valueInteger":%d}],"code":"%s","valueCode":"%s"}`, concept.GroupExtension, group, property, value)
}

// clinic is a small ontology: attributes are concepts, values lie in groups.
func clinic(t testing.TB) *concept.Set {
	of := func(list ...string) string { return `"property":[` + strings.Join(list, ",") + `]` }
	plain := func(property, value string) string {
		return `{"code":"` + property + `","valueCode":"` + value + `"}`
	}
	return build(t, `{"hierarchyMeaning":"is-a","concept":[
		{"code":"attribute","concept":[{"code":"site"},{"code":"shape"},{"code":"cause"},{"code":"dose"},{"code":"mark"}]},
		{"code":"body","concept":[{"code":"lung","concept":[{"code":"lobe"}]},{"code":"heart"},{"code":"valve","property":[{"code":"parent","valueCode":"heart"}]}]},
		{"code":"form","concept":[{"code":"swelling"},{"code":"narrowing"}]},
		{"code":"germ"},
		{"code":"finding","concept":[
			{"code":"pneumonia",`+of(grouped(1, "site", "lobe"), grouped(1, "shape", "swelling"), plain("cause", "germ"), plain("memberOf", "common"))+`},
			{"code":"stenosis",`+of(grouped(1, "site", "valve"), grouped(1, "shape", "narrowing"), plain("memberOf", "common"), plain("memberOf", "rare"))+`},
			{"code":"mixed",`+of(grouped(1, "site", "valve"), grouped(1, "shape", "swelling"), grouped(2, "site", "lung"), grouped(2, "shape", "narrowing"))+`},
			{"code":"plain",`+of(plain("site", "valve"), plain("shape", "narrowing"))+`},
			{"code":"bare"}]},
		{"code":"drug","concept":[
			{"code":"weak","property":[{"code":"dose","valueDecimal":2.50},{"code":"mark","valueString":"W 1"}]},
			{"code":"strong","property":[{"code":"dose","valueInteger":10},{"code":"mark","valueString":"S"},{"code":"mark","valueString":"*\"\\"}]}]},
		{"code":"common"},{"code":"rare"},{"code":"Grade II"},{"code":"OR"}]}`)
}

func TestSelect(t *testing.T) {
	testutil.Requirement(t, "TX-17")
	set := clinic(t)
	tests := map[string]selection{
		"a concept":                         {"lung", "lung"},
		"with its term":                     {"lung |Lung (body)|", "lung"},
		"all":                               {"* MINUS (<* OR >*)", "germ common rare Grade II OR"},
		"below":                             {"< heart", "valve"},
		"below, without a term of its own":  {"< body", "lung lobe heart valve"},
		"or itself":                         {"<< lung", "lung lobe"},
		"children":                          {"<! body", "lung heart valve"},
		"children or itself":                {"<<! body", "body lung heart valve"},
		"above":                             {"> valve", "body heart"},
		"above or itself":                   {">> lobe", "body lung lobe"},
		"parents":                           {">! valve", "body heart"},
		"parents or itself":                 {">>! lobe", "lung lobe"},
		"below several":                     {"< (lung OR heart)", "lobe valve"},
		"the topmost":                       {"!!> (lung OR lobe OR valve)", "lung valve"},
		"the lowest":                        {"!!< (lung OR lobe OR heart)", "lobe heart"},
		"members":                           {"^ common", "pneumonia stenosis"},
		"members of several":                {"^ (rare OR common)", "pneumonia stenosis"},
		"members of any":                    {"^ *", "pneumonia stenosis"},
		"members of none":                   {"^ germ", ""},
		"below members":                     {"<< ^ rare", "stenosis"},
		"both":                              {"<< body AND >> valve", "body heart valve"},
		"a comma":                           {"<< body, >> valve", "body heart valve"},
		"either":                            {"lung or heart", "lung heart"},
		"but not":                           {"< body minus < lung", "lung heart valve"},
		"brackets":                          {"(< body MINUS < lung) AND (<< heart OR lobe)", "heart valve"},
		"a comment":                         {"/* all */ << /* of */ lung /*|*/", "lung lobe"},
		"the long words":                    {"descendantOrSelfOf lung OR MEMBEROF rare OR ANCESTORof (any AND lobe)", "body lung lobe stenosis"},
		"other long words":                  {"childOf body MINUS parentOrSelfOf lobe", "heart valve"},
		"a code with a blank":               {"'Grade II'", "Grade II"},
		"a code that is a word":             {"'OR' OR lung", "lung OR"},
		"an attribute":                      {"*: site = valve", "stenosis mixed plain"},
		"below a value":                     {"< finding: site = << lung", "pneumonia mixed"},
		"any value":                         {"*: site = *", "pneumonia stenosis mixed plain"},
		"another value":                     {"*: site != << heart", "pneumonia mixed"},
		"another value, in words":           {"*: site NOT = << heart", "pneumonia mixed"},
		"not that value":                    {"< finding: [0..0] site = << heart", "pneumonia bare"},
		"no other value":                    {"< finding: [0..0] site != << heart", "stenosis plain bare"},
		"any attribute":                     {"*: * = narrowing", "stenosis mixed plain"},
		"attributes below one":              {"*: < attribute = germ", "pneumonia"},
		"one of two attributes":             {"*: (cause OR shape) = (germ OR narrowing)", "pneumonia stenosis mixed plain"},
		"all attributes but one":            {"*: (* MINUS site) = *", "pneumonia stenosis mixed plain weak strong"},
		"two attributes":                    {"*: site = valve, shape = swelling", "mixed"},
		"either attribute":                  {"*: cause = germ OR dose > #1", "pneumonia weak strong"},
		"conditions in brackets":            {"*: site = valve AND (shape = narrowing OR cause = *)", "stenosis mixed plain"},
		"in one group":                      {"*: {site = valve, shape = narrowing}", "stenosis"},
		"in two groups":                     {"*: {site = valve, shape = swelling}, {site = lung, shape = narrowing}", "mixed"},
		"outside of groups, one by one":     {"*: {site = valve}", "stenosis mixed plain"},
		"in a group without":                {"*: {site = *, [0..0] shape = narrowing}", "pneumonia mixed plain"},
		"a choice in a group":               {"*: {site = lobe OR (site = lung, shape = narrowing)}", "pneumonia mixed"},
		"several groups":                    {"*: [2..*] {site = *}", "mixed"},
		"no such group":                     {"< finding: [0..0] {site = << heart, shape = *}", "pneumonia plain bare"},
		"at most one group":                 {"< finding: [0 to 1] {shape = *}", "pneumonia stenosis plain bare"},
		"several values":                    {"*: [2..*] site = *", "mixed"},
		"exactly one value":                 {"< finding: [1..1] site = *", "pneumonia stenosis plain"},
		"any number of values":              {"< drug: [0..*] site = *", "weak strong"},
		"values of another":                 {"*: R site = pneumonia", "lobe"},
		"values of another, in words":       {"< body: reverseOf site = *", "lung lobe valve"},
		"values of few others":              {"< body: [0..1] R site = < finding", "lung lobe heart"},
		"values of what is not":             {"*: R site != (stenosis OR mixed OR plain)", "lobe"},
		"values behind a dot":               {"< finding . site", "lung lobe valve"},
		"values without a space":            {"(< finding).site", "lung lobe valve"},
		"values of values":                  {"pneumonia . site . site", ""},
		"a nested refinement":               {"*: site = (< body: R site = plain)", "stenosis mixed plain"},
		"equal numbers":                     {"*: dose = #2.5", "weak"},
		"other numbers":                     {"*: dose != #2.50", "strong"},
		"smaller":                           {"*: dose < #+10", "weak"},
		"smaller or equal":                  {"*: dose <= #10.0", "weak strong"},
		"larger":                            {"*: dose > #-3", "weak strong"},
		"larger or equal":                   {"*: dose >= #3", "strong"},
		"a text":                            {`*: mark = "W 1"`, "weak"},
		"another text":                      {`*: mark != "S"`, "weak strong"},
		"one of some texts":                 {`*: mark = ("x" "S")`, "strong"},
		"a text with signs":                 {`*: mark = "*\"\\"`, "strong"},
		"no text like it":                   {`*: mark = "w 1"`, ""},
		"a value that is no concept":        {"*: dose = 10", "strong"},
		"a word of the language as a name":  {"*: memberOf = rare", "stenosis"},
		"R as a name":                       {"*: site = heart OR [0..0] site = *", "attribute site shape cause dose mark body lung lobe heart valve form swelling narrowing germ finding bare drug weak strong common rare Grade II OR"},
		"a concept that no attribute is of": {"*: lung = germ", ""},
	}
	check(t, set, tests)
}

// TestSelectAnySystem is about code systems that are no ontologies: properties with names,
// values that are no concepts, codes of any shape.
func TestSelectAnySystem(t *testing.T) {
	set := build(t, `{"caseSensitive":false,"property":[{"code":"unused","type":"code"}],"concept":[
		{"code":"A00","concept":[{"code":"A00.1","property":[{"code":"sex","valueCode":"F"},{"code":"R","valueCode":"x"}]},{"code":"A00.2","property":[{"code":"since","valueDateTime":"2020-01-01"},{"code":"coded","valueCoding":{"system":"urn:x","code":"k"}}]}]},
		{"code":"10*3/uL","property":[{"code":"sex","valueCode":"m"},{"code":"inactive","valueBoolean":true}]},
		{"code":"123456789.987654321"},{"code":"it's"}]}`)
	tests := map[string]selection{
		"a dot in a code":             {"<< A00 MINUS A00.1", "A00 A00.2"},
		"in the other case":           {"a00.1", "A00.1"},
		"a value in the other case":   {"*: sex = M", "10*3/uL"},
		"one of values, in any case":  {"*: sex = (f OR M)", "A00.1 10*3/uL"},
		"signs in a code":             {"'10*3/uL'", "10*3/uL"},
		"a quote in a code":           {`'it\'s'`, "it's"},
		"two identifiers with a dot":  {"'123456789.987654321'", "123456789.987654321"},
		"an attribute that is R":      {"*: R = x", "A00.1"},
		"a coding":                    {"*: coded = k", "A00.2"},
		"a date":                      {`*: since = "2020-01-01"`, "A00.2"},
		"a declared property":         {"*: unused = *", ""},
		"any attribute, but no state": {"*: * = *", "A00.1 A00.2 10*3/uL"},
		"the state by its name":       {"*: inactive = true", "10*3/uL"},
	}
	check(t, set, tests)
}

func TestSelectRefuses(t *testing.T) {
	set := clinic(t)
	tests := map[string]struct{ expression, want string }{
		"an unknown code":      {"lung OR\n  << elbow", `Line 2, column 6 of the expression: the code system does not have the code "elbow".`},
		"an unknown property":  {"*: colour = lung", `Line 1, column 4 of the expression: the code system does not have the property "colour".`},
		"an unknown set":       {"^ elbow", `Line 1, column 3 of the expression: the code system does not have the code "elbow".`},
		"in what is reversed":  {"*: R site = elbow", `Line 1, column 13 of the expression: the code system does not have the code "elbow".`},
		"beside other letters": {"/* ä€😀 */ elbow", `Line 1, column 11 of the expression: the code system does not have the code "elbow".`},
	}
	for name, tc := range tests {
		_, err := selected(t, set, tc.expression)
		if fhir.KindOf(err) != fhir.Unprocessable || err.Error() != tc.want {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
}

// numbered makes a set of n concepts c0, c1 and so on with properties.
func numbered(t testing.TB, n int, properties func(i int) string) *concept.Set {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"concept":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"c%d","property":[%s]}`, i, properties(i))
	}
	return build(t, b.String()+`]}`)
}

// TestCostIsBounded gives up on an expression that asks for too much, and when the caller left.
func TestCostIsBounded(t *testing.T) {
	const n = 20_000
	set := numbered(t, n, func(i int) string {
		return fmt.Sprintf(`{"code":"a","valueInteger":%d},{"code":"a","valueInteger":%d}`, i, i+1)
	})
	long := "*: " + strings.TrimSuffix(strings.Repeat("{a > #1, a < #99999} OR ", 2000), " OR ")
	if _, err := selected(t, set, long); fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("2,000 groups over %d concepts: %v, want TooCostly", n, err)
	}
	few := numbered(t, n, func(int) string { return `{"code":"a","valueString":"x"}` })
	wide := "*: {" + strings.Repeat(`a = "y" OR `, 4000) + `a = "x"}`
	if _, err := selected(t, few, wide); fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("4,000 attributes in a group of %d concepts: %v, want TooCostly", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x, err := ecl.Parse("*: a = *")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.Select(ctx, set); !errors.Is(err, context.Canceled) {
		t.Errorf("after the caller left: %v", err)
	}
}

// heap notes the most memory that is in use whenever it is asked whether to go on.
type heap struct {
	context.Context
	most uint64
}

func (h *heap) Err() error {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	h.most = max(h.most, m.HeapAlloc)
	return h.Context.Err()
}

// TestDotsHoldFewSets goes from concepts to values three thousand times: the sets on the way
// are not all in memory at once.
func TestDotsHoldFewSets(t *testing.T) {
	testutil.Requirement(t, "TX-14")
	const n, dots = 64_000, 3000
	set := numbered(t, n, func(i int) string {
		if i != 1 && i != 7 {
			return ""
		}
		return `{"code":"next","valueCode":"c7"}`
	})
	x, err := ecl.Parse("c1" + strings.Repeat(" . next", dots))
	if err != nil {
		t.Fatal(err)
	}
	before := heap{Context: t.Context()}
	if err := before.Err(); err != nil {
		t.Fatal(err)
	}
	during := heap{Context: t.Context()}
	bits, err := x.Select(&during, set)
	if err != nil || bits.Count() != 1 || !bits.Has(7) {
		t.Fatalf("%d dots: %v; want the one concept c7", dots, err)
	}
	if grown := int64(during.most) - int64(before.most); grown > dots*n/8/4 {
		t.Errorf("evaluation took %d bytes at once; %d sets have %d", grown, dots, dots*n/8)
	}
}
