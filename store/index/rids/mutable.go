package rids

import "slices"

// mutableMax is up to how many rids of a block a Mutable keeps as a list. It is less than
// in a bitmap, because inserting must be quick, and bits meet bits faster than lists do.
const mutableMax = 256

// Mutable is a set that changes. The zero value is the empty set. It is not safe for
// concurrent use while it changes.
type Mutable struct {
	n    int
	keys []uint16
	part []block // lists and bits are its own
}

// Len tells how many rids are in.
func (m *Mutable) Len() int {
	if m == nil {
		return 0
	}
	return m.n
}

// Add puts a rid in and tells whether it was not there.
func (m *Mutable) Add(rid uint32) bool {
	key, low := uint16(rid>>16), uint16(rid)
	i, ok := slices.BinarySearch(m.keys, key)
	if !ok {
		m.keys = slices.Insert(m.keys, i, key)
		m.part = slices.Insert(m.part, i, block{})
	}
	if !m.part[i].add(low) {
		return false
	}
	m.n++
	return true
}

// Remove takes a rid out and tells whether it was there.
func (m *Mutable) Remove(rid uint32) bool {
	i, ok := slices.BinarySearch(m.keys, uint16(rid>>16))
	if !ok || !m.part[i].remove(uint16(rid)) {
		return false
	}
	m.n--
	if m.part[i].n == 0 {
		m.keys = slices.Delete(m.keys, i, i+1)
		m.part = slices.Delete(m.part, i, i+1)
	}
	return true
}

// Contains tells whether a rid is in.
func (m *Mutable) Contains(rid uint32) bool {
	if m == nil || m.n == 0 {
		return false
	}
	i, ok := slices.BinarySearch(m.keys, uint16(rid>>16))
	return ok && m.part[i].contains(uint16(rid))
}

// add puts a rid into a block that owns its list or bits.
func (b *block) add(low uint16) bool {
	if b.words == nil {
		i, had := slices.BinarySearch(b.list, low)
		if had {
			return false
		}
		if b.n < mutableMax {
			b.list = slices.Insert(b.list, i, low)
			b.n++
			return true
		}
		w := new(words)
		b.addTo(w)
		b.list, b.words = nil, w
	}
	at, bit := low>>6, uint64(1)<<(low&63)
	if b.words[at]&bit != 0 {
		return false
	}
	b.words[at] |= bit
	b.n++
	return true
}

func (b *block) remove(low uint16) bool {
	if b.words == nil {
		i, had := slices.BinarySearch(b.list, low)
		if had {
			b.list = slices.Delete(b.list, i, i+1)
			b.n--
		}
		return had
	}
	at, bit := low>>6, uint64(1)<<(low&63)
	if b.words[at]&bit == 0 {
		return false
	}
	b.words[at] &^= bit
	b.n--
	if b.n <= mutableMax/2 {
		list := make([]uint16, 0, b.n)
		b.each(func(low int) { list = append(list, uint16(low)) })
		b.list, b.words = list, nil
	}
	return true
}

// below returns the number of the last block, at most key; -1 without one.
func (m *Mutable) below(key int) int {
	i, ok := slices.BinarySearch(m.keys, uint16(key))
	if ok {
		return key
	}
	if i == 0 {
		return -1
	}
	return int(m.keys[i-1])
}

// block returns one block. An own list or bits are not copied.
func (m *Mutable) block(key int) block {
	if i, ok := slices.BinarySearch(m.keys, uint16(key)); ok {
		return m.part[i]
	}
	return block{}
}
