package concept

import (
	"cmp"
	"slices"
	"sort"
	"strings"
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

// Values calls yield with each different value of a property and the concepts that have it,
// until it returns false. It can be ranged over.
func (s *Set) Values(property string) func(yield func([]byte, Numbers) bool) {
	return s.values(property, func([]byte) bool { return true })
}

// Text returns the concepts that have, for each word of filter, a word that starts with it,
// in their code, display or a designation. Case and accents do not matter. A blank filter
// finds all.
func (s *Set) Text(filter string) *Bits {
	all := NewBits(int(s.n))
	if strings.TrimSpace(filter) == "" {
		all.Not()
		return all
	}
	for i, w := range Words(nil, filter) {
		hits := NewBits(int(s.n))
		s.prefix(hits, w)
		if i > 0 {
			hits.And(all)
		}
		all = hits
	}
	return all
}

// prefix puts into dst the concepts with a word that starts with w.
func (s *Set) prefix(dst *Bits, w string) {
	n := int(u32s(s.sec[secWordStart]).len()) - 1
	i := sort.Search(n, func(i int) bool { return string(s.text(secWord, secWordStart, uint32(i))) >= w })
	for ; i < n && strings.HasPrefix(string(s.text(secWord, secWordStart, uint32(i))), w); i++ {
		for k := range s.list(secWordList, secWordListStart, uint32(i)).All() {
			dst.Add(k)
		}
	}
}

// nearLimit is how many concepts Nearest compares at most.
const nearLimit = 20000

// Nearest returns up to n concepts whose code or texts come closest to a text that
// should have been one of them, best first.
func (s *Set) Nearest(text string, n int) []uint32 {
	type hit struct {
		number uint32
		far    int
	}
	want := fold(strings.TrimSpace(text))
	if want == "" || n <= 0 {
		return nil
	}
	limit := max(1, len(want)/3)
	var hits []hit
	for k := range min(s.n, nearLimit) {
		far := s.distance(k, want, limit)
		if far <= limit {
			hits = append(hits, hit{k, far})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.far, b.far) })
	out := make([]uint32, 0, n)
	for _, h := range hits[:min(n, len(hits))] {
		out = append(out, h.number)
	}
	return out
}

// distance is the smallest edit distance between want and a text of a concept.
func (s *Set) distance(k uint32, want string, limit int) int {
	far := edits(fold(string(s.Code(k))), want, limit)
	far = min(far, edits(fold(string(s.Display(k))), want, limit))
	for d := range s.Designations(k) {
		far = min(far, edits(fold(string(d.Value)), want, limit))
	}
	return far
}

// edits counts the letters to add, drop, change or swap between a and b; limit+1 if more
// than limit.
func edits(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); d > limit || -d > limit {
		return limit + 1
	}
	var rows [3][]int
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		now, last, before := rows[i%3], rows[(i+2)%3], rows[(i+1)%3]
		now[0] = i
		best := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			best = min(best, now[j])
		}
		if best > limit {
			return limit + 1
		}
	}
	return min(rows[len(x)%3][len(y)], limit+1)
}
