package terminology_test

import (
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// A property that a code system declares as a map is one, in both directions.
func TestMapsThatNobodyWrote(t *testing.T) {
	testutil.Requirement(t, "SV-101-3")
	const ct, edition = "http://example.org/ct", "http://example.org/ct/9000"
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"ct","url":"`+ct+`","version":"`+edition+`/version/20260101","status":"active","content":"complete","property":[
		{"code":"900000000000526001","uri":"`+ct+`?fhir_cm=900000000000526001","type":"code"},{"code":"77","uri":"`+ct+`?fhir_cm=77","type":"string"},{"code":"78","uri":"`+ct+`?fhir_cm=78","type":"Coding"},{"code":"79","type":"code"}],
		"concept":[{"code":"1","display":"New"},{"code":"2","property":[{"code":"900000000000526001","valueCode":"1"},{"code":"77","valueString":"R21"},{"code":"78","valueCoding":{"system":"urn:other","code":"x","display":"X"}},{"code":"79","valueCode":"1"}]},
		{"code":"3","property":[{"code":"900000000000526001","valueCode":"1"}]}]}`)
	tests := map[string]struct {
		url, code string
		reverse   bool
		want      string
	}{
		"replaced":                        {ct + "?fhir_cm=900000000000526001", "2", false, "equivalent http://example.org/ct#1 New"},
		"what it replaces":                {ct + "?fhir_cm=900000000000526001", "1", true, "equivalent http://example.org/ct#2 ;equivalent http://example.org/ct#3 "},
		"not replaced":                    {ct + "?fhir_cm=900000000000526001", "1", false, ""},
		"a code that is not there":        {ct + "?fhir_cm=900000000000526001", "77", false, ""},
		"of an edition":                   {edition + "?fhir_cm=900000000000526001", "3", false, "equivalent http://example.org/ct#1 New"},
		"of a version":                    {edition + "/version/20260101?fhir_cm=900000000000526001", "3", false, "equivalent http://example.org/ct#1 New"},
		"to a text":                       {ct + "?fhir_cm=77", "2", false, "relatedto #R21 "},
		"to another code system":          {ct + "?fhir_cm=78", "2", false, "relatedto urn:other#x X"},
		"back from another":               {ct + "?fhir_cm=78", "x", true, "relatedto http://example.org/ct#2 "},
		"a property that is no map":       {ct + "?fhir_cm=79", "2", false, "-"},
		"another version":                 {edition + "/version/20250101?fhir_cm=900000000000526001", "2", false, "-"},
		"a code system that is not there": {"http://example.org/cu?fhir_cm=77", "2", false, "-"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			system := ct
			if tc.url == ct+"?fhir_cm=78" && tc.reverse {
				system = ""
			}
			out, err := s.Translate(t.Context(), terminology.TranslateRequest{URL: tc.url, Coding: &terminology.Coding{System: system, Code: tc.code}, Reverse: tc.reverse})
			if tc.want == "-" {
				if fhir.KindOf(err) != fhir.NotFound {
					t.Errorf("= %v, want NotFound", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range out.Matches {
				got = append(got, m.Equivalence+" "+m.Concept.System+"#"+m.Concept.Code+" "+m.Concept.Display)
			}
			if strings.Join(got, ";") != tc.want || out.Result != (tc.want != "") {
				t.Errorf("= %v %q, want %q", out.Result, got, tc.want)
			}
		})
	}
	other, err := s.Translate(t.Context(), terminology.TranslateRequest{URL: ct + "?fhir_cm=77", Code: "2", System: "urn:other"})
	if err != nil || other.Result {
		t.Errorf("a code of another system is translated: %+v, %v", other, err)
	}
}
