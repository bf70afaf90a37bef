package text

import (
	"errors"
	"fmt"
	"io"
	"strings"
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
	heads   []uint32 // per text: its rid, or headList and where in lists
	lists   []uint32 // as partLists
	last    string   // the text whose rids are being collected
	rids    Buffer   // the rids of last
	started bool
}

// NewBuilder returns a Builder that writes to w when it is finished. With contains the
// section answers Contains as well, and is several times larger. Texts of more than 40
// million runes are too many for that: the section is then made without.
func NewBuilder(w io.Writer, contains bool) *Builder {
	return &Builder{w: w, contains: contains, limits: limits{texts: 8192, suffixes: 8192}}
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
		b.rids.rids = append(b.rids.rids, rid)
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
	b.flush()
	b.starts = append(b.starts, uint32(len(b.text)))
	b.text = append(append(b.text, folded...), 0)
	b.longest = max(b.longest, len(folded))
	b.last, b.started = string(b.text[len(b.text)-1-len(folded):len(b.text)-1]), true
	b.rids.rids = append(b.rids.rids, rid)
	return nil
}

// flush gives the last text its head.
func (b *Builder) flush() {
	if !b.started {
		return
	}
	rids := b.rids.result().List
	head := rids[0]
	if len(rids) > 1 {
		head = headList | uint32(len(b.lists))
		b.lists = append(append(b.lists, uint32(len(rids))), rids...)
	}
	b.heads = append(b.heads, head)
	b.rids.rids = b.rids.rids[:0]
}
