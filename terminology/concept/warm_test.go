package concept_test

import (
	"testing"
)

// What Warm and Glance read is there for every concept, also where it has no texts and at the
// ends of sections.
func TestWarmStaysWithinTheSet(t *testing.T) {
	bodies := map[string]string{
		"much of each": small,
		"codes alone":  `{"resourceType":"CodeSystem","url":"http://example.org/bare","content":"complete","concept":[{"code":"a"},{"code":"b"}]}`,
		"many relatives": `{"resourceType":"CodeSystem","url":"http://example.org/many","content":"complete","hierarchyMeaning":"is-a","concept":[{"code":"top","concept":[
			{"code":"1"},{"code":"2"},{"code":"3"},{"code":"4"},{"code":"5"},{"code":"6"},{"code":"7"},{"code":"8"},{"code":"9"},{"code":"10"}]}]}`,
		"the last with all": `{"resourceType":"CodeSystem","url":"http://example.org/last","content":"complete","concept":[{"code":"a"},
			{"code":"b","display":"B","definition":"D","designation":[{"value":"E"}],"property":[{"code":"p","valueString":""},{"code":"p","valueString":"F"}]}]}`,
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			s := add(t, open(t, t.TempDir()), body)
			for k := range uint32(s.Len()) {
				if a, b := s.Warm(k), s.Warm(k); a != b {
					t.Errorf("Warm(%d) reads %d and %d", k, a, b)
				}
				if a, b := s.Glance(k), s.Glance(k); a != b {
					t.Errorf("Glance(%d) reads %d and %d", k, a, b)
				}
			}
		})
	}
}
