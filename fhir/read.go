package fhir

import (
	"bytes"

	"masjala/fhir/structure"
)

// elementType is what the companion of a primitive holds: id and extensions.
var elementType = structure.Named("Element")

// resource reads the resource that starts here; root tells that it is the outermost.
func (r *reader) resource(root bool) bool {
	if r.nested++; r.nested > maxNested {
		return r.broken("more than %d resources are inside of each other", maxNested)
	}
	defer func() { r.nested-- }()
	if r.peek() != '{' {
		return r.wrong("must be a resource, which is a JSON object")
	}
	name := resourceType(r.data[r.pos:])
	if len(name) == 0 {
		r.blame("must say in resourceType which resource it is")
		return r.skip()
	}
	t := structure.Resource(string(name))
	if t == nil {
		r.blame("is of resourceType %q, which R4 does not have", clip(string(name)))
		return r.skip()
	}
	if root {
		r.split.typ = t.Name
		if t.Open {
			r.split.typ = string(name)
		}
		if len(r.path) == 0 {
			r.path = append(r.path, step{r.split.typ, -1})
		}
		r.split.on = true
	}
	return r.object(t)
}

// skip reads a value that was blamed already.
func (r *reader) skip() bool {
	if len(r.errs) >= MaxIssues {
		return false
	}
	r.quiet++
	ok := r.any()
	r.quiet--
	return ok
}

// wrong notes that the value is of a wrong kind, then skips it.
func (r *reader) wrong(text string) bool {
	switch r.peek() {
	case '{':
		text += ", not an object"
	case '[':
		text += ", not a list"
	case '"':
		text += ", not a string"
	case 't', 'f':
		text += ", not true or false"
	case 'n':
		text += ", not null; leave the member out if there is no value"
	case 0, '}', ']', ',', ':':
		return r.broken("a value is missing")
	default:
		text += ", not a number"
	}
	r.blame("%s", text)
	return r.skip()
}

// marks is what was seen of one object.
type marks struct {
	seen, twins [2]uint64 // elements and their companions
	chosen      [4]uint8  // 1 + position of the element that each choice took
	named       bool      // resourceType was there
	members     int       // but for id and resourceType
	keys        int       // where the names of unknown members start in reader.keys
}

// object reads an object of a type.
func (r *reader) object(t *structure.Type) bool {
	if t.Open {
		return r.anyObject()
	}
	if !r.enter() {
		return false
	}
	r.pos++
	r.out = append(r.out, '{')
	start, runs := len(r.out), len(r.runs)
	m := marks{keys: len(r.keys)}
	hint := 0
	for first := true; ; first = false {
		name, more, ok := r.member(first)
		if !ok {
			return false
		}
		if !more {
			break
		}
		if hint, ok = r.known(t, &m, name, hint, start); !ok {
			return false
		}
	}
	if len(r.runs) > runs && !r.align(t, runs) {
		return false
	}
	if m.members == 0 && !t.IsResource && !r.blame("must not be empty: leave it out if there is no value") {
		return false
	}
	r.keys = r.keys[:m.keys]
	r.out = append(r.out, '}')
	r.depth--
	return true
}

// known reads the value of a member. It returns where to look for the next name first.
func (r *reader) known(t *structure.Type, m *marks, name []byte, hint, start int) (int, bool) {
	i := t.Find(name, hint)
	twin := false
	if i < 0 && len(name) > 1 && name[0] == '_' {
		i = t.Find(name[1:], hint)
		twin = i >= 0 && hasTwin(&t.Elements[i])
	}
	switch {
	case i < 0 && t.IsResource && string(name) == "resourceType":
		return hint, r.typeMember(m, start)
	case i < 0 || name[0] == '_' && !twin:
		return hint, r.unknown(t, m, name, start)
	}
	e := &t.Elements[i]
	seen := &m.seen
	if twin {
		seen = &m.twins
	}
	if seen[i>>6]&(1<<(i&63)) != 0 {
		r.blame("has the member %q twice", name)
		return i, r.skip()
	}
	seen[i>>6] |= 1 << (i & 63)
	if e.Name != "id" || t == elementType {
		m.members++
	}
	if e.Choice > 0 {
		if had := m.chosen[e.Choice-1]; had != 0 && int(had) != i+1 {
			r.blame("has both %s and %s: only one %s[x] is allowed", t.Elements[had-1].Name, e.Name, t.Path(e))
			return i, r.skip()
		}
		m.chosen[e.Choice-1] = uint8(i + 1)
	}
	r.path = append(r.path, step{t.Path(e), -1})
	ok := r.write(e, i, twin, start)
	r.path = r.path[:len(r.path)-1]
	return i + 1, ok
}

// hasTwin tells whether an element may have a companion with id and extensions.
func hasTwin(e *structure.Element) bool {
	p := e.Type().Primitive
	return p != structure.Complex && p != structure.XHTML && !e.Attr
}

// write reads the value of an element and writes the member.
func (r *reader) write(e *structure.Element, i int, twin bool, start int) bool {
	mark := len(r.out)
	if mark > start {
		r.out = append(r.out, ',')
	}
	r.out = append(r.out, '"')
	if twin {
		r.out = append(r.out, '_')
	}
	r.out = append(r.out, e.Name...)
	r.out = append(r.out, '"', ':')
	value := len(r.out)
	if !r.element(e, i, twin) {
		return false
	}
	if r.split.on && r.depth <= 2 && r.split.take(r, e, twin, r.out[value:]) || r.isEntry() && e.Name == "resource" {
		r.out = r.out[:mark]
	}
	return true
}

// isEntry tells whether the reader is in an entry whose resource is read apart.
func (r *reader) isEntry() bool { return r.entries != nil && r.depth == 3 }

// entry hands the resource of an entry to whoever wants it.
func (r *reader) entry() bool {
	if r.peek() != '{' {
		return r.wrong("must be a resource, which is a JSON object")
	}
	end := objectEnd(r.data[r.pos:])
	if end < 0 {
		return r.broken("an object does not end")
	}
	raw := r.data[r.pos : r.pos+end]
	r.pos += end
	r.out = append(r.out, "{}"...)
	r.entries(r.path[len(r.path)-2].index, raw)
	return true
}

// element reads the value of an element, or its companion.
func (r *reader) element(e *structure.Element, i int, twin bool) bool {
	list := r.peek() == '['
	switch {
	case e.Many && !list:
		return r.wrong("must be a list")
	case !e.Many && list:
		return r.wrong("must be one value")
	case e.Many:
		return r.list(e, i, twin)
	case twin:
		return r.complex(elementType)
	}
	return r.value(e.Type())
}

// value reads one value of a type.
func (r *reader) value(t *structure.Type) bool {
	switch {
	case t.Primitive != structure.Complex:
		return r.primitive(t)
	case t.IsResource:
		if r.isEntry() {
			return r.entry()
		}
		return r.resource(false)
	}
	return r.complex(t)
}

func (r *reader) complex(t *structure.Type) bool {
	if r.peek() != '{' {
		return r.wrong("must be an object")
	}
	return r.object(t)
}

// typeMember reads resourceType, of which the value is known.
func (r *reader) typeMember(m *marks, start int) bool {
	if m.named {
		r.blame("has the member %q twice", "resourceType")
		return r.skip()
	}
	m.named = true
	if r.peek() != '"' {
		return r.wrong("has a resourceType that must be a string")
	}
	mark := len(r.out)
	if mark > start {
		r.out = append(r.out, ',')
	}
	r.out = append(r.out, `"resourceType":`...)
	if _, ok := r.text(); !ok {
		return false
	}
	if r.split.on && r.depth == 1 {
		r.out = r.out[:mark]
	}
	return true
}

// unknown reads a member that the type does not have.
func (r *reader) unknown(t *structure.Type, m *marks, name []byte, start int) bool {
	if !r.allowUnknown {
		r.blame("has no element %q: remove it or check its spelling", clip(string(name)))
		return r.skip()
	}
	if len(r.keys)-m.keys >= maxMembers {
		return r.broken("an object has more than %d unknown members", maxMembers)
	}
	if r.repeated(m.keys, name) {
		r.blame("has the member %q twice", clip(string(name)))
		return r.skip()
	}
	m.members++
	if len(r.out) > start {
		r.out = append(r.out, ',')
	}
	r.out = append(AppendString(r.out, string(name)), ':')
	return r.any()
}

// resourceType returns the resourceType of the object that data starts with, wherever it
// stands among its members; nil if there is none that could be right.
func resourceType(data []byte) []byte {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return nil
			}
		case '"':
			end := i + stringEnd(data[i:])
			if depth == 1 && string(data[i:end]) == `"resourceType"` {
				if value := after(data[end:], ':'); len(value) > 0 && value[0] == '"' {
					return value[1:max(1, stringEnd(value)-1)]
				}
			}
			i = end - 1
		}
	}
	return nil
}

// objectEnd returns the position after the object that data starts with, -1 if it has no end.
func objectEnd(data []byte) int {
	depth := 0
	for i := 0; i < len(data); i++ {
		switch data[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			i += stringEnd(data[i:]) - 1
		}
	}
	return -1
}

// after returns what follows the byte c and white space; nil if c does not come next.
func after(data []byte, c byte) []byte {
	data = bytes.TrimLeft(data, " \t\r\n")
	if len(data) == 0 || data[0] != c {
		return nil
	}
	return bytes.TrimLeft(data[1:], " \t\r\n")
}
