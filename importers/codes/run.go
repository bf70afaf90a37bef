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

var imported = &tabular.List{Kind: kind, Of: lists, Targets: Targets, What: "code lists", Rows: "codes",
	OneOf: []string{"code"}, URL: "code",
	Begin: func(issues *importers.Issues, h *tabular.Head) tabular.Content { return newList(h, issues) }}

// Run imports code lists, mostly one. A row that is wrong is left out and reported; the report counts
// lists under "code lists" and the rows left out under "codes". It fails when the file is no table
// with a column of codes.
func Run(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
	return imported.Run(ctx, env, req)
}

// Build makes the CodeSystem and, unless the table says all of it, the ValueSet of all its codes.
func (l *list) Build(ctx context.Context, env importers.Env, p *tabular.Place) ([]*fhir.Resource, error) {
	if err := l.checkParents(); err != nil {
		return nil, err
	}
	if l.valueSet == "" {
		l.valueSet = valueSetOf(l.head.URL)
	}
	system, err := l.build(p)
	if err != nil || l.head.Complete() {
		return []*fhir.Resource{system}, err
	}
	all, err := l.all(ctx, env, p, system)
	return append([]*fhir.Resource{system}, all...), err
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
