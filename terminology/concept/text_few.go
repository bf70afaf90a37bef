package concept

import (
	"slices"
	"strings"
)

// among finds the ranks of those few concepts that a search is within, and that it finds.
func (h *Hits) among(f *Search) []uint32 {
	if len(h.words) == 0 {
		return nil
	}
	t := &h.set.info.Text
	of := u32s(h.set.part(t.Parts[textRank]))
	h.few = make([]uint32, 0, f.Within.Count())
	for k := range f.Within.All {
		r := of.at(k)
		inactive := r >= t.Inactive
		abstract := r >= t.Abstract && !inactive || r >= t.Both
		if !(f.ActiveOnly && inactive || f.ForUI && abstract) {
			h.few = append(h.few, r)
		}
	}
	found, left := h.split(h.anywhere)
	if h.q.code != "" {
		for _, r := range left {
			if h.codeBegins(r, h.q.code) {
				found = append(found, r)
			}
		}
	}
	slices.Sort(found)
	return found
}

// split tells those of few ranks that a test for each word of the query takes from the others.
func (h *Hits) split(test func(i int) (has func(rank uint32) bool, done func())) (yes, no []uint32) {
	yes = h.few
	for i := range h.words {
		if len(yes) == 0 {
			break
		}
		has, done := test(i)
		from := yes
		yes = make([]uint32, 0, len(from))
		for _, r := range from {
			if has(r) {
				yes = append(yes, r)
			} else {
				no = append(no, r)
			}
		}
		done()
	}
	slices.Sort(no)
	return yes, no
}

// anywhere tests for the i-th word of the query in all texts and the code.
func (h *Hits) anywhere(i int) (has func(rank uint32) bool, done func()) {
	in, end := h.set.tester(&h.set.info.Text.All, h.words[i])
	return func(r uint32) bool { return in(r) || h.codeBegins(r, h.q.words[i]) }, end
}

// shows tests for the i-th word in the texts that make a grade.
func (h *Hits) shows(grade Found, i int) (has func(rank uint32) bool, done func()) {
	wanted, display := h.spaces(grade, i)
	if wanted == display {
		return h.set.tester(display, h.words[i])
	}
	translated := h.set.part(h.own.Has)
	inWanted, endWanted := h.set.tester(wanted, h.words[i])
	inDisplay, endDisplay := h.set.tester(display, h.words[i])
	return func(r uint32) bool {
		if translated[r/8]&(1<<(r%8)) != 0 {
			return inWanted(r)
		}
		return inDisplay(r)
	}, func() { endWanted(); endDisplay() }
}

// codeBegins tells whether the code of a rank begins with a text, squeezed.
func (h *Hits) codeBegins(rank uint32, text string) bool {
	var room [64]byte
	k := u32s(h.set.part(h.set.info.Text.Parts[textNumber])).at(rank)
	return strings.HasPrefix(string(squeezed(room[:0], h.set.Code(k))), text)
}

// tester returns a test for ranks that have a word of some spans: in the stored set, where
// there is one. done must be called after the last test.
func (s *Set) tester(x *space, words []span) (has func(rank uint32) bool, done func()) {
	if len(words) == 1 {
		if at, ok := s.stored(x, words[0]); ok {
			set := s.part(x.Set)[at:]
			return func(r uint32) bool { return set[r/8]&(1<<(r%8)) != 0 }, func() {}
		}
	}
	b := s.borrow()
	for _, w := range words {
		s.join(b, x, w)
	}
	return b.Has, func() { s.giveBack(b) }
}
