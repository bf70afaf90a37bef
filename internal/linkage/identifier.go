package linkage

import (
	"fmt"
	"slices"
)

// Identifier is a value and the system that gives it its meaning.
type Identifier struct{ System, Value string }

// Mapped is an identifier of a wanted system that stands for the same facility or person.
type Mapped struct {
	Identifier
	Holder string // reference to the resource that carries it: "Location/1"
}

// Walked says what became of one identifier.
type Walked struct {
	From Identifier
	To   []Mapped // empty when nothing is known by From, or nothing has an identifier wanted
}

// Add takes in an identifier that a resource carries, if it is of a wanted system and not
// there yet.
func (w *Walked) Add(id Identifier, holder string, wanted []string) {
	known := func(m Mapped) bool { return m.Identifier == id }
	if id.Value != "" && slices.Contains(wanted, id.System) && !slices.ContainsFunc(w.To, known) {
		w.To = append(w.To, Mapped{Identifier: id, Holder: holder})
	}
}

// longIdentifier is how long a value must be to say something without a system.
const longIdentifier = 5

// AddIdentifiers adds what the identifiers of two records say: that one is the same, or, by
// so many bits (negative), that those of one system differ.
func (v *Verdict) AddIdentifiers(a, b []Identifier, against float64) {
	differ := ""
	for _, x := range a {
		for _, y := range b {
			if x.Value == "" || x.System != y.System {
				continue
			}
			if x.Value == y.Value && (x.System != "" || len(x.Value) >= longIdentifier) {
				v.Add("identifier", "same identifier "+x.Value, 20)
				return
			}
			if x.System != "" && differ == "" {
				differ = fmt.Sprintf("identifier %s, not %s", x.Value, y.Value)
			}
		}
	}
	if differ != "" {
		v.Add("identifier", differ, against)
	}
}
