package concept_test

import (
	"testing"

	"masjala/fhir"
	"masjala/terminology/concept"
)

// FuzzAdd makes a set of any code system that is a FHIR resource: it ends in a set that
// finds each of its codes, or in an error for the user.
func FuzzAdd(f *testing.F) {
	for _, s := range []string{
		small,
		`{"concept":[{"code":"a","property":[{"code":"parent","valueCode":"b"}]},{"code":"b"}]}`,
		`{"caseSensitive":false,"concept":[{"code":"A"},{"code":"a"},{"code":"É"}]}`,
		`{"concept":[{"code":"a","display":"𝒳 ﬁ \u0000","designation":[{"value":"x"}]}]}`,
		`{"property":[{"code":"up","uri":"http://hl7.org/fhir/concept-properties#parent"}],"concept":[{"code":"a","property":[{"code":"up","valueCoding":{"code":"a"}}]}]}`,
		`{}`,
	} {
		f.Add(s)
	}
	l := open(f, f.TempDir())
	f.Fuzz(func(t *testing.T, body string) {
		r, err := fhir.Parse([]byte(`{"resourceType":"CodeSystem","content":"complete","status":"active",` + body[min(1, len(body)):]))
		if err != nil {
			return
		}
		src, err := concept.Read(r.Body)
		if err == nil {
			var s *concept.Set
			if s, err = l.Add(t.Context(), src); err == nil {
				asked(t, s, src.Len())
			}
		}
		if err != nil && fhir.KindOf(err) != fhir.Unprocessable {
			t.Errorf("error of kind %d: %v", fhir.KindOf(err), err)
		}
	})
}

// asked asks a set for all it has.
func asked(t *testing.T, s *concept.Set, n int) {
	t.Helper()
	if s.Len() != n {
		t.Fatalf("%d concepts, want %d", s.Len(), n)
	}
	all := s.Text("")
	if all.Count() != n {
		t.Fatalf("an empty filter finds %d, want %d", all.Count(), n)
	}
	for k := range uint32(n) {
		if found, ok := s.Find(string(s.Code(k))); !ok || found != k {
			t.Fatalf("code %q of concept %d finds %d, %t", s.Code(k), k, found, ok)
		}
		if !s.IsA(k, k) {
			t.Fatalf("concept %d is not itself", k)
		}
		for p := range s.Parents(k).All() {
			if !s.IsA(k, p) || s.IsA(p, k) {
				t.Fatalf("concept %d and its parent %d", k, p)
			}
		}
		for range s.Properties(k) {
		}
		for range s.Designations(k) {
		}
	}
}
