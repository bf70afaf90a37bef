package text

import (
	"bytes"
	"encoding/binary"
	"sort"
	"strings"
	"unicode/utf8"
)

// Prefix finds the resources with a text that begins with folded: all, for "".
func (r *Reader) Prefix(folded string, buf *Buffer) Rids {
	if !clean(folded) {
		return Rids{}
	}
	lo := r.search(folded, 0)
	hi := r.search(folded, 1)
	if lo >= hi {
		return Rids{}
	}
	if found, ok := r.stored(partPrefixes, lo, hi); ok {
		return found
	}
	buf.rids = buf.rids[:0]
	for i := lo; i < hi; i++ {
		buf.rids = r.appendRids(buf.rids, i)
	}
	return buf.result()
}

// Exact finds the resources with a text that equals folded.
func (r *Reader) Exact(folded string, buf *Buffer) Rids {
	if !clean(folded) {
		return Rids{}
	}
	i := r.search(folded, 0)
	if i >= r.texts {
		return Rids{}
	}
	text, at := r.part[partText], r.start(i)
	if end := at + len(folded); r.compare(at, folded) != 0 || end >= len(text) || text[end] != 0 {
		return Rids{}
	}
	if head := word(r.part[partHeads], i); head >= headMany {
		return r.bitmap(head &^ headMany)
	}
	buf.rids = r.appendRids(buf.rids[:0], i)
	return buf.result()
}

// Contains finds the resources with a text that has folded in it: all, for "". It is false
// when the section was not built for it.
func (r *Reader) Contains(folded string, buf *Buffer) (Rids, bool) {
	if !r.shape.contains {
		return Rids{}, false
	}
	if folded == "" {
		return r.Prefix("", buf), true
	}
	if !clean(folded) {
		return Rids{}, true
	}
	lo := sort.Search(r.suffixes, func(i int) bool { return r.compareSuffix(i, folded) >= 0 })
	hi := lo + sort.Search(r.suffixes-lo, func(i int) bool { return r.compareSuffix(lo+i, folded) > 0 })
	if lo >= hi {
		return Rids{}, true
	}
	if found, ok := r.stored(partSubstrings, lo, hi); ok {
		return found, true
	}
	buf.rids = buf.rids[:0]
	for i := lo; i < hi; i++ {
		no, _ := r.suffix(i)
		buf.rids = r.appendRids(buf.rids, no)
	}
	return buf.result(), true
}

// clean tells whether a query is such that it may be found.
func clean(folded string) bool {
	return strings.IndexByte(folded, 0) < 0 && utf8.ValidString(folded)
}

// suffix returns the text of a suffix, and where in it the suffix begins.
func (r *Reader) suffix(i int) (no, offset int) {
	b := r.part[partSuffixes][i*r.shape.width:]
	v := binary.LittleEndian.Uint64(b)
	v &= 1<<(8*r.shape.width) - 1
	return int(v >> r.shape.offset), int(v & (1<<r.shape.offset - 1))
}

// compareSuffix tells how a suffix relates to a query: 0 when it begins with it.
func (r *Reader) compareSuffix(i int, folded string) int {
	no, offset := r.suffix(i)
	return r.compare(r.start(no)+offset, folded)
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
	samples := r.part[partSamples]
	block := sort.Search(len(samples)/4, func(i int) bool { return r.compare(int(word(samples, i)), folded) >= least })
	if block == 0 {
		return 0
	}
	i := (block - 1) * sampleEvery
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

// stored returns the set of a range, if it is stored.
func (r *Reader) stored(part, lo, hi int) (Rids, bool) {
	nodes := r.part[part]
	i := sort.Search(len(nodes)/nodeSize, func(i int) bool {
		first := int(word(nodes, 3*i))
		return first > lo || first == lo && int(word(nodes, 3*i+1)) >= hi
	})
	if int(word(nodes, 3*i)) != lo || int(word(nodes, 3*i+1)) != hi {
		return Rids{}, false
	}
	return r.bitmap(word(nodes, 3*i+2)), true
}

// bitmap returns a stored set; an empty one when there is no such.
func (r *Reader) bitmap(no uint32) Rids {
	table, sets := r.part[partBitmapTable], r.part[partBitmaps]
	if int(no) >= len(table)/entrySize {
		return Rids{}
	}
	from := int(word(table, 3*int(no))) * 8
	end := from + int(word(table, 3*int(no)+1))
	if from >= end || end > len(sets) {
		return Rids{}
	}
	return Rids{Count: int(word(table, 3*int(no)+2)), Bitmap: sets[from:end:end]}
}

// appendRids appends the rids of a text that has no bitmap.
func (r *Reader) appendRids(dst []uint32, i int) []uint32 {
	head := word(r.part[partHeads], i)
	if head < headList {
		return append(dst, head)
	}
	lists := r.part[partLists]
	at := int(head &^ headList)
	n := min(int(word(lists, at)), len(lists)/4-at-1)
	for k := range n {
		dst = append(dst, word(lists, at+1+k))
	}
	return dst
}
