package terminology_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology"
)

func TestMembershipIsExplained(t *testing.T) {
	s, _ := service(t, ladder,
		`{"resourceType":"ValueSet","id":"part","url":"urn:part","version":"2","status":"active","compose":{"include":[{"system":"urn:l","concept":[{"code":"b1"},{"code":"c"}]}]}}`,
		`{"resourceType":"ValueSet","id":"v","url":"urn:v","status":"active","compose":{"include":[{"system":"urn:l","filter":[{"property":"concept","op":"is-a","value":"a"},{"property":"code","op":"regex","value":"a."}]},{"valueSet":["urn:part"]},{"system":"urn:other"}],
			"exclude":[{"system":"urn:l","concept":[{"code":"c"}]}]}}`,
		`{"resourceType":"CodeSystem","id":"other","url":"urn:other","status":"active","content":"complete","concept":[{"code":"x"}]}`)
	tests := map[string]struct {
		code   string
		result bool
		steps  string
	}{
		"by filters":          {"a1", true, "+compose.include[0] -compose.include[1].valueSet[0] -compose.include[0] -compose.include[2] -compose.exclude[0]"},
		"one filter short":    {"a", false, "-compose.include[0] -compose.include[1].valueSet[0] -compose.include[0] -compose.include[2] -compose.exclude[0]"},
		"by an import":        {"b1", true, "-compose.include[0] +compose.include[1].valueSet[0] +compose.include[0] -compose.include[2] -compose.exclude[0]"},
		"taken out again":     {"c", false, "-compose.include[0] +compose.include[1].valueSet[0] +compose.include[0] -compose.include[2] +compose.exclude[0]"},
		"not a code":          {"zz", false, "-compose.include[0] -compose.include[1].valueSet[0] -compose.include[0] -compose.include[2] -compose.exclude[0]"},
		"of the other system": {"x", false, "-compose.include[0] -compose.include[1].valueSet[0] -compose.include[0] -compose.include[2] -compose.exclude[0]"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:v"}, System: "urn:l", Code: tc.code, Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			var steps []string
			for _, r := range v.Reasons {
				steps = append(steps, map[bool]string{true: "+", false: "-"}[r.Holds]+r.Path)
				if r.Text == "" || r.ValueSet == "" {
					t.Errorf("%+v says nothing", r)
				}
			}
			if got := strings.Join(steps, " "); v.Result != tc.result || got != tc.steps {
				t.Errorf("%s = %v because %s; want %v because %s", tc.code, v.Result, got, tc.result, tc.steps)
			}
		})
	}
	missed, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:v"}, System: "urn:l", Code: "a", Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := gjson.GetBytes(missed.JSON(), `parameter.#(name=="explanation").part.#(name=="text").valueString`).Str; got != "The code does not meet the filters: code regex a." {
		t.Errorf("text = %q, want the filter that was missed and no other", got)
	}
	silent, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:v"}, System: "urn:l", Code: "a1"})
	if err != nil || len(silent.Reasons) > 0 {
		t.Errorf("explained without being asked: %v, %v", silent.Reasons, err)
	}
}

func TestRestrictedValueSets(t *testing.T) {
	s, _ := service(t, ladder,
		`{"resourceType":"ValueSet","id":"secret","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},"url":"urn:secret","status":"active","compose":{"include":[{"system":"urn:l"}]}}`,
		`{"resourceType":"ValueSet","id":"normal","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}]},"url":"urn:normal","status":"active","compose":{"include":[{"system":"urn:l"}]}}`,
		`{"resourceType":"ValueSet","id":"over","url":"urn:over","status":"active","compose":{"include":[{"valueSet":["urn:secret"]}]}}`)
	ways := map[string]func(c terminology.Clearance, url string) error{
		"Expand": func(c terminology.Clearance, url string) error {
			_, err := s.Expand(t.Context(), terminology.ExpandRequest{Common: terminology.Common{Clearance: c}, SetRef: terminology.SetRef{URL: url}})
			return err
		},
		"ValidateInSet": func(c terminology.Clearance, url string) error {
			_, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{Common: terminology.Common{Clearance: c}, SetRef: terminology.SetRef{URL: url}, System: "urn:l", Code: "a"})
			return err
		},
		"Compare": func(c terminology.Clearance, url string) error {
			_, err := s.Compare(t.Context(), terminology.CompareRequest{Common: terminology.Common{Clearance: c}, This: terminology.SetRef{URL: "urn:normal"}, Other: terminology.SetRef{URL: url}})
			return err
		},
	}
	for name, ask := range ways {
		for range 2 { // the second time the plan is there already
			for url, kinds := range map[string][3]fhir.Kind{
				"urn:normal": {0, 0, 0},
				"urn:secret": {fhir.Unauthenticated, fhir.Forbidden, 0},
				"urn:over":   {fhir.Unauthenticated, fhir.Forbidden, 0},
			} {
				for _, c := range []terminology.Clearance{terminology.Cleared, terminology.SignedIn, terminology.Anonymous} {
					err := ask(c, url)
					if want := kinds[c]; (err != nil) != (want != 0) || err != nil && fhir.KindOf(err) != want {
						t.Errorf("%s of %s with clearance %d: %v, want kind %d", name, url, c, err, want)
					}
				}
			}
		}
	}
	if _, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{ID: "secret"}}); fhir.KindOf(err) != fhir.Unauthenticated {
		t.Errorf("by id: %v, want Unauthenticated", err)
	}
	if in, err := s.Contains(t.Context(), "urn:secret", "urn:l", "a"); err != nil || !in {
		t.Errorf("for the program itself = %v, %v; want true", in, err)
	}
}
