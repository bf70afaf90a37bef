package codes

import (
	"cmp"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers"
	"masjala/importers/near"
	"masjala/importers/tabular"
)

// entry is one code as the sheet has it.
type entry struct {
	row      int
	code     string
	above    string // as the cell of the parent has it
	parents  []string
	body     []byte // JSON of the concept without properties, concepts below and the last bracket
	property []byte // JSON of the properties, parted by commas
}

// list collects the codes of one code system in the order of the rows.
type list struct {
	head    *tabular.Head
	issues  *importers.Issues
	entries []*entry
	byCode  map[string]*entry
	facts   []tabular.Fact // one of each property
	known   map[string]bool

	valueSet string      // URL of that of all codes; "" for one that is proposed
	names    *near.Index // of the codes; made when one is looked for
}

func newList(h *tabular.Head, issues *importers.Issues) *list {
	return &list{head: h, issues: issues, byCode: map[string]*entry{}, known: map[string]bool{}}
}

// above is where More has the parent that no cell can hold.
const above = "parent"

var concept = structure.Named("CodeSystem.concept")

// Add takes a row in, or reports why not; it tells whether it did.
func (l *list) Add(r *importers.Row) bool {
	o := tabular.More(r, l.issues)
	for _, target := range []string{"code", "display", "definition"} {
		if c := r.Get(target); c.Text != "" {
			o.Text(target, c.Text)
		}
	}
	code, display := fhir.Unquote(o.Get("code")), fhir.Unquote(o.Get("display"))
	first := l.byCode[code]
	switch {
	case code == "":
		l.report(r, "code", importers.Issue{Severity: importers.Error, Rule: "code-missing",
			Reason: fmt.Sprintf("%q has no code", display), Fix: "Give it a code; a code is never used again for something else."})
		return false
	case first != nil:
		l.report(r, "code", importers.Issue{Severity: importers.Error, Rule: "code-repeated",
			Reason: fmt.Sprintf("the code %q is already in row %d", code, first.row), Fix: "Keep one of the rows; this one was left out."})
		return false
	case display == "" && !l.head.Complete():
		o.Text("display", code)
		l.report(r, "display", importers.Issue{Severity: importers.Warning, Rule: "display-missing",
			Reason: fmt.Sprintf("the code %q has no name", code), Fix: "The code stands for the name until there is one."})
	}
	if c := r.Get("code"); c.Column != nil && l.valueSet == "" {
		l.valueSet = c.Column.ValueSet
	}
	e := &entry{row: r.Number, code: strings.Clone(code), above: cmp.Or(r.Get("parent").Text, fhir.Unquote(o.Get(above)))}
	o.Delete(above)
	e.property = l.properties(r, o)
	o.Delete("property")
	o.Delete("concept")
	tabular.Designate(o, r)
	body := o.Append(nil, concept)
	e.body = body[:len(body)-1]
	l.byCode[e.code] = e
	l.entries = append(l.entries, e)
	return true
}

// properties are those that the columns of a row give, then those of More.
func (l *list) properties(r *importers.Row, more *tabular.Object) []byte {
	facts := tabular.Facts(r, func(c importers.Cell, typ string) {
		tabular.Report(l.issues, r, c, importers.Issue{Severity: importers.Warning, Rule: "property-value",
			Reason: fmt.Sprintf("%q is no value of the type %s", c.Text, typ), Fix: "Write one as the heading says; the code was imported without it."})
	})
	if l.inactive(r) {
		facts = append([]tabular.Fact{{Code: "status", Type: "code", Declared: true, Value: []byte(`{"code":"status","valueCode":"retired"}`)}}, facts...)
	}
	var out []byte
	for _, f := range facts {
		out = comma(out, f.Value)
		if !l.known[f.Code] {
			l.known[f.Code] = true
			l.facts = append(l.facts, f)
		}
	}
	for p := range fhir.Items(more.Get("property")) {
		out = comma(out, p)
	}
	return out
}

// comma adds a value to others.
func comma(list, value []byte) []byte {
	if len(list) > 0 {
		list = append(list, ',')
	}
	return append(list, value...)
}

// report adds an issue about the first column of a target.
func (l *list) report(r *importers.Row, target string, i importers.Issue) {
	tabular.Report(l.issues, r, r.Get(target), i)
}

// statuses tells what words say about a code's use.
var statuses = map[string]bool{"active": true, "current": true, "in use": true, "actif": true, "ativo": true, "activo": true, "hai": true, "نشط": true,
	"inactive": false, "retired": false, "deprecated": false, "withdrawn": false, "obsolete": false, "inactif": false, "inativo": false, "inactivo": false,
	"si hai": false, "غير نشط": false}

func (l *list) inactive(r *importers.Row) bool {
	text := r.Get("status").Text
	if text == "" {
		return false
	}
	key := importers.Key(text)
	active, known := statuses[key]
	if !known {
		active, known = importers.Truth(key)
	}
	if !known {
		l.report(r, "status", importers.Issue{Severity: importers.Warning, Rule: "status-unknown",
			Reason: fmt.Sprintf("%q is no known status", text), Fix: "Write active or inactive; the code was taken as active."})
		return false
	}
	return !active
}

// near proposes codes that a text may have meant.
func (l *list) near(text string) []string {
	if l.names == nil {
		l.names = near.New(importers.Key)
		for _, e := range l.entries {
			l.names.Add(e.code)
		}
	}
	return l.names.Find(text, 3)
}
