package text

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
)

// ErrTooLarge tells that there are more texts or rids than a section can hold.
var ErrTooLarge = errors.New("text: more text than a section can hold")

const (
	// maxText bounds the bytes of all different texts of a section.
	maxText = 1 << 30
	// maxSuffixes bounds what is sorted, at four bytes each; see NewBuilder.
	maxSuffixes = 40 << 20
)

// limits are the weights up to which ranges are collected, not stored.
type limits struct {
	texts, suffixes int
}

// Builder collects texts and writes them as a section. It is not safe for concurrent use.
type Builder struct {
	w        io.Writer
	contains bool
	limits   limits

	text    []byte
	starts  []uint32 // where each text begins
	longest int
	heads   []uint32
	lists   []uint32
	sets    sets
	last    string   // the text whose rids are being collected
	rids    []uint32 // the rids of last
	started bool
}

// NewBuilder returns a Builder that writes to w when it is finished. With contains the
// section answers Contains as well, and is several times larger. Texts of more than 40
// million runes are too many for that: the section is then made without.
func NewBuilder(w io.Writer, contains bool) *Builder {
	return &Builder{w: w, contains: contains, limits: limits{texts: 4096, suffixes: 4096}}
}

// Add adds a pair. Texts come in ascending order of their bytes, the rids of one text in
// any order; the same pair may come again. It keeps no reference to folded.
//
// It fails for a text that is out of order or has a NUL, a rid of 1<<31 or more, and with
// ErrTooLarge.
func (b *Builder) Add(folded string, rid uint32) error {
	if rid > maxRID {
		return fmt.Errorf("text: rid %d is too large", rid)
	}
	if b.started && folded == b.last {
		b.rids = append(b.rids, rid)
		return nil
	}
	switch {
	case strings.IndexByte(folded, 0) >= 0:
		return fmt.Errorf("text: %q has a NUL", folded)
	case b.started && folded < b.last:
		return fmt.Errorf("text: %q comes after %q", folded, b.last)
	case len(b.text)+len(folded) >= maxText || len(b.lists) >= maxLists:
		return ErrTooLarge
	}
	if err := b.flush(); err != nil {
		return err
	}
	b.starts = append(b.starts, uint32(len(b.text)))
	b.text = append(append(b.text, folded...), 0)
	b.longest = max(b.longest, len(folded))
	b.last, b.started = string(b.text[len(b.text)-1-len(folded):len(b.text)-1]), true
	b.rids = append(b.rids, rid)
	return nil
}

// flush gives the last text its head.
func (b *Builder) flush() error {
	if !b.started {
		return nil
	}
	slices.Sort(b.rids)
	b.rids = slices.Compact(b.rids)
	head := b.rids[0]
	switch n := len(b.rids); {
	case n > b.limits.texts:
		no, err := b.sets.add(roaring.BitmapOf(b.rids...))
		if err != nil {
			return err
		}
		head = headMany | no
	case n > 1:
		head = headList | uint32(len(b.lists))
		b.lists = append(append(b.lists, uint32(n)), b.rids...)
	}
	b.heads = append(b.heads, head)
	b.rids = b.rids[:0]
	return nil
}

// Finish writes the section. The Builder is of no use afterwards.
func (b *Builder) Finish() error {
	if err := b.flush(); err != nil {
		return err
	}
	out := &section{w: b.w}
	out.write(b.text)
	out.end(partText)
	for i := 0; i < len(b.starts); i += sampleEvery {
		out.words(b.starts[i])
	}
	out.end(partSamples)
	out.words(b.heads...)
	out.end(partHeads)
	out.words(b.lists...)
	out.end(partLists)
	if err := b.prefixes(out); err != nil {
		return err
	}
	sh, err := b.substrings(out)
	if err != nil {
		return err
	}
	out.write(b.sets.data)
	out.end(partBitmaps)
	out.words(b.sets.table...)
	out.end(partBitmapTable)
	return out.finish(sh)
}

// prefixes writes the nodes over the texts.
func (b *Builder) prefixes(out *section) error {
	t := b.tree(b.limits.texts, func(entry int, dst []uint32) []uint32 { return b.ridsOf(entry, dst) })
	t.whole = true
	for i, at := range b.starts {
		l := leaf{at: at, size: b.end(i) - int(at)}
		if i > 0 {
			l.common, _ = common(b.text, b.starts[i-1], at)
		}
		var err error
		if l.set, err = b.setOf(i); err != nil {
			return err
		}
		t.add(l, 1, b.weight(i))
	}
	nodes, err := t.finish()
	out.nodes(nodes)
	out.end(partPrefixes)
	return err
}

func (b *Builder) tree(limit int, rids func(int, []uint32) []uint32) *tree {
	return &tree{limit: limit, sets: &b.sets, rids: rids, text: b.text}
}

// end returns where a text ends.
func (b *Builder) end(i int) int {
	if i+1 < len(b.starts) {
		return int(b.starts[i+1]) - 1
	}
	return len(b.text) - 1
}

// weight returns how many rids a text has.
func (b *Builder) weight(i int) int {
	switch head := b.heads[i]; {
	case head < headList:
		return 1
	case head < headMany:
		return int(b.lists[head&^headList])
	default:
		return b.sets.count(head &^ headMany)
	}
}

// ridsOf appends the rids of a text.
func (b *Builder) ridsOf(i int, dst []uint32) []uint32 {
	head := b.heads[i]
	if head < headList {
		return append(dst, head)
	}
	at := head &^ headList
	return append(dst, b.lists[at+1:at+1+b.lists[at]]...)
}

// setOf returns the set of a text that has one, else nil.
func (b *Builder) setOf(i int) (*roaring.Bitmap, error) {
	if b.heads[i] < headMany {
		return nil, nil
	}
	return b.sets.load(b.heads[i] &^ headMany)
}

// common returns how many bytes two texts or suffixes have in common, and whether all.
func common(text []byte, a, b uint32) (n int, all bool) {
	p, q := text[a:], text[b:]
	for ; p[n] == q[n]; n++ {
		if p[n] == 0 {
			return n, true
		}
	}
	return n, false
}
