package terminology_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology"
)

func TestImplicitValueSets(t *testing.T) {
	const edition = "http://example.org/ct/9000"
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"ct","url":"http://example.org/ct","version":"`+edition+`/version/20260101","status":"active","content":"complete",
		"property":[{"code":"memberOf","type":"code"}],"concept":[{"code":"1","concept":[{"code":"11","property":[{"code":"memberOf","valueCode":"9"}]},{"code":"12"}]},
		{"code":"2","property":[{"code":"memberOf","valueCode":"9"}]},{"code":"9"}]}`,
		`{"resourceType":"CodeSystem","id":"own","url":"urn:own","version":"2","valueSet":"urn:own-all","status":"active","content":"complete","concept":[{"code":"a"}]}`)
	tests := map[string]struct{ url, codes string }{
		"all codes":                          {"http://example.org/ct?fhir_vs", "1 11 12 2 9"},
		"a code and those below it":          {"http://example.org/ct?fhir_vs=isa/1", "1 11 12"},
		"members of a reference set":         {"http://example.org/ct?fhir_vs=refset/9", "11 2"},
		"the reference sets":                 {"http://example.org/ct?fhir_vs=refset", "9"},
		"of an edition":                      {edition + "?fhir_vs=isa/1", "1 11 12"},
		"of a version of an edition":         {edition + "/version/20260101?fhir_vs", "1 11 12 2 9"},
		"of another version":                 {edition + "/version/20250101?fhir_vs", "-"},
		"of another edition":                 {"http://example.org/ct/8000?fhir_vs", "-"},
		"a code that is not there":           {"http://example.org/ct?fhir_vs=isa/77", "-"},
		"a reference set that is not there":  {"http://example.org/ct?fhir_vs=refset/77", "-"},
		"a kind that nobody knows":           {"http://example.org/ct?fhir_vs=kin/1", "-"},
		"a code system that nobody knows":    {"http://example.org/cu?fhir_vs", "-"},
		"reference sets of one without them": {"urn:own?fhir_vs=refset", "-"},
		"the set that a code system names":   {"urn:own-all", "a"},
		"its version":                        {"urn:own-all|2", "a"},
		"another version":                    {"urn:own-all|1", "-"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: tc.url}})
			if tc.codes == "-" {
				if fhir.KindOf(err) != fhir.NotFound {
					t.Errorf("= %v, want NotFound", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			codes := nested(gjson.GetBytes(x.JSON(), "expansion.contains"))
			if got := strings.Join(codes, " "); got != tc.codes {
				t.Errorf("= %s, want %s", got, tc.codes)
			}
			first := codes[0]
			v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: tc.url}, System: systemOf(tc.url), Code: first})
			if err != nil || !v.Result {
				t.Errorf("%s is in %s: %+v, %v; want true", first, tc.url, v, err)
			}
		})
	}
}

// nested lists the codes of an expansion, and those nested in them.
func nested(list gjson.Result) []string {
	var codes []string
	list.ForEach(func(_, c gjson.Result) bool {
		codes = append(append(codes, c.Get("code").Str), nested(c.Get("contains"))...)
		return true
	})
	return codes
}

func systemOf(url string) string {
	if strings.HasPrefix(url, "urn:own") {
		return "urn:own"
	}
	return "http://example.org/ct"
}

func TestValueSetVersionRules(t *testing.T) {
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"c","url":"urn:c","status":"active","content":"complete","concept":[{"code":"a"},{"code":"b"}]}`,
		`{"resourceType":"ValueSet","id":"v1","url":"urn:v","version":"1.0.0","status":"active","compose":{"include":[{"system":"urn:c","concept":[{"code":"a"}]}]}}`,
		`{"resourceType":"ValueSet","id":"v2","url":"urn:v","version":"2.0.0","status":"active","compose":{"include":[{"system":"urn:c"}]}}`,
		`{"resourceType":"ValueSet","id":"i","url":"urn:i","status":"active","compose":{"include":[{"valueSet":["urn:v"]}]}}`,
		`{"resourceType":"ValueSet","id":"p","url":"urn:p","status":"active","compose":{"include":[{"valueSet":["urn:v|2.0.0"]}]}}`)
	tests := map[string]struct {
		url   string
		rules terminology.Rules
		total int64 // -1: refused
		rule  string
	}{
		"the latest":                    {"urn:i", terminology.Rules{}, 2, ""},
		"a default":                     {"urn:i", terminology.Rules{Sets: []string{"urn:v|1.0.0"}}, 1, "default-valueset-version"},
		"a default against a pin":       {"urn:p", terminology.Rules{Sets: []string{"urn:v|1.0.0"}}, 2, ""},
		"force against a pin":           {"urn:p", terminology.Rules{ForceSets: []string{"urn:v|1.0.0"}}, 1, "force-valueset-version"},
		"a check chooses":               {"urn:i", terminology.Rules{CheckSets: []string{"urn:v|1.0.0"}}, 1, "check-valueset-version"},
		"a check that holds":            {"urn:p", terminology.Rules{CheckSets: []string{"urn:v|2.0.0"}}, 2, ""},
		"a check that does not":         {"urn:p", terminology.Rules{CheckSets: []string{"urn:v|1.0.0"}}, -1, ""},
		"a check by pattern":            {"urn:p", terminology.Rules{CheckSets: []string{"urn:v|2.x"}}, 2, ""},
		"force on what is asked about":  {"urn:v", terminology.Rules{ForceSets: []string{"urn:v|1.0.0"}}, 1, "force-valueset-version"},
		"check on what is asked about":  {"urn:v|2.0.0", terminology.Rules{CheckSets: []string{"urn:v|1.0.0"}}, -1, ""},
		"a default is for imports only": {"urn:v", terminology.Rules{Sets: []string{"urn:v|1.0.0"}}, 2, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: tc.url}, Rules: tc.rules})
			v, verr := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: tc.url}, Rules: tc.rules, System: "urn:c", Code: "b"})
			if tc.total < 0 {
				if fhir.KindOf(err) != fhir.Unprocessable || fhir.KindOf(verr) != fhir.Unprocessable {
					t.Errorf("Expand: %v, ValidateInSet: %v; want both refused", err, verr)
				}
				return
			}
			if err != nil || verr != nil {
				t.Fatal(err, verr)
			}
			e := gjson.GetBytes(x.JSON(), "expansion")
			if e.Get("total").Int() != tc.total || v.Result != (tc.total == 2) {
				t.Errorf("total %d, b valid %v; want total %d", e.Get("total").Int(), v.Result, tc.total)
			}
			for _, rule := range []string{"default-valueset-version", "check-valueset-version", "force-valueset-version"} {
				if shown := e.Get(`parameter.#(name=="` + rule + `").valueUri`).Exists(); shown != (rule == tc.rule) {
					t.Errorf("%s shown: %v", rule, shown)
				}
			}
		})
	}
}
