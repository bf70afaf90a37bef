package rf2

import (
	"strconv"

	"github.com/tidwall/gjson"

	"masjala/terminology/concept"
)

// document writes the concepts of a release as the JSON of a CodeSystem.
type document struct {
	r       *release
	wording *wording
	types   []string // attributes as JSON strings
	modules []string

	term, parent, attribute, member, target int // how far the lists are read
}

func newDocument(r *release, order []int) *document {
	d := &document{r: r, wording: newWording(r, order)}
	for _, id := range r.types.list {
		d.types = append(d.types, strconv.FormatUint(id, 10))
	}
	for _, id := range r.modules.list {
		d.modules = append(d.modules, strconv.FormatUint(id, 10))
	}
	return d
}

// languageTag is the tag of a designation.
func (d *document) languageTag(g *designation) string {
	if g.dialect >= 0 {
		return d.r.dialect[g.dialect].tag
	}
	return d.r.speech[g.term.language]
}

// rewind starts again with the first concept.
func (d *document) rewind() { d.term, d.parent, d.attribute, d.member, d.target = 0, 0, 0, 0, 0 }

// next appends the concept at a place. Concepts must be asked for in their order.
func (d *document) next(b []byte, at int) []byte {
	r, c := d.r, &d.r.concepts[at]
	n := leading(r.terms[d.term:], uint32(at), func(t *term) uint32 { return t.concept })
	d.wording.read(r.terms[d.term : d.term+n])
	d.term += n
	b = append(b, `{"code":"`...)
	b = strconv.AppendUint(b, c.id, 10)
	b = append(b, '"')
	if t := d.wording.display; t != nil {
		b = d.texted(append(b, `,"display":`...), t)
	}
	if t := d.wording.definition; t != nil {
		b = d.texted(append(b, `,"definition":`...), t)
	}
	if len(d.wording.designations) > 0 {
		b = append(b, `,"designation":`...)
		for i := range d.wording.designations {
			b = d.designation(append(b, separator(i)), &d.wording.designations[i])
		}
		b = append(b, ']')
	}
	return append(d.properties(append(b, `,"property":[`...), at), `]}`...)
}

func separator(i int) byte {
	if i == 0 {
		return '['
	}
	return ','
}

func (d *document) texted(b []byte, t *term) []byte {
	return gjson.AppendJSONString(b, string(d.r.text(t.text, t.size)))
}

func (d *document) designation(b []byte, g *designation) []byte {
	b = append(b, `{"language":"`...)
	b = append(b, d.languageTag(g)...)
	b = append(b, `","use":{"system":"`+system+`","code":"`...)
	use := d.r.uses.list[g.term.use]
	b = strconv.AppendUint(b, use, 10)
	if name := useNames[use]; name != "" {
		b = append(b, `","display":"`...)
		b = append(b, name...)
	}
	b = append(b, `"},"value":`...)
	return append(d.texted(b, g.term), '}')
}

// useNames are the types of descriptions.
var useNames = map[uint64]string{specifiedName: "Fully specified name", synonym: "Synonym"}

// properties appends the members of a concept's property.
func (d *document) properties(b []byte, at int) []byte {
	r, c := d.r, &d.r.concepts[at]
	first := len(b)
	property := func(code string, kind string) {
		if len(b) > first {
			b = append(b, ',')
		}
		b = append(b, `{"code":"`...)
		b = append(b, code...)
		b = append(b, `","`...)
		b = append(b, kind...)
		b = append(b, `":`...)
	}
	for ; d.parent < len(r.parents) && r.parents[d.parent].concept == uint32(at); d.parent++ {
		property("parent", "valueCode")
		b = d.code(b, r.parents[d.parent].other)
	}
	if !c.active {
		property("inactive", "valueBoolean")
		b = append(b, `true}`...)
	}
	property("sufficientlyDefined", "valueBoolean")
	b = append(strconv.AppendBool(b, c.defined), '}')
	property("moduleId", "valueCode")
	b = append(append(append(b, '"'), d.modules[c.module]...), `"}`...)
	if c.effective > 0 {
		property("effectiveTime", "valueString")
		b = append(append(strconv.AppendUint(append(b, '"'), uint64(c.effective), 10), '"'), '}')
	}
	return d.further(b, at)
}

// further appends attributes, reference sets and targets; some property stands before them.
func (d *document) further(b []byte, at int) []byte {
	r := d.r
	for ; d.attribute < len(r.attributes) && r.attributes[d.attribute].concept == uint32(at); d.attribute++ {
		b = d.attributed(append(b, ','), &r.attributes[d.attribute])
	}
	for ; d.member < len(r.members) && r.members[d.member].concept == uint32(at); d.member++ {
		b = append(b, `,{"code":"`+concept.MemberOf+`","valueCode":"`...)
		b = append(strconv.AppendUint(b, r.refsets.list[r.members[d.member].other], 10), `"}`...)
	}
	for ; d.target < len(r.targets) && r.targets[d.target].concept == uint32(at); d.target++ {
		t := &r.targets[d.target]
		b = append(strconv.AppendUint(append(b, `,{"code":"`...), r.refsets.list[t.refset], 10), `","`...)
		b = append(b, valueMember(t.mapped)...)
		b = gjson.AppendJSONString(append(b, `":`...), string(r.text(t.text, t.size)))
		b = append(b, '}')
	}
	return b
}

// valueMember is how a target is written: codes of other systems are no codes of this one.
func valueMember(mapped bool) string {
	if mapped {
		return "valueString"
	}
	return "valueCode"
}

// code appends the code of a concept and ends the property.
func (d *document) code(b []byte, place uint32) []byte {
	return append(strconv.AppendUint(append(b, '"'), d.r.concepts[place].id, 10), `"}`...)
}

// attributed appends an attribute, with the relationship group it belongs to.
func (d *document) attributed(b []byte, a *attribute) []byte {
	b = append(b, '{')
	if a.group > 0 {
		b = append(b, `"extension":[{"url":"`+concept.GroupExtension+`","valueInteger":`...)
		b = append(strconv.AppendUint(b, uint64(a.group), 10), `}],`...)
	}
	b = append(append(append(b, `"code":"`...), d.types[a.kind]...), `","`...)
	if a.size == 0 {
		return d.code(append(b, `valueCode":`...), a.target)
	}
	text, kind := d.r.text(a.target, a.size), d.r.valued[d.r.types.list[a.kind]]
	b = append(append(b, kind...), `":`...)
	switch {
	case kind != kindText:
		b = append(b, text[1:]...)
	case text[0] == '#':
		b = gjson.AppendJSONString(b, string(text[1:]))
	default:
		b = gjson.AppendJSONString(b, string(text[1:len(text)-1]))
	}
	return append(b, '}')
}
