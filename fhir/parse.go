package fhir

import (
	"bytes"
	"sync"
	"time"

	"masjala/fhir/structure"
)

// Parse reads one resource from JSON, strictly: what R4 does not define, what JSON does
// not allow, and what a primitive type cannot be, is an error that names the path. Up to
// [MaxIssues] are joined; each is an [Error] of kind Invalid. Cardinality below, required
// codes and invariants are not looked at. Nothing of data is kept.
//
// Types of R4 that are not in package structure are read without knowledge of their
// elements. A byte order mark is skipped.
func Parse(data []byte) (*Resource, error) {
	s, err := read(data, false, nil)
	return s.resource, err
}

// ParseLenient is Parse but for members that R4 does not define: they are kept as they
// came, checked only as JSON. It is for resources of servers that we follow.
func ParseLenient(data []byte) (*Resource, error) {
	s, err := read(data, true, nil)
	return s.resource, err
}

// sent is a resource with what its sender said of the version.
type sent struct {
	resource *Resource
	version  string
	updated  time.Time
}

var readers = sync.Pool{New: func() any { return new(reader) }}

// read reads one resource; base is the path it stands at, nil for one by itself.
func read(data []byte, allowUnknown bool, base []step) (sent, error) {
	r := readers.Get().(*reader)
	defer r.release()
	r.data, r.allowUnknown = bytes.TrimPrefix(data, []byte("\ufeff")), allowUnknown
	r.path = append(r.path[:0], base...)
	if err := r.whole(); err != nil {
		return sent{}, err
	}
	return r.split.sent(r.take()), nil
}

// keep is how large a buffer is kept for the next resource.
const keep = 1 << 20

// take returns the canonical text as bytes of its own: a copy, or the buffer itself where
// that is large and well filled.
func (r *reader) take() []byte {
	if cap(r.out) <= keep || len(r.out) < cap(r.out)/4*3 {
		return bytes.Clone(r.out)
	}
	body := r.out
	r.out = nil
	return body
}

// whole reads the data from start to end.
func (r *reader) whole() error {
	switch {
	case len(r.data) > MaxBytes:
		return Errorf(TooLarge, "The resource has %d bytes; at most %d are read.", len(r.data), MaxBytes)
	case r.peek() == 0 && r.pos == len(r.data):
		return Errorf(Invalid, "The body is empty; send one FHIR resource in JSON.")
	}
	if cap(r.out) < len(r.data) && r.entries == nil {
		r.out = make([]byte, 0, len(r.data))
	}
	if r.resource(true) {
		if r.peek(); r.pos < len(r.data) {
			r.broken("something follows the resource")
		}
	}
	return r.err()
}

// release gives the reader back, without what it read.
func (r *reader) release() {
	old := *r
	*r = reader{path: old.path[:0], runs: old.runs[:0]}
	if cap(old.out) <= keep {
		r.out = old.out[:0]
	}
	readers.Put(r)
}

// split takes the members that a [Resource] keeps apart from its body.
type split struct {
	on               bool // the resource is read whose members are taken
	typ, id          string
	meta             []byte
	version, updated string
}

// take looks at an element that was read; it tells whether it does not belong where it stands.
func (s *split) take(r *reader, e *structure.Element, twin bool, value []byte) bool {
	if r.depth == 1 {
		return !twin && s.member(e.Name, value)
	}
	if r.path[len(r.path)-2].name != "meta" {
		return false
	}
	switch {
	case e.Name == "versionId" && !twin:
		s.version = unquote(value)
	case e.Name == "lastUpdated" && !twin:
		s.updated = unquote(value)
	case e.Name != "versionId" && e.Name != "lastUpdated":
		return false
	}
	return true
}

// member takes a member of the resource itself.
func (s *split) member(name string, value []byte) bool {
	switch name {
	case "id":
		s.id = unquote(value)
	case "meta":
		s.meta = nil
		if len(value) > 2 {
			s.meta = bytes.Clone(value)
		}
	case "resourceType":
	default:
		return false
	}
	return true
}

func (s *split) sent(body []byte) sent {
	out := sent{version: s.version}
	out.resource = &Resource{Type: s.typ, ID: s.id, Meta: s.meta, Body: body}
	if s.updated != "" {
		out.updated, _ = ParseInstant(s.updated) // its form was checked
	}
	return out
}
