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
	partText    = iota // the distinct texts, ascending, each followed by a NUL
	partSamples        // uint32: where every sampleEvery-th text begins
	partHeads          // uint32 per text: its rid, list or bitmap
	partLists          // uint32: a number of rids, then the rids, ascending
	parts
)

const (
	magic       = "mjtext01"
	footerSize  = 8*parts + 8 + len(magic)
	sampleEvery = 16
)

// What a head says by its highest bits.
const (
	headList = 1 << 31       // the lower bits: where in partLists, in words
	headMany = 1<<31 | 1<<30 // the lower bits: the number of a bitmap
	maxRID   = headList - 1  // a head without the highest bit is the rid itself
	maxList  = headMany&^headList - 1
)

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
