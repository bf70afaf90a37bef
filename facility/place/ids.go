package place

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math/bits"

	"masjala/fhir"
)

// ids gives ids numbers, from 0, and finds each by the other. It has no pointers to what it
// keeps, so that a million ids are nothing to look at when garbage is collected; a UUID
// takes 17 bytes. It is not safe for concurrent use while it changes.
type ids struct {
	seed   maphash.Seed
	slots  []int32  // numbers, by hash. A power of two of them
	tags   []uint8  // by slot: bits of the hash, 0 where there is no number
	at     []uint32 // by number: the chunk, and where in it
	chunks [][]byte
}

const (
	chunkBits = 16
	fewSlots  = 64
)

func newIDs() ids {
	return ids{seed: maphash.MakeSeed(), slots: make([]int32, fewSlots), tags: make([]uint8, fewSlots)}
}

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
	var room [binary.MaxVarintLen64 + 2*fhir.UUIDText]byte
	slot, _, ok := x.slot(packID(room[:0], id))
	return x.slots[slot], ok
}

// add returns the number of an id, which it gives it if needed.
func (x *ids) add(id string) (n int32, added bool) {
	if 4*len(x.at) >= 3*len(x.slots) {
		x.rehash(2 * len(x.slots))
	}
	var room [binary.MaxVarintLen64 + 2*fhir.UUIDText]byte
	packed := packID(room[:0], id)
	slot, tag, ok := x.slot(packed)
	if ok {
		return x.slots[slot], false
	}
	n = int32(len(x.at))
	x.at = append(x.at, x.keep(packed))
	x.slots[slot], x.tags[slot] = n, tag
	return n, true
}

// slot returns the slot of a packed id, or where it would be, and its tag. It looks at the
// ids of equal tags only: each look is one into memory far away.
func (x *ids) slot(packed []byte) (slot int, tag uint8, ok bool) {
	hash := maphash.Bytes(x.seed, packed)
	slot, tag = int(hash)&(len(x.slots)-1), uint8(hash>>56)|1
	for ; x.tags[slot] != 0; slot = (slot + 1) & (len(x.slots) - 1) {
		if x.tags[slot] == tag && bytes.HasPrefix(x.packed(x.slots[slot]), packed) {
			return slot, tag, true
		}
	}
	return slot, tag, false
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
	x.slots, x.tags = make([]int32, size), make([]uint8, size)
	for n := range x.at {
		b := x.packed(int32(n))
		slot, tag, _ := x.slot(b[:packedSize(b)])
		x.slots[slot], x.tags[slot] = int32(n), tag
	}
}

// append appends the id of a number.
func (x *ids) append(dst []byte, n int32) []byte {
	b := x.packed(n)
	if b[0] != 0 {
		size, from := binary.Uvarint(b)
		return append(dst, b[from:from+int(size)-1]...)
	}
	return fhir.AppendUUIDText(dst, b[1:])
}

// text returns the id of a number.
func (x *ids) text(n int32) string { return string(x.append(nil, n)) }

// packID appends an id so that its end can be told: a UUID as a zero and its 16 bytes, what
// is none as its length plus one, and itself.
func packID(dst []byte, id string) []byte {
	if len(id) == fhir.UUIDText {
		if packed, ok := fhir.AppendUUID(append(dst, 0), id); ok {
			return packed
		}
	}
	return append(binary.AppendUvarint(dst, uint64(len(id)+1)), id...)
}

// packedSize returns how many bytes of b are the id that packID gave.
func packedSize(b []byte) int {
	if b[0] == 0 {
		return 1 + fhir.UUIDSize
	}
	size, from := binary.Uvarint(b)
	return from + int(size) - 1
}
