package terminology_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/terminology"
)

// TestShortAnswersAreThoseOfTheChecker asks with and without an explanation, which only the
// checker gives: beside that the answers must be the same, whatever the value set, the code
// system, the code and its display are like.
func TestShortAnswersAreThoseOfTheChecker(t *testing.T) {
	const url = "http://example.org/cs/odd"
	concepts := `[{"code":"top","display":"Top","concept":[
		{"code":"a","display":"A","designation":[{"language":"en","value":"The A"}],"property":[{"code":"color","valueCode":"red"},{"code":"kind","valueCoding":{"system":"http://example.org/k","code":"k1"}}]},
		{"code":"b","display":"B","property":[{"code":"color","valueCode":"blue"},{"code":"status","valueCode":"retired"}]},
		{"code":"c","property":[{"code":"color","valueCode":"red"}]},
		{"code":"d","display":"D","property":[{"code":"status","valueCode":"deprecated"}]},
		{"code":"e","display":"E","property":[{"code":"notSelectable","valueBoolean":true}]}]}]`
	var content []string
	for _, cs := range []string{`"status":"active"`, `"status":"draft","experimental":true`, `"status":"retired","language":"en"`} {
		for _, of := range []string{"complete", "fragment"} {
			id := fmt.Sprintf("odd%d", len(content))
			content = append(content, fmt.Sprintf(`{"resourceType":"CodeSystem","id":%q,"url":%q,"version":"1",%s,"content":%q,"caseSensitive":%v,"hierarchyMeaning":"is-a",
				"property":[{"code":"color","type":"code"},{"code":"kind","type":"Coding"},{"code":"status","uri":"http://hl7.org/fhir/concept-properties#status","type":"code"},
				{"code":"notSelectable","uri":"http://hl7.org/fhir/concept-properties#notSelectable","type":"boolean"}],"concept":%s}`,
				id, url+"/"+id, cs, of, len(content)%4 < 2, concepts))
		}
	}
	systems := len(content)
	includes := []string{`{"system":%q}`, `{"system":%q,"version":"1"}`, `{"system":%q,"concept":[{"code":"a"},{"code":"b"},{"code":"top","display":"Uppermost"}]}`,
		`{"system":%q,"filter":[{"property":"concept","op":"descendent-of","value":"top"}]}`, `{"system":%q,"filter":[{"property":"color","op":"=","value":"red"}]}`,
		`{"system":%q,"filter":[{"property":"kind","op":"=","value":"k1"}]}`, `{"system":%q,"filter":[{"property":"color","op":"regex","value":"r.d"}]}`,
		`{"system":%[1]q},{"system":%[1]q,"version":"1"}`}
	heads := []string{`"status":"active"`, `"status":"active","experimental":true`, `"status":"draft","language":"fr"`}
	asked := map[string]string{} // value set → system
	for n := range systems {
		for i, in := range includes {
			id := fmt.Sprintf("vs%d-%d", n, i)
			of := fmt.Sprintf("%s/odd%d", url, n)
			asked["http://example.org/vs/"+id] = of
			content = append(content, fmt.Sprintf(`{"resourceType":"ValueSet","id":%q,"url":"http://example.org/vs/%s","version":"2",%s,"compose":{"include":[%s]}}`,
				id, id, heads[(n+i)%len(heads)], fmt.Sprintf(in, of)))
		}
	}
	s, _ := service(t, content...)
	answers := map[bool]int{}
	for set, system := range asked {
		for _, code := range []string{"top", "a", "A", "b", "c", "d", "e", "none"} {
			for _, display := range []string{"", "A", "The A", "Wrong"} {
				req := terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: set}, System: system, Code: code, Display: display}
				got, err := s.ValidateInSet(t.Context(), req)
				if err != nil {
					t.Fatalf("%s in %s: %v", code, set, err)
				}
				req.Explain = true
				want, err := s.ValidateInSet(t.Context(), req)
				if err != nil {
					t.Fatal(err)
				}
				want.Reasons = nil
				if diff := cmp.Diff(string(want.JSON()), string(got.JSON())); diff != "" {
					t.Errorf("%s (%q) in %s: %s", code, display, set, diff)
				}
				answers[got.Result]++
			}
		}
	}
	if answers[true] < 100 || answers[false] < 100 {
		t.Errorf("too few codes that are valid or not: %v", answers)
	}
}
