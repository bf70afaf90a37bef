package concept_test

import (
	"testing"
)

// A concept has a value if it is among those that have it.
func TestHasValueIsWith(t *testing.T) {
	s := add(t, open(t, t.TempDir()), `{"resourceType":"CodeSystem","url":"http://example.org/values","content":"complete","concept":[
		{"code":"a","property":[{"code":"color","valueCode":"red"},{"code":"color","valueCode":"blue"},{"code":"size","valueInteger":7}]},
		{"code":"b","property":[{"code":"size","valueInteger":70},{"code":"kind","valueCoding":{"system":"http://example.org/k","code":"red"}}]},
		{"code":"c"}]}`)
	had := 0
	for _, property := range []string{"color", "size", "kind", "other"} {
		for _, value := range []string{"red", "blue", "7", "70", "", "green"} {
			with := s.With(property, value)
			for k := range uint32(s.Len()) {
				if got, want := s.HasValue(k, property, value), with.Has(k); got != want {
					t.Errorf("HasValue(%s, %s, %s) = %v, want %v", s.Code(k), property, value, got, want)
				} else if got {
					had++
				}
			}
		}
	}
	if had != 5 {
		t.Errorf("%d values are found, want 5", had)
	}
}
