package codes

import (
	"fmt"
	"strings"

	"masjala/importers"
	"masjala/importers/definition"
)

// entry is one code as the sheet has it.
type entry struct {
	row          int
	code         string
	display      string
	definition   string
	parents      []string
	inactive     bool
	designations []definition.Designation
	properties   []definition.StringValue
}

// list collects the codes of a sheet in order.
type list struct {
	issues  *importers.Issues
	entries []*entry
	byCode  map[string]*entry
}

// add takes a row in, or reports why not.
func (l *list) add(r *importers.Row) {
	e := &entry{row: r.Number, code: r.Get("code").Text, display: r.Get("display").Text, definition: r.Get("definition").Text}
	if e.code == "" {
		l.report(r, "code", importers.Issue{Severity: importers.Error, Rule: "code-missing",
			Reason: fmt.Sprintf("%q has no code", e.display), Fix: "Give it a code; a code is never used again for something else."})
		return
	}
	if first := l.byCode[e.code]; first != nil {
		l.report(r, "code", importers.Issue{Severity: importers.Error, Rule: "code-repeated",
			Reason: fmt.Sprintf("the code %q is already in row %d (%s)", e.code, first.row, first.display),
			Fix:    "Keep one of the rows; this one was left out."})
		return
	}
	if e.display == "" {
		e.display = e.code
		l.report(r, "display", importers.Issue{Severity: importers.Warning, Rule: "display-missing",
			Reason: fmt.Sprintf("the code %q has no name", e.code), Fix: "The code stands for the name until there is one."})
	}
	for _, p := range strings.FieldsFunc(r.Get("parent").Text, func(c rune) bool { return c == ';' || c == '|' }) {
		e.parents = append(e.parents, strings.TrimSpace(p))
	}
	e.inactive = l.inactive(r)
	e.designations, e.properties = designations(r), properties(r)
	l.byCode[e.code] = e
	l.entries = append(l.entries, e)
}

// report adds an issue about the first column of a target.
func (l *list) report(r *importers.Row, target string, i importers.Issue) {
	cell := r.Get(target)
	i.Row, i.Value = r.Number, cell.Shown
	if cell.Column != nil {
		i.Column = cell.Column.Heading
	}
	l.issues.Add(i)
}

// statuses tells what words say about a code's use.
var statuses = map[string]bool{"active": true, "current": true, "in use": true, "yes": true, "y": true, "true": true, "1": true, "actif": true, "ativo": true, "activo": true,
	"inactive": false, "retired": false, "deprecated": false, "withdrawn": false, "obsolete": false, "no": false, "n": false, "false": false, "0": false, "inactif": false, "inativo": false, "inactivo": false}

func (l *list) inactive(r *importers.Row) bool {
	text := r.Get("status").Text
	if text == "" {
		return false
	}
	active, known := statuses[importers.Key(text)]
	if !known {
		l.report(r, "status", importers.Issue{Severity: importers.Warning, Rule: "status-unknown",
			Reason: fmt.Sprintf("%q is no known status", text), Fix: "Write active or inactive; the code was taken as active."})
		return false
	}
	return !active
}

// checkParents reports parents that are no codes of the list and breaks circles.
func (l *list) checkParents() {
	for _, e := range l.entries {
		kept := e.parents[:0]
		for _, p := range e.parents {
			switch {
			case l.byCode[p] == nil:
				l.issues.Add(importers.Issue{Row: e.row, Column: "parent", Value: p, Severity: importers.Warning, Rule: "parent-unknown",
					Reason: fmt.Sprintf("the parent %q of %q is not in the list.%s", p, e.code, importers.DidYouMean(p, l.codes())), Fix: "The code was imported without this parent."})
			case l.reaches(p, e.code, map[string]bool{}):
				l.issues.Add(importers.Issue{Row: e.row, Column: "parent", Value: p, Severity: importers.Warning, Rule: "parent-circle",
					Reason: fmt.Sprintf("%q is its own ancestor through %q", e.code, p), Fix: "The code was imported without this parent."})
			default:
				kept = append(kept, p)
			}
		}
		e.parents = kept
	}
}

// reaches tells whether going up from code comes to target.
func (l *list) reaches(code, target string, seen map[string]bool) bool {
	if code == target {
		return true
	}
	if seen[code] {
		return false
	}
	seen[code] = true
	for _, p := range l.byCode[code].parents {
		if l.byCode[p] != nil && l.reaches(p, target, seen) {
			return true
		}
	}
	return false
}

// codes lists the codes, few enough to compare with.
func (l *list) codes() []string {
	out := make([]string, 0, min(len(l.entries), 5000))
	for _, e := range l.entries[:min(len(l.entries), 5000)] {
		out = append(out, e.code)
	}
	return out
}
