package search

import (
	"strings"

	"masjala/fhir"
)

// Group joins conditions, as the parameter _filter writes them down.
type Group struct {
	Join Join
	Of   []Condition // at least one
}

// Join says how many conditions of a Group must be met.
type Join uint8

const (
	AllOf  Join = iota + 1 // and
	AnyOf                  // or
	NoneOf                 // not
)

// match is Condition.Match for a group. What is not known of one condition is not known of
// the group, unless another condition decides.
func (g *Group) match(r *fhir.Resource, entries []Entry) (matched, known bool) {
	all := true
	for i := range g.Of {
		met, sure := g.Of[i].Match(r, entries)
		if sure && met == (g.Join != AllOf) {
			return g.Join == AnyOf, true
		}
		all = all && sure
	}
	return g.Join != AnyOf, all
}

// compares tells whether a row compares with a wanted value as the value's prefix says.
// Tokens and references compare as a whole for ne, else tokens by their code.
func (c *Condition) compares(v *Value, e *Entry) bool {
	plain := Condition{Param: c.Param}
	switch e.Kind {
	case Token:
		switch {
		case e.Code == "" && e.System == "": // there, but without a code
			return false
		case v.Prefix == Ne:
			return !plain.meets(v, e)
		}
		return (!v.HasSystem || v.System == e.System) && v.Prefix.holds(e.Code, v.Code)
	case Reference:
		return (e.RefID != "" || e.RefURL != "") && !plain.meets(v, e)
	}
	return v.Prefix.holds(e.Text, v.Text)
}

// holds compares the text of a resource with the wanted one.
func (p Prefix) holds(text, wanted string) bool {
	switch p {
	case Ne:
		return text != wanted
	case Co:
		return strings.Contains(text, wanted)
	case Sw:
		return strings.HasPrefix(text, wanted)
	case Ew:
		return strings.HasSuffix(text, wanted)
	case Gt:
		return text > wanted
	case Lt:
		return text < wanted
	case Ge:
		return text >= wanted
	case Le:
		return text <= wanted
	}
	return text == wanted
}
