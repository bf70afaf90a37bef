package search

import (
	"slices"
	"sync"
	"unsafe"

	"masjala/fhir"
	"masjala/fhir/room"
)

// Extract returns the index rows of a resource: under what each search parameter of its
// type finds it. Values that cannot be read make no row. Logical id and time of the last
// update are no rows; they are columns of the store.
func Extract(r *fhir.Resource) []Entry {
	i := slices.Index(types, r.Type)
	if i < 0 {
		return nil
	}
	room := rooms.Get().(*[]Entry)
	x := extractor{s: whole(r.Body), entries: (*room)[:0]}
	if len(x.s) > 2 {
		x.object(tables().plans[i], 0)
	}
	if len(r.Meta) > 2 {
		x.s = string(r.Meta)
		x.object(metaPlan, 0)
	}
	if len(x.entries) > roomy {
		return slices.Clip(x.entries)
	}
	out := slices.Clone(x.entries)
	clear(x.entries) // keeps no text alive
	*room = x.entries
	rooms.Put(room)
	return out
}

// longBody is the number of bytes from which on a body is not copied: the rows, which are
// used while the resource is stored, then refer to it.
const longBody = 1 << 20

// whole returns a body as a text. Bodies do not change.
func whole(body []byte) string {
	if len(body) < longBody {
		return string(body)
	}
	return unsafe.String(unsafe.SliceData(body), len(body))
}

// roomy is how many rows a list may have that is used again.
const roomy = 1024

// rooms are lists in which rows are collected before their number is known.
var rooms = sync.Pool{New: func() any { return new([]Entry) }}

// extractor walks one JSON text.
type extractor struct {
	s       string
	entries []Entry
	seen    map[string]struct{} // rows so far, once they are many
}

// object walks the object at i and returns the position after it.
func (x *extractor) object(n *node, i int) int {
	if i >= len(x.s) || x.s[i] != '{' {
		return skip(x.s, i)
	}
	return members(x.s, i, func(name string, at int) int {
		for e := range n.edges {
			if n.edges[e].name == name {
				return x.member(n, &n.edges[e], at)
			}
		}
		return skip(x.s, at)
	})
}

// member walks the value at i of a member that an edge leads to.
func (x *extractor) member(n *node, e *edge, i int) int {
	if e.direct {
		return items(x.s, i, func(at int) int { return x.object(e.to, at) })
	}
	return items(x.s, i, func(at int) int {
		for j := range n.edges {
			if other := &n.edges[j]; other.name == e.name && x.takes(other, at) {
				for _, p := range other.parameters {
					x.leaf(p, at)
				}
				if len(other.to.edges) > 0 {
					x.object(other.to, at)
				}
			}
		}
		return skip(x.s, at)
	})
}

// takes tells whether the value at i passes the filter of an edge.
func (x *extractor) takes(e *edge, i int) bool {
	return e.filter == "" || x.field(i, e.filter) == e.want
}

// field returns the text of a member of the object at i.
func (x *extractor) field(i int, name string) (text string) {
	if i >= len(x.s) || x.s[i] != '{' {
		return ""
	}
	members(x.s, i, func(n string, at int) int {
		if n == name {
			text = scalar(x.s, at)
		}
		return skip(x.s, at)
	})
	return text
}

// many is how many rows are compared one by one before a set is kept.
const many = 64

// add appends a row unless the resource has it already.
func (x *extractor) add(e Entry) {
	if len(x.entries) < many {
		for i := range x.entries {
			if o := &x.entries[i]; o.Kind == e.Kind && o.Code == e.Code && o.Text == e.Text && *o == e {
				return
			}
		}
		x.entries = append(x.entries, e)
		return
	}
	if x.seen == nil {
		x.seen = make(map[string]struct{}, 2*many)
		for i := range x.entries {
			x.seen[x.entries[i].key()] = struct{}{}
		}
	}
	if e.Kind == Token || e.Kind == String || e.Kind == URI {
		k := e.key()
		if _, had := x.seen[k]; had {
			return
		}
		x.seen[k] = struct{}{}
	}
	x.entries = append(room.For(x.entries, 1), e)
}

// key tells rows of texts and codes apart.
func (e *Entry) key() string {
	return e.Param + "\x00" + e.System + "\x00" + e.Code + "\x00" + e.Text + "\x00" + e.Exact
}
