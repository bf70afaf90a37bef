package importers

import (
	"cmp"
	"slices"
)

// order exchanges levels whose headings mean other levels elsewhere: a zone holds regions in one
// country, and lies in a region in the next. Where the column of the lower level stands further left, and
// each value of the higher one has one of the lower only, the lower is the higher.
func order(chosen map[int]candidate, targets []Target, samples [][]string) {
	for t := range targets {
		if !targets[t].Levels {
			continue
		}
		var at []int // columns from the highest level
		for c, k := range chosen {
			if k.target == t {
				at = append(at, c)
			}
		}
		slices.SortFunc(at, func(a, b int) int { return cmp.Compare(chosen[a].rank, chosen[b].rank) })
		for range at {
			for i := 1; i < len(at); i++ {
				upper, lower := at[i-1], at[i]
				if lower > upper || !encloses(samples, lower, upper) {
					continue
				}
				u, l := chosen[upper], chosen[lower]
				u.rank, l.rank = l.rank, u.rank
				chosen[upper], chosen[lower] = u, l
				at[i-1], at[i] = lower, upper
			}
		}
	}
}

// encloses tells whether the values of a column are areas that hold those of another: nine in ten of
// these, at least, lie in one of them only, and there are more of these.
func encloses(samples [][]string, upper, lower int) bool {
	in := map[string]map[string]bool{} // value of lower: values of upper
	uppers := map[string]bool{}
	for _, row := range samples {
		u, l := Key(cellAt(row, upper)), Key(cellAt(row, lower))
		if u == "" || l == "" {
			continue
		}
		if in[l] == nil {
			in[l] = map[string]bool{}
		}
		in[l][u], uppers[u] = true, true
	}
	several := 0
	for _, us := range in {
		if len(us) > 1 {
			several++
		}
	}
	return len(in) > len(uppers) && 10*several <= len(in)
}
