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
	// maxSuffixes bounds what is sorted, at four bytes each.
	maxSuffixes = 40 << 20
	// maxWork bounds how often a part of a suffix is looked at to sort all. Names take some
	// tens of millions, texts that all begin with the same page thousands of millions.
	maxWork = 1 << 31
	// roomy is how many suffixes are sorted with what they are sorted by beside them.
	roomy = 1 << 19
)

// limits are what tests make smaller.
type limits struct {
	texts, substrings int // weights up to which ranges are collected, not stored
	suffixes, work    int // beyond these there is no Contains
	room              int
}

// Builder collects texts and writes them as a section. It is not safe for concurrent use.
type Builder struct {
	w        io.Writer
	contains bool
	limits   limits

	text    []byte   // as partText
	starts  []uint32 // where each text begins, in Finish also where the last ends
	longest int
	heads   []uint32 // per text: its rid, or headList and where in lists
	lists   []uint32 // as partLists
	rids    Buffer   // of the last text, which has no head yet
}

// NewBuilder returns a Builder that writes to w when it is finished. With contains the
// section answers Contains as well, and is several times larger.
//
// There are bounds to that, so that memory and time are bounded: more than 40 million runes
// in different texts, or texts so alike over so long that sorting what is in them would take
// a minute, make a section that does not answer Contains.
func NewBuilder(w io.Writer, contains bool) *Builder {
	return &Builder{w: w, contains: contains, limits: limits{
		texts: 8192, substrings: 8192, suffixes: maxSuffixes, work: maxWork, room: roomy,
	}}
}

// Add adds a pair. Texts come in ascending order of their bytes, the rids of one text in
// any order; the same pair may come again. It keeps no reference to folded.
//
// It fails for a text that is out of order or has a NUL, a rid of 1<<31 or more, and with
// ErrTooLarge; the pair is then left out and the Builder may go on.
func (b *Builder) Add(folded string, rid uint32) error {
	switch {
	case rid > maxRID:
		return fmt.Errorf("text: rid %d is too large", rid)
	case len(b.lists)+len(b.rids.rids) >= maxLists-1:
		return ErrTooLarge
	}
	if last, ok := b.last(); ok && string(last) == folded {
		b.rids.rids = append(b.rids.rids, rid)
		return nil
	} else if ok && folded < string(last) {
		return fmt.Errorf("text: %q comes after %q", folded, last)
	}
	switch {
	case strings.IndexByte(folded, 0) >= 0:
		return fmt.Errorf("text: %q has a NUL", folded)
	case len(b.text)+len(folded) >= maxText:
		return ErrTooLarge
	}
	b.flush()
	b.starts = append(b.starts, uint32(len(b.text)))
	b.text = append(append(b.text, folded...), 0)
	b.longest = max(b.longest, len(folded))
	b.rids.rids = append(b.rids.rids, rid)
	return nil
}

// last returns the text that was added last.
func (b *Builder) last() ([]byte, bool) {
	if len(b.starts) == 0 {
		return nil, false
	}
	return b.text[b.starts[len(b.starts)-1] : len(b.text)-1], true
}

// flush gives the last text its head.
func (b *Builder) flush() {
	if len(b.rids.rids) == 0 {
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
