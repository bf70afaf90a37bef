package concept

import (
	"sort"
	"strings"
)

// Search says which concepts of a set are looked for.
type Search struct {
	Query      *Query
	Reach      Reach
	Within     *Bits // by number; nil for all
	ActiveOnly bool  // leave inactive concepts out
	ForUI      bool  // leave abstract concepts out
}

// Hits are the concepts that a search found. It is for one goroutine, and must be released
// when done with.
type Hits struct {
	set   *Set
	q     *Query
	reach Reach
	total int
	words [][]span // of the dictionary, for each word of the query
	own   *tongue

	// Ranks of those not listed yet: a set or, when they are few, a sorted list.
	rest *Bits
	few  []uint32
}

// Up to least concepts, and up to one in fewOf, are few: going through a list of them takes
// less than going through a set.
const (
	fewOf = 512
	least = 64
)

// Search finds the concepts that have, for each word of the query, a word that it reaches in
// their display or a designation, or a code that begins with it; and those with a code that
// begins with the query as a whole, but for points and dashes. Case and accents do not matter.
func (s *Set) Search(f *Search) *Hits {
	h := &Hits{set: s, q: f.Query, reach: f.Reach, own: s.tongueOf(f.Query.languages)}
	for i := range h.q.words {
		h.words = append(h.words, s.reached(h.q, i, f.Reach))
	}
	few := max(least, int(s.n)/fewOf)
	if f.Within != nil && f.Within.Count() <= few {
		h.few = h.among(f)
		h.total = len(h.few)
		return h
	}
	h.rest = s.borrow()
	h.having(h.rest, h.any)
	h.coded(h.rest)
	s.narrow(h.rest, f)
	if h.total = h.rest.Count(); h.total <= few {
		h.few = make([]uint32, 0, h.total)
		for r := range h.rest.All {
			h.few = append(h.few, r)
		}
		s.giveBack(h.rest)
		h.rest = nil
	}
	return h
}

// Total tells how many concepts there are.
func (h *Hits) Total() int { return h.total }

// Numbers returns the concepts by number, before any is listed.
func (h *Hits) Numbers() *Bits {
	out := NewBits(int(h.set.n))
	h.page(0, -1, out.Add)
	return out
}

// Release gives back what the hits took. They cannot be used any more.
func (h *Hits) Release() {
	if h.rest != nil {
		h.set.giveBack(h.rest)
	}
	h.rest, h.few = nil, nil
}

// any adds the ranks of the concepts that have the i-th word of the query in any text, or a
// code that begins with it.
func (h *Hits) any(dst *Bits, i int) {
	for _, w := range h.words[i] {
		h.set.join(dst, &h.set.info.Text.All, w)
	}
	h.set.joinCodes(dst, h.q.words[i])
}

// coded adds the ranks of the concepts whose code begins with the query.
func (h *Hits) coded(dst *Bits) {
	if h.q.code != "" && (len(h.q.words) != 1 || h.q.words[0] != h.q.code) {
		h.set.joinCodes(dst, h.q.code)
	}
}

// having makes dst, which is empty, the ranks that of adds for every word of the query.
func (h *Hits) having(dst *Bits, of func(dst *Bits, i int)) {
	for i := range h.words {
		if i == 0 {
			of(dst, 0)
			continue
		}
		one := h.set.borrow()
		of(one, i)
		dst.And(one)
		h.set.giveBack(one)
	}
}

// reached finds the words of the dictionary that the i-th word of a query looks for.
func (s *Set) reached(q *Query, i int, reach Reach) []span {
	out := []span{s.beginning(q.words[i], 0)}
	if reach >= Within && q.fragment(i) {
		out = s.containing(out, q.words[i])
	}
	if reach >= OneEdit {
		out = s.near(out, q, i, OneEdit)
	}
	if n, _ := q.edits(i, reach); n > 1 {
		out = s.near(out, q, i, reach)
	}
	return out
}

// containing appends the words of the dictionary that have a fragment inside.
func (s *Set) containing(dst []span, fragment string) []span {
	entries := u32s(s.part(s.info.Text.Parts[textSuffix]))
	at := func(i int) string {
		e := entries.at(uint32(i))
		return s.word(e >> suffixBits)[e&(1<<suffixBits-1):]
	}
	n := int(entries.len())
	for i := sort.Search(n, func(i int) bool { return at(i) >= fragment }); i < n && strings.HasPrefix(at(i), fragment); i++ {
		w := entries.at(uint32(i)) >> suffixBits
		dst = append(dst, span{w, w + 1})
	}
	return dst
}

// withCode returns the concepts whose squeezed code begins with a text, in the order of codes.
func (s *Set) withCode(squeezedText string) Numbers {
	list := u32s(s.part(s.info.Text.Parts[textCode]))
	n := int(list.len())
	var room [64]byte
	code := func(i int) []byte { return squeezed(room[:0], s.Code(list.at(uint32(i)))) }
	first := sort.Search(n, func(i int) bool { return string(code(i)) >= squeezedText })
	end := first + sort.Search(n-first, func(i int) bool {
		c := code(first + i)
		return len(c) < len(squeezedText) || string(c[:len(squeezedText)]) != squeezedText
	})
	return Numbers{list[4*first : 4*end]}
}

// joinCodes adds the ranks of the concepts whose code begins with a word to dst.
func (s *Set) joinCodes(dst *Bits, word string) {
	ranks := u32s(s.part(s.info.Text.Parts[textRank]))
	for k := range s.withCode(word).All() {
		dst.Add(ranks.at(k))
	}
}

// narrow takes the ranks out that a search leaves out.
func (s *Set) narrow(ranks *Bits, f *Search) {
	t := &s.info.Text
	if f.ForUI {
		ranks.RemoveRange(t.Abstract, t.Inactive)
		ranks.RemoveRange(t.Both, s.n)
	}
	if f.ActiveOnly {
		ranks.RemoveRange(t.Inactive, s.n)
	}
	if f.Within == nil {
		return
	}
	members := f.Within.Count()
	if members == int(s.n) {
		return
	}
	if hits := ranks.Count(); hits < members {
		numbers := u32s(s.part(t.Parts[textNumber]))
		for r := range ranks.All {
			if !f.Within.Has(numbers.at(r)) {
				ranks.Remove(r)
			}
		}
		return
	}
	in := s.borrow()
	of := u32s(s.part(t.Parts[textRank]))
	for k := range f.Within.All {
		in.Add(of.at(k))
	}
	ranks.And(in)
	s.giveBack(in)
}
