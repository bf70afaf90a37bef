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
	slices.Sort(h.few)
	found, left := h.split(h.anywhere)
	if h.q.code == "" {
		return found
	}
	for _, r := range left {
		if h.codeBegins(r, h.q.code) {
			found = append(found, r)
		}
	}
	slices.Sort(found)
	return found
}

// split tells those of few ranks, which are sorted, that have each word of the query from the
// others. test marks the ranks that have the i-th word.
func (h *Hits) split(test func(i int, ranks []uint32, has []bool)) (yes, no []uint32) {
	yes = h.few
	has := make([]bool, len(yes))
	for i := range h.words {
		if len(yes) == 0 {
			break
		}
		from := yes
		has = has[:len(from)]
		clear(has)
		test(i, from, has)
		yes = make([]uint32, 0, len(from))
		for j, r := range from {
			if has[j] {
				yes = append(yes, r)
			} else {
				no = append(no, r)
			}
		}
	}
	slices.Sort(no)
	return yes, no
}

// anywhere marks the ranks that have the i-th word of the query in any text or the code.
func (h *Hits) anywhere(i int, ranks []uint32, has []bool) {
	h.set.mark(has, ranks, &h.set.info.Text.All, h.words[i])
	for j, r := range ranks {
		has[j] = has[j] || h.codeBegins(r, h.q.words[i])
	}
}

// shows marks the ranks that have the i-th word in the texts that make a grade.
func (h *Hits) shows(grade Found, i int, ranks []uint32, has []bool) {
	wanted, display := h.spaces(grade, i)
	h.set.mark(has, ranks, wanted, h.words[i])
	if wanted == display {
		return
	}
	translated := h.set.part(h.own.Has)
	own := make([]bool, len(ranks))
	h.set.mark(own, ranks, display, h.words[i])
	for j, r := range ranks {
		if translated[r/8]&(1<<(r%8)) == 0 {
			has[j] = own[j]
		}
	}
}

// codeBegins tells whether the code of a rank begins with a text, squeezed.
func (h *Hits) codeBegins(rank uint32, text string) bool {
	var room [64]byte
	k := u32s(h.set.part(h.set.info.Text.Parts[textNumber])).at(rank)
	return strings.HasPrefix(string(squeezed(room[:0], h.set.Code(k))), text)
}

// mark marks those of some sorted ranks that have a word of some spans: by the stored set,
// where there is one.
func (s *Set) mark(has []bool, ranks []uint32, x *space, words []span) {
	start, list := u32s(s.part(x.Start)), s.part(x.List)
	for _, w := range words {
		if at, ok := s.stored(x, w); ok {
			set := s.part(x.Set)[at:]
			for j, r := range ranks {
				has[j] = has[j] || set[r/8]&(1<<(r%8)) != 0
			}
			continue
		}
		for k := w.first; k < w.end; k++ {
			markList(has, ranks, list[start.at(k):start.at(k+1)])
		}
	}
}

// markList marks those of some sorted ranks that are in a list of differences.
func markList(has []bool, ranks []uint32, list []byte) {
	const walked = 4 // ranks that are passed over one by one
	rank, j := uint32(0), 0
	for len(list) > 0 {
		step, n := uint32(list[0]), 1
		if step >= 0x80 {
			step, n = long(list)
		}
		list = list[n:]
		rank += step
		for near := j + walked; j < len(ranks) && ranks[j] < rank; j++ {
			if j == near {
				more, _ := slices.BinarySearch(ranks[j:], rank)
				j += more
				break
			}
		}
		if j == len(ranks) {
			return
		}
		has[j] = has[j] || ranks[j] == rank
	}
}
