package concept

import (
	"iter"
	"slices"
	"sort"
)

// Numbers is a list of concept numbers, in rising order. It belongs to its set.
type Numbers struct{ list u32s }

// Len tells how many numbers there are.
func (n Numbers) Len() int { return int(n.list.len()) }

// At returns the i-th number.
func (n Numbers) At(i int) uint32 { return n.list.at(uint32(i)) }

// Has tells whether a number is in the list.
func (n Numbers) Has(k uint32) bool {
	i := sort.Search(n.Len(), func(i int) bool { return n.At(i) >= k })
	return i < n.Len() && n.At(i) == k
}

// All ranges over the numbers.
func (n Numbers) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for i := range n.list.len() {
			if !yield(n.list.at(i)) {
				return
			}
		}
	}
}

// list returns the k-th list of a pair of sections.
func (s *Set) list(id, start int, k uint32) Numbers {
	t := u32s(s.sec[start])
	return Numbers{u32s(s.sec[id][4*t.at(k) : 4*t.at(k+1)])}
}

// Parents returns the concepts right above one.
func (s *Set) Parents(k uint32) Numbers { return s.list(secParent, secParentStart, k) }

// Children returns the concepts right below one.
func (s *Set) Children(k uint32) Numbers { return s.list(secChild, secChildStart, k) }

// IsA tells whether a concept is another or lies below it.
func (s *Set) IsA(k, above uint32) bool {
	if k >= above && k <= u32s(s.sec[secEnd]).at(above) {
		return true
	}
	pairs := s.list(secExtra, secExtraStart, above).list
	low, high := uint32(0), pairs.len()/2
	for low < high {
		mid := (low + high) / 2
		switch {
		case k < pairs.at(2*mid):
			high = mid
		case k > pairs.at(2*mid+1):
			low = mid + 1
		default:
			return true
		}
	}
	return false
}

// AddBelow puts a concept and all that lies below it into dst.
func (s *Set) AddBelow(dst *Bits, k uint32) {
	pairs := s.list(secExtra, secExtraStart, k).list
	i := uint32(0)
	for ; i < pairs.len() && pairs.at(i) < k; i += 2 {
		dst.AddRange(pairs.at(i), pairs.at(i+1))
	}
	dst.AddRange(k, u32s(s.sec[secEnd]).at(k))
	for ; i < pairs.len(); i += 2 {
		dst.AddRange(pairs.at(i), pairs.at(i+1))
	}
}

// AddAbove puts a concept and all that it lies below into dst.
func (s *Set) AddAbove(dst *Bits, k uint32) {
	above := []uint32{k}
	for open := []uint32{k}; len(open) > 0; {
		c := open[len(open)-1]
		open = open[:len(open)-1]
		for p := range s.Parents(c).All() {
			if i, seen := slices.BinarySearch(above, p); !seen {
				above = slices.Insert(above, i, p)
				open = append(open, p)
			}
		}
	}
	for _, c := range above {
		dst.Add(c)
	}
}
