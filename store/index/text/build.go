package text

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ErrTooLarge tells that the texts exceed what a section can hold.
var ErrTooLarge = errors.New("text: more text than a section can hold")

// maxText bounds the bytes of all distinct texts.
const maxText = 1 << 30

// Builder collects texts and writes them as a section. It is not safe for concurrent use.
type Builder struct {
	w        io.Writer
	contains bool

	text    []byte
	starts  []uint32
	heads   []uint32
	lists   []uint32
	last    string   // the text whose rids are being collected
	rids    []uint32 // the rids of last
	started bool
}

// NewBuilder returns a Builder that writes to w when it is finished. With contains the
// section answers Contains as well, and is several times larger.
func NewBuilder(w io.Writer, contains bool) *Builder {
	return &Builder{w: w, contains: contains}
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
	case len(b.text)+len(folded) >= maxText:
		return ErrTooLarge
	}
	b.flush()
	b.starts = append(b.starts, uint32(len(b.text)))
	b.text = append(append(b.text, folded...), 0)
	b.last, b.started = strings.Clone(folded), true
	b.rids = append(b.rids, rid)
	return nil
}

// flush gives the last text its head.
func (b *Builder) flush() {
	if !b.started {
		return
	}
	slices.Sort(b.rids)
	b.rids = slices.Compact(b.rids)
	if len(b.rids) == 1 {
		b.heads = append(b.heads, b.rids[0])
	} else {
		b.heads = append(b.heads, headList|uint32(len(b.lists)))
		b.lists = append(append(b.lists, uint32(len(b.rids))), b.rids...)
	}
	b.rids = b.rids[:0]
}

// Finish writes the section. The Builder is of no use afterwards.
func (b *Builder) Finish() error {
	b.flush()
	out := section{w: b.w}
	out.write(b.text)
	out.end(partText)
	for i := 0; i < len(b.starts); i += sampleEvery {
		out.word(b.starts[i])
	}
	out.end(partSamples)
	out.words(b.heads)
	out.end(partHeads)
	out.words(b.lists)
	out.end(partLists)
	return out.finish(b.contains)
}

// section writes the parts of a section and remembers where they end.
type section struct {
	w    io.Writer
	buf  []byte
	n    int64
	ends [parts]int64
	err  error
}

func (s *section) flush() {
	if s.err == nil && len(s.buf) > 0 {
		_, s.err = s.w.Write(s.buf)
	}
	s.buf = s.buf[:0]
}

func (s *section) write(p []byte) {
	s.flush()
	if s.err == nil {
		_, s.err = s.w.Write(p)
	}
	s.n += int64(len(p))
}

func (s *section) word(v uint32) {
	s.buf = binary.LittleEndian.AppendUint32(s.buf, v)
	s.n += 4
	if len(s.buf) >= 1<<16 {
		s.flush()
	}
}

func (s *section) words(v []uint32) {
	for _, w := range v {
		s.word(w)
	}
}

// end notes the end of a part and leads to the beginning of the next.
func (s *section) end(part int) {
	s.ends[part] = s.n
	s.write(make([]byte, padding(s.n)))
}

func (s *section) finish(contains bool) error {
	var foot []byte
	for _, end := range s.ends {
		foot = binary.LittleEndian.AppendUint64(foot, uint64(end))
	}
	var flags uint64
	if contains {
		flags = 1
	}
	foot = binary.LittleEndian.AppendUint64(foot, flags)
	s.write(append(foot, magic...))
	return s.err
}
