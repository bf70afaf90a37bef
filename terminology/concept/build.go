package concept

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/fhir/room"
)

// details is the first section: the meaning, and the names that records refer to by number.
type details struct {
	Meta       Meta     `json:"meta"`
	Count      int      `json:"count"`
	Languages  []string `json:"languages"`
	Uses       []string `json:"uses"` // JSON of a Coding
	Properties []string `json:"properties"`
	Text       textInfo `json:"text"`
}

// builder writes the flat file of a source.
type builder struct {
	src   *Source
	roles roles
	info  details
	h     *hierarchy
	flags []byte // by document position, then by number

	languages, uses, properties names
}

// names numbers strings in the order of their first use.
type names struct {
	byName map[string]uint32
	list   []string
}

func (n *names) number(s string) uint32 {
	if i, ok := n.byName[s]; ok {
		return i
	}
	if n.byName == nil {
		n.byName = map[string]uint32{}
	}
	i := uint32(len(n.list))
	s = strings.Clone(s)
	n.byName[s], n.list = i, append(n.list, s)
	return i
}

// newBuilder numbers the concepts. It fails with Unprocessable if two concepts have one
// code, or one lies below itself.
func newBuilder(src *Source) (*builder, error) {
	b := &builder{src: src, roles: rolesOf(&src.Meta)}
	b.flags = make([]byte, len(src.records))
	b.languages.number("")
	b.uses.number("")
	edges, byCode, err := b.relate()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(edges, func(a, b edge) int {
		return cmp.Or(cmp.Compare(a.child, b.child), cmp.Compare(a.parent, b.parent))
	})
	edges = slices.Compact(edges)
	b.h, err = order(len(src.records), edges, func(doc uint32) string {
		for code, d := range byCode {
			if d == doc {
				return code
			}
		}
		return ""
	})
	return b, err
}

// link is a property that names a parent or a child.
type link struct {
	doc   uint32
	other string
	up    bool
}

// relate finds codes, flags and who lies below whom.
func (b *builder) relate() ([]edge, map[string]uint32, error) {
	byCode := make(map[string]uint32, len(b.src.records))
	var p parsed
	var links []link
	var edges []edge
	for i := range b.src.records {
		doc := uint32(i)
		p.read(b.src.records[i].json)
		if _, twice := byCode[p.code]; twice {
			return nil, nil, fhir.Errorf(fhir.Unprocessable, "the code system has two concepts with the code %q; keep one", p.code).At("CodeSystem.concept.code")
		}
		byCode[p.code] = doc
		b.flags[i] = b.roles.flags(&p)
		if up := b.src.records[i].parent; up >= 0 {
			edges = append(edges, edge{child: doc, parent: uint32(up)})
		}
		for k := range p.properties {
			v := &p.properties[k]
			up := has(b.roles.parent, v.code)
			if up || has(b.roles.child, v.code) {
				links = append(links, link{doc: doc, other: v.value(), up: up})
			}
		}
	}
	for _, l := range links {
		other, ok := byCode[l.other]
		switch {
		case !ok: // a concept that this system, a fragment, does not hold
		case l.up:
			edges = append(edges, edge{child: l.doc, parent: other})
		default:
			edges = append(edges, edge{child: other, parent: l.doc})
		}
	}
	return edges, byCode, nil
}

// write writes the flat file to f and makes it durable.
func (b *builder) write(f *os.File) error { return b.writeTo(f) }

func (b *builder) writeTo(f target) error {
	w := newWriter(f)
	b.writeConcepts(w)
	b.writeHierarchy(w)
	b.info.Meta, b.info.Count = b.src.Meta, len(b.src.records)
	b.info.Languages, b.info.Uses, b.info.Properties = b.languages.list, b.uses.list, b.properties.list
	head, err := json.Marshal(b.info)
	if err != nil {
		return err
	}
	w.section(secMeta, head)
	return w.finish()
}

func (b *builder) writeHierarchy(w *writer) {
	h := b.h
	flags := make([]byte, len(b.flags))
	for k, doc := range h.doc {
		flags[k] = b.flags[doc]
	}
	w.section(secFlags, flags)
	w.numbers(secDocument, h.doc)
	w.numbers(secEnd, h.end)
	extra := csr{start: make([]uint32, len(h.extra)+1)}
	for k, e := range h.extra {
		extra.list = append(extra.list, e...)
		extra.start[k+1] = uint32(len(extra.list))
	}
	w.lists(secExtra, secExtraStart, &extra)
	w.lists(secParent, secParentStart, &h.parents)
	w.lists(secChild, secChildStart, &h.children)
}

// strings is a section of texts and one of where each starts.
type texts struct {
	bytes []byte
	start []byte
}

func (t *texts) end() {
	t.start = binary.LittleEndian.AppendUint32(room.For(t.start, 4), uint32(len(t.bytes)))
}

func (t *texts) add(s string) {
	t.bytes = append(room.For(t.bytes, len(s)), s...)
	t.end()
}

// each takes the concepts apart, in the order of their numbers.
func (b *builder) each(take func(k uint32, p *parsed)) {
	var p parsed
	for k, doc := range b.h.doc {
		p.read(b.src.records[doc].json)
		take(uint32(k), &p)
	}
}

// writeConcepts reads all concepts several times, so that there is one kind of sections in
// memory at a time.
func (b *builder) writeConcepts(w *writer) {
	codes := b.writeTexts(w)
	if w.err != nil {
		return
	}
	props := newProperties(b)
	b.each(func(k uint32, p *parsed) { props.add(k, p.properties) })
	props.write(w)
	props = nil
	words := newTextBuilder(b.src.Meta.Language, func(k uint32) byte { return b.flags[b.h.doc[k]] })
	b.each(words.add)
	b.info.Text = words.write(w, &codes)
}

// writeTexts writes what concepts are called, and returns their codes.
func (b *builder) writeTexts(w *writer) texts {
	var codes, displays, definitions texts
	codes.end()
	displays.end()
	definitions.end()
	var own extensions
	d := newDesignations(b)
	b.each(func(k uint32, p *parsed) {
		codes.add(p.code)
		displays.add(p.display)
		definitions.add(p.definition)
		own.add(k, p.extensions)
		d.add(p.designations)
	})
	if max(len(codes.bytes), len(displays.bytes), len(definitions.bytes)) > int(maxSection) {
		w.err = fhir.Errorf(fhir.TooLarge, "the texts of the code system are larger than 4 GB")
		return codes
	}
	w.section(secCode, codes.bytes)
	w.section(secCodeStart, codes.start)
	w.numbers(secTable, table(&codes, b.src.Meta.CaseSensitive))
	w.section(secDisplay, displays.bytes)
	w.section(secDisplayStart, displays.start)
	w.section(secDefinition, definitions.bytes)
	w.section(secDefinitionStart, definitions.start)
	d.write(w)
	own.write(w, &d.extensions)
	return codes
}

// table is an open hash table of codes: each slot holds a concept number plus one, or zero.
func table(codes *texts, caseSensitive bool) []uint32 {
	n := len(codes.start)/4 - 1
	size := 8
	for size < n*3/2+1 {
		size *= 2
	}
	slots := make([]uint32, size)
	start := u32s(codes.start)
	for k := range uint32(n) {
		code := codes.bytes[start.at(k):start.at(k+1)]
		if !caseSensitive {
			code = bytes.ToLower(code)
		}
		at := hashCode(code) & uint32(size-1)
		for slots[at] != 0 {
			at = (at + 1) & uint32(size-1)
		}
		slots[at] = k + 1
	}
	return slots
}
