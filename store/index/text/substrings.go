package text

import (
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"masjala/store/index/spool"
)

// block is how many bytes of text share an entry of a table that leads to texts.
const block = 64

// ends makes the sorted suffixes. Those that are alike come together, as one leaf.
type ends struct {
	b     *Builder
	shape shape
	first []uint32 // the text in which each block begins
	tree  *tree
	leaf  leaf
	alike []uint64 // the suffixes of the leaf, packed
	rids  Buffer

	file  *spool.Spool // the suffixes before those, packed; nil when there are no texts
	n     int          // how many
	block []byte       // some of them that were read again
	begin int          // the first of those
	err   error
}

// substrings sorts the suffixes, if the section is to have them, stores the sets of their
// ranges and returns the nodes.
func (b *Builder) substrings(sets *sets) (*ends, []node, error) {
	shape := b.suffixShape()
	if !b.contains || shape.width > maxWidth {
		return &ends{}, nil, nil
	}
	e := &ends{b: b, shape: shape}
	if b.texts == 0 {
		return e, nil, nil
	}
	var err error
	if e.file, err = spool.New(b.dir); err != nil {
		return nil, nil, err
	}
	e.first = b.blocks()
	e.tree = &tree{
		limit: b.limits.substrings, sets: sets, text: b.text(),
		rids: func(dst []uint32, entry int) []uint32 { return b.appendRids(dst, e.textOf(e.packed(entry))) },
	}
	if !suffixes(b.text(), b.limits, e.pack) {
		e.close()
		return &ends{}, nil, e.err
	}
	if len(e.alike) > 0 {
		e.end()
	}
	nodes, err := e.tree.finish()
	if err = errors.Join(err, e.err); err != nil {
		e.close()
		return nil, nil, err
	}
	return e, nodes, nil
}

// close removes the file.
func (e *ends) close() { e.file.Close() }

func (b *Builder) suffixShape() shape {
	offset := bits.Len(uint(b.longest))
	return shape{contains: true, offset: uint(offset), width: max(1, (offset+bits.Len(uint(b.texts+1))+7)/8)}
}

// blocks returns the number of the text in which each block of text begins.
func (b *Builder) blocks() []uint32 {
	end := int(b.start(b.texts))
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

// textAt returns the number of the text at a position.
func (e *ends) textAt(at uint32) int {
	i := int(e.first[at/block])
	for e.b.end(i) < int(at) {
		i++
	}
	return i
}

// textOf returns the number of the text of a packed suffix.
func (e *ends) textOf(packed uint64) int { return int(packed >> e.shape.offset) }

// again is how many suffixes are read again at once.
const again = 1 << 13

// packed returns a suffix that was packed before. They are asked for in ascending order, mostly.
func (e *ends) packed(entry int) uint64 {
	width := e.shape.width
	if at := (entry - e.begin) * width; at < 0 || at >= len(e.block) {
		e.begin = entry
		e.block = slices.Grow(e.block[:0], again*width)[:min(again, e.n-entry)*width]
		if _, err := e.file.ReadAt(e.block, int64(entry*width)); err != nil && e.err == nil {
			e.err = err
		}
	}
	var b [8]byte
	copy(b[:width], e.block[(entry-e.begin)*width:])
	return binary.LittleEndian.Uint64(b[:])
}

// pack takes the next suffixes in order.
func (e *ends) pack(sorted []uint32) {
	for _, at := range sorted {
		no := e.textAt(at)
		if len(e.alike) > 0 {
			n, alike := common(e.b.text(), e.leaf.at, at)
			if !alike {
				e.end()
				e.leaf = leaf{common: n}
			}
		}
		e.leaf.at, e.leaf.size = at, e.b.end(no)-int(at)
		e.alike = append(e.alike, uint64(no)<<e.shape.offset|uint64(at-e.b.start(no)))
	}
}

// end ends a leaf. Of a heavy one only the first suffix stays: whatever finds the others
// finds a stored set.
func (e *ends) end() {
	weight := 0
	for _, s := range e.alike {
		weight += e.b.weight(e.textOf(s))
	}
	if weight > e.b.limits.substrings {
		e.rids.rids = e.rids.rids[:0]
		for _, s := range e.alike {
			e.rids.rids = e.b.appendRids(e.rids.rids, e.textOf(s))
		}
		e.leaf.set = roaring.New()
		e.leaf.set.AddMany(e.rids.result().List)
		e.alike = e.alike[:1]
	}
	e.tree.add(e.leaf, len(e.alike), weight)
	for _, s := range e.alike {
		var b [8]byte
		binary.LittleEndian.PutUint64(b[:], s)
		if _, err := e.file.Write(b[:e.shape.width]); err != nil && e.err == nil {
			e.err = err
		}
	}
	e.n += len(e.alike)
	e.alike = e.alike[:0]
}

// write writes the suffixes.
func (e *ends) write(out *section) (err error) {
	if e.file != nil {
		var all io.Reader
		if all, err = e.file.Rewind(); err != nil {
			return err
		}
		out.flush()
		var n int64
		n, err = io.Copy(out.w, all)
		out.n += n
	}
	if e.shape.contains {
		out.number(0, spare)
	}
	return err
}
