package rids

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"
)

const (
	blockSize  = 1 << 16
	blockWords = blockSize / 64
	// arrayMax is the most rids of a block that are kept as a list; more are cheaper as bits.
	arrayMax = 4096
)

type words [blockWords]uint64

// block is what a set has of the 65,536 rids that share their upper half: nothing, all, a
// sorted list, or bits.
type block struct {
	n     int
	list  []uint16
	words *words
}

var allBlock = block{n: blockSize}

func (b *block) all() bool { return b.n == blockSize }

// contains tells whether a rid, by its lower half, is in the block.
func (b *block) contains(low uint16) bool {
	switch {
	case b.n == 0 || b.all():
		return b.n != 0
	case b.words != nil:
		return b.words[low>>6]&(1<<(low&63)) != 0
	}
	_, ok := slices.BinarySearch(b.list, low)
	return ok
}

// appendBelow appends up to n rids of the block whose lower half is less than limit,
// highest first.
func (b *block) appendBelow(dst []uint32, high uint32, limit, n int) []uint32 {
	switch {
	case b.n == 0:
	case b.words != nil:
		for w := (limit - 1) >> 6; w >= 0 && n > 0; w-- {
			x := b.words[w]
			if top := limit - w<<6; top < 64 {
				x &= 1<<top - 1
			}
			for ; x != 0 && n > 0; n-- {
				i := bits.Len64(x) - 1
				x &^= 1 << i
				dst = append(dst, high|uint32(w<<6+i))
			}
		}
	case b.all():
		for i := limit - 1; i >= 0 && n > 0; i, n = i-1, n-1 {
			dst = append(dst, high|uint32(i))
		}
	default:
		end := len(b.list)
		if limit < blockSize {
			end, _ = slices.BinarySearch(b.list, uint16(limit))
		}
		for i := end - 1; i >= 0 && n > 0; i, n = i-1, n-1 {
			dst = append(dst, high|uint32(b.list[i]))
		}
	}
	return dst
}

// addTo sets the bits of the block.
func (b *block) addTo(w *words) {
	switch {
	case b.n == 0:
	case b.words != nil:
		for i, x := range b.words {
			w[i] |= x
		}
	case b.all():
		for i := range w {
			w[i] = ^uint64(0)
		}
	default:
		for _, x := range b.list {
			w[x>>6] |= 1 << (x & 63)
		}
	}
}

func (w *words) count() (n int) {
	for _, x := range w {
		n += bits.OnesCount64(x)
	}
	return n
}

// addRange sets the bits from first to last.
func (w *words) addRange(first, last int) {
	low, high := ^uint64(0)<<(first&63), ^uint64(0)>>(63-last&63)
	i, j := first>>6, last>>6
	if i == j {
		w[i] |= low & high
		return
	}
	w[i] |= low
	for k := i + 1; k < j; k++ {
		w[k] = ^uint64(0)
	}
	w[j] |= high
}

// littleEndian tells whether numbers lie in memory as they do in a file.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// uint16s views bytes of a file as numbers.
func uint16s(b []byte) []uint16 {
	if littleEndian {
		return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/2)
	}
	out := make([]uint16, len(b)/2)
	for i := range out {
		out[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return out
}

// wordsOf views the bytes of a block of bits as numbers.
func wordsOf(b []byte) *words {
	_ = b[8*blockWords-1]
	if littleEndian {
		return (*words)(unsafe.Pointer(unsafe.SliceData(b)))
	}
	out := new(words)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return out
}
