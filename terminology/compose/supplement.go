package compose

import "masjala/terminology/concept"

// Supplement is what another code system adds to the concepts of one
// (https://hl7.org/fhir/R4/codesystem.html#supplements).
type Supplement struct {
	Canonical string
	Set       *concept.Set
}

// Designation is another text for a concept.
type Designation struct {
	concept.Designation
	Source string // canonical of the supplement that it is from; empty for the system itself
}

// Designations calls yield with each designation of a concept, those of supplements last,
// until it returns false. It can be ranged over.
func (s *System) Designations(k uint32) func(yield func(Designation) bool) {
	return func(yield func(Designation) bool) {
		for d := range s.Set.Designations(k) {
			if !yield(Designation{Designation: d}) {
				return
			}
		}
		for _, x := range s.Supplements {
			n, ok := x.Set.Find(string(s.Set.Code(k)))
			if !ok {
				continue
			}
			for d := range x.Set.Designations(n) {
				if !yield(Designation{d, x.Canonical}) {
					return
				}
			}
		}
	}
}
