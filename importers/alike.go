package importers

import (
	"fmt"
	"strings"
)

// alike lists the sheets that have the headings of one of them, but for one in five.
func alike(names []string, heads map[string][]string, of string) []string {
	keys := func(name string) map[string]bool {
		out := map[string]bool{}
		for _, n := range heads[name] {
			if key := HeadKey(n); key != "" {
				out[key] = true
			}
		}
		return out
	}
	want := keys(of)
	var out []string
	for _, name := range names {
		have, both := keys(name), 0
		for k := range have {
			if want[k] {
				both++
			}
		}
		if name != of && both > 1 && 5*both >= 4*max(len(have), len(want)) {
			out = append(out, name)
		}
	}
	return out
}

// reportSheets reports the sheets that seem to be parts of the same list and were not read.
func (s *Source) reportSheets(issues *Issues) {
	if len(s.alike) == 0 {
		return
	}
	issues.Add(Issue{Value: strings.Join(s.alike, ", "), Severity: Warning, Rule: "sheets-alike",
		Reason: fmt.Sprintf("%d other sheets have the headings of %q, and were not read", len(s.alike), s.Sheet),
		Fix:    "If they are parts of the same list, not older ones, import each of them, naming the sheet."})
}
