package rids

import "slices"

// Room holds expressions and what is needed to evaluate them, to be used again. It is for
// one goroutine at a time. The zero value is ready.
type Room struct {
	sets  []*[setsPart]Set
	used  int
	kids  []*Set
	lists []uint32

	bits       []*words
	usedBits   int
	arrays     [][]uint16
	usedArrays int
}

const setsPart = 32

// Reset ends the life of all Sets made in the room.
func (r *Room) Reset() {
	r.used, r.kids, r.lists = 0, r.kids[:0], r.lists[:0]
	if cap(r.lists) > roomyList {
		r.lists = nil
	}
	r.release(mark{})
}

// roomyList is how many rids a room keeps space for when it is used again.
const roomyList = 1 << 18

// set returns a Set to be filled in.
func (r *Room) set(kind kind) *Set {
	if r.used == setsPart*len(r.sets) {
		r.sets = append(r.sets, new([setsPart]Set))
	}
	s := &r.sets[r.used/setsPart][r.used%setsPart]
	r.used++
	*s = Set{kind: kind, room: r}
	return s
}

// Copy returns a copy of a list that lives as long as the room's Sets.
func (r *Room) Copy(list []uint32) []uint32 {
	from := len(r.lists)
	r.lists = append(r.lists, list...)
	return r.lists[from:len(r.lists):len(r.lists)]
}

// mark is how much of the room for evaluation was in use.
type mark struct{ words, lists int }

func (r *Room) mark() mark     { return mark{r.usedBits, r.usedArrays} }
func (r *Room) release(m mark) { r.usedBits, r.usedArrays = m.words, m.lists }

// words returns bits of unknown content, to be used until release.
func (r *Room) words() *words {
	if r.usedBits == len(r.bits) {
		r.bits = append(r.bits, new(words))
	}
	r.usedBits++
	return r.bits[r.usedBits-1]
}

// list returns an empty list with room for n, up to arrayMax, to be used until release.
func (r *Room) list(n int) []uint16 {
	if r.usedArrays == len(r.arrays) {
		r.arrays = append(r.arrays, nil)
	}
	l := slices.Grow(r.arrays[r.usedArrays][:0], n)
	r.arrays[r.usedArrays] = l
	r.usedArrays++
	return l
}
