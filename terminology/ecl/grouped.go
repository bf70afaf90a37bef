package ecl

import (
	"bytes"
	"slices"
	"strings"

	"masjala/terminology/concept"
)

// What it costs to look at a concept with its values, in steps.
const perConcept, perValue = 20, 20

// value is a property of a concept.
type value struct {
	property string
	text     []byte
	kind     uint8
	group    uint16
}

// compareValues orders values by group.
func compareValues(a, b value) int {
	if a.group != b.group {
		return int(a.group) - int(b.group)
	}
	if c := strings.Compare(a.property, b.property); c != 0 {
		return c
	}
	if a.kind != b.kind {
		return int(a.kind) - int(b.kind)
	}
	return bytes.Compare(a.text, b.text)
}

// held lists the values of a concept for some properties, in order, by group, each once in
// one. The list is good until the next call.
func (r *run) held(k uint32, properties []string) []value {
	out := r.list[:0]
	for p := range r.set.Properties(k) {
		if !among(properties, p.Code) {
			continue
		}
		v := value{p.Code, p.Value, p.Kind, p.Group}
		if p.Kind == concept.KindCoding {
			v.text = []byte(p.Text())
		}
		out = append(out, v)
	}
	r.list = out
	slices.SortFunc(out, compareValues)
	return slices.CompactFunc(out, func(a, b value) bool { return compareValues(a, b) == 0 })
}

// among tells whether a property is one of some, in order.
func among(list []string, property string) bool {
	_, ok := slices.BinarySearch(list, property)
	return ok
}

// count tells how many of some values meet an attribute.
func (r *run) count(x *asked, list []value) int {
	n := 0
	for i := range list {
		v := &list[i]
		if among(x.names, v.property) && x.compare.ofKind(v.kind) && r.meets(x, v.text) {
			n++
		}
	}
	return n
}

// askedGroup is a group whose attributes were evaluated.
type askedGroup struct {
	by         refinement
	attributes map[*attribute]*asked
	properties []string // that make up groups: all attributes, and what is named; in order
	cost       int      // steps to hold all attributes against a value
}

func (r *run) askGroup(g *group) (*askedGroup, error) {
	out := &askedGroup{by: g.by, attributes: map[*attribute]*asked{}, properties: r.set.Attributes()}
	for _, a := range attributes(nil, g.by) {
		x, err := r.ask(a)
		if err != nil {
			return nil, err
		}
		out.attributes[a] = &x
		out.cost += x.matcher.cost()
		out.properties = append(out.properties, x.names...)
	}
	slices.Sort(out.properties)
	out.properties = slices.Compact(out.properties)
	return out, nil
}

// attributes appends all attributes of a condition.
func attributes(dst []*attribute, by refinement) []*attribute {
	switch by := by.(type) {
	case *attribute:
		dst = append(dst, by)
	case *junction:
		for _, c := range by.list {
			dst = attributes(dst, c)
		}
	}
	return dst
}

// grouped returns the concepts with as many groups that meet a condition as it asks for.
func (r *run) grouped(g *group, of *concept.Bits) (*concept.Bits, error) {
	x, err := r.askGroup(g)
	if err != nil {
		return nil, err
	}
	some, err := r.perhaps(x, g.by, of)
	if err != nil {
		return nil, err
	}
	return r.counting(g.count, of, some, func(k uint32) (int, error) {
		list := r.held(k, x.properties)
		return r.groups(x, list), r.spend(perConcept + (perValue+x.cost)*len(list))
	})
}

// perhaps returns those of some concepts of which a group may meet a condition: the others
// lack a value for it.
func (r *run) perhaps(x *askedGroup, by refinement, of *concept.Bits) (*concept.Bits, error) {
	a, ok := by.(*attribute)
	if !ok {
		return r.perhapsAll(x, by.(*junction), of)
	}
	if a.count.least == 0 {
		return of, nil
	}
	out, err := r.empty()
	if err != nil {
		return nil, err
	}
	if err := r.having(x.attributes[a], out); err != nil {
		return nil, err
	}
	out.And(of)
	return out, nil
}

func (r *run) perhapsAll(x *askedGroup, j *junction, of *concept.Bits) (*concept.Bits, error) {
	any, err := r.empty()
	if err != nil {
		return nil, err
	}
	for _, c := range j.list {
		b, err := r.perhaps(x, c, of)
		if err != nil {
			return nil, err
		}
		if j.join == and {
			of = b
		} else {
			any.Or(b)
		}
	}
	if j.join == and {
		return of, nil
	}
	return any, nil
}

// groups counts the groups, of values by group, that meet a condition. A value outside of groups is one itself.
func (r *run) groups(x *askedGroup, list []value) int {
	n := 0
	for i := 0; i < len(list); {
		first := i
		for i++; i < len(list) && list[i].group == list[first].group && list[i].group != 0; {
			i++
		}
		if r.holds(x, x.by, list[first:i]) {
			n++
		}
	}
	return n
}

// holds tells whether a condition holds for the values of a group.
func (r *run) holds(x *askedGroup, by refinement, list []value) bool {
	if a, ok := by.(*attribute); ok {
		return a.count.has(r.count(x.attributes[a], list))
	}
	j := by.(*junction)
	for _, c := range j.list {
		if r.holds(x, c, list) == (j.join == or) {
			return j.join == or
		}
	}
	return j.join == and
}
