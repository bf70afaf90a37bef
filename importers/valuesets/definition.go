package valuesets

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/tabular"
)

// set collects the parts of one value set.
type set struct {
	head   *tabular.Head
	issues *importers.Issues
	parts  []*part
	byKey  map[string]*part
}

// words say whether codes are in or out.
var words = map[string]string{"": "include", "include": "include", "included": "include", "in": "include", "+": "include", "exclude": "exclude", "excluded": "exclude", "out": "exclude", "except": "exclude",
	"inclure": "include", "inclus": "include", "exclure": "exclude", "exclu": "exclude", "incluir": "include", "incluido": "include", "excluir": "exclude", "excluido": "exclude",
	"jumuisha": "include", "ondoa": "exclude", "تضمين": "include", "استبعاد": "exclude"}

// useOf reads whether codes are in or out: "include" or "exclude", or yes or no; "" for anything else.
func useOf(text string) string {
	key := cmp.Or(importers.Key(text), strings.TrimSpace(text))
	if use, known := words[key]; known {
		return use
	}
	if yes, known := importers.Truth(key); known {
		return uses[!yes]
	}
	return ""
}

// Add takes a row in, or reports why not; it tells whether it did.
func (s *set) Add(r *importers.Row) bool {
	more := tabular.More(r, s.issues)
	p := &part{label: r.Get("part").Text, row: r.Number, version: r.Get("systemVersion").Text}
	p.system = systemOf(r)
	p.sets = strings.Fields(r.Get("valueSets").Text)
	if own := more.Get("part"); own != nil {
		p.more = &tabular.Object{}
		p.more.Adopt(own)
		more.Delete("part")
	}
	codeText := cmp.Or(r.Get("code").Text, fhir.Unquote(more.Get("code")))
	byFilter := r.Get("filter").Text != "" || r.Get("op").Text != "" || r.Get("value").Text != "" || more.Has("property")
	use := useOf(r.Get("use").Text)
	p.exclude = use == "exclude"
	switch {
	case use == "":
		return s.refuse(r, "use", "use-unknown", fmt.Sprintf("%q says neither include nor exclude", r.Get("use").Text), "Write include or exclude; the row was left out.")
	case codeText != "" && byFilter:
		return s.refuse(r, "filter", "part-mixed", "the row has a code and a filter", "Make two rows of it; the row was left out.")
	case p.system == "" && (codeText != "" || byFilter):
		return s.refuse(r, "code", "system-missing", "the row does not say which code system it speaks of", "Write the URL of the code system into the row, or into the mapping; the row was left out.")
	case p.system == "" && len(p.sets) == 0 && (p.more == nil || p.more.Empty()):
		return s.refuse(r, "code", "row-empty", "the row selects nothing", "Write a code, a filter, a code system or a value set; the row was left out.")
	}
	key := p.key(codeText != "")
	in := s.byKey[key]
	if in == nil {
		in = p
	}
	switch {
	case !in.sameSource(p):
		return s.refuse(r, "part", "part-differs", fmt.Sprintf("the row draws from something else than row %d of the same part", in.row), "Give it another part; the row was left out.")
	case codeText != "" && len(in.filters) > 0 || byFilter && len(in.codes) > 0:
		return s.refuse(r, "part", "part-mixed", fmt.Sprintf("part %s has codes and filters, which cannot be met together", p.label), "Give it another part; the row was left out.")
	case byFilter && !s.addFilter(r, in, more), codeText != "" && !s.addCode(r, in, more, codeText):
		return false
	}
	if s.byKey[key] == nil {
		s.byKey[key], s.parts = p, append(s.parts, p)
	}
	return true
}

// key is what rows of one part have in common: their label, else codes of one source; every other
// row is a part of its own.
func (p *part) key(byCode bool) string {
	if p.label != "" {
		return "part " + p.label
	}
	key := fmt.Sprintf("%q", append([]string{p.system, p.version, uses[p.exclude]}, p.sets...))
	if !byCode {
		key += fmt.Sprint(p.row)
	}
	return key
}

func (s *set) addCode(r *importers.Row, p *part, more *tabular.Object, text string) bool {
	if first := p.seen[text]; first > 0 {
		return s.refuse(r, "code", "code-repeated", fmt.Sprintf("the code %q is already in row %d", text, first), "Keep one of the rows; this one was left out.")
	}
	if p.seen == nil {
		p.seen = map[string]int{}
	}
	p.seen[text] = r.Number
	more.Text("code", text)
	more.Text("display", r.Get("display").Text)
	tabular.Designate(more, r)
	p.codes = append(p.codes, code{r.Number, text, more.Append(nil, listed)})
	return true
}

func (s *set) addFilter(r *importers.Row, p *part, more *tabular.Object) bool {
	op := r.Get("op").Text
	if op == "" && !more.Has("op") {
		op = "="
	}
	if code := operator(op); code != "" {
		op = code
	} else if op != "" {
		return s.refuse(r, "op", "operator-unknown", fmt.Sprintf("%q is no operator of filters.%s", op, importers.DidYouMean(op, fhirOperators)), "Write one of "+strings.Join(fhirOperators, ", ")+"; the row was left out.")
	}
	more.Text("property", r.Get("filter").Text)
	more.Text("op", op)
	more.Text("value", r.Get("value").Text)
	for _, m := range []struct{ name, target, rule string }{{"property", "filter", "filter-property-missing"}, {"value", "value", "filter-value-missing"}} {
		if !more.Has(m.name) {
			return s.refuse(r, m.target, m.rule, "the filter has no "+m.name, "Complete it; the row was left out.")
		}
	}
	body := more.Append(nil, filtered)
	p.filters = append(p.filters, filter{filterKey(body), body})
	return true
}

var fhirOperators = []string{"=", "is-a", "descendent-of", "is-not-a", "regex", "in", "not-in", "generalizes", "exists"}

// refuse reports a row that is left out.
func (s *set) refuse(r *importers.Row, target, rule, reason, fix string) bool {
	tabular.Report(s.issues, r, r.Get(target), importers.Issue{Severity: importers.Error, Rule: rule, Reason: reason, Fix: fix})
	return false
}

// systemOf is the code system that a row speaks of: in its column, else that of the mapping.
func systemOf(r *importers.Row) string {
	if s := r.Get("system").Text; s != "" {
		return s
	}
	if c := r.Get("code"); c.Column != nil && c.Text != "" {
		return c.Column.System
	}
	return ""
}

// Build makes the ValueSet.
func (s *set) Build(_ context.Context, _ importers.Env, p *tabular.Place) ([]*fhir.Resource, error) {
	o := s.head.Body(p.Stored, func(o *tabular.Object) {
		o.Text("description", "Value set "+s.head.Title+", imported from a sheet.")
	})
	rest, stored := &tabular.Object{}, []byte(nil)
	if p.Stored != nil {
		stored = fhir.Member(p.Stored.Body, "compose")
	}
	if about := s.head.About("compose"); about != nil {
		rest.Adopt(about)
	} else if !s.head.Complete() {
		rest.Adopt(stored)
		rest.Delete("include")
		rest.Delete("exclude")
	}
	tabular.ArrangeParts(s.parts, storedParts(stored))
	if len(s.parts) > 0 || !rest.Empty() {
		o.Set("compose", compose(s.parts, rest))
	}
	r, err := s.head.Resource(o, p.ID, p.Stored)
	return []*fhir.Resource{r}, err
}

var importedDefinitions = &tabular.List{Kind: "valuesets", Of: definitions, Targets: Targets, What: "value sets", Rows: "rows",
	OneOf: []string{"code", "filter", "system", "valueSets"}, Own: true, Check: check,
	Begin: func(issues *importers.Issues, h *tabular.Head) tabular.Content {
		return &set{head: h, issues: issues, byKey: map[string]*part{}}
	}}

// RunDefinitions imports value-set definitions. A row that is wrong is left out and reported; the
// report counts them under "value sets" and the rows left out under "rows". It fails when the file
// is no table with a column of codes, filters, code systems or value sets.
func RunDefinitions(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	return importedDefinitions.Run(ctx, env, req)
}

// check looks the code of a row up in its code system.
func check(ctx context.Context, k *tabular.Checker, r *importers.Row) error {
	return k.Check(ctx, r, systemOf(r), r.Get("systemVersion").Text, r.Get("code"), r.Get("display"))
}
