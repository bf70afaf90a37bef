package text

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// block is how many bytes of text share an entry of a table that leads to texts.
const block = 64

// ends makes the sorted suffixes. Those that are alike come together, as one leaf.
type ends struct {
	b     *Builder
	shape shape
	first []uint32 // the text in which each block begins
	tree  *tree
	from  int // the first suffix of the leaf
	leaf  leaf
	rids  Buffer

	// The suffixes, packed, up to n; from there on where those begin that are still to come.
	low  []uint32
	high []uint8 // the bits above, where they are more than 32
	n    int
}

// substrings sorts the suffixes, if the section is to have them, stores the sets of their
// ranges and returns the nodes.
func (b *Builder) substrings(sets *sets) (*ends, []node, error) {
	shape := b.suffixShape()
	if !b.contains || shape.width > maxWidth {
		return &ends{}, nil, nil
	}
	sorted, ok := suffixes(b.text, b.limits)
	if !ok {
		return &ends{}, nil, nil
	}
	e := &ends{b: b, shape: shape, first: b.blocks(), low: sorted}
	if e.shape.width > 4 {
		e.high = make([]uint8, len(e.low))
	}
	e.tree = &tree{
		limit: b.limits.substrings, sets: sets, text: b.text,
		rids: func(entry int) []uint32 { return b.ridsOf(e.textAt(entry)) },
	}
	e.pack()
	nodes, err := e.tree.finish()
	return e, nodes, err
}

func (b *Builder) suffixShape() shape {
	offset := bits.Len(uint(b.longest))
	return shape{contains: true, offset: uint(offset), width: max(1, (offset+bits.Len(uint(len(b.starts)))+7)/8)}
}

// blocks returns the number of the text in which each block of text begins.
func (b *Builder) blocks() []uint32 {
	end := int(b.starts[len(b.heads)])
	first := make([]uint32, 0, end/block+1)
	i := 0
	for at := 0; at < end; at += block {
		for b.end(i) < at {
			i++
		}
		first = append(first, uint32(i))
	}
	return first
}

// textOf returns the number of the text at a position.
func (e *ends) textOf(at uint32) int {
	i := int(e.first[at/block])
	for e.b.end(i) < int(at) {
		i++
	}
	return i
}

// textAt returns the number of the text of a packed suffix.
func (e *ends) textAt(entry int) int {
	return int(e.packed(entry) >> e.shape.offset)
}

func (e *ends) packed(entry int) uint64 {
	v := uint64(e.low[entry])
	if e.high != nil {
		v |= uint64(e.high[entry]) << 32
	}
	return v
}

// pack goes through the suffixes in order.
func (e *ends) pack() {
	for i, at := range e.low {
		no := e.textOf(at)
		if i > 0 {
			n, alike := common(e.b.text, e.leaf.at, at)
			if !alike {
				e.end()
				e.leaf = leaf{common: n}
				e.from = e.n
			}
		}
		e.leaf.at, e.leaf.size = at, e.b.end(no)-int(at)
		v := uint64(no)<<e.shape.offset | uint64(at-e.b.starts[no])
		e.low[e.n] = uint32(v)
		if e.high != nil {
			e.high[e.n] = uint8(v >> 32)
		}
		e.n++
	}
	if e.n > 0 {
		e.end()
	}
}

// end ends a leaf. Of a heavy one only the first suffix stays: whatever finds the others
// finds a stored set.
func (e *ends) end() {
	weight := 0
	for entry := e.from; entry < e.n; entry++ {
		weight += e.b.weight(e.textAt(entry))
	}
	if weight > e.b.limits.substrings {
		e.rids.rids = e.rids.rids[:0]
		for entry := e.from; entry < e.n; entry++ {
			e.rids.rids = append(e.rids.rids, e.b.ridsOf(e.textAt(entry))...)
		}
		e.leaf.set = roaring.New()
		e.leaf.set.AddMany(e.rids.result().List)
		e.n = e.from + 1
	}
	e.tree.add(e.leaf, e.n-e.from, weight)
}

// write writes the suffixes.
func (e *ends) write(out *section) {
	for entry := range e.n {
		out.number(e.packed(entry), e.shape.width)
	}
	if e.shape.contains {
		out.number(0, spare)
	}
}
