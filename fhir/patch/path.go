package patch

import (
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
	twin *node           // the object with the companion member of a primitive, "_name"
	name string          // the member's name
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
				list.drop(p.at)
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

// evaluate finds the values that a path leads to.
func evaluate(root *node, t *structure.Type, path string) ([]place, *fhir.Error) {
	steps, err := split(path, '.')
	if err != nil {
		return nil, err
	}
	at := []place{{root: root, typ: t}}
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
	if open := strings.IndexByte(s, '['); open > 0 && strings.HasSuffix(s, "]") && !strings.Contains(s[:open], "(") {
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
		return []place{{in: n, at: i, typ: typ, twin: n, name: name}}
	}
	var out []place
	for j := range n.items[i].items {
		out = append(out, place{in: n.items[i], at: j, typ: typ, twin: n, name: name})
	}
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
		url, ok := literal(argument)
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

// holds evaluates a criterion of where(): comparisons with = or !=, joined by and.
func holds(p place, criterion string) (bool, *fhir.Error) {
	for _, c := range splitWord(criterion, "and") {
		path, wanted, negated, err := comparison(c)
		if err != nil {
			return false, err
		}
		found, err := evaluate(p.node(), p.typ, path)
		if err != nil {
			return false, err
		}
		equal := len(found) == 1 && found[0].node().kind == 's' && same(found[0].node().raw, wanted)
		if equal == negated {
			return false, nil
		}
	}
	return true, nil
}

func same(raw, wanted string) bool {
	v := gjson.Parse(raw)
	if text, ok := literal(wanted); ok {
		return v.Type == gjson.String && v.Str == text
	}
	return raw == wanted
}

// comparison parts "path = value".
func comparison(s string) (path, value string, negated bool, err *fhir.Error) {
	inside := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			inside = !inside
		case !inside && s[i] == '=':
			path, negated = strings.CutSuffix(strings.TrimSpace(s[:i]), "!")
			return strings.TrimSpace(path), strings.TrimSpace(s[i+1:]), negated, nil
		}
	}
	return "", "", false, fhir.Errorf(fhir.Unsupported, "the criterion %q is not supported in a patch; write element = 'value'", clip(s))
}
