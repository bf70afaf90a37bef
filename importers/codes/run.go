package codes

import (
	"context"
	"fmt"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/definition"
	"masjala/importers/tabular"
)

// kind names this sort of import in reports and bookkeeping.
const kind = "codes"

// Run imports code lists, mostly one. A row that is wrong is left out and reported; the report counts
// lists under "code lists" and the rows left out under "codes". It fails when the file is no table
// with a column of codes.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	return tabular.Run(ctx, env, req, kind, Targets, offer)
}

// offer reads the lists and hands them to the writer.
func offer(ctx context.Context, env importers.Env, w *importers.Writer, src *importers.Source) error {
	heads, err := lists.ReadHeads(ctx, src, w.Issues, src.Column("code").System)
	if err != nil {
		return err
	}
	byHead := map[*tabular.Head]*list{}
	for _, h := range heads.List {
		byHead[h] = newList(h, w.Issues)
	}
	left, rows := 0, 0
	err = src.Each(ctx, func(r *importers.Row) error {
		h := heads.Of(r)
		if h != nil && tabular.HeadOnly(r) {
			rows++
			return nil
		}
		if h == nil || !byHead[h].add(r) {
			left++
			w.Outcome(importers.Outcome{Row: r.Number, Status: importers.Refused})
			return nil
		}
		rows++
		return nil
	})
	if err != nil {
		return err
	}
	if rows == 0 {
		return fhir.Errorf(fhir.Unprocessable, "sheet %q of %s has no row with a code", src.Sheet, src.Book.Name)
	}
	if left > 0 {
		w.Count("codes", func(c *importers.Counts) { c.Failed += left })
	}
	for _, h := range heads.List {
		if err := byHead[h].offer(ctx, env, w, src.Column("code").ValueSet); err != nil {
			return err
		}
	}
	return nil
}

// offer hands a list to the writer. valueSet is the URL for all its codes, if the mapping says one.
func (l *list) offer(ctx context.Context, env importers.Env, w *importers.Writer, valueSet string) error {
	l.checkParents()
	p, err := l.head.Find(ctx, env, w)
	if err != nil {
		return err
	}
	if valueSet == "" {
		valueSet = valueSetOf(l.head.URL)
	}
	system, err := l.build(p, valueSet)
	if err != nil {
		return tabular.Refuse(w, l.head, "code lists", err)
	}
	t := &importers.Thing{What: "code lists", Row: l.head.Row, Name: l.head.Title, Identity: p.Identity, Known: p.Known, Resources: []*fhir.Resource{system}}
	for _, e := range l.entries {
		if e.row != t.Row {
			t.Also = append(t.Also, e.row)
		}
	}
	if !l.head.Complete() {
		all, err := l.all(ctx, env, p, system)
		if err != nil {
			return err
		}
		t.Resources = append(t.Resources, all...)
	}
	return w.Offer(ctx, t)
}

// all makes the value set of all codes of a list, unless one of its URL came by another way.
func (l *list) all(ctx context.Context, env importers.Env, p *tabular.Place, system *fhir.Resource) ([]*fhir.Resource, error) {
	url, id := system.Field("valueSet").String(), p.Known.ID("ValueSet")
	if url == "" {
		return nil, nil
	}
	if id == "" {
		found, err := definition.Find(ctx, env.Store, "ValueSet", url, "")
		if err != nil || len(found) > 0 {
			return nil, err
		}
		id = p.ID
		if _, err := env.Store.Read(ctx, "ValueSet", id); err == nil {
			id = importers.Identity{Base: url}.ID(kind)
		}
	}
	title := l.head.Title
	vs, err := fhir.Build("ValueSet", id, nil, definition.ValueSet{URL: url, Version: definition.FirstVersion, Name: definition.Name(title), Title: title, Status: "active",
		Publisher: definition.Publisher, Description: "All codes of the code list " + title + ".",
		Compose: &definition.Compose{Include: []definition.Include{{System: system.Field("url").String()}}}})
	if err != nil {
		return nil, fmt.Errorf("make the value set of %s: %w", l.head.URL, err)
	}
	return []*fhir.Resource{vs}, nil
}

// valueSetOf proposes the URL of the value set of all codes of a system.
func valueSetOf(system string) string {
	if u := strings.Replace(system, "/CodeSystem/", "/ValueSet/", 1); u != system {
		return u
	}
	if strings.HasPrefix(system, "urn:") {
		return system + ":all"
	}
	return strings.TrimRight(system, "/") + "/vs"
}
