package near

import (
	"cmp"
	"slices"

	"masjala/internal/linkage"
)

// Index is a set of names to propose from. Fill it with Add, then use Find from any
// number of goroutines.
type Index struct {
	fold    func(string) string
	names   []string // as written
	folded  [][]rune
	grams   map[uint64][]int32 // letter group → names that have it, ascending
	present map[string]bool    // folded names already in
}

// New returns an empty index that compares names after fold, which makes spellings equal
// that are not to be told apart.
func New(fold func(string) string) *Index {
	return &Index{fold: fold, grams: map[uint64][]int32{}, present: map[string]bool{}}
}

// Add takes a name in. Names that fold to the same count once.
func (x *Index) Add(name string) {
	folded := x.fold(name)
	if folded == "" || x.present[folded] {
		return
	}
	x.present[folded] = true
	n := int32(len(x.names))
	x.names, x.folded = append(x.names, name), append(x.folded, []rune(folded))
	for _, g := range grams(x.folded[n]) {
		x.grams[g] = append(x.grams[g], n)
	}
}

// Len tells how many names there are.
func (x *Index) Len() int { return len(x.names) }

// longest is how many letters a text may have to be looked for.
const longest = 200

// shortlist is how many names with most letter groups in common are measured exactly.
const shortlist = 50

// Find returns at most n names close to text, the closest first; none when nothing is
// nearer than a third of its letters. Its work is bounded by how many names share the
// rarer letter groups of text.
func (x *Index) Find(text string, n int) []string {
	want := []rune(x.fold(text))
	if len(want) == 0 || len(x.names) == 0 || len(want) > longest {
		return nil
	}
	type candidate struct {
		name     int32
		distance int
	}
	limit := max(1, len(want)/3)
	var near []candidate
	for _, c := range x.shortlist(want) {
		if d := linkage.Distance(want, x.folded[c], limit); d <= limit {
			near = append(near, candidate{c, d})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(x.names[a.name], x.names[b.name]))
	})
	out := make([]string, 0, n)
	for _, c := range near[:min(n, len(near))] {
		out = append(out, x.names[c.name])
	}
	return out
}

// work is how many postings a search may look at; the rarest letter groups come first.
const work = 50_000

// shortlist returns the names that share most letter groups with want.
func (x *Index) shortlist(want []rune) []int32 {
	lists := make([][]int32, 0, len(want)+1)
	for _, g := range grams(want) {
		if l := x.grams[g]; len(l) > 0 {
			lists = append(lists, l)
		}
	}
	slices.SortFunc(lists, func(a, b []int32) int { return cmp.Compare(len(a), len(b)) })
	shared, left := map[int32]int32{}, work
	for i, l := range lists {
		if left -= len(l); left < 0 && i > 1 {
			break
		}
		for _, n := range l {
			shared[n]++
		}
	}
	best := make([]int32, 0, len(shared))
	for n := range shared {
		best = append(best, n)
	}
	score := func(n int32) float64 { return float64(shared[n]) / float64(len(want)+len(x.folded[n])+2) }
	slices.SortFunc(best, func(a, b int32) int { return cmp.Or(cmp.Compare(score(b), score(a)), cmp.Compare(a, b)) })
	return best[:min(shortlist, len(best))]
}

// grams returns the different groups of three neighbouring letters, with the ends marked.
func grams(s []rune) []uint64 {
	out := make([]uint64, 0, len(s)+1)
	var a, b rune
	for _, r := range append(s[:len(s):len(s)], 0) {
		out = append(out, uint64(a)<<42|uint64(b)<<21|uint64(r))
		a, b = b, r
	}
	slices.Sort(out)
	return slices.Compact(out)
}
