package text

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"masjala/store/index/spool"
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
	roomy = 1 << 18
	// atOnce is how many suffixes are sorted at once.
	atOnce = 1 << 21
)

// limits are what tests make smaller.
type limits struct {
	texts, substrings int // weights up to which ranges are collected, not stored
	suffixes, work    int // beyond these there is no Contains
	room, atOnce      int
}

// Builder collects texts in temporary files and writes them as a section. It is not safe for
// concurrent use.
type Builder struct {
	w        io.Writer
	dir      string
	contains bool
	limits   limits

	files   [files]*spool.Spool
	bytes   [files][]byte // once all is collected
	err     error         // of making the files
	texts   int
	last    []byte // the text that was added last
	longest int
	rids    Buffer // of the last text, which has no head yet
	word    [4]byte
}

// What a Builder keeps in files.
const (
	fileText   = iota // as partText
	fileStarts        // where each text begins, at last where the last ends: words
	fileHeads         // per text: its rid, or headList and where in the lists: words
	fileLists         // as partLists
	files
)

// NewBuilder returns a Builder that writes to w when it is finished, and has its temporary
// files in dir. With contains the section answers Contains as well, and is several times
// larger. Call Finish or Abort.
//
// There are bounds to that, so that memory and time are bounded: more than 40 million runes
// in different texts, or texts so alike over so long that sorting what is in them would take
// a minute, make a section that does not answer Contains.
func NewBuilder(w io.Writer, dir string, contains bool) *Builder {
	return &Builder{w: w, dir: dir, contains: contains, limits: limits{
		texts: 8192, substrings: 8192, suffixes: maxSuffixes, work: maxWork, room: roomy, atOnce: atOnce,
	}}
}

// open makes the temporary files, for the first text.
func (b *Builder) open() {
	for i := range b.files {
		if b.files[i], b.err = spool.New(b.dir); b.err != nil {
			b.Abort()
			return
		}
	}
}

// Abort ends the building and removes the temporary files. After Finish it does nothing.
func (b *Builder) Abort() {
	for _, f := range b.files {
		f.Close()
	}
}

// Add adds a pair. Texts come in ascending order of their bytes, the rids of one text in
// any order; the same pair may come again. It keeps no reference to folded.
//
// It fails for a text that is out of order or has a NUL, a rid of 1<<31 or more, and with
// ErrTooLarge; the pair is then left out and the Builder may go on. It fails, too, when the
// temporary files cannot be written; then Finish does, as well.
func (b *Builder) Add(folded string, rid uint32) error {
	if b.texts == 0 && b.files[0] == nil && b.err == nil {
		b.open()
	}
	switch {
	case b.err != nil:
		return b.err
	case rid > maxRID:
		return fmt.Errorf("text: rid %d is too large", rid)
	case b.files[fileLists].Len()/4+uint64(len(b.rids.rids)) >= maxLists-1:
		return ErrTooLarge
	}
	if b.texts > 0 {
		if string(b.last) == folded {
			b.rids.rids = append(b.rids.rids, rid)
			return nil
		}
		if folded < string(b.last) {
			return fmt.Errorf("text: %q comes after %q", folded, b.last)
		}
	}
	switch {
	case strings.IndexByte(folded, 0) >= 0:
		return fmt.Errorf("text: %q has a NUL", folded)
	case b.files[fileText].Len()+uint64(len(folded)) >= maxText:
		return ErrTooLarge
	}
	b.flush()
	b.put(fileStarts, uint32(b.files[fileText].Len()))
	b.last = append(append(b.last[:0], folded...), 0)
	b.write(fileText, b.last)
	b.last = b.last[:len(folded)]
	b.texts++
	b.longest = max(b.longest, len(folded))
	b.rids.rids = append(b.rids.rids, rid)
	return b.err
}

// flush gives the last text its head.
func (b *Builder) flush() {
	if len(b.rids.rids) == 0 {
		return
	}
	rids := b.rids.result().List
	head := rids[0]
	if len(rids) > 1 {
		head = headList | uint32(b.files[fileLists].Len()/4)
		b.put(fileLists, uint32(len(rids)))
		b.put(fileLists, rids...)
	}
	b.put(fileHeads, head)
	b.rids.rids = b.rids.rids[:0]
}

// put writes words to a file.
func (b *Builder) put(file int, words ...uint32) {
	for _, w := range words {
		binary.LittleEndian.PutUint32(b.word[:], w)
		b.write(file, b.word[:])
	}
}

// write writes to a file. It goes on quietly after an error, which Add and Finish give.
func (b *Builder) write(file int, p []byte) {
	if b.err == nil {
		_, b.err = b.files[file].Write(p)
	}
}

// collected ends what was collected, and lets it be read.
func (b *Builder) collected() error {
	if b.texts == 0 && b.err == nil {
		b.bytes[fileText], b.bytes[fileStarts] = make([]byte, window), make([]byte, 4)
		return nil
	}
	b.flush()
	if b.err == nil {
		b.put(fileStarts, uint32(b.files[fileText].Len()))
		b.write(fileText, make([]byte, window))
	}
	for i := 0; i < files && b.err == nil; i++ {
		b.bytes[i], b.err = b.files[i].Bytes()
	}
	return b.err
}
