package decisions

import (
	"masjala/fhir"
	"masjala/importers"
)

// Value is the decision which code or area a spelling means.
type Value struct {
	Kind     string `json:"kind,omitempty" yaml:"kind,omitempty"`         // "facilities", "workers"
	Column   string `json:"column" yaml:"column"`                         // heading
	Target   string `json:"target,omitempty" yaml:"target,omitempty"`     // what the column means: "type"; empty: as in the last import
	Text     string `json:"value" yaml:"value"`                           // the spelling
	Within   string `json:"within,omitempty" yaml:"within,omitempty"`     // areas: those above it, as [importers.Value] has them
	ValueSet string `json:"valueSet,omitempty" yaml:"valueSet,omitempty"` // that the code is of
	System   string `json:"system,omitempty" yaml:"system,omitempty"`     // of the code; empty: the value set decides
	Code     string `json:"code" yaml:"code"`                             // code or name; of an area its id or name; [importers.NoCode] for none
	Display  string `json:"display,omitempty" yaml:"display,omitempty"`   // filled in by Keep

	coming *coming
}

// coming are areas that a list brings and the code of a decision may name, when none here is meant.
type coming struct{ areas []importers.NewArea }

// Verdict is what was decided about a row and a stored resource.
type Verdict string

// The verdicts.
const (
	Same      Verdict = "same"      // the row is the stored facility or person, and updates it
	Different Verdict = "different" // it is another one
	Unsure    Verdict = "unsure"    // somebody looked and cannot tell
)

// Twin is the decision whether a row is a facility or person that is stored.
type Twin struct {
	Kind      string  `json:"kind,omitempty" yaml:"kind,omitempty"`
	Key       string  `json:"key" yaml:"key"`             // of the row, from [importers.Twin]; the same in later lists
	Reference string  `json:"reference" yaml:"reference"` // "Location/1" or "Practitioner/1"
	Verdict   Verdict `json:"decision" yaml:"decision"`
	Row       int     `json:"row,omitempty" yaml:"row,omitempty"` // for people
	Name      string  `json:"name,omitempty" yaml:"name,omitempty"`
}

// Set is decisions that are kept together.
type Set struct {
	Values    []Value    `json:"values,omitempty" yaml:"values,omitempty"`
	Twins     []Twin     `json:"twins,omitempty" yaml:"twins,omitempty"`
	Conflicts []Conflict `json:"conflicts,omitempty" yaml:"conflicts,omitempty"`
}

// Empty tells whether a set decides nothing.
func (s *Set) Empty() bool { return len(s.Values)+len(s.Twins)+len(s.Conflicts) == 0 }

// check fails with Invalid for a decision that says too little.
func (v *Value) check() error {
	switch {
	case v.Column == "" || v.Text == "" || v.Code == "":
		return fhir.Errorf(fhir.Invalid, "a decision on a value needs the heading of the column, the value and what it means; got column %q, value %q, code %q", v.Column, v.Text, v.Code)
	case v.Kind == "":
		return fhir.Errorf(fhir.Invalid, "the decision on %q of column %q does not say of which kind the list is: facilities or workers", v.Text, v.Column)
	case v.Target == "":
		return fhir.Errorf(fhir.Invalid, "it is not known what column %q means: no import of %s had it; name the list, too", v.Column, v.Kind)
	}
	return nil
}

// check fails with Invalid for a decision that is none.
func (t *Twin) check() error {
	switch t.Verdict {
	case Same, Different, Unsure:
	default:
		return fhir.Errorf(fhir.Invalid, "%q is no decision on row %d; decide same, different or unsure", t.Verdict, t.Row)
	}
	if t.Kind == "" || t.Key == "" || t.Reference == "" {
		return fhir.Errorf(fhir.Invalid, "a decision on a row needs the kind of the list, the key of the row and the reference of what is stored; got %q, %q, %q", t.Kind, t.Key, t.Reference)
	}
	return nil
}

// none tells whether it was decided that no code stands for a spelling.
func none(c *importers.Coding) bool { return c.Code == importers.NoCode }
