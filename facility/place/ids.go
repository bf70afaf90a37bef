package place

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"math/bits"
)

// ids gives ids numbers, from 0, and finds each by the other. It has no pointers to what it
// keeps, so that a million ids are nothing to look at when garbage is collected; a UUID
// takes 17 bytes. It is not safe for concurrent use while it changes.
type ids struct {
	seed   maphash.Seed
	slots  []int32  // numbers plus one, by hash; 0 where none is. A power of two of them
	at     []uint32 // by number: the chunk, and where in it
	chunks [][]byte
}

const (
	chunkBits = 16
	fewSlots  = 64
	uuidSize  = 36
)

func newIDs() ids { return ids{seed: maphash.MakeSeed(), slots: make([]int32, fewSlots)} }

func (x *ids) len() int { return len(x.at) }

// grow makes room for n ids in all.
func (x *ids) grow(n int) {
	if n > cap(x.at) {
		x.at = append(make([]uint32, 0, n), x.at...)
	}
	if size := 1 << bits.Len(uint(n+n/3)); size > len(x.slots) {
		x.rehash(size)
	}
}

// find returns the number of an id; false when it has none.
func (x *ids) find(id string) (int32, bool) {
	var room [binary.MaxVarintLen64 + 2*uuidSize]byte
	n, _ := x.slot(packID(room[:0], id))
	return n - 1, n > 0
}

// add returns the number of an id, which it gives it if needed.
func (x *ids) add(id string) (n int32, added bool) {
	if 4*len(x.at) >= 3*len(x.slots) {
		x.rehash(2 * len(x.slots))
	}
	var room [binary.MaxVarintLen64 + 2*uuidSize]byte
	packed := packID(room[:0], id)
	n, slot := x.slot(packed)
	if n > 0 {
		return n - 1, false
	}
	x.at = append(x.at, x.keep(packed))
	x.slots[slot] = int32(len(x.at))
	return int32(len(x.at) - 1), true
}

// slot returns what is in the slot of a packed id, and which one it is.
func (x *ids) slot(packed []byte) (n int32, slot int) {
	slot = int(maphash.Bytes(x.seed, packed)) & (len(x.slots) - 1)
	for n = x.slots[slot]; n != 0 && !bytes.HasPrefix(x.packed(n-1), packed); n = x.slots[slot] {
		slot = (slot + 1) & (len(x.slots) - 1)
	}
	return n, slot
}

// keep keeps a packed id and returns where.
func (x *ids) keep(packed []byte) uint32 {
	last := len(x.chunks) - 1
	if last < 0 || len(x.chunks[last])+len(packed) > cap(x.chunks[last]) {
		x.chunks = append(x.chunks, make([]byte, 0, max(1<<chunkBits, len(packed))))
		last++
	}
	at := len(x.chunks[last])
	x.chunks[last] = append(x.chunks[last], packed...)
	return uint32(last<<chunkBits | at)
}

// packed returns the bytes that begin with an id as packID gave it.
func (x *ids) packed(n int32) []byte {
	at := x.at[n]
	return x.chunks[at>>chunkBits][at&(1<<chunkBits-1):]
}

func (x *ids) rehash(size int) {
	x.slots = make([]int32, size)
	for n := range x.at {
		b := x.packed(int32(n))
		_, slot := x.slot(b[:packedSize(b)])
		x.slots[slot] = int32(n + 1)
	}
}

// append appends the id of a number.
func (x *ids) append(dst []byte, n int32) []byte {
	b := x.packed(n)
	if b[0] != 0 {
		size, from := binary.Uvarint(b)
		return append(dst, b[from:from+int(size)-1]...)
	}
	b = b[1:]
	for _, size := range [5]int{4, 2, 2, 2, 6} {
		dst = append(hex.AppendEncode(dst, b[:size]), '-')
		b = b[size:]
	}
	return dst[:len(dst)-1]
}

// text returns the id of a number.
func (x *ids) text(n int32) string { return string(x.append(nil, n)) }

// packID appends an id so that its end can be told: a UUID as a zero and its 16 bytes, what
// is none as its length plus one, and itself.
func packID(dst []byte, id string) []byte {
	if len(id) == uuidSize {
		if u, ok := uuidOf(id); ok {
			return append(append(dst, 0), u[:]...)
		}
	}
	return append(binary.AppendUvarint(dst, uint64(len(id)+1)), id...)
}

// packedSize returns how many bytes of b are the id that packID gave.
func packedSize(b []byte) int {
	if b[0] == 0 {
		return 17
	}
	size, from := binary.Uvarint(b)
	return from + int(size) - 1
}

// uuidOf reads a UUID in the form in which it is written again: in small letters.
func uuidOf(id string) (u [16]byte, ok bool) {
	n := 0
	for i := range uuidSize {
		c := id[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return u, false
			}
			continue
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		default:
			return u, false
		}
		u[n/2] = u[n/2]<<4 | c
		n++
	}
	return u, true
}
