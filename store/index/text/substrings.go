package text

import (
	"math/bits"

	"github.com/RoaringBitmap/roaring/v2"
)

// block is how many bytes of text share an entry of a table that leads to texts.
const block = 64

// ends is the state of writing the sorted suffixes: those that are alike come together, as
// one leaf.
type ends struct {
	b     *Builder
	out   *section
	shape shape
	tree  *tree
	first []uint32 // the text at the begin of each block
	sa    []uint32 // suffixes that are still to come; before n, numbers of texts
	n     int      // entries that have been written
	group leaf
	from  int // the first entry of the group
	rids  Buffer
	err   error
}

// substrings writes the sorted suffixes and the nodes over them, if it is to.
func (b *Builder) substrings(out *section) (shape, error) {
	var sh shape
	if b.contains && len(b.text) <= maxSuffixes {
		sh = b.suffixShape()
		e := &ends{b: b, out: out, shape: sh, first: b.blocks()}
		e.sa = suffixes(append(b.text, make([]byte, window)...))
		e.tree = b.tree(b.limits.suffixes, func(entry int, dst []uint32) []uint32 {
			return b.ridsOf(int(e.sa[entry]), dst)
		})
		nodes, err := e.write()
		if err != nil {
			return sh, err
		}
		out.number(0, 8) // room to read the last one as a whole word
		out.end(partSuffixes)
		out.nodes(nodes)
		out.end(partSubstrings)
		return sh, nil
	}
	out.end(partSuffixes)
	out.end(partSubstrings)
	return sh, nil
}

func (b *Builder) suffixShape() shape {
	offset := bits.Len(uint(b.longest))
	return shape{contains: true, offset: uint(offset), width: max(1, (offset+bits.Len(uint(len(b.starts)))+7)/8)}
}

// blocks returns the number of the text in which each block of text begins.
func (b *Builder) blocks() []uint32 {
	first := make([]uint32, 0, len(b.text)/block+1)
	i := 0
	for at := 0; at < len(b.text); at += block {
		for b.end(i) < at {
			i++
		}
		first = append(first, uint32(i))
	}
	return first
}

// textOf returns the number of the text at a position.
func (e *ends) textOf(at uint32) uint32 {
	i := int(e.first[at/block])
	for e.b.end(i) < int(at) {
		i++
	}
	return uint32(i)
}

// write goes through the suffixes in order.
func (e *ends) write() ([]node, error) {
	for i, at := range e.sa {
		no := e.textOf(at)
		if i > 0 {
			n, alike := common(e.b.text, e.group.at, at)
			if alike {
				e.sa[e.n] = no
				e.n++
				continue
			}
			e.leaf()
			e.group.common = n
		}
		e.group.at, e.group.size, e.from = at, e.b.end(int(no))-int(at), e.n
		e.sa[e.n] = no
		e.n++
	}
	if len(e.sa) > 0 {
		e.leaf()
	}
	nodes, err := e.tree.finish()
	if err != nil {
		e.err = err
	}
	return nodes, e.err
}

// leaf ends a group of suffixes that are alike. Of a heavy one only the first suffix stays:
// whatever finds the others finds a stored set.
func (e *ends) leaf() {
	weight := 0
	for _, no := range e.sa[e.from:e.n] {
		weight += e.b.weight(int(no))
	}
	l := e.group
	if weight > e.b.limits.suffixes {
		l.set = e.union(e.sa[e.from:e.n])
		e.n = e.from + 1
	}
	for _, no := range e.sa[e.from:e.n] {
		offset := e.b.end(int(no)) - l.size - int(e.b.starts[no])
		e.out.number(uint64(no)<<e.shape.offset|uint64(offset), e.shape.width)
	}
	e.tree.add(l, e.n-e.from, weight)
}

// union returns the rids of texts.
func (e *ends) union(texts []uint32) *roaring.Bitmap {
	e.rids.rids = e.rids.rids[:0]
	var parts []*roaring.Bitmap
	for _, no := range texts {
		set, err := e.b.setOf(int(no))
		switch {
		case err != nil:
			e.err = err
		case set != nil:
			parts = append(parts, set)
		default:
			e.rids.rids = e.b.ridsOf(int(no), e.rids.rids)
		}
	}
	few := roaring.New()
	few.AddMany(e.rids.result().List)
	return roaring.FastOr(append(parts, few)...)
}
