package valuesets

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers"
	"masjala/importers/tabular"
)

// frozen collects the entries of one expansion, in the order of the rows.
type frozen struct {
	head    *tabular.Head
	issues  *importers.Issues
	entries []frozenEntry
}

// frozenEntry is one entry: its JSON without the last bracket, and how deep it stands.
type frozenEntry struct {
	level int
	body  []byte
}

var (
	expansion = structure.Named("ValueSet.expansion")
	contains  = structure.Named("ValueSet.expansion.contains")
)

// Add takes a row in, or reports why not; it tells whether it did.
func (f *frozen) Add(r *importers.Row) bool {
	o := tabular.More(r, f.issues)
	o.Text("system", systemOf(r))
	o.Text("version", r.Get("systemVersion").Text)
	for _, flag := range []string{"abstract", "inactive"} {
		if c := r.Get(flag); c.Text != "" {
			yes, known := importers.Truth(c.Text)
			if !known {
				f.report(r, c, importers.Warning, "flag-unknown", fmt.Sprintf("%q is neither yes nor no", c.Text), "Write yes or no; the entry was imported without it.")
				continue
			}
			o.Bool(flag, yes)
		}
	}
	o.Text("code", r.Get("code").Text)
	o.Text("display", r.Get("display").Text)
	tabular.Designate(o, r)
	level := 1
	if c := r.Get("level"); c.Text != "" {
		n, err := strconv.Atoi(c.Text)
		if deepest := f.depth() + 1; err != nil || n < 1 || n > deepest {
			f.report(r, c, importers.Error, "level-wrong", fmt.Sprintf("%q is no level that may follow here: the entry before allows 1 to %d", c.Text, deepest), "Correct it; the row was left out.")
			return false
		}
		level = n
	}
	abstract := string(o.Get("abstract")) == "true"
	switch {
	case !o.Has("code") && !abstract:
		f.report(r, r.Get("code"), importers.Error, "code-missing", "the entry has no code and is no heading", "Give it a code, or write yes into the column for headings; the row was left out.")
		return false
	case o.Has("code") && !o.Has("system"):
		f.report(r, r.Get("code"), importers.Error, "system-missing", "the row does not say which code system its code is of", "Write the URL of the code system into the row, or into the mapping; the row was left out.")
		return false
	}
	body := o.Append(nil, contains)
	f.entries = append(f.entries, frozenEntry{level, body[:len(body)-1]})
	return true
}

func (f *frozen) report(r *importers.Row, c importers.Cell, of importers.Severity, rule, reason, fix string) {
	tabular.Report(f.issues, r, c, importers.Issue{Severity: of, Rule: rule, Reason: reason, Fix: fix})
}

// depth is the level of the last entry.
func (f *frozen) depth() int {
	if len(f.entries) == 0 {
		return 0
	}
	return f.entries[len(f.entries)-1].level
}

// Build makes the ValueSet. It fails with Conflict when the value set has a definition here, and
// with Invalid when the entries are too deep.
func (f *frozen) Build(_ context.Context, env importers.Env, p *tabular.Place) ([]*fhir.Resource, error) {
	var had []byte
	if p.Stored != nil {
		had = fhir.Member(p.Stored.Body, "expansion")
		if p.Stored.Field("compose").Exists() && f.head.About("compose") == nil {
			return nil, fhir.Errorf(fhir.Conflict, "the value set %s has a definition here, which goes before any list of its codes; give the list a URL or a version of its own", f.head.URL)
		}
	}
	o := f.head.Body(p.Stored, func(o *tabular.Object) {
		o.Text("description", "Frozen list of the codes of "+f.head.Title+", imported from a sheet.")
	})
	x, at := &tabular.Object{}, 0
	if len(f.entries) > 0 {
		list, next := f.list(nil, at, 1)
		if next != len(f.entries) {
			return nil, fhir.Errorf(fhir.Invalid, "the first entry of %s is not at level 1", f.head.Title)
		}
		x.Set("contains", list)
	}
	f.state(x, had, env)
	o.Set("expansion", x.Append(nil, expansion))
	r, err := f.head.Resource(o, p.ID, p.Stored)
	return []*fhir.Resource{r}, err
}

// state sets what an expansion says beside its entries: as the table has it, else as it was when
// the entries are the same, else as of now.
func (f *frozen) state(x *tabular.Object, had []byte, env importers.Env) {
	said := f.head.About("expansion")
	for name, value := range fhir.Members(said) {
		if string(value) != "null" {
			x.Set(string(name), value)
		}
	}
	if !f.head.Complete() && had != nil {
		if tabular.Same(fhir.Member(had, "contains"), x.Get("contains")) {
			x.Adopt(had)
		}
	}
	if !x.Has("timestamp") {
		x.Text("timestamp", env.Now().UTC().Format(time.RFC3339))
	}
	if fhir.Member(said, "total") == nil && !x.Has("total") {
		x.Set("total", strconv.AppendInt(nil, int64(len(f.entries)), 10))
	}
}

// list writes the entries from at on that stand at a level, each with those below it, and tells
// where the next one begins.
func (f *frozen) list(dst []byte, at, level int) ([]byte, int) {
	dst = append(dst, '[')
	for first := true; at < len(f.entries) && f.entries[at].level == level; first = false {
		if !first {
			dst = append(dst, ',')
		}
		e := f.entries[at]
		dst = append(dst, e.body...)
		if at++; at < len(f.entries) && f.entries[at].level > level {
			if len(e.body) > 1 {
				dst = append(dst, ',')
			}
			dst, at = f.list(append(dst, `"contains":`...), at, level+1)
		}
		dst = append(dst, '}')
	}
	return append(dst, ']'), at
}

var importedExpansions = &tabular.List{Kind: "expansions", Of: expansions, Targets: ExpansionTargets, What: "expansions", Rows: "rows", OneOf: []string{"code"}, Own: true, Check: check,
	Begin: func(issues *importers.Issues, h *tabular.Head) tabular.Content {
		return &frozen{head: h, issues: issues}
	}}

// RunExpansions imports frozen expansions: value sets that have no definition, but a list of codes
// that is used as it stands (TSF-7). The order of the rows is that of the codes. It reports and
// fails as [RunDefinitions] does.
func RunExpansions(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	return importedExpansions.Run(ctx, env, req)
}
