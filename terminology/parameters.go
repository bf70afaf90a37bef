package terminology

import (
	"bytes"
	"sync"

	"masjala/fhir"
)

// parameters builds the JSON of a Parameters resource, or of the parts of a parameter.
type parameters struct {
	b    []byte
	some bool
}

// builders are those that are done, with their buffers.
var builders = sync.Pool{New: func() any { return new(parameters) }}

func newParameters() *parameters {
	p := builders.Get().(*parameters)
	p.b, p.some = append(p.b[:0], `{"resourceType":"Parameters","parameter":[`...), false
	return p
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
	p.name(name)
	p.b = append(p.b, `,"value`...)
	p.b = append(p.b, typ...)
	p.b = append(p.b, `":`...)
	p.b = fhir.AppendString(p.b, value)
	p.b = append(p.b, '}')
}

// bytes is text with the value as bytes.
func (p *parameters) bytes(name, typ string, value []byte) {
	if len(value) == 0 {
		return
	}
	p.name(name)
	p.b = append(p.b, `,"value`...)
	p.b = append(p.b, typ...)
	p.b = append(p.b, `":`...)
	p.b = fhir.AppendBytes(p.b, value)
	p.b = append(p.b, '}')
}

// raw adds a parameter whose value is JSON already.
func (p *parameters) raw(name, typ, value string) {
	p.name(name)
	p.b = append(p.b, `,"value`...)
	p.b = append(p.b, typ...)
	p.b = append(p.b, `":`...)
	p.b = append(p.b, value...)
	p.b = append(p.b, '}')
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

// done returns the resource. The builder must not be used afterwards.
func (p *parameters) done() []byte {
	p.b = append(p.b, "]}"...)
	out := bytes.Clone(p.b)
	if cap(p.b) <= largestRoom {
		builders.Put(p)
	}
	return out
}

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
