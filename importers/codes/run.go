package codes

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
)

// kind names this sort of import in reports and bookkeeping.
const kind = "codes"

// Run imports one code list. A row that is wrong is left out and reported; the report counts
// the list under "code lists" and the rows left out under "codes". It fails when the file is no table
// with a column of codes.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	src, err := importers.Open(&req, kind, Targets)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	w, err := importers.NewWriter(ctx, env, &req, kind, src)
	if err != nil {
		return nil, err
	}
	return w.Close(ctx, src, offer(ctx, env, w, src))
}

// offer reads the list and hands it to the writer.
func offer(ctx context.Context, env importers.Env, w *importers.Writer, src *importers.Source) error {
	l := &list{issues: w.Issues, byCode: map[string]*entry{}}
	err := src.Each(ctx, func(r *importers.Row) error {
		l.add(r)
		return nil
	})
	if err != nil {
		return err
	}
	if len(l.entries) == 0 {
		return fhir.Errorf(fhir.Unprocessable, "sheet %q of %s has no row with a code", src.Sheet, src.Book.Name)
	}
	l.checkParents()
	n := namesOf(src)
	identity := importers.Identity{Base: n.system}
	known, err := w.Find(ctx, identity, true)
	if err != nil {
		return err
	}
	n.id = w.ID(identity)
	if known == nil {
		if known, err = adopt(ctx, env, n.system); err != nil {
			return err
		}
	}
	resources, err := l.resources(n)
	if err != nil {
		return err
	}
	for _, r := range resources {
		if id := known.ID(r.Type); id != "" {
			r.ID = id
		}
	}
	if left := src.Rows - len(l.entries); left > 0 {
		w.Count("codes", func(c *importers.Counts) { c.Failed += left })
	}
	t := &importers.Thing{What: "code lists", Name: n.title, Identity: identity, Known: known, Resources: resources}
	for _, e := range l.entries {
		t.Also = append(t.Also, e.row)
	}
	return w.Offer(ctx, t)
}

// namesOf takes the names from the mapping of the code column, else from the file's name.
func namesOf(src *importers.Source) names {
	base := filepath.Base(src.Book.Name)
	for ext := filepath.Ext(base); ext != "" && len(ext) <= 5; ext = filepath.Ext(base) {
		base = strings.TrimSuffix(base, ext)
	}
	n := names{title: titled(base), system: src.Column("code").System, valueSet: src.Column("code").ValueSet}
	if n.system == "" {
		n.system = "urn:masjala:codes:" + importers.Slug(base)
	}
	if n.valueSet == "" {
		n.valueSet = valueSetOf(n.system)
	}
	return n
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

// titled turns a file's name into a title.
func titled(name string) string {
	words := strings.Fields(strings.NewReplacer("-", " ", "_", " ").Replace(name))
	if len(words) == 0 {
		return "Code list"
	}
	first := []rune(words[0])
	words[0] = strings.ToUpper(string(first[:1])) + string(first[1:])
	return strings.Join(words, " ")
}

// adopt finds a code system of that URL which came by another way, and its value set.
func adopt(ctx context.Context, env importers.Env, url string) (*importers.Known, error) {
	q, err := search.Parse(search.Request{Type: "CodeSystem", Strict: true, MaxCount: 2, DefaultCount: 2, Pairs: []search.Pair{{Name: "url", Value: search.Escape(url)}}})
	if err != nil {
		return nil, err
	}
	page, err := env.Store.Search(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("look for code system: %w", err)
	}
	switch len(page.Matches) {
	case 0:
		return nil, nil
	case 1:
		r := page.Matches[0]
		if vs, err := env.Store.Read(ctx, "ValueSet", r.ID); err == nil {
			return importers.Adopted(r, vs), nil
		}
		return importers.Adopted(r), nil
	}
	return nil, fhir.Errorf(fhir.Conflict, "%d versions of the code system %s are stored already; delete all but one, or give the list another system in its mapping", page.Total, url)
}
