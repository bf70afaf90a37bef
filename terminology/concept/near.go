package concept

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"masjala/fhir/search"
)

// nearLimit is how many concepts Nearest compares at most.
const nearLimit = 20000

// nearText is how long a text may be, in bytes, for Nearest to look for its like.
const nearText = 200

// Nearest returns up to n concepts whose code or texts come closest to a text that
// should have been one of them, best first: a third of its letters may be wrong. Of large
// sets only the first concepts are looked at.
func (s *Set) Nearest(text string, n int) []uint32 {
	want := []rune(search.Fold(strings.TrimSpace(text)))
	if len(want) == 0 || len(text) > nearText || n <= 0 {
		return nil
	}
	type hit struct {
		number uint32
		far    int
	}
	g := gauge{want: want, limit: max(1, len(want)/3)}
	var hits []hit
	for k := range min(s.n, nearLimit) {
		far := min(g.measure(s.Code(k)), g.measure(s.Display(k)))
		for d := range s.Designations(k) {
			far = min(far, g.measure(d.Value))
		}
		if far <= g.limit {
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

// gauge measures how far texts are from one that is wanted.
type gauge struct {
	want  []rune
	limit int
	rows  [3][]int
	text  []rune
}

// measure counts the letters to add, drop, change or swap; limit+1 if more than limit.
func (g *gauge) measure(text []byte) int {
	if n := utf8.RuneCount(text); n > len(g.want)+2*g.limit || n < len(g.want)-g.limit {
		return g.limit + 1 // folding changes the number of letters, but little
	}
	g.text = g.text[:0]
	for _, r := range search.Fold(string(text)) {
		g.text = append(g.text, r)
	}
	if d := len(g.text) - len(g.want); d > g.limit || -d > g.limit {
		return g.limit + 1
	}
	return g.edits()
}

// edits fills the table of distances row by row, and stops once a row is too far.
func (g *gauge) edits() int {
	x, y := g.text, g.want
	for i := range g.rows {
		g.rows[i] = slices.Grow(g.rows[i][:0], len(y)+1)[:len(y)+1]
	}
	for j := range g.rows[0] {
		g.rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		now, last, before := g.rows[i%3], g.rows[(i+2)%3], g.rows[(i+1)%3]
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
		if best > g.limit {
			return g.limit + 1
		}
	}
	return min(g.rows[len(x)%3][len(y)], g.limit+1)
}
