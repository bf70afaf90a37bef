package codes

import (
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/tabular"
)

// checkParents reports parents that are no codes of the list and breaks circles. It fails with
// TooCostly when too many codes are in circles.
func (l *list) checkParents() error {
	above := make([][]string, len(l.entries))
	for i, e := range l.entries {
		above[i] = l.parentsOf(e)
	}
	circles := l.circles(above)
	if len(circles) > mostCircle {
		return fhir.Errorf(fhir.TooCostly, "%d codes are their own ancestors, which is too many to tell which parents are wrong; is the column of the parent right?", len(circles))
	}
	for i, e := range l.entries {
		for _, p := range above[i] {
			switch {
			case l.byCode[p] == nil:
				l.issues.Add(importers.Issue{Row: e.row, Column: "parent", Value: p, Severity: importers.Warning, Rule: "parent-unknown",
					Reason: fmt.Sprintf("the parent %q of %q is not in the list.%s", p, e.code, importers.Meant(l.near(p))), Fix: "The code was imported without this parent."})
			case circles[e.code] && circles[p] && l.reaches(p, e.code, circles, map[string]bool{}):
				l.issues.Add(importers.Issue{Row: e.row, Column: "parent", Value: p, Severity: importers.Warning, Rule: "parent-circle",
					Reason: fmt.Sprintf("%q is its own ancestor through %q", e.code, p), Fix: "The code was imported without this parent."})
			default:
				e.parents = append(e.parents, p)
			}
		}
	}
	return nil
}

// circles are the codes that may be their own ancestors: those that are left when what has nothing
// above it, or nothing below it, is taken away again and again. above are the parents of each entry.
func (l *list) circles(above [][]string) map[string]bool {
	at := make(map[string]int, len(l.entries))
	for i, e := range l.entries {
		at[e.code] = i
	}
	up, down := make([][]int, len(l.entries)), make([][]int, len(l.entries))
	for i, parents := range above {
		for _, p := range parents {
			if k, known := at[p]; known {
				up[i], down[k] = append(up[i], k), append(down[k], i)
			}
		}
	}
	gone := make([]bool, len(l.entries))
	peel(up, down, gone)
	peel(down, up, gone)
	left := map[string]bool{}
	for i, e := range l.entries {
		if !gone[i] {
			left[e.code] = true
		}
	}
	return left
}

// peel takes away what needs nothing that is left; wanted are those that need each.
func peel(needs, wanted [][]int, gone []bool) {
	open, free := make([]int, len(needs)), []int(nil)
	for i := range needs {
		for _, k := range needs[i] {
			if !gone[k] {
				open[i]++
			}
		}
		if open[i] == 0 && !gone[i] {
			free = append(free, i)
		}
	}
	for len(free) > 0 {
		i := free[len(free)-1]
		free, gone[i] = free[:len(free)-1], true
		for _, k := range wanted[i] {
			if open[k]--; open[k] == 0 && !gone[k] {
				free = append(free, k)
			}
		}
	}
}

// mostCircle is how many codes may be in circles: finding where to break them takes time by the
// square of their number.
const mostCircle = 5000

// parentsOf reads the cell of the parent: one code, or several parted by a sign.
func (l *list) parentsOf(e *entry) []string {
	switch {
	case l.byCode[e.above] != nil:
		return []string{e.above}
	case tabular.IsNull(e.above):
		return nil
	}
	var out []string
	for _, p := range strings.FieldsFunc(e.above, func(c rune) bool { return c == ';' || c == '|' }) {
		out = append(out, strings.TrimSpace(p))
	}
	return out
}

// reaches tells whether going up from code, within circles, comes to target.
func (l *list) reaches(code, target string, circles, seen map[string]bool) bool {
	if code == target {
		return true
	}
	if seen[code] || !circles[code] {
		return false
	}
	seen[code] = true
	for _, p := range l.byCode[code].parents {
		if l.reaches(p, target, circles, seen) {
			return true
		}
	}
	return false
}

// mostNested is how many concepts may be inside of each other, so that a resource can hold them
// with what they have.
const mostNested = fhir.MaxDepth/2 - 4

// shallow tells whether the concepts, of one parent each at most, can stand inside of each other.
func (l *list) shallow() bool {
	depth := map[string]int{}
	for _, e := range l.entries {
		var path []*entry
		for at := e; at != nil && depth[at.code] == 0; {
			path = append(path, at)
			if len(path) > mostNested {
				return false
			}
			if len(at.parents) == 0 {
				break
			}
			at = l.byCode[at.parents[0]]
		}
		for i := len(path) - 1; i >= 0; i-- {
			d := 1
			if len(path[i].parents) > 0 {
				d += depth[path[i].parents[0]]
			}
			if depth[path[i].code] = d; d > mostNested {
				return false
			}
		}
	}
	return true
}
