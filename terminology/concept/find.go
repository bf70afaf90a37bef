package concept

import (
	"slices"
	"sort"
)

// values yields the values of a property with the concepts that have them, by value.
func (s *Set) values(property string, from func(value []byte) bool) func(func([]byte, Numbers) bool) {
	return func(yield func([]byte, Numbers) bool) {
		id := uint32(slices.Index(s.info.Properties, property))
		keys := s.sec[secPosting]
		key := func(i int) u32s { return u32s(keys[i*postingSize : (i+1)*postingSize]) }
		value := func(k u32s) []byte { return s.sec[secPropertyText][k.at(1) : k.at(1)+k.at(2)] }
		n := len(keys) / postingSize
		i := sort.Search(n, func(i int) bool {
			k := key(i)
			return k.at(0) > id || k.at(0) == id && from(value(k))
		})
		for ; i < n && key(i).at(0) == id; i++ {
			k := key(i)
			list := Numbers{u32s(s.sec[secPostingList][4*k.at(3) : 4*(k.at(3)+k.at(4))])}
			if !yield(value(k), list) {
				return
			}
		}
	}
}

// With returns the concepts that have a value for a property; of a Coding, its code counts.
func (s *Set) With(property, value string) Numbers {
	for v, list := range s.values(property, func(v []byte) bool { return string(v) >= value }) {
		if string(v) == value {
			return list
		}
		break
	}
	return Numbers{}
}

// HasValue tells whether a concept is one of those that With returns for a property and a value.
func (s *Set) HasValue(k uint32, property, value string) bool {
	for p := range s.Properties(k) {
		if p.Code == property && (p.Kind != KindCoding && string(p.Value) == value || p.Kind == KindCoding && p.Text() == value) {
			return true
		}
	}
	return false
}

// Values calls yield with each different value of a property and the concepts that have it,
// until it returns false. It can be ranged over.
func (s *Set) Values(property string) func(yield func([]byte, Numbers) bool) {
	return s.values(property, func([]byte) bool { return true })
}

// Text returns the concepts that have, for each word of filter, a word that starts with it,
// in their display or a designation, or a code that does. Case and accents do not matter. A
// blank filter finds all.
func (s *Set) Text(filter string) *Bits {
	q := NewQuery(filter, nil)
	if q == nil {
		all := NewBits(int(s.n))
		all.Not()
		return all
	}
	h := s.Search(&Search{Query: q})
	defer h.Release()
	return h.Numbers()
}
