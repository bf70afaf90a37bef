package text

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// Reader answers from a section. It is safe for concurrent use.
type Reader struct {
	part     [parts][]byte
	texts    int
	contains bool
}

// Open returns a Reader of the section that b is, to its last byte. The Reader uses b where
// it lies: it must not change and must outlive the Reader and its results.
//
// It fails with ErrDamaged when b cannot be a section.
func Open(b []byte) (*Reader, error) {
	if len(b) < footerSize || string(b[len(b)-len(magic):]) != magic {
		return nil, ErrDamaged
	}
	body, foot := b[:len(b)-footerSize], b[len(b)-footerSize:]
	r, from := &Reader{}, uint64(0)
	for i := range r.part {
		end := binary.LittleEndian.Uint64(foot[8*i:])
		if end < from || end > uint64(len(body)) {
			return nil, ErrDamaged
		}
		r.part[i] = body[from:end:end]
		from = end + uint64(padding(int64(end)))
	}
	r.contains = binary.LittleEndian.Uint64(foot[8*parts:]) == 1
	r.texts = len(r.part[partHeads]) / 4
	samples := (r.texts + sampleEvery - 1) / sampleEvery
	if len(r.part[partHeads])%4 != 0 || len(r.part[partSamples]) != 4*samples {
		return nil, ErrDamaged
	}
	return r, nil
}

// Rids is a set of resources that a query found.
type Rids struct {
	// Count is the number of different rids.
	Count int
	// List has them in ascending order, in the Buffer of the query until its next use; nil
	// when Bitmap is set or there are none.
	List []uint32
	// Bitmap has them as a bitmap in roaring's portable format, read-only, within the
	// section's bytes; nil when List has them.
	Bitmap []byte
}

// Buffer is room for the results of one query after the other. The zero value is ready.
type Buffer struct {
	rids []uint32
}

// Prefix finds the resources with a text that begins with folded: all, for "".
func (r *Reader) Prefix(folded string, buf *Buffer) Rids {
	buf.rids = buf.rids[:0]
	if !clean(folded) {
		return Rids{}
	}
	lo, hi := r.search(folded, 0), r.search(folded, 1)
	for i := lo; i < hi; i++ {
		buf.rids = r.appendRids(buf.rids, i)
	}
	return buf.result()
}

// Exact finds the resources with a text that equals folded.
func (r *Reader) Exact(folded string, buf *Buffer) Rids {
	buf.rids = buf.rids[:0]
	if !clean(folded) {
		return Rids{}
	}
	i := r.search(folded, 0)
	if at := r.start(i) + len(folded); i < r.texts && r.compare(r.start(i), folded) == 0 &&
		at < len(r.part[partText]) && r.part[partText][at] == 0 {
		buf.rids = r.appendRids(buf.rids, i)
	}
	return buf.result()
}

// Contains finds the resources with a text that has folded in it: all, for "". It is false
// when the section was not built for it.
func (r *Reader) Contains(folded string, buf *Buffer) (Rids, bool) {
	buf.rids = buf.rids[:0]
	if !r.contains {
		return Rids{}, false
	}
	if !clean(folded) {
		return Rids{}, true
	}
	rest := r.part[partText]
	for i := 0; i < r.texts; i++ {
		text, after, _ := bytes.Cut(rest, []byte{0})
		if strings.Contains(string(text), folded) {
			buf.rids = r.appendRids(buf.rids, i)
		}
		rest = after
	}
	return buf.result(), true
}

// clean tells whether a query is such that it may be found.
func clean(folded string) bool {
	return strings.IndexByte(folded, 0) < 0 && utf8.ValidString(folded)
}

// compare tells how the text at a position relates to a query: 0 when it begins with it.
func (r *Reader) compare(at int, folded string) int {
	text := r.part[partText]
	at = min(at, len(text))
	switch begin := text[at:min(at+len(folded), len(text))]; {
	case string(begin) == folded:
		return 0
	case string(begin) < folded:
		return -1
	}
	return 1
}

// search returns the first text that is greater than the query (least 1), or that is as
// great or begins with it (least 0).
func (r *Reader) search(folded string, least int) int {
	lo, hi := 0, len(r.part[partSamples])/4
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if r.compare(int(word(r.part[partSamples], mid)), folded) >= least {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	if lo == 0 {
		return 0
	}
	i := (lo - 1) * sampleEvery
	last := min(i+sampleEvery, r.texts)
	for at := r.start(i); i < last && r.compare(at, folded) < least; i++ {
		at = r.next(at)
	}
	return i
}

// start returns where a text begins.
func (r *Reader) start(i int) int {
	at := int(word(r.part[partSamples], i/sampleEvery))
	for range i % sampleEvery {
		at = r.next(at)
	}
	return at
}

// next returns where the text after the one at a position begins.
func (r *Reader) next(at int) int {
	text := r.part[partText]
	if at < len(text) {
		if n := bytes.IndexByte(text[at:], 0); n >= 0 {
			return at + n + 1
		}
	}
	return len(text)
}

// appendRids appends the rids of a text.
func (r *Reader) appendRids(dst []uint32, i int) []uint32 {
	head := word(r.part[partHeads], i)
	if head < headList {
		return append(dst, head)
	}
	at := int(head &^ headList)
	n := int(word(r.part[partLists], at))
	for k := at + 1; k <= at+n && k < len(r.part[partLists])/4; k++ {
		dst = append(dst, word(r.part[partLists], k))
	}
	return dst
}
