package text

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"
)

// tree finds, among sorted texts or suffixes, the ranges of those that begin alike and have
// too many rids to collect, and stores the set of each. Queries that go on alike for
// different lengths share a range, so there are never more ranges than texts.
type tree struct {
	limit int  // what is heavier has its set stored
	whole bool // store all entries as one range, too
	sets  *sets
	rids  func(dst []uint32, entry int) []uint32 // appends those of an entry
	text  []byte

	open  []span  // ranges that still grow, each within the one before
	ready []heavy // heavy ranges that are in no larger one yet
	last  leaf
	n     int    // entries so far
	sum   int    // their weight
	nodes []node // found, in no order
	sort  Buffer
	err   error
}

// span is a range of entries that begin alike for common bytes.
type span struct {
	common int
	first  int // entry
	before int // weight of what is before it
}

// heavy is a range and its set.
type heavy struct {
	first, end int
	set        *roaring.Bitmap
}

// node is a range whose set is stored.
type node struct {
	first, end, set uint32
}

// leaf is a text, or a suffix with which one or several texts end.
type leaf struct {
	at     uint32 // where it lies
	size   int    // its bytes
	common int    // how many of them the leaf before has
	first  int    // its first entry
	before int
	set    *roaring.Bitmap // nil unless it is heavy alone
}

// add adds the next leaf with its number of entries and their weight. A heavy leaf brings
// its set, and has one entry.
func (t *tree) add(l leaf, entries, weight int) {
	t.close(l.common)
	l.first, l.before = t.n, t.sum
	t.n += entries
	t.sum += weight
	if l.set != nil {
		t.ready = append(t.ready, heavy{l.first, t.n, l.set})
	}
	t.last = l
}

// close ends the ranges in which the next leaf, with so many bytes in common, is not.
func (t *tree) close(common int) {
	if t.n == 0 {
		t.open = append(t.open, span{})
		return
	}
	l := t.last
	if outer := max(l.common, common); l.set != nil && outer < l.size && t.asked(outer, l.size) {
		t.keep(heavy{l.first, t.n, l.set})
	}
	first, before := l.first, l.before
	for t.open[len(t.open)-1].common > common {
		s := t.open[len(t.open)-1]
		t.open = t.open[:len(t.open)-1]
		if outer := max(t.open[len(t.open)-1].common, common); t.sum-s.before > t.limit && t.asked(outer, s.common) {
			t.store(s)
		}
		first, before = s.first, s.before
	}
	if t.open[len(t.open)-1].common < common {
		t.open = append(t.open, span{common, first, before})
	}
}

// asked tells whether a query can have more bytes in common with the last leaf than outer
// and at most inner: whether a rune ends there.
func (t *tree) asked(outer, inner int) bool {
	for n := inner; n > outer; n-- {
		if utf8.RuneStart(t.text[int(t.last.at)+n]) {
			return true
		}
	}
	return false
}

// store makes the set of a range that ends here, of those in it and what lies between.
func (t *tree) store(s span) {
	from := len(t.ready)
	for from > 0 && t.ready[from-1].first >= s.first {
		from--
	}
	inner := t.ready[from:]
	t.sort.rids = t.sort.rids[:0]
	parts := make([]*roaring.Bitmap, 0, len(inner)+1)
	entry := s.first
	for _, h := range append(inner, heavy{first: t.n, end: t.n}) {
		for ; entry < h.first; entry++ {
			t.sort.rids = t.rids(t.sort.rids, entry)
		}
		entry = h.end
		if h.set != nil {
			parts = append(parts, h.set)
		}
	}
	between := roaring.New()
	between.AddMany(t.sort.result().List)
	h := heavy{s.first, t.n, roaring.FastOr(append(parts, between)...)}
	t.ready = append(t.ready[:from], h)
	t.keep(h)
}

// keep stores a set and notes its node.
func (t *tree) keep(h heavy) {
	if t.err != nil {
		return
	}
	var no uint32
	no, t.err = t.sets.add(h.set)
	t.nodes = append(t.nodes, node{uint32(h.first), uint32(h.end), no})
}

// finish ends all ranges and returns the nodes by first entry, then end.
func (t *tree) finish() ([]node, error) {
	if t.n > 0 {
		t.close(0)
		if t.whole && t.sum > t.limit {
			t.store(t.open[0])
		}
	}
	slices.SortFunc(t.nodes, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.end, b.end))
	})
	return t.nodes, t.err
}
