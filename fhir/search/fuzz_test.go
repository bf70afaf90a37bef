package search_test

import (
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
)

// Extract is given canonical JSON, but it must survive whatever comes: a damaged file must
// not take the server down.
func FuzzExtract(f *testing.F) {
	f.Add("Location", string(clinic().Body), string(clinic().Meta))
	f.Add("Practitioner", `{"name":[{"family":"a","given":["b",null]}],"telecom":[{"system":"phone","value":"1"}]}`, `{"tag":[{"code":"a"}]}`)
	f.Add("CodeSystem", `{"concept":[{"code":"a","concept":[{"code":"b"}]}],"useContext":[{"valueRange":{"low":{"value":1}}}]}`, ``)
	f.Add("ConceptMap", `{"sourceUri":"a|1","group":[{"element":[{"target":[{"code":"x"}]}]}]}`, `{`)
	f.Add("Location", `{"name":"\"`, `{"source":"\\"`)
	f.Fuzz(func(t *testing.T, typ, body, meta string) {
		r := &fhir.Resource{Type: typ, Body: []byte(body), Meta: []byte(meta)}
		for _, e := range search.Extract(r) {
			if e.Param == "" || e.Kind == 0 || e.Kind == search.String && max(len(e.Text), len(e.Exact)) > search.MaxText {
				t.Fatalf("a row of %q is %+v", body, e)
			}
		}
	})
}

// What is sent is valid UTF-8 in canonical JSON; a folded text stays folded.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"Hôpital", "İı", "ﬁ ", "e\u0301\u0301", "\xff", "한글", "ΐ", "ǆ ǅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := search.Fold(s)
		if twice := search.Fold(once); once != twice {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
	})
}
