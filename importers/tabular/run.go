package tabular

import (
	"context"

	"masjala/fhir"
	"masjala/importers"
)

// Content is what the rows of one resource say.
type Content interface {
	// Add takes a row in, or reports why not; it tells whether it did.
	Add(r *importers.Row) bool
	// Build makes the resources once all rows are in: the one that the rows are about, and others
	// that come with it.
	Build(ctx context.Context, env importers.Env, p *Place) ([]*fhir.Resource, error)
}

// List is how one kind of list is imported.
type List struct {
	Kind    string // in reports and bookkeeping: "codes"
	Of      *Kind
	Targets []importers.Target
	What    string   // what its resources are counted as: "code lists"
	Rows    string   // what rows that are left out are counted as: "codes"
	OneOf   []string // targets of which one at least must have a column

	URL string // target whose column has, as its system, the URL of what no row names; "": it is made of the name of the file
	Own bool   // displays may differ from those of the code systems

	Begin func(issues *importers.Issues, h *Head) Content
	Check func(ctx context.Context, k *Checker, r *importers.Row) error // looks up the codes of a row that was taken in; nil: none
}

// Run carries out one import. A row that is wrong is left out and reported. It fails when the file
// is no table with the columns that are needed, or has no row that says anything.
func (l *List) Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	src, err := importers.Recall(ctx, env, &req, l.Kind, l.Targets)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if err := l.fits(src); err != nil {
		return nil, err
	}
	w, err := importers.NewWriter(ctx, env, &req, l.Kind, src)
	if err != nil {
		return nil, err
	}
	return w.Close(ctx, src, l.offer(ctx, env, w, src))
}

// fits fails when no column can say what the rows are.
func (l *List) fits(src *importers.Source) error {
	for _, t := range l.OneOf {
		if src.Has(t) {
			return nil
		}
	}
	return fhir.Errorf(fhir.Invalid, "%s does not look like a list of %s: no column of sheet %q is one of %q; say which is in the mapping", src.Book.Name, l.Kind, src.Sheet, l.OneOf)
}

// gathered is what was read of one resource.
type gathered struct {
	content Content
	rows    []int
}

// offer reads the table and hands what it describes to the writer.
func (l *List) offer(ctx context.Context, env importers.Env, w *importers.Writer, src *importers.Source) error {
	url, check := "", &Checker{systems: env.Systems, issues: w.Issues, own: l.Own}
	if c := src.Column(l.URL); c != nil {
		url = c.System
	}
	heads, err := l.Of.ReadHeads(ctx, src, w.Issues, url)
	if err != nil {
		return err
	}
	all := map[*Head]*gathered{}
	for _, h := range heads.List {
		all[h] = &gathered{content: l.Begin(w.Issues, h)}
	}
	left, taken := 0, 0
	err = src.Each(ctx, func(r *importers.Row) error {
		h := heads.Of(r)
		only := h != nil && headOnly(r)
		if h == nil || !only && !all[h].content.Add(r) {
			left++
			w.Outcome(importers.Outcome{Row: r.Number, Status: importers.Refused})
			return nil
		}
		taken++
		all[h].rows = append(all[h].rows, r.Number)
		if only || l.Check == nil {
			return nil
		}
		return l.Check(ctx, check, r)
	})
	if err != nil {
		return err
	}
	if taken == 0 {
		return fhir.Errorf(fhir.Unprocessable, "sheet %q of %s has no row that could be taken; see the issues for why", src.Sheet, src.Book.Name)
	}
	if left > 0 {
		w.Count(l.Rows, func(c *importers.Counts) { c.Failed += left })
	}
	for _, h := range heads.List {
		if err := l.thing(ctx, env, w, h, all[h]); err != nil {
			return err
		}
	}
	return nil
}

// thing hands what was read of a resource to the writer, unless nothing of it could be taken.
func (l *List) thing(ctx context.Context, env importers.Env, w *importers.Writer, h *Head, g *gathered) error {
	if len(g.rows) == 0 {
		return nil
	}
	p, err := h.Find(ctx, env, w)
	if err != nil {
		return err
	}
	t := &importers.Thing{What: l.What, Row: g.rows[0], Also: g.rows[1:], Name: h.Title, Identity: p.Identity, Known: p.Known}
	if t.Resources, err = g.content.Build(ctx, env, p); err != nil {
		return w.Refuse(t, err)
	}
	return w.Offer(ctx, t)
}
