package index

import (
	"encoding/binary"
	"slices"
	"strings"

	"masjala/fhir/search"
	"masjala/store/index/rids"
	"masjala/store/index/text"
)

// View answers from one state of the index. It is for the goroutine that [Index.View] runs.
type View struct {
	seq   int64
	base  *file
	delta *delta
	mask  *rids.Set

	room  rids.Room
	kids  []*rids.Set
	posts []posting
	list  []uint32
	buf   text.Buffer
	hits  []Hit
}

// begin makes the View ready.
func (v *View) begin(seq int64, base *file, d *delta) {
	v.seq, v.base, v.delta = seq, base, d
	v.mask = v.room.Mutable(&d.mask)
}

// end lets go of all that the View refers to.
func (v *View) end() {
	v.room.Reset()
	clear(v.kids)
	clear(v.posts)
	if cap(v.hits) > keptHits {
		v.hits = nil
	}
	v.base, v.delta, v.mask = nil, nil, nil
}

// Seq is the sequence number of the state.
func (v *View) Seq() int64 { return v.seq }

// Of returns the set of given resources.
func (v *View) Of(list []uint32) Set {
	v.kids = v.kids[:0]
	all := v.room.Copy(list)
	slices.Sort(all)
	all = slices.Compact(all)
	s := v.room.List(all)
	return Set{v, s, v.room.And(s, v.mask)}
}

// Live returns the current resources of a type.
func (v *View) Live(typ uint8) Set {
	return Set{v, v.find(keyOf(keyLive, int64(typ), ""), 0, anySub), v.room.Mutable(v.delta.live[typ])}
}

// Token returns the resources with a code; of a system, or with anySystem of any or none.
func (v *View) Token(param int64, code string, system int64, anySystem bool) Set {
	which := onlySub
	if anySystem {
		which = anySub
	}
	return v.key(keyOf(search.Token, param, code), system, which)
}

// Reference returns the resources that refer to an id of a type, or with anyType of any
// type. For an address elsewhere id is the address and typ is 0.
func (v *View) Reference(param int64, id string, typ int64, anyType bool) Set {
	which := onlySub
	if anyType {
		which, typ = exceptSub, 0
	}
	return v.key(keyOf(search.Reference, param, id), typ, which)
}

// URI returns the resources with a URI.
func (v *View) URI(param int64, uri string) Set {
	return v.key(keyOf(search.URI, param, uri), 0, anySub)
}

// Exact returns the resources with a text as it was written, whose folded form is given too;
// false if the texts of the parameter are not indexed.
func (v *View) Exact(param int64, written string, folded string) (Set, bool) {
	if v.base.texts[param] == nil && v.base.has(param) {
		return Set{}, false
	}
	return v.key(exactKey(param, folded, written), 0, anySub), true
}

// Has returns the resources with any value for a parameter.
func (v *View) Has(param int64) Set {
	return Set{v, v.find(keyOf(keyHas, param, ""), 0, anySub), v.room.Mutable(v.delta.has[param])}
}

// Prefix returns the resources with a text that begins with folded; false if the
// base has texts of the parameter and does not index them.
func (v *View) Prefix(param int64, folded string) (Set, bool) {
	r := v.base.texts[param]
	var base *rids.Set
	switch {
	case r != nil:
		base = v.found(r.Prefix(folded, &v.buf))
	case v.base.has(param):
		return Set{}, false
	}
	return Set{v, base, v.lines(param, folded, (*lines).prefix)}, true
}

// Contains returns the resources with a text that has folded in it; false if the
// base has texts of the parameter and does not index them that deep.
func (v *View) Contains(param int64, folded string) (Set, bool) {
	r := v.base.texts[param]
	var base *rids.Set
	switch {
	case r != nil:
		found, ok := r.Contains(folded, &v.buf)
		if !ok {
			return Set{}, false
		}
		base = v.found(found)
	case v.base.has(param):
		return Set{}, false
	}
	return Set{v, base, v.lines(param, folded, (*lines).contains)}, true
}

// found makes a set of what a text index found.
func (v *View) found(r text.Rids) *rids.Set {
	if r.Bitmap == nil {
		return v.room.List(v.room.Copy(r.List))
	}
	return v.bitmap(r.Bitmap)
}

// lines makes a set of what is found in the texts of the delta.
func (v *View) lines(param int64, folded string, find func(*lines, *delta, string, []uint32) []uint32) *rids.Set {
	l := v.delta.texts[param]
	if l == nil || strings.IndexByte(folded, 0) >= 0 { // no text has a NUL
		return nil
	}
	v.list = find(l, v.delta, folded, v.list[:0])
	slices.Sort(v.list)
	return v.room.List(v.room.Copy(slices.Compact(v.list)))
}

// bitmap makes a set of a bitmap of the file, whose checksum was right.
func (v *View) bitmap(b []byte) *rids.Set {
	s, err := v.room.Bitmap(b)
	if err != nil {
		panic(err) // the builder wrote it so
	}
	return s
}

// Which entries of a key are meant.
type choice uint8

const (
	anySub choice = iota
	onlySub
	exceptSub
)

func (c choice) takes(have, want int64) bool {
	return c == anySub || (have == want) == (c == onlySub)
}

// key returns the resources of some entries of a key.
func (v *View) key(k digest, which int64, c choice) Set {
	s := Set{v: v, base: v.find(k, which, c)}
	for e := v.delta.keys[k]; e != nil; e = e.next {
		if c.takes(e.sub, which) {
			s.delta = v.room.Or(s.delta, e.set(&v.room))
		}
	}
	return s
}

// find returns what the base has for some entries of a key.
func (v *View) find(k digest, which int64, c choice) *rids.Set {
	value, ok := v.base.find(&k)
	if !ok {
		return nil
	}
	if value&elsewhere == 0 {
		if !c.takes(int64(value>>32), which) {
			return nil
		}
		one := [1]uint32{uint32(value)}
		return v.room.List(v.room.Copy(one[:]))
	}
	v.posts = v.base.readPostings(value&^elsewhere, v.posts[:0])
	v.kids = v.kids[:0]
	for i := range v.posts {
		if p := &v.posts[i]; c.takes(p.sub, which) {
			v.kids = append(v.kids, v.posting(p))
		}
	}
	return v.room.Or(v.kids...)
}

// posting makes a set of an entry.
func (v *View) posting(p *posting) *rids.Set {
	if p.size > 0 {
		return v.bitmap(p.b)
	}
	var room [rids.Few]uint32
	list := room[:p.n]
	for i := range list {
		list[i] = binary.LittleEndian.Uint32(p.b[4*i:])
	}
	return v.room.List(v.room.Copy(list))
}

// Find returns the rid of a current resource; false when there is none.
func (v *View) Find(typ uint8, id string) (uint32, bool) {
	if rid, ok := v.delta.ids[named{typ, id}]; ok {
		return rid, true
	}
	k := keyOf(keyID, int64(typ), id)
	value, ok := v.base.find(&k)
	rid := uint32(value)
	if !ok || v.delta.hides(rid) {
		return 0, false
	}
	return rid, true
}

// Doc returns type and sequence number of a current resource; zeros of any other.
func (v *View) Doc(rid uint32) (typ uint8, seq int64) {
	if v.delta.hides(rid) {
		if c := v.delta.docs[rid]; !c.deleted {
			return c.typ, c.seq
		}
		return 0, 0
	}
	if int(rid) >= len(v.base.types) {
		return 0, 0
	}
	return v.base.types[rid], int64(binary.LittleEndian.Uint64(v.base.seqs[8*rid:]))
}
