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

// Property is a value of a concept.
type Property struct {
	concept.Property
	URI    string // of the property, where the code system or supplement says it
	Source string // canonical of the supplement that it is from; empty for the system itself
}

// Properties calls yield with each property of a concept, those of supplements last, until
// it returns false. It can be ranged over.
func (s *System) Properties(k uint32) func(yield func(Property) bool) {
	return func(yield func(Property) bool) {
		for p := range s.Set.Properties(k) {
			if !yield(Property{p, uri(s.Set, p.Code), ""}) {
				return
			}
		}
		for p := range s.Added(k) {
			if !yield(p) {
				return
			}
		}
	}
}

// Added calls yield with each property that supplements give a concept until it returns
// false. It can be ranged over.
func (s *System) Added(k uint32) func(yield func(Property) bool) {
	return func(yield func(Property) bool) {
		for _, x := range s.Supplements {
			n, ok := x.Set.Find(string(s.Set.Code(k)))
			if !ok {
				continue
			}
			for p := range x.Set.Properties(n) {
				if !yield(Property{p, uri(x.Set, p.Code), x.Canonical}) {
					return
				}
			}
		}
	}
}

// uri is the address that a code system gives a property.
func uri(set *concept.Set, code string) string {
	for _, d := range set.Meta().Properties {
		if d.Code == code {
			return d.URI
		}
	}
	return ""
}

// Extended tells whether any concept has extensions, here or in a supplement.
func (s *System) Extended() bool {
	if s.Set != nil && s.Set.Extended() {
		return true
	}
	for _, x := range s.Supplements {
		if x.Set.Extended() {
			return true
		}
	}
	return false
}

// Extensions returns the lists of extensions of a concept, each as JSON, that of the system
// first.
func (s *System) Extensions(k uint32) []string {
	var out []string
	if list := s.Set.Extensions(k); len(list) > 0 {
		out = append(out, string(list))
	}
	for _, x := range s.Supplements {
		if n, ok := x.Set.Find(string(s.Set.Code(k))); ok {
			if list := x.Set.Extensions(n); len(list) > 0 {
				out = append(out, string(list))
			}
		}
	}
	return out
}
