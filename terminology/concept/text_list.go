package concept

import (
	"strings"
	"unicode"
)

// List calls yield with the concepts of a grade that no former call for a better grade
// listed, best first: up to count, after skip of them; all if count is negative. It is called
// once for each grade, the best first, until the page is full. It returns how many the grade
// has, if count or more were not listed.
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
		return h.page(skip, count, yield)
	}
	best := h.graded(grade)
	defer best.Release()
	n := best.page(skip, count, yield)
	if h.rest != nil && (count < 0 || n < skip+count) {
		h.rest.AndNot(best.rest)
	}
	return n
}

// graded splits off the ranks of those left that are of a grade by the texts that are shown.
func (h *Hits) graded(grade Found) *Hits {
	best := &Hits{set: h.set}
	if h.rest == nil {
		best.few, h.few = h.split(func(i int, ranks []uint32, has []bool) { h.shows(grade, i, ranks, has) })
		return best
	}
	best.rest = h.set.borrow()
	h.having(best.rest, func(dst *Bits, i int) { h.join(dst, grade, i) })
	best.rest.And(h.rest)
	return best
}

// spaces returns where the i-th word of the query is looked for: in the texts of the wanted
// language, and in the displays of concepts that have none in it.
func (h *Hits) spaces(grade Found, i int) (wanted, display *space) {
	own := &h.set.info.Text.Own
	if grade == AsBeginning && i == 0 {
		return &h.own.First, &own.First
	}
	return &h.own.Words, &own.Words
}

// join adds the ranks of the concepts that are of a grade by the i-th word.
func (h *Hits) join(dst *Bits, grade Found, i int) {
	wanted, display := h.spaces(grade, i)
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

// page lists a page of what is left.
func (h *Hits) page(skip, count int, yield func(number uint32)) int {
	numbers := u32s(h.set.part(h.set.info.Text.Parts[textNumber]))
	if h.rest == nil {
		for i := skip; i < len(h.few) && count != 0; i++ {
			yield(numbers.at(h.few[i]))
			count--
		}
		return len(h.few)
	}
	first := uint32(0)
	if skip > 0 {
		var ok bool
		if first, ok = h.rest.Skip(skip); !ok {
			return h.rest.Count()
		}
	}
	n := skip
	h.rest.From(first, func(r uint32) bool {
		if count == 0 {
			return false
		}
		yield(numbers.at(r))
		count--
		n++
		return count != 0
	})
	return n
}
