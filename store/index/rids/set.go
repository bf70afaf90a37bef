package rids

import (
	"slices"
	"sort"
)

type kind uint8

const (
	isList kind = iota
	isBitmap
	isMutable
	isAnd
	isOr
	isNot // the first kid without the second
)

// Set is an expression over sets of rids. A nil Set is the empty one. It lives until the
// Reset of its Room, and as long as what it reads lies unchanged. It is for one goroutine.
type Set struct {
	kind    kind
	room    *Room
	size    int // how many rids, at most
	rids    []uint32
	bitmap  portable
	mutable *Mutable
	kids    []*Set
}

// List returns the set of rids in ascending order, each once. The list must not change.
func (r *Room) List(rids []uint32) *Set {
	if len(rids) == 0 {
		return nil
	}
	s := r.set(isList)
	s.rids, s.size = rids, len(rids)
	return s
}

// Bitmap returns the set that a portable bitmap describes. It fails with [ErrDamaged] when
// the head of it is wrong; what comes after must be right.
func (r *Room) Bitmap(b []byte) (*Set, error) {
	s := r.set(isBitmap)
	if err := s.bitmap.read(b); err != nil {
		return nil, err
	}
	s.size = s.bitmap.count()
	return s, nil
}

// Mutable returns a set that reads m. It must not change meanwhile.
func (r *Room) Mutable(m *Mutable) *Set {
	if m == nil || m.n == 0 {
		return nil
	}
	s := r.set(isMutable)
	s.mutable, s.size = m, m.n
	return s
}

// And returns what all sets have; nothing for no sets.
func (r *Room) And(sets ...*Set) *Set {
	switch {
	case len(sets) == 0 || slices.Contains(sets, nil):
		return nil
	case len(sets) == 1:
		return sets[0]
	}
	from := len(r.kids)
	for _, k := range sets {
		if k.kind == isAnd {
			r.kids = append(r.kids, k.kids...)
		} else {
			r.kids = append(r.kids, k)
		}
	}
	s := r.set(isAnd)
	s.kids = r.kids[from:len(r.kids):len(r.kids)]
	slices.SortStableFunc(s.kids, func(a, b *Set) int { return a.size - b.size })
	s.size = s.kids[0].size
	return s
}

// Or returns what any of the sets has.
func (r *Room) Or(sets ...*Set) *Set {
	from := len(r.kids)
	size := 0
	for _, k := range sets {
		if k != nil {
			r.kids = append(r.kids, k)
			size += k.size
		}
	}
	kids := r.joinLists(r.kids[from:len(r.kids):len(r.kids)])
	switch len(kids) {
	case 0:
		return nil
	case 1:
		return kids[0]
	}
	s := r.set(isOr)
	s.kids, s.size = kids, size
	return s
}

// fewLists is how many lists a union keeps apart; of more it makes one.
const fewLists = 2

// joinLists puts one list in place of many, as a union of many codes has.
func (r *Room) joinLists(kids []*Set) []*Set {
	lists := 0
	for _, k := range kids {
		if k.kind == isList {
			lists++
		}
	}
	if lists <= fewLists {
		return kids
	}
	from, rest := len(r.lists), kids[:0]
	for _, k := range kids {
		if k.kind == isList {
			r.lists = append(r.lists, k.rids...)
		} else {
			rest = append(rest, k)
		}
	}
	all := r.lists[from:]
	slices.Sort(all)
	all = slices.Compact(all)
	r.lists = r.lists[:from+len(all)]
	return append(rest, r.List(all[:len(all):len(all)]))
}

// AndNot returns what a has and b has not.
func (r *Room) AndNot(a, b *Set) *Set {
	if a == nil || b == nil {
		return a
	}
	s := r.set(isNot)
	from := len(r.kids)
	r.kids = append(r.kids, a, b)
	s.kids, s.size = r.kids[from:len(r.kids):len(r.kids)], a.size
	return s
}

// Contains tells whether a rid is in the set.
func (s *Set) Contains(rid uint32) bool {
	if s == nil {
		return false
	}
	switch s.kind {
	case isList:
		_, ok := slices.BinarySearch(s.rids, rid)
		return ok
	case isBitmap:
		return s.bitmap.contains(rid)
	case isMutable:
		return s.mutable.Contains(rid)
	case isAnd:
		for _, k := range s.kids {
			if !k.Contains(rid) {
				return false
			}
		}
		return true
	case isOr:
		for _, k := range s.kids {
			if k.Contains(rid) {
				return true
			}
		}
		return false
	}
	return s.kids[0].Contains(rid) && !s.kids[1].Contains(rid)
}

// Count tells how many rids the set has.
func (s *Set) Count() int {
	if s == nil {
		return 0
	}
	if s.kind <= isMutable {
		return s.size
	}
	n := 0
	for key := s.below(blockSize - 1); key >= 0; key = s.below(key - 1) {
		m := s.room.mark()
		n += s.countBlock(key)
		s.room.release(m)
	}
	return n
}

// Before appends to dst the up to n largest rids that are less than rid, in descending
// order; with rid 0 the largest ones of all.
func (s *Set) Before(rid uint32, n int, dst []uint32) []uint32 {
	if s == nil || n <= 0 {
		return dst
	}
	top, limit := blockSize-1, blockSize
	if rid > 0 {
		top, limit = int((rid-1)>>16), int(uint16(rid-1))+1
	}
	for key := s.below(top); key >= 0 && n > 0; key = s.below(key - 1) {
		m := s.room.mark()
		b := s.block(key)
		most := blockSize
		if key == top {
			most = limit
		}
		had := len(dst)
		dst = b.appendBelow(dst, uint32(key)<<16, most, n)
		n -= len(dst) - had
		s.room.release(m)
	}
	return dst
}

// below returns the number of the last block, at most key, that may have a rid; -1 without one.
func (s *Set) below(key int) int {
	if key < 0 {
		return -1
	}
	switch s.kind {
	case isList:
		limit := uint32(key)<<16 | 0xffff
		i := sort.Search(len(s.rids), func(i int) bool { return s.rids[i] > limit })
		if i == 0 {
			return -1
		}
		return int(s.rids[i-1] >> 16)
	case isBitmap:
		if i := s.bitmap.below(key); i >= 0 {
			return s.bitmap.key(i)
		}
		return -1
	case isMutable:
		return s.mutable.below(key)
	case isAnd:
		for i := 0; i < len(s.kids); i++ {
			k := s.kids[i].below(key)
			if k < 0 {
				return -1
			}
			if k < key {
				key, i = k, -1 // ask all again
			}
		}
		return key
	case isOr:
		best := -1
		for _, k := range s.kids {
			if best = max(best, k.below(key)); best == key {
				break
			}
		}
		return best
	}
	return s.kids[0].below(key)
}
