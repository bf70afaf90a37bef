package index

import (
	"strings"

	"masjala/fhir/search"
	"masjala/store/globe"
	"masjala/store/index/rids"
)

// delta holds every resource that changed since the base was made, as it is now. What the
// base says of them does not count.
type delta struct {
	docs    map[uint32]*change
	mask    rids.Mutable // the rids of docs
	ids     map[named]uint32
	keys    map[digest]*cell
	has     map[int64]*rids.Mutable
	live    map[uint8]*rids.Mutable
	texts   map[int64]*lines
	points  map[band][]point // in the order of cells
	marks   uint32
	several int  // resources with more than one place
	depths  Text // of the base
	rows    int  // of docs
}

type named struct {
	typ uint8
	id  string
}

// change is the state of a resource in a delta.
type change struct {
	typ     uint8
	deleted bool
	again   bool // its rows changed without a new version
	mark    uint32
	seq     int64 // of its version
	applied int64 // the store's when it came
	id      string
	cells   []*cell
	params  []int64
	texts   []*lines
	points  []band
	rows    int
}

// cell is an entry of a key: the resources with one system or target type. It is never
// empty, and most have one.
type cell struct {
	key  digest
	sub  int64
	next *cell
	many *rids.Mutable // nil while there is one
	one  uint32
}

// add puts a resource in and tells whether it was not there.
func (e *cell) add(rid uint32) bool {
	if e.many == nil {
		if e.one == rid {
			return false
		}
		e.many = &rids.Mutable{}
		e.many.Add(e.one)
	}
	return e.many.Add(rid)
}

// remove takes a resource out and tells whether it was the last one.
func (e *cell) remove(rid uint32) (last bool) {
	if e.many == nil {
		return true
	}
	e.many.Remove(rid)
	return e.many.Len() == 0
}

// set makes a set of the entry.
func (e *cell) set(r *rids.Room) *rids.Set {
	if e.many == nil {
		return r.List(r.Copy([]uint32{e.one}))
	}
	return r.Mutable(e.many)
}

func newDelta(base *file) *delta {
	return &delta{
		depths: base.depths,
		docs:   map[uint32]*change{}, ids: map[named]uint32{}, keys: map[digest]*cell{}, has: map[int64]*rids.Mutable{},
		live: map[uint8]*rids.Mutable{}, texts: map[int64]*lines{}, points: map[band][]point{},
	}
}

// band is a stripe of cells for a parameter: about a parallel of them.
type band struct {
	param  int64
	number uint32
}

const bandCells = 1 << 13

// hides tells whether the base's rows of a resource do not count.
func (d *delta) hides(rid uint32) bool { return d.mask.Contains(rid) }

// put takes the state of a resource in place of the one it had.
func (d *delta) put(seq int64, doc *Doc, again bool) {
	d.drop(doc.RID)
	d.marks++
	c := &change{typ: doc.Type, deleted: doc.Deleted, again: again, mark: d.marks, seq: doc.Seq, applied: seq, id: strings.Clone(doc.ID)}
	d.docs[doc.RID] = c
	d.mask.Add(doc.RID)
	if doc.Deleted {
		return
	}
	d.ids[named{doc.Type, c.id}] = doc.RID
	set(d.live, doc.Type).Add(doc.RID)
	c.rows = len(doc.Rows)
	d.rows += c.rows
	for i := range doc.Rows {
		d.row(c, &doc.Rows[i], doc.RID)
	}
}

func set[K comparable](m map[K]*rids.Mutable, k K) *rids.Mutable {
	s := m[k]
	if s == nil {
		s = &rids.Mutable{}
		m[k] = s
	}
	return s
}

// row adds one row of a resource.
func (d *delta) row(c *change, r *Row, rid uint32) {
	if set(d.has, r.Param).Add(rid) {
		c.params = append(c.params, r.Param)
	}
	switch r.Kind {
	case search.Token, search.Reference:
		d.key(c, keyOf(r.Kind, r.Param, r.Text), r.A, rid)
	case search.URI:
		d.key(c, keyOf(r.Kind, r.Param, r.Text), 0, rid)
	case search.String:
		d.key(c, exactKey(r.Param, r.Text, r.More), 0, rid)
		l := d.texts[r.Param]
		if l == nil {
			l = newLines(d.depths[r.Param] == Parts)
			d.texts[r.Param] = l
		}
		l.add(r.Text, rid, c.mark)
		c.texts = append(c.texts, l)
	case search.Position:
		d.place(c, r.Param, &point{Point: globe.At(r.X, r.Y), rid: rid, cell: uint32(r.A)})
	}
}

func (d *delta) key(c *change, k digest, sub int64, rid uint32) {
	first := d.keys[k]
	e := first
	for e != nil && e.sub != sub {
		e = e.next
	}
	switch {
	case e == nil:
		e = &cell{key: k, sub: sub, next: first, one: rid}
		d.keys[k] = e
	case !e.add(rid):
		return
	}
	c.cells = append(c.cells, e)
}

// drop forgets a resource.
func (d *delta) drop(rid uint32) {
	c := d.docs[rid]
	if c == nil {
		return
	}
	delete(d.docs, rid)
	d.mask.Remove(rid)
	d.rows -= c.rows
	if c.deleted {
		return
	}
	delete(d.ids, named{c.typ, c.id})
	d.live[c.typ].Remove(rid)
	for _, p := range c.params {
		d.has[p].Remove(rid)
	}
	for _, e := range c.cells {
		if e.remove(rid) {
			d.unlink(e)
		}
	}
	for _, l := range c.texts {
		l.died(d)
	}
	d.unplace(c, rid)
}

// unlink takes an empty entry from its key.
func (d *delta) unlink(e *cell) {
	first := d.keys[e.key]
	if first == e {
		if e.next == nil {
			delete(d.keys, e.key)
		} else {
			d.keys[e.key] = e.next
		}
		return
	}
	for ; first != nil; first = first.next {
		if first.next == e {
			first.next = e.next
			return
		}
	}
}
