package linkage

import (
	"cmp"
	"slices"
)

// Pair is two records that were compared, by their numbers in the two lists.
type Pair struct {
	A, B int
	Verdict
	Band  Band
	Rival float64 // bits of the next best partner of either that is free; 0 with HasRival unset
	// HasRival tells that one of the two might as well belong to another record.
	HasRival bool
}

// Assign gives each record at most one partner, the surest pairs first, and puts them in
// bands: a pair whose rival is too near is for review. Pairs below Limits.Review are left
// out. The result is in the order of A; pairs itself is put in order, the surest first.
func Assign(pairs []Pair, limits Limits) []Pair {
	slices.SortFunc(pairs, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Bits, p.Bits), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	ofA, ofB := map[int]int{}, map[int]int{} // positions in out
	var out []Pair
	end := len(pairs)
	for k, p := range pairs {
		if p.Bits < limits.Review {
			end = k
			break
		}
		_, takenA := ofA[p.A]
		_, takenB := ofB[p.B]
		if !takenA && !takenB {
			p.Band = limits.Of(&p.Verdict)
			ofA[p.A], ofB[p.B] = len(out), len(out)
			out = append(out, p)
		}
	}
	for _, p := range pairs[:end] {
		i, takenA := ofA[p.A]
		j, takenB := ofB[p.B]
		switch {
		case takenA && !takenB:
			out[i].rival(p.Bits, limits)
		case takenB && !takenA:
			out[j].rival(p.Bits, limits)
		}
	}
	slices.SortFunc(out, func(p, q Pair) int { return cmp.Compare(p.A, q.A) })
	return out
}

// rival notes a partner that one of the two might have had, and that has no other. The first
// one is the best.
func (p *Pair) rival(bits float64, limits Limits) {
	if p.HasRival {
		return
	}
	p.Rival, p.HasRival = bits, true
	if p.Bits-bits < limits.Margin && p.Band == Accept {
		p.Band = Review
		p.Evidence = append(p.Evidence, Evidence{About: "rival", Text: "another fits nearly as well"})
	}
}

// Twins puts pairs of one list in bands, the surest first, and leaves out those below
// Limits.Review. A record may be in several pairs.
func Twins(pairs []Pair, limits Limits) []Pair {
	var out []Pair
	for _, p := range pairs {
		if p.Band = limits.Of(&p.Verdict); p.Band != Reject {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(p, q Pair) int {
		return cmp.Or(cmp.Compare(q.Bits, p.Bits), cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
	})
	return out
}
