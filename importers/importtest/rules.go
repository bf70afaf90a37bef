package importtest

import "masjala/importers"

// Rules lists the rules of a report's issues with their counts.
func Rules(r *importers.Report) map[string]int {
	out := map[string]int{}
	for _, g := range r.Issues {
		out[g.Rule] = g.Count
	}
	return out
}
