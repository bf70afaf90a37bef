package cache

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"
	"unsafe"

	"masjala/fhir"
)

// How the content of an entry was written.
const (
	isLinked     = 1 << iota // its links are known
	isShort                  // its UUIDs are written short
	isCompressed             // with the dictionary of its type
	isUUID                   // its id is a UUID
)

// head is what an entry begins with, before the content.
type head struct {
	kind, flags       uint8
	version, updated  int64
	id                []byte // 16 bytes of a UUID, or the text
	meta, body, links int    // their lengths
	data              []byte
}

// readHead reads an entry; false when it is none.
func readHead(b []byte) (h head, ok bool) {
	if len(b) < 2 {
		return h, false
	}
	h.kind, h.flags, b = b[0], b[1], b[2:]
	ok = true
	number := func() int {
		v, n := binary.Uvarint(b)
		if n <= 0 || v > 1<<62 {
			ok = false
			return 0
		}
		b = b[n:]
		return int(v)
	}
	h.version = int64(number())
	updated := number()
	h.updated = int64(updated>>1) ^ -int64(updated&1)
	size := fhir.UUIDSize
	if h.flags&isUUID == 0 {
		size = number()
	}
	if !ok || size > len(b) {
		return h, false
	}
	h.id, b = b[:size], b[size:]
	h.meta, h.body, h.links = number(), number(), number()
	h.data = b
	return h, ok
}

// appendID appends the id.
func (h *head) appendID(dst []byte) []byte {
	if h.flags&isUUID == 0 {
		return append(dst, h.id...)
	}
	return fhir.AppendUUIDText(dst, h.id)
}

// name is the id.
func (h *head) name() string {
	var room [fhir.UUIDText]byte
	return string(h.appendID(room[:0]))
}

// named tells whether the entry is of an id.
func (h *head) named(id string) bool {
	var room [fhir.UUIDText]byte
	return string(h.appendID(room[:0])) == id
}

// packer packs and unpacks versions. Its room is used again.
type packer struct {
	entry   []byte // as a ring keeps it
	text    []byte // what is compressed
	short   []byte
	moved   []byte
	evicted []evicted
}

// evicted is a version that had to go.
type evicted struct {
	seq  int64
	kind uint8
	id   string
}

var packers = sync.Pool{New: func() any { return new(packer) }}

func take() *packer { return packers.Get().(*packer) }

// give makes the packer ready for the next. One that grew much is left to the collector.
func (p *packer) give() {
	const most = 256 << 10
	if cap(p.entry)+cap(p.text)+cap(p.short)+cap(p.moved) > most {
		return
	}
	clear(p.evicted)
	p.evicted = p.evicted[:0]
	packers.Put(p)
}

// evict notes an entry that has to go.
func (p *packer) evict(seq int64, entry []byte) {
	if h, ok := readHead(entry); ok {
		p.evicted = append(p.evicted, evicted{seq, h.kind, h.name()})
	}
}

// fetch copies an entry from its shelf; false when it is not there.
func (p *packer) fetch(s *shelf, seq int64) (head, bool) {
	p.entry = s.read(seq, p.entry[:0])
	return readHead(p.entry)
}

// pack makes the entry of a version.
func (p *packer) pack(v *Kept, k *kind) {
	r := v.Resource
	p.text = append(append(append(p.text[:0], r.Meta...), r.Body...), v.Links...)
	flags, data := byte(0), p.text
	if v.Linked {
		flags |= isLinked
	}
	if short, ok := shorten(p.short[:0], p.text); ok {
		flags, data, p.short = flags|isShort, short, short
	}
	if d := k.dict.Load(); d == nil {
		k.learn(data)
	} else if flags&isShort != 0 {
		p.text = d.encode(p.text[:0], data)
		flags, data = flags|isCompressed, p.text
	} else {
		p.short = d.encode(p.short[:0], data)
		flags, data = flags|isCompressed, p.short
	}
	p.entry = append(p.entry[:0], k.number, 0)
	p.entry = binary.AppendUvarint(p.entry, uint64(r.Version))
	p.entry = binary.AppendVarint(p.entry, r.Updated.UnixMilli())
	if e, ok := fhir.AppendUUID(p.entry, r.ID); ok && len(r.ID) == fhir.UUIDText {
		flags, p.entry = flags|isUUID, e
	} else {
		p.entry = append(binary.AppendUvarint(p.entry, uint64(len(r.ID))), r.ID...)
	}
	for _, n := range [...]int{len(r.Meta), len(r.Body), len(v.Links)} {
		p.entry = binary.AppendUvarint(p.entry, uint64(n))
	}
	p.entry[1] = flags
	p.entry = append(p.entry, data...)
}

// unpack makes a version of an entry that was fetched, with its links when they are wanted, but without
// its number. It has memory of its own, in two pieces.
func (p *packer) unpack(h *head, k *kind, linked bool) (Kept, bool) {
	body := h.meta + h.body
	size := body
	if linked {
		size += h.links
	}
	text, ok := p.appendText(make([]byte, 0, size+max(len(h.id), fhir.UUIDText)), h, k, size)
	if !ok {
		return Kept{}, false
	}
	text = h.appendID(text)
	r := &fhir.Resource{
		Type: k.name, ID: readOnly(text[size:]), Version: h.version, Updated: h.time(),
		Body: text[h.meta:body:body],
	}
	if h.meta > 0 {
		r.Meta = text[:h.meta:h.meta]
	}
	return Kept{Resource: r, Links: readOnly(text[body:size]), Linked: linked && h.flags&isLinked != 0}, true
}

// appendText appends the first bytes, so many, of what an entry was made of; false when it is damaged.
func (p *packer) appendText(dst []byte, h *head, k *kind, size int) ([]byte, bool) {
	data, begin := h.data, len(dst)
	if h.flags&isCompressed != 0 {
		var err error
		if data, err = k.dict.Load().Decode(p.text[:0], data); err != nil {
			return dst, false
		}
		p.text = data
	}
	if h.flags&isShort != 0 {
		dst = lengthen(dst, data, size)
	} else {
		dst = append(dst, data[:min(size, len(data))]...)
	}
	return dst, len(dst) == begin+size
}

// appendJSON appends the JSON of a version that was fetched and has an id. Meta and body are written where they
// are to stand: a comma replaces the brace that each begins with.
func (p *packer) appendJSON(dst []byte, h *head, k *kind, id string) ([]byte, bool) {
	r := fhir.Resource{Type: k.name, ID: id, Version: h.version, Updated: h.time()}
	dst = r.AppendStart(slices.Grow(dst, h.meta+h.body+roomOfStart))
	if h.meta == 0 {
		dst = append(dst, '}')
	}
	meta := len(dst)
	dst, ok := p.appendText(dst, h, k, h.meta+h.body)
	if !ok {
		return dst, false
	}
	dst[meta], dst[meta+h.meta] = ',', ','
	return dst, true
}

// roomOfStart is room for what comes before the members of meta.
const roomOfStart = 256

// joinable tells whether appendJSON can write a version: its parts are not empty objects.
func (h *head) joinable() bool {
	const empty = len("{}")
	return h.version > 0 && h.body > empty && (h.meta == 0 || h.meta > empty)
}

// time is when the version was written.
func (h *head) time() time.Time { return time.UnixMilli(h.updated).UTC() }

// readOnly makes a string of bytes that nobody writes to any more.
func readOnly(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
