package concept

import (
	"sort"
	"strings"
	"unicode"
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
	rest  *Bits    // ranks of those not listed yet
	words [][]span // of the dictionary, for each word of the query
	own   *tongue
}

// Search finds the concepts that have, for each word of the query, a word that it reaches in
// their display or a designation, or a code that begins with it; and those with a code that
// begins with the query as a whole, but for points and dashes. Case and accents do not matter.
func (s *Set) Search(f *Search) *Hits {
	h := &Hits{set: s, q: f.Query, reach: f.Reach, own: s.tongueOf(f.Query.languages), rest: s.borrow()}
	for i := range h.q.words {
		h.words = append(h.words, s.reached(h.q, i, f.Reach))
	}
	h.having(h.rest, func(dst *Bits, i int) {
		for _, w := range h.words[i] {
			s.join(dst, &s.info.Text.All, w)
		}
		s.joinCodes(dst, h.q.words[i])
	})
	if h.q.code != "" {
		s.joinCodes(h.rest, h.q.code)
	}
	s.narrow(h.rest, f)
	h.total = h.rest.Count()
	return h
}

// Total tells how many concepts there are.
func (h *Hits) Total() int { return h.total }

// Numbers returns the concepts by number.
func (h *Hits) Numbers() *Bits {
	out := NewBits(int(h.set.n))
	numbers := u32s(h.set.part(h.set.info.Text.Parts[textNumber]))
	for r := range h.rest.All {
		out.Add(numbers.at(r))
	}
	return out
}

// Release gives back what the hits took. They cannot be used any more.
func (h *Hits) Release() {
	h.set.giveBack(h.rest)
	h.rest = nil
}

// having makes dst the ranks that of returns for every word of the query.
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

// List calls yield with the concepts of a grade that no former call for a better grade
// listed, best first: up to count, after skip of them; all if count is negative. It returns
// how many the grade has. It is called once for each grade, the best first.
func (h *Hits) List(grade Found, skip, count int, yield func(number uint32)) int {
	switch grade {
	case AsWhole:
		return h.wholes(skip, count, yield)
	case AsCode:
		if !strings.ContainsFunc(h.q.code, unicode.IsDigit) {
			return 0
		}
		return h.take(h.set.withCode(h.q.code).All(), skip, count, yield)
	case AsSynonym:
		return h.page(h.rest, skip, count, yield)
	}
	found := h.set.borrow()
	defer h.set.giveBack(found)
	h.having(found, func(dst *Bits, i int) {
		if grade == AsBeginning && i == 0 {
			h.join(dst, &h.own.First, &h.set.info.Text.Own.First, i)
			return
		}
		h.join(dst, &h.own.Words, &h.set.info.Text.Own.Words, i)
	})
	found.And(h.rest)
	n := h.page(found, skip, count, yield)
	h.rest.AndNot(found)
	return n
}

// join adds the ranks that have the i-th word in a text shown in the wanted language, or in
// the display where there is none in that language.
func (h *Hits) join(dst *Bits, wanted, display *space, i int) {
	for _, w := range h.words[i] {
		h.set.join(dst, display, w)
	}
	if wanted == display {
		return
	}
	dst.andNotBytes(h.set.part(h.own.Has))
	for _, w := range h.words[i] {
		h.set.join(dst, wanted, w)
	}
}

// page lists a page of a set of ranks.
func (h *Hits) page(ranks *Bits, skip, count int, yield func(uint32)) int {
	n := ranks.Count()
	if first, ok := ranks.Skip(skip); ok && count != 0 {
		numbers := u32s(h.set.part(h.set.info.Text.Parts[textNumber]))
		ranks.From(first, func(r uint32) bool {
			yield(numbers.at(r))
			count--
			return count != 0
		})
	}
	return n
}
