package maps

import (
	"context"
	"fmt"
	"slices"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/tabular"
)

// list collects the groups of one map.
type list struct {
	head   *tabular.Head
	issues *importers.Issues
	groups []*group
	byKey  map[string]*group
	told   bool // that no column says how close counterparts are
}

// Add takes a row in, or reports why not; it tells whether it did.
func (l *list) Add(r *importers.Row) bool {
	more := tabular.More(r, l.issues)
	g := &group{label: r.Get("part").Text, row: r.Number, byCode: map[string]*element{},
		source: systemOf(r, "source"), sourceVersion: r.Get("sourceVersion").Text, target: systemOf(r, "target"), targetVersion: r.Get("targetVersion").Text}
	g.more = objectIn(more, "group")
	key := g.signature()
	if g.label != "" {
		key = "part " + g.label
	}
	in := l.byKey[key]
	if in == nil {
		in = g
	} else if in.signature() != g.signature() {
		return l.refuse(r, "part", "part-differs", fmt.Sprintf("the row has other code systems than row %d of the same part", in.row), "Give it another part; the row was left out.")
	}
	source := r.Get("source").Text
	mode := r.Get("unmapped").Text
	switch {
	case mode != "" || more.Has("unmapped"):
		if !l.addUnmapped(r, in, mode, objectIn(more, "unmapped")) {
			return false
		}
	case source == "" && objectIn(more, "element").Has("code"), source != "":
		if !l.addPair(r, in, source, more) {
			return false
		}
	case in.more.Empty() && in.signature() == (&group{}).signature() || r.Get("target").Text != "":
		return l.refuse(r, "source", "source-missing", "the row does not say which code is mapped", "Write the code; the row was left out.")
	}
	if l.byKey[key] == nil {
		l.byKey[key], l.groups = g, append(l.groups, g)
	}
	return true
}

// objectIn is a member of More that is an object; an empty one if there is none.
func objectIn(more *tabular.Object, name string) *tabular.Object {
	o := &tabular.Object{}
	o.Adopt(more.Get(name))
	return o
}

// systemOf is the code system of one side of a row: in its column, else that of the mapping.
func systemOf(r *importers.Row, side string) string {
	if s := r.Get(side + "System").Text; s != "" {
		return s
	}
	if c := r.Get(side); c.Column != nil {
		return c.Column.System
	}
	return ""
}

// addPair adds a code and its counterpart to a group.
func (l *list) addPair(r *importers.Row, g *group, code string, more *tabular.Object) bool {
	own := objectIn(more, "element")
	own.Text("code", code)
	own.Text("display", r.Get("sourceDisplay").Text)
	code = fhir.Unquote(own.Get("code"))
	t := objectIn(more, "target")
	t.Text("code", r.Get("target").Text)
	t.Text("display", r.Get("targetDisplay").Text)
	t.Text("comment", r.Get("comment").Text)
	if !l.head.Complete() && (g.source == "" || g.target == "" && t.Has("code")) {
		return l.refuse(r, "source", "system-missing", "the row does not say which code systems it is about", "Write their URLs into the row, or into the mapping; the row was left out.")
	}
	if !l.close(r, t) {
		return false
	}
	e := g.byCode[code]
	if e == nil {
		e = &element{code: code, own: *own, seen: map[string]int{}}
		g.byCode[code], g.elements = e, append(g.elements, e)
	}
	if t.Empty() {
		return true
	}
	body := t.Append(nil, targeted)
	key, same := keyOf(body), "code "+string(t.Get("code"))
	switch first := e.seen[same]; {
	case e.seen[key] > 0:
		tabular.Report(l.issues, r, r.Get("source"), importers.Issue{Severity: importers.Warning, Rule: "pair-repeated",
			Reason: fmt.Sprintf("the pair is already in row %d", e.seen[key]), Fix: "Keep one of the rows; this one was left out."})
		return false
	case first > 0 && !l.head.Complete() && !t.Has("dependsOn"):
		return l.refuse(r, "equivalence", "pair-contradicts", fmt.Sprintf("row %d says of the same pair that it is otherwise", first), "Keep the row that is right; this one was left out.")
	}
	e.seen[key], e.seen[same] = r.Number, r.Number
	e.targets = append(e.targets, target{key, body})
	return true
}

// close says how close a counterpart is, or reports a word that nobody knows.
func (l *list) close(r *importers.Row, t *tabular.Object) bool {
	c := r.Get("equivalence")
	word := equivalence(c.Text)
	switch {
	case c.Text != "" && word == "":
		return l.refuse(r, "equivalence", "equivalence-unknown", fmt.Sprintf("%q does not say how close the two are.%s", c.Text, nearWords(c.Text)),
			"Write equivalent, equal, wider, narrower, inexact, relatedto, unmatched or disjoint; the row was left out.")
	case word != "":
		t.Text("equivalence", word)
		return true
	case !t.Has("code") || t.Has("equivalence"):
		return true
	}
	t.Text("equivalence", "relatedto")
	i := importers.Issue{Severity: importers.Warning, Rule: "equivalence-missing", Reason: "the row does not say how close the two are", Fix: "It was taken as relatedto, which says that they have something in common."}
	if c.Column == nil {
		i = importers.Issue{Severity: importers.Info, Rule: "equivalence-missing", Reason: "no column says how close the pairs are", Fix: "They were taken as relatedto; add a column, such as equivalence, to say more."}
		if l.told {
			return true
		}
		l.told = true
	}
	tabular.Report(l.issues, r, c, i)
	return true
}

// modes are what may become of codes that no row names.
var modes = []string{"provided", "fixed", "other-map"}

// addUnmapped says what becomes of the codes that no row names.
func (l *list) addUnmapped(r *importers.Row, g *group, mode string, o *tabular.Object) bool {
	if mode != "" && !slices.Contains(modes, mode) {
		return l.refuse(r, "unmapped", "mode-unknown", fmt.Sprintf("%q is not what may become of unmapped codes.%s", mode, importers.DidYouMean(mode, modes)), "Write provided, fixed or other-map; the row was left out.")
	}
	if g.unmapped != nil {
		return l.refuse(r, "unmapped", "mode-repeated", "another row says already what becomes of unmapped codes", "Keep one of the rows; this one was left out.")
	}
	o.Text("mode", mode)
	o.Text("code", r.Get("target").Text)
	o.Text("display", r.Get("targetDisplay").Text)
	o.Text("url", r.Get("otherMap").Text)
	switch mode = fhir.Unquote(o.Get("mode")); {
	case mode == "fixed" && !o.Has("code"):
		return l.refuse(r, "target", "fixed-missing", "the row does not say which code stands for all unmapped ones", "Write it into the column of the target; the row was left out.")
	case mode == "other-map" && !o.Has("url"):
		return l.refuse(r, "otherMap", "other-map-missing", "the row does not say which other map is meant", "Write its URL; the row was left out.")
	}
	g.unmapped = o.Append(nil, leftover)
	return true
}

// refuse reports a row that is left out.
func (l *list) refuse(r *importers.Row, target, rule, reason, fix string) bool {
	tabular.Report(l.issues, r, r.Get(target), importers.Issue{Severity: importers.Error, Rule: rule, Reason: reason, Fix: fix})
	return false
}

// Build makes the ConceptMap.
func (l *list) Build(_ context.Context, _ importers.Env, p *tabular.Place) ([]*fhir.Resource, error) {
	o := l.head.Body(p.Stored, func(o *tabular.Object) {
		o.Text("description", "Map "+l.head.Title+", imported from a sheet.")
	})
	var stored []byte
	if p.Stored != nil {
		stored = fhir.Member(p.Stored.Body, "group")
	}
	tabular.ArrangeParts(l.groups, storedGroups(stored))
	tabular.SetList(o, "group", l.groups, (*group).body)
	r, err := l.head.Resource(o, p.ID, p.Stored)
	return []*fhir.Resource{r}, err
}

var imported = &tabular.List{Kind: "maps", Of: pairs, Targets: Targets, What: "maps", Rows: "pairs", OneOf: []string{"source"}, Check: check,
	Begin: func(issues *importers.Issues, h *tabular.Head) tabular.Content {
		return &list{head: h, issues: issues, byKey: map[string]*group{}}
	}}

// check looks both codes of a row up in their code systems.
func check(ctx context.Context, k *tabular.Checker, r *importers.Row) error {
	for _, side := range []string{"source", "target"} {
		if err := k.Check(ctx, r, systemOf(r, side), r.Get(side+"Version").Text, r.Get(side), r.Get(side+"Display")); err != nil {
			return err
		}
	}
	return nil
}

// Run imports maps from pairs. A row that is wrong is left out and reported; the report counts them
// under "maps" and the rows left out under "pairs". Codes are looked up in their code systems. It
// fails when the file is no table with a column of codes to map.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	return imported.Run(ctx, env, req)
}
