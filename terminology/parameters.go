package terminology

import (
	"slices"

	"masjala/fhir"
)

// parameters builds the JSON of a Parameters resource, or of the parts of a parameter.
type parameters struct {
	b    []byte
	some bool
}

// answerRoom is the room for an answer where the caller gives none.
const answerRoom = 512

// newParameters begins a resource at the end of dst.
func newParameters(dst []byte) parameters {
	if cap(dst) == 0 {
		dst = make([]byte, 0, answerRoom)
	}
	return parameters{b: append(dst, `{"resourceType":"Parameters","parameter":[`...)}
}

// name begins a parameter.
func (p *parameters) name(name string) {
	if p.some {
		p.b = append(p.b, ',')
	}
	p.some = true
	p.b = append(p.b, `{"name":"`...)
	p.b = append(p.b, name...)
	p.b = append(p.b, '"')
}

// text adds a parameter with a text value of a type such as String or Code, unless the
// value is empty.
func (p *parameters) text(name, typ, value string) {
	if value == "" {
		return
	}
	p.begun(name, typ, len(value))
	p.b = append(fhir.AppendString(p.b, value), '}')
}

// bytes is text with the value as bytes.
func (p *parameters) bytes(name, typ string, value []byte) {
	if len(value) == 0 {
		return
	}
	p.begun(name, typ, len(value))
	p.b = append(fhir.AppendBytes(p.b, value), '}')
}

// begun begins a parameter up to its value, which has some bytes, in one step.
func (p *parameters) begun(name, typ string, size int) {
	const before, between, after = `,{"name":"`, `","value`, `":`
	b := slices.Grow(p.b, len(before)+len(name)+len(between)+len(typ)+len(after)+size+len(`""}`))
	n := len(b)
	b = b[:cap(b)]
	if p.some {
		n += copy(b[n:], before)
	} else {
		n += copy(b[n:], before[1:])
	}
	n += copy(b[n:], name)
	n += copy(b[n:], between)
	n += copy(b[n:], typ)
	n += copy(b[n:], after)
	p.b, p.some = b[:n], true
}

// raw adds a parameter whose value is JSON already.
func (p *parameters) raw(name, typ, value string) {
	p.begun(name, typ, len(value))
	p.b = append(append(p.b, value...), '}')
}

// coding adds a parameter with a Coding.
func (p *parameters) coding(name string, c Coding) {
	p.name(name)
	p.b = append(p.b, `,"valueCoding":`...)
	p.b = appendCoding(p.b, c)
	p.b = append(p.b, '}')
}

func (p *parameters) boolean(name string, value bool) {
	if value {
		p.raw(name, "Boolean", "true")
	} else {
		p.raw(name, "Boolean", "false")
	}
}

// begin starts a parameter with parts; end finishes it.
func (p *parameters) begin(name string) {
	p.name(name)
	p.b = append(p.b, `,"part":[`...)
	p.some = false
}

func (p *parameters) end() {
	p.b = append(p.b, "]}"...)
	p.some = true
}

// done ends the resource and returns it, behind what it was appended to.
func (p *parameters) done() []byte { return append(p.b, "]}"...) }

// appendCoding appends a Coding, without empty members.
func appendCoding(dst []byte, c Coding) []byte {
	dst = append(dst, '{')
	start := len(dst)
	member := func(name, value string) {
		if value == "" {
			return
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, `":`...)
		dst = fhir.AppendString(dst, value)
	}
	member("system", c.System)
	member("version", c.Version)
	member("code", c.Code)
	member("display", c.Display)
	return append(dst, '}')
}
