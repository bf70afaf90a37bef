package concept

import (
	"math"

	"github.com/tidwall/gjson"
)

// GroupExtension is the extension by which a property of a concept tells, as an integer, the
// relationship group that it belongs to: values with the same number in one concept belong
// together. A property without it is in no group.
const GroupExtension = "urn:masjala:extension:relationship-group"

// MemberOf is the property by which a concept tells the reference sets that it is in.
const MemberOf = "memberOf"

// groupShift is where the group begins in the word of a property record that holds the kind.
const groupShift = 16

// groupIn finds the relationship group in a list of extensions.
func groupIn(list gjson.Result) uint16 {
	out := uint16(0)
	list.ForEach(func(_, e gjson.Result) bool {
		if n := e.Get("valueInteger").Int(); e.Get("url").Str == GroupExtension && n > 0 && n <= math.MaxUint16 {
			out = uint16(n)
		}
		return true
	})
	return out
}

// Text is what the property is compared with: of a Coding, its code.
func (p *Property) Text() string {
	v := parsedProperty{kind: p.Kind, text: string(p.Value)}
	return v.value()
}

// Attributes lists the properties that say what concepts are: all that are used, but those
// that stand for the hierarchy, the state of a concept, its reference sets and what it maps
// to. Where some of them are concepts of the set themselves, as in SNOMED CT, only those.
func (s *Set) Attributes() []string {
	r := rolesOf(&s.info.Meta)
	var all, own []string
	for _, code := range s.info.Properties {
		if code == MemberOf || has(r.parent, code) || has(r.child, code) || has(r.inactive, code) || has(r.status, code) || has(r.abstract, code) || s.info.Meta.maps(code) {
			continue
		}
		all = append(all, code)
		if _, ok := s.Find(code); ok {
			own = append(own, code)
		}
	}
	if own != nil {
		return own
	}
	return all
}
