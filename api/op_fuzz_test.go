package api_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// FuzzOperationParameters sends Parameters of all kinds to every operation on codes: the
// answer is a resource, and never a failure of the server.
func FuzzOperationParameters(f *testing.F) {
	for _, p := range []string{
		`{"name":"url","valueUri":"http://example.org/vs/warm"}`,
		`{"name":"code","valueCode":"red"},{"name":"system","valueUri":"http://example.org/cs/colours"}`,
		`{"name":"coding","valueCoding":{"system":"http://example.org/cs/colours","code":"red"}}`,
		`{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"code":1}]}}`,
		`{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"co::::de":1}]}}`,
		`{"name":"valueSet","resource":{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"http://example.org/cs/colours","filter":[{"property":"concept","op":"is-a","value":"warm"}]}]}}}`,
		`{"name":"tx-resource","resource":{"resourceType":"CodeSystem","url":"urn:x","status":"active","content":"complete","concept":[{"code":"a"},{"code":"a"}]}}`,
		`{"name":"count","valueInteger":-1},{"name":"offset","valueInteger":99999999999}`,
		`{"name":"concept","valueCoding":{}},{"name":"name","valueString":""}`,
		`{"name":"property","part":[{"name":"code","valueCode":"x"},{"name":"value"}]}`,
		`{"name":"validation","resource":{"resourceType":"Parameters"}}`,
		`{"name":"url","valueUri":"http://example.org/cs/colours?fhir_vs=isa/warm"}`,
		`{"name":"displayLanguage","valueCode":";q=9,-,*"}`,
	} {
		f.Add(p)
	}
	s := serveCodes(f)
	paths := []string{
		"/CodeSystem/$lookup", "/CodeSystem/$validate-code", "/CodeSystem/$subsumes", "/CodeSystem/$find-matches", "/ValueSet/$expand", "/ValueSet/$validate-code",
		"/ValueSet/$batch-validate-code", "/ValueSet/$compare", "/ConceptMap/$translate", "/$closure", "/ValueSet/warm/$expand", "/CodeSystem/colours/$validate-code",
	}
	f.Fuzz(func(t *testing.T, list string) {
		s.t = t
		body := parametersOf(list)
		if !gjson.Valid(body) || strings.Contains(list, "\x00") {
			return
		}
		for _, path := range paths {
			a := s.do("POST", path, body)
			if a.status >= 500 && a.status != 501 {
				t.Fatalf("%s of %s = %d %s", path, body, a.status, a.body)
			}
			if _, err := fhir.Parse([]byte(a.body)); err != nil {
				t.Fatalf("%s of %s: %v: %s", path, body, err, a.body)
			}
		}
	})
}
