package text

import (
	"encoding/binary"
	"errors"
)

// ErrDamaged tells that the bytes given to Open are not a section, or not a whole one.
var ErrDamaged = errors.New("text: damaged section")

// The parts of a section, in the order in which they lie. The footer after them says where
// each ends; each begins at the next multiple of eight.
const (
	partText        = iota // the distinct texts, ascending, each followed by a NUL
	partBitmaps            // sets of rids in roaring's portable format, at multiples of eight
	partBitmapTable        // per bitmap: where it begins in eights of bytes, its size, its count
	partSamples            // uint32: where every sampleEvery-th text begins
	partHeads              // uint32 per text: its rid, list or bitmap
	partLists              // uint32: a number of rids, then the rids, ascending
	partPrefixes           // nodes over the texts
	partSuffixes           // the sorted suffixes: number of the text and offset in it, packed
	partSubstrings         // nodes over the suffixes
	parts
)

const (
	magic       = "mjtext01"
	footerSize  = 8*parts + 8 + len(magic)
	sampleEvery = 8
	nodeSize    = 12 // uint32: first, end, number of the bitmap
	entrySize   = 12 // uint32: begin, size, count
	maxWidth    = 5  // bytes of a packed suffix: enough for 40 million texts of 16 KiB
	spare       = 8  // bytes after the last suffix, so that it can be read as a whole word
)

// What a head says by its highest bits.
const (
	headList = 1 << 31       // the lower bits: where in partLists, in words
	headMany = 1<<31 | 1<<30 // the lower bits: the number of a bitmap
	maxRID   = headList - 1  // a head without the highest bit is the rid itself
	maxLists = headMany - headList
)

// shape is what the footer says of the suffixes.
type shape struct {
	contains bool // whether there are any
	offset   uint // bits of the offset, the lower ones
	width    int  // bytes of a suffix
}

func (s shape) pack() uint64 {
	var contains uint64
	if s.contains {
		contains = 1
	}
	return contains | uint64(s.offset)<<8 | uint64(s.width)<<16
}

// shapeOf reads what pack gave; it is false when pack cannot have given it.
func shapeOf(v uint64) (shape, bool) {
	s := shape{contains: v&1 == 1, offset: uint(v >> 8 & 0xff), width: int(v >> 16 & 0xff)}
	return s, s.pack() == v && s.offset < 32 && s.width <= maxWidth && (s.width > 0 || !s.contains)
}

// word reads the i-th uint32 of a part; 0 beyond its end.
func word(b []byte, i int) uint32 {
	if at := i * 4; at >= 0 && at+4 <= len(b) {
		return binary.LittleEndian.Uint32(b[at:])
	}
	return 0
}

// padding returns how many bytes lead from n to the next multiple of eight.
func padding(n int64) int {
	return int(-n & 7)
}
