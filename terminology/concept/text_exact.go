package concept

import (
	"iter"
	"slices"
)

// mostAlike is how many texts of a bucket are looked at for one that is the query. More only
// are there if very many concepts have one text, and then none of them is the best.
const mostAlike = 64

// wholes lists the concepts of which the code, then the shown text, then another text is the
// query.
func (h *Hits) wholes(skip, count int, yield func(uint32)) int {
	if h.reach > Begins || len(h.q.same) == 0 {
		return 0
	}
	return h.take(func(yield func(uint32) bool) {
		if h.q.code != "" {
			for k := range h.set.withCode(h.q.code).All() {
				if string(squeezed(nil, h.set.Code(k))) != h.q.code || !yield(k) {
					break
				}
			}
		}
		shown, others := h.alike()
		for _, list := range [][]uint32{shown, others} {
			for _, k := range list {
				if !yield(k) {
					return
				}
			}
		}
	}, skip, count, yield)
}

// alike finds the concepts that are left with a text that is the query: the one that is shown,
// or another.
func (h *Hits) alike() (shown, others []uint32) {
	s, t := h.set, &h.set.info.Text
	start := u32s(s.part(t.Parts[textExactStart]))
	bucket := hashCode(h.q.same) % (start.len() - 1)
	list := u32s(s.part(t.Parts[textExact]))[4*start.at(bucket) : 4*start.at(bucket+1)]
	if list.len() > mostAlike {
		return nil, nil
	}
	for k := range (Numbers{list}).All() {
		if !h.left(s.rank(k)) {
			continue
		}
		switch own, other := h.has(k); {
		case own:
			shown = append(shown, k)
		case other:
			others = append(others, k)
		}
	}
	return shown, others
}

// has tells whether the text of a concept that is shown is the query, and whether any is.
func (h *Hits) has(k uint32) (shown, any bool) {
	display := h.q.is(string(h.set.Display(k)))
	translated := false
	for d := range h.set.Designations(k) {
		of := primary(d.Language) == h.own.Language && h.own != &h.set.info.Text.Own
		is := h.q.is(string(d.Value))
		any = any || is
		shown = shown || of && is
		translated = translated || of
	}
	return shown || display && !translated, any || display
}

// take lists those of some concepts that are left, and takes them out.
func (h *Hits) take(list iter.Seq[uint32], skip, count int, yield func(uint32)) int {
	n := 0
	for k := range list {
		if !h.remove(h.set.rank(k)) {
			continue
		}
		if n >= skip && count != 0 {
			yield(k)
			count--
		}
		n++
	}
	return n
}

// left tells whether a rank is among those left.
func (h *Hits) left(r uint32) bool {
	if h.rest == nil {
		_, found := slices.BinarySearch(h.few, r)
		return found
	}
	return h.rest.Has(r)
}

// remove takes a rank out of those left; false if it is not among them.
func (h *Hits) remove(r uint32) bool {
	if h.rest == nil {
		i, found := slices.BinarySearch(h.few, r)
		if found {
			h.few = slices.Delete(h.few, i, i+1)
		}
		return found
	}
	if !h.rest.Has(r) {
		return false
	}
	h.rest.Remove(r)
	return true
}
