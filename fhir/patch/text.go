package patch

import (
	"strings"

	"masjala/fhir"
	"masjala/fhir/structure"

	"github.com/tidwall/gjson"
)

// outside calls at with each position of a text that lies outside of quotes and parentheses,
// and tells whether all of these are closed.
func outside(s string, at func(i int)) (closed bool) {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth == 0:
			at(i)
		}
	}
	return !quoted && depth == 0
}

// split parts a path at a separator that stands outside of parentheses and quotes.
func split(path string, sep byte) ([]string, *fhir.Error) {
	var parts []string
	start := 0
	closed := outside(path, func(i int) {
		if path[i] == sep {
			parts = append(parts, strings.TrimSpace(path[start:i]))
			start = i + 1
		}
	})
	if !closed || strings.TrimSpace(path) == "" || len(path) > 10_000 {
		return nil, fhir.Errorf(fhir.Invalid, "the path %q cannot be read", clip(path))
	}
	return append(parts, strings.TrimSpace(path[start:])), nil
}

// splitWord parts a text at a word that stands outside of quotes and parentheses.
func splitWord(s, word string) []string {
	var parts []string
	start, sep := 0, " "+word+" "
	outside(s, func(i int) {
		if i >= start && strings.HasPrefix(s[i:], sep) {
			parts = append(parts, s[start:i])
			start = i + len(sep)
		}
	})
	return append(parts, s[start:])
}

var unescape = strings.NewReplacer(`\'`, "'", `\\`, `\`, `\"`, `"`, `\n`, "\n", `\t`, "\t", `\r`, "\r")

// text reads one string of FHIRPath in single quotes.
func text(literal string) (string, bool) {
	last := len(literal) - 1
	if last < 1 || literal[0] != '\'' || literal[last] != '\'' {
		return "", false
	}
	for i := 1; i < last; i++ {
		switch literal[i] {
		case '\\':
			i++
		case '\'':
			return "", false // it ends here, and another begins
		}
		if i == last {
			return "", false // the last quote is part of the string
		}
	}
	return unescape.Replace(literal[1:last]), true
}

// valueOf makes the value of an operation: that of its part value, or an object of the parts
// of that part, for elements that have no type of their own.
func valueOf(op *fhir.Parameter, t *structure.Type) (*node, *fhir.Error) {
	p := op.Get("value")
	switch {
	case p == nil:
		return nil, fhir.Errorf(fhir.Invalid, "the operation needs a value")
	case p.Resource != nil:
		return parse(gjson.ParseBytes(p.Resource)), nil
	case p.Value != nil:
		return parse(gjson.ParseBytes(p.Value)), nil
	}
	out := &node{kind: '{'}
	for i := range p.Part {
		part := &p.Part[i]
		inner := &fhir.Parameter{Part: []fhir.Parameter{{Name: "value", Type: part.Type, Value: part.Value, Resource: part.Resource, Part: part.Part}}}
		if t == nil {
			return nil, fhir.Errorf(fhir.Unprocessable, "the parts of the value do not fit here")
		}
		el, err := elementFor(t, part.Name, inner)
		if err != nil {
			return nil, err
		}
		v, err := valueOf(inner, el.Type())
		if err != nil {
			return nil, err
		}
		if at := out.member(el.Name); el.Many && at >= 0 {
			out.items[at].items = append(out.items[at].items, v)
		} else if el.Many {
			out.set(el.Name, &node{kind: '[', items: []*node{v}})
		} else {
			out.set(el.Name, v)
		}
	}
	return out, nil
}
