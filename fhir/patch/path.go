package patch

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// place is where a value stands: the item at of in. The root has no in.
type place struct {
	in   *node
	at   int
	root *node
	typ  *structure.Type // of the value; nil where nothing is known
	of   *structure.Type // of the object that has the member; nil where nothing is known
	twin *node           // that object, which has the companion of a primitive, "_name", too
	name string          // the member's name

	spare *int // how many values the paths of the patch may still visit
}

func (p place) node() *node {
	if p.in == nil {
		return p.root
	}
	return p.in.items[p.at]
}

// remove takes the value away, and what its companion says of it.
func (p place) remove() {
	if p.in == nil {
		return
	}
	if p.twin != nil {
		if i := p.twin.member("_" + p.name); i >= 0 {
			if list := p.twin.items[i]; list.kind == '[' && p.at < len(list.items) {
				if list.drop(p.at); !slices.ContainsFunc(list.items, func(n *node) bool { return n.raw != "null" }) {
					p.twin.drop(i) // nulls stand for items that nothing is said of
				}
			} else if list.kind == '{' {
				p.twin.drop(i)
			}
		}
		if p.in == p.twin {
			p.at = p.in.member(p.name)
		}
	}
	p.in.drop(p.at)
}

// choice is the element that the value is of, if one of several types can be chosen for it.
func (p place) choice() *structure.Element {
	if p.of == nil || p.in != p.twin {
		return nil
	}
	if k := p.of.Find([]byte(p.name), 0); k >= 0 && p.of.Elements[k].Choice > 0 {
		return &p.of.Elements[k]
	}
	return nil
}

// become gives the member of a choice the name for another type. What stood beside the old
// value goes with it.
func (p place) become(name string) place {
	if name == p.name {
		return p
	}
	p.in.names[p.at] = name
	if i := p.in.member("_" + p.name); i >= 0 {
		p.in.drop(i)
	}
	p.name, p.at = name, p.in.member(name)
	return p
}

// companions is the list of what stands beside the items of a list of primitives, as long as
// that; nil if nothing does.
func (p place) companions() *node {
	i := p.twin.member("_" + p.name)
	if i < 0 || p.twin.items[i].kind != '[' {
		return nil
	}
	list := p.twin.items[i]
	for len(list.items) < len(p.in.items) {
		list.items = append(list.items, &node{kind: 's', raw: "null"})
	}
	return list
}

// spend counts the reading of a path or a criterion, a long one for several visits. It fails
// with TooCostly when too many were made.
func (p place) spend(text string) *fhir.Error {
	if *p.spare -= 1 + len(text)/longText; *p.spare < 0 {
		return fhir.Errorf(fhir.TooCostly, "the paths of the patch visit more than %d values; send the whole resource", mostVisited)
	}
	return nil
}

// evaluate finds the values that a path leads to from a place.
func evaluate(from place, path string) ([]place, *fhir.Error) {
	if err := from.spend(path); err != nil {
		return nil, err
	}
	steps, err := split(path, '.')
	if err != nil {
		return nil, err
	}
	at, t := []place{from}, from.typ
	for i, s := range steps {
		if i == 0 && t != nil && (s == t.Name || s == "Resource" || s == "DomainResource" || s == "$this") {
			continue
		}
		if at, err = step(at, s, path); err != nil {
			return nil, err
		}
	}
	return at, nil
}

// step goes one step of a path: an element, with an index or not, or a function.
func step(at []place, s, path string) ([]place, *fhir.Error) {
	name, index := s, -1
	if open := strings.LastIndexByte(s, '['); open > 0 && s[len(s)-1] == ']' && (s[open-1] == ')' || !strings.Contains(s[:open], "(")) {
		n, ok := position(s[open+1:len(s)-1], 1<<20)
		if !ok {
			return nil, fhir.Errorf(fhir.Invalid, "the path %s has the index %s, which is no number", clip(path), clip(s[open:]))
		}
		name, index = s[:open], n
	}
	var out []place
	if fn, argument, ok := call(name); ok {
		var err *fhir.Error
		if out, err = function(at, fn, argument, path); err != nil {
			return nil, err
		}
	} else {
		if name == "" || strings.ContainsAny(name, " ()'\"") {
			return nil, fhir.Errorf(fhir.Invalid, "the path %s cannot be read at %q", clip(path), clip(name))
		}
		for _, p := range at {
			out = append(out, p.members(name)...)
		}
	}
	if index < 0 {
		return out, nil
	}
	if index >= len(out) {
		return nil, nil
	}
	return out[index : index+1], nil
}

// call parts a function and its argument.
func call(s string) (name, argument string, ok bool) {
	open := strings.IndexByte(s, '(')
	if open <= 0 || !strings.HasSuffix(s, ")") {
		return "", "", false
	}
	return s[:open], strings.TrimSpace(s[open+1 : len(s)-1]), true
}

// members returns the values of an element, each repetition; a choice by its FHIRPath name.
func (p place) members(name string) []place {
	n := p.node()
	if n.kind != '{' {
		return nil
	}
	var el *structure.Element
	i := n.member(name)
	if i < 0 && p.typ != nil {
		for j, have := range n.names {
			if k := p.typ.Find([]byte(have), 0); k >= 0 && p.typ.Elements[k].Choice > 0 && p.typ.Path(&p.typ.Elements[k]) == name {
				i, name = j, have
				break
			}
		}
	}
	if i < 0 {
		return nil
	}
	var typ *structure.Type
	if p.typ != nil {
		if k := p.typ.Find([]byte(name), 0); k >= 0 {
			el = &p.typ.Elements[k]
			typ = el.Type()
		}
	}
	if v := n.items[i]; v.kind != '[' {
		*p.spare--
		return []place{{in: n, at: i, typ: typ, of: p.typ, twin: n, name: name, spare: p.spare}}
	}
	var out []place
	for j := range n.items[i].items {
		out = append(out, place{in: n.items[i], at: j, typ: typ, of: p.typ, twin: n, name: name, spare: p.spare})
	}
	*p.spare -= len(out)
	return out
}

// function applies a function to what a path found so far.
func function(at []place, name, argument, path string) ([]place, *fhir.Error) {
	switch name {
	case "first":
		return at[:min(1, len(at))], nil
	case "last":
		return at[len(at)-min(1, len(at)):], nil
	case "where":
		return filter(at, func(p place) (bool, *fhir.Error) { return holds(p, argument) })
	case "extension":
		url, ok := text(argument)
		if !ok {
			return nil, fhir.Errorf(fhir.Invalid, "extension() in the path %s needs a url in quotes", clip(path))
		}
		var all []place
		for _, p := range at {
			all = append(all, p.members("extension")...)
		}
		return filter(all, func(p place) (bool, *fhir.Error) {
			i := p.node().member("url")
			return i >= 0 && gjson.Parse(p.node().items[i].raw).Str == url, nil
		})
	case "ofType":
		want := strings.TrimPrefix(argument, "FHIR.")
		return filter(at, func(p place) (bool, *fhir.Error) { return p.typ != nil && p.typ.Name == want, nil })
	}
	return nil, fhir.Errorf(fhir.Unsupported, "the function %s() in the path %s is not supported in a patch", clip(name), clip(path))
}

func filter(at []place, keep func(place) (bool, *fhir.Error)) ([]place, *fhir.Error) {
	var out []place
	for _, p := range at {
		ok, err := keep(p)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, p)
		}
	}
	return out, nil
}
