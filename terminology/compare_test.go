package terminology_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/terminology"
)

// ladder is a code system with two branches that meet in one concept.
const ladder = `{"resourceType":"CodeSystem","id":"l","url":"urn:l","version":"1","status":"active","content":"complete","concept":[
	{"code":"top","display":"Top","concept":[{"code":"a","concept":[{"code":"a1"},{"code":"a2"}]},{"code":"b","concept":[{"code":"b1"}]},{"code":"c"},
	{"code":"d","property":[{"code":"child","valueCode":"c"}]}]}],"property":[{"code":"child","type":"code"}]}`

// compared makes the definition of a value set for a comparison.
func compared(t *testing.T, url, compose string) terminology.SetRef {
	t.Helper()
	r, err := fhir.ParseLenient([]byte(`{"resourceType":"ValueSet","url":"` + url + `","status":"active","compose":` + compose + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return terminology.SetRef{ValueSet: r}
}

func TestCompare(t *testing.T) {
	s, _ := service(t, ladder, `{"resourceType":"CodeSystem","id":"m","url":"urn:m","status":"active","content":"complete","concept":[{"code":"x"},{"code":"y"}]}`,
		`{"resourceType":"CodeSystem","id":"n","url":"urn:n","status":"active","content":"not-present"}`)
	from := func(rest ...string) string {
		return `{"include":[{"system":"urn:l"` + strings.Join(rest, "") + `}]}`
	}
	below := func(code string) string {
		return from(`,"filter":[{"property":"concept","op":"is-a","value":"` + code + `"}]`)
	}
	listed := func(codes ...string) string {
		return from(`,"concept":[{"code":"` + strings.Join(codes, `"},{"code":"`) + `"}]`)
	}
	tests := map[string]struct {
		this, other, want string // result, missing/extra/shared
		expanded          bool
	}{
		"one system":                            {from(), from(), "same ,,", false},
		"lists in any order":                    {listed("b", "a"), listed("a", "b"), "same ,,a b", false},
		"a shorter list":                        {listed("b"), listed("a", "b"), "subset ,a,b", false},
		"other lists":                           {listed("a"), listed("b"), "disjoint a,b,", false},
		"lists that meet":                       {listed("a", "c"), listed("b", "c"), "overlapping a,b,c", false},
		"a branch of a branch":                  {below("top"), below("a"), "superset ,,", false},
		"a branch in a branch":                  {below("a1"), below("a"), "subset ,,", false},
		"branches apart":                        {below("a"), below("b"), "disjoint ,,", false},
		"the same branch":                       {below("a"), below("a"), "same ,,", false},
		"a branch and the list of it":           {below("a"), listed("a", "a1", "a2"), "same ,,", true},
		"a branch and some of it":               {below("a"), listed("a1"), "superset a a2,,a1", true},
		"a system and a list":                   {from(), listed("a1"), "superset ,,", false},
		"a list of all":                         {listed("top", "a", "a1", "a2", "b", "b1", "c", "d"), from(), "same ,,", false},
		"two filters in another order":          {from(`,"filter":[{"property":"concept","op":"is-a","value":"a"},{"property":"code","op":"regex","value":"a."}]`), from(`,"filter":[{"property":"code","op":"regex","value":"a."},{"property":"concept","op":"is-a","value":"a"}]`), "same ,,", false},
		"nothing":                               {from(`,"filter":[{"property":"code","op":"regex","value":"zz"}]`), from(`,"filter":[{"property":"code","op":"regex","value":"yy"}]`), "empty ,,", true},
		"another system":                        {from(), `{"include":[{"system":"urn:m"}]}`, "disjoint ,,", false},
		"a system more":                         {from(), `{"include":[{"system":"urn:m"},{"system":"urn:l"}]}`, "subset ,,", false},
		"something taken out":                   {`{"include":[{"system":"urn:m"}],"exclude":[{"system":"urn:m","concept":[{"code":"x"}]}]}`, `{"include":[{"system":"urn:m"}]}`, "subset ,x,y", true},
		"lists of a system that nobody knows":   {`{"include":[{"system":"urn:o","concept":[{"code":"p"}]}]}`, `{"include":[{"system":"urn:o","concept":[{"code":"p"},{"code":"q"}]}]}`, "subset ,q,p", false},
		"inactive codes count in one":           {`{"inactive":false,"include":[{"system":"urn:m"}]}`, `{"include":[{"system":"urn:m"}]}`, "same ,,", true},
		"a branch of a system that is not here": {`{"include":[{"system":"urn:n","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}`, listed("a"), "disjoint ,,", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.Compare(t.Context(), terminology.CompareRequest{This: compared(t, "urn:1", tc.this), Other: compared(t, "urn:2", tc.other)})
			if err != nil {
				t.Fatal(err)
			}
			show := got.Result + " " + strings.Join([]string{spaced(got.Missing), spaced(got.Extra), spaced(got.Shared)}, ",")
			if show != tc.want || got.Expanded != tc.expanded {
				t.Errorf("= %q, expanded %v; want %q, %v", show, got.Expanded, tc.want, tc.expanded)
			}
			if !strings.Contains(got.Message, "urn:1") || !strings.Contains(got.Message, "urn:2") {
				t.Errorf("message %q names not both", got.Message)
			}
		})
	}
}

func spaced(list string) string { return strings.ReplaceAll(list, ",", " ") }

func TestCompareCannotTell(t *testing.T) {
	s, _ := service(t, ladder, `{"resourceType":"CodeSystem","id":"n","url":"urn:n","status":"active","content":"not-present"}`)
	absent := `{"include":[{"system":"urn:n","filter":[{"property":"concept","op":"is-a","value":"a"}]}]}`
	tests := map[string]struct{ this, other, message, reason string }{
		"concepts that are not here": {absent, `{"include":[{"system":"urn:n","concept":[{"code":"a"}]}]}`, "This expansion failed: The value set 'urn:1' expansion has too many codes to produce (>10000)", "The concepts of the code system urn:n are not on this server"},
		"an import that is not here": {`{"include":[{"system":"urn:l"}]}`, `{"include":[{"valueSet":["urn:gone"]}]}`, "Other expansion failed", "urn:gone"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.Compare(t.Context(), terminology.CompareRequest{This: compared(t, "urn:1", tc.this), Other: compared(t, "urn:2", tc.other), Diagnostics: true})
			if err != nil {
				t.Fatal(err)
			}
			if got.Result != "indeterminate" || !strings.Contains(got.Message, tc.message) || !strings.Contains(got.Reason, tc.reason) {
				t.Errorf("= %s, %q because %q; want indeterminate, %q, %q", got.Result, got.Message, got.Reason, tc.message, tc.reason)
			}
		})
	}
	small, err := s.Compare(t.Context(), terminology.CompareRequest{Common: terminology.Common{Threshold: 3},
		This:  compared(t, "urn:1", `{"include":[{"system":"urn:l"}],"exclude":[{"system":"urn:l","concept":[{"code":"c"}]}]}`),
		Other: compared(t, "urn:2", `{"include":[{"system":"urn:l"}]}`)})
	if err != nil || small.Result != "indeterminate" || !strings.Contains(small.Message, ">3") || small.Reason != "" {
		t.Errorf("with a threshold of 3 = %+v, %v; want indeterminate, and no reason as none was asked for", small, err)
	}
	if _, err := s.Compare(t.Context(), terminology.CompareRequest{This: compared(t, "urn:1", `{"include":[{"system":"urn:l"}]}`)}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("with one value set: %v, want Invalid", err)
	}
}
