package diff

import (
	"slices"
	"strconv"
	"strings"

	"masjala/fhir"
	fhirxml "masjala/fhir/xml"
)

// place is what a selector found: an element, or an attribute of it, below its parent.
type place struct {
	parent, element *element
	attribute       string // "" for the element itself
}

// index is where the element lies among the children of its parent.
func (p place) index() int {
	return slices.IndexFunc(p.parent.children, func(c *child) bool { return c.element == p.element })
}

// selector is a path from one element to others, of at least one step.
type selector []step

// step goes to the children of a name, or to an attribute.
type step struct {
	space, name string // name "*": any; space "": that of FHIR or none
	attribute   bool
	self        bool // ".": stays where it is
	tests       []test
}

// test keeps some of what a step found.
type test struct {
	position int      // from 1 on; 0 for none; -1 for the last
	path     selector // something must be found there
	equals   bool     // and have the text wanted
	want     string
}

// find returns what a selector finds below an element. It takes the nodes that it visits from
// spare, and stops when that is less than nothing.
func (s selector) find(from *element, spare *int) []place {
	found := s[0].from(place{element: from}, spare)
	for _, step := range s[1:] {
		var next []place
		for _, p := range found {
			next = append(next, step.from(p, spare)...)
		}
		found = next
	}
	return found
}

// from does one step from a place.
func (s *step) from(p place, spare *int) []place {
	if *spare -= 1 + len(p.element.children); *spare < 0 {
		return nil
	}
	var found []place
	switch {
	case p.attribute != "":
		return nil
	case s.self:
		found = []place{p}
	case s.attribute:
		if _, ok := p.element.attribute(s.name); ok {
			found = []place{{parent: p.parent, element: p.element, attribute: s.name}}
		}
	default:
		for _, c := range p.element.children {
			if c.element != nil && s.is(c.element) {
				found = append(found, place{parent: p.element, element: c.element})
			}
		}
	}
	for i := range s.tests {
		found = s.tests[i].keep(found, spare)
	}
	return found
}

// is tells whether an element has the name of the step.
func (s *step) is(e *element) bool {
	if s.name != "*" && s.name != e.name.Local {
		return false
	}
	return s.name == "*" && s.space == "" || e.space() == s.space || s.space == "" && e.space() == fhirxml.Namespace
}

// keep returns what meets the test.
func (t *test) keep(found []place, spare *int) []place {
	switch {
	case t.position > 0 && t.position <= len(found):
		return found[t.position-1 : t.position]
	case t.position < 0 && len(found) > 0:
		return found[len(found)-1:]
	case t.position != 0:
		return nil
	}
	var kept []place
	for _, p := range found {
		if p.attribute == "" && slices.ContainsFunc(t.path.find(p.element, spare), func(at place) bool { return !t.equals || at.value(spare) == t.want }) {
			kept = append(kept, p)
		}
	}
	return kept
}

// value is the text of an attribute, or of an element.
func (p place) value(spare *int) string {
	if p.attribute != "" {
		v, _ := p.element.attribute(p.attribute)
		return v
	}
	return p.element.text(spare)
}

// selecting reads the text of a selector.
type selecting struct {
	text   string
	rest   string
	around []*element // what it stands in, from the innermost on: they declare the prefixes
	depth  int
}

// readSelector reads the text of a selector that stands in elements, from the innermost on.
func readSelector(text string, around ...*element) (selector, *fhir.Error) {
	if len(text) > longest {
		return nil, fhir.Errorf(fhir.Invalid, "a selector has more than %d bytes", longest)
	}
	r := &selecting{text: text, rest: strings.TrimPrefix(strings.TrimSpace(text), "/"), around: around}
	s, err := r.path()
	if err == nil && r.rest != "" {
		err = r.broken()
	}
	return s, err
}

// space is the namespace of a prefix, as it is declared where the selector stands.
func (r *selecting) space(prefix string) (string, bool) {
	for _, e := range r.around {
		if space, ok := e.declared[prefix]; ok {
			return space, true
		}
	}
	return "", false
}

func (r *selecting) broken() *fhir.Error {
	return fhir.Errorf(fhir.Invalid, "the selector %q is not understood at %q; take a path such as Location/telecom[2]/value/@value", r.text, r.rest)
}

// path reads steps with slashes between them.
func (r *selecting) path() (selector, *fhir.Error) {
	var s selector
	for {
		st, err := r.step()
		if err != nil {
			return nil, err
		}
		s = append(s, st)
		if !r.take("/") {
			return s, nil
		}
	}
}

// step reads a name with its tests.
func (r *selecting) step() (step, *fhir.Error) {
	st := step{attribute: r.take("@")}
	switch {
	case !st.attribute && r.take("."):
		st.self = true
	case !st.attribute && r.take("*"):
		st.name = "*"
	default:
		name := r.name()
		if prefix, local, ok := strings.Cut(name, ":"); ok {
			name = local
			if st.space, ok = r.space(prefix); !ok {
				return st, fhir.Errorf(fhir.Invalid, "the prefix %s of the selector %q is not declared", prefix, r.text)
			}
		} else if !st.attribute {
			st.space, _ = r.space("")
		}
		if st.name = name; name == "" {
			return st, r.broken()
		}
	}
	for r.take("[") {
		t, err := r.test()
		if err != nil {
			return st, err
		}
		st.tests = append(st.tests, t)
	}
	return st, nil
}

// test reads what stands in brackets.
func (r *selecting) test() (t test, err *fhir.Error) {
	if r.depth++; r.depth > deepest {
		return t, r.broken()
	}
	defer func() { r.depth-- }()
	digits := r.rest[:len(r.rest)-len(strings.TrimLeft(r.rest, "0123456789"))]
	switch {
	case digits != "":
		n, bad := strconv.Atoi(digits)
		if bad != nil || n == 0 {
			return t, r.broken()
		}
		t.position, r.rest = n, r.rest[len(digits):]
	case r.take("last()"):
		t.position = -1
	default:
		if t.path, err = r.path(); err != nil {
			return t, err
		}
		if t.equals = r.take("="); t.equals {
			if t.want, err = r.literal(); err != nil {
				return t, err
			}
		}
	}
	if !r.take("]") {
		return t, r.broken()
	}
	return t, nil
}

// literal reads a text in quotes.
func (r *selecting) literal() (string, *fhir.Error) {
	r.rest = strings.TrimLeft(r.rest, " ")
	if r.rest == "" || r.rest[0] != '"' && r.rest[0] != '\'' {
		return "", r.broken()
	}
	text, rest, ok := strings.Cut(r.rest[1:], r.rest[:1])
	if !ok {
		return "", r.broken()
	}
	r.rest = rest
	return text, nil
}

// noName are characters that end a name.
const noName = "/@[]=*.'\"() "

// isName tells whether a text is one name, without a prefix, that XML can have.
func isName(s string) bool {
	return s != "" && !strings.ContainsAny(s, noName+":&<>\t\r\n")
}

// name reads a name, with its prefix if it has one.
func (r *selecting) name() string {
	n := strings.IndexAny(r.rest, noName)
	if n < 0 {
		n = len(r.rest)
	}
	name := r.rest[:n]
	r.rest = r.rest[n:]
	return name
}

// take reads a mark, with blanks around it, if it is next.
func (r *selecting) take(mark string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(r.rest, " "), mark)
	if ok {
		r.rest = strings.TrimLeft(rest, " ")
	}
	return ok
}
