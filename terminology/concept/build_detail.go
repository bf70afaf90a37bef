package concept

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"

	"masjala/fhir/room"
)

const (
	designationSize = 16 // language, use, offset, length
	propertySize    = 16 // property, kind with the group above it, offset, length
	postingSize     = 20 // property, offset and length of the value, first and count in the list
)

// designations gathers the designation sections.
type designations struct {
	b       *builder
	records []byte
	start   []uint32
	text    pool

	extensions extensions
}

func newDesignations(b *builder) *designations {
	return &designations{b: b, start: []uint32{0}}
}

func (d *designations) add(list []parsedDesignation) {
	for _, x := range list {
		d.extensions.add(uint32(len(d.records)/designationSize), x.extensions)
		off := d.text.put(x.value)
		d.records = room.For(d.records, designationSize)
		d.records = binary.LittleEndian.AppendUint32(d.records, d.b.languages.number(x.language))
		d.records = binary.LittleEndian.AppendUint32(d.records, d.b.uses.number(x.use))
		d.records = binary.LittleEndian.AppendUint32(d.records, off)
		d.records = binary.LittleEndian.AppendUint32(d.records, uint32(len(x.value)))
	}
	d.start = append(d.start, uint32(len(d.records)/designationSize))
}

func (d *designations) write(w *writer) {
	w.section(secDesignation, d.records)
	w.numbers(secDesignationStart, d.start)
	w.section(secDesignationText, d.text.bytes)
}

// pool keeps texts, short ones once.
type pool struct {
	bytes []byte
	known map[string]uint32
}

// pooled is the length up to which texts are looked for among those kept.
const pooled = 24

func (p *pool) put(s string) uint32 {
	if len(s) <= pooled {
		if at, ok := p.known[s]; ok {
			return at
		}
		if p.known == nil {
			p.known = map[string]uint32{}
		}
		p.known[s] = uint32(len(p.bytes))
	}
	at := uint32(len(p.bytes))
	p.bytes = append(room.For(p.bytes, len(s)), s...)
	return at
}

// properties gathers the property sections and the postings by value.
type properties struct {
	b       *builder
	records []byte
	start   []uint32
	text    pool
	posts   []post
}

// post says that a concept has a value for a property.
type post struct {
	property, off, len, number uint32
}

func newProperties(b *builder) *properties {
	return &properties{b: b, start: []uint32{0}}
}

func (q *properties) add(k uint32, list []parsedProperty) {
	for i := range list {
		x := &list[i]
		code := q.b.properties.number(x.code)
		off := q.text.put(x.text)
		q.records, q.posts = room.For(q.records, propertySize), room.For(q.posts, 1)
		q.records = binary.LittleEndian.AppendUint32(q.records, code)
		q.records = binary.LittleEndian.AppendUint32(q.records, uint32(x.kind)|uint32(x.group)<<groupShift)
		q.records = binary.LittleEndian.AppendUint32(q.records, off)
		q.records = binary.LittleEndian.AppendUint32(q.records, uint32(len(x.text)))
		if v := x.value(); x.kind == KindCoding {
			q.posts = append(q.posts, post{code, q.text.put(v), uint32(len(v)), k})
		} else {
			q.posts = append(q.posts, post{code, off, uint32(len(v)), k})
		}
	}
	q.start = append(q.start, uint32(len(q.records)/propertySize))
}

func (q *properties) value(p *post) []byte { return q.text.bytes[p.off : p.off+p.len] }

func (q *properties) write(w *writer) {
	w.section(secProperty, q.records)
	w.numbers(secPropertyStart, q.start)
	w.section(secPropertyText, q.text.bytes)
	slices.SortStableFunc(q.posts, func(a, b post) int {
		return cmp.Or(cmp.Compare(a.property, b.property), bytes.Compare(q.value(&a), q.value(&b)), cmp.Compare(a.number, b.number))
	})
	var keys []byte
	var list []uint32
	for i := 0; i < len(q.posts); {
		p := &q.posts[i]
		first := len(list)
		for ; i < len(q.posts) && q.posts[i].property == p.property && bytes.Equal(q.value(&q.posts[i]), q.value(p)); i++ {
			if n := q.posts[i].number; len(list) == first || list[len(list)-1] != n {
				list = append(room.For(list, 1), n)
			}
		}
		for _, n := range []uint32{p.property, p.off, p.len, uint32(first), uint32(len(list) - first)} {
			keys = binary.LittleEndian.AppendUint32(room.For(keys, 4), n)
		}
	}
	w.section(secPosting, keys)
	w.numbers(secPostingList, list)
}
