package app

import (
	"context"
	"io"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/definition"
	"masjala/importers/maps"
	"masjala/importers/tabular"
	"masjala/importers/valuesets"
	"masjala/internal/export/table"
	"masjala/terminology"
)

// ExportTermsArgs are the arguments of export-terms.
type ExportTermsArgs struct {
	Kind   string       `json:"kind"`   // "codes", "valuesets", "expansions" or "maps", as imports call them
	URL    string       `json:"url"`    // canonical, with or without |version
	Format table.Format `json:"format"` // "xlsx" or "csv"
}

// terms are the kinds of tables that terminology is written as.
var terms = map[string]struct {
	of    string
	table func(*fhir.Resource) (*tabular.Table, error)
}{
	"codes":      {"CodeSystem", codes.Table},
	"valuesets":  {"ValueSet", valuesets.Table},
	"expansions": {"ValueSet", valuesets.ExpansionTable},
	"maps":       {"ConceptMap", maps.Table},
}

// exportTerms writes a code system, a value set, its expansion or a concept map as a table that
// can be imported again, into the file "list".
func exportTerms(ctx context.Context, a *App, r request[ExportTermsArgs]) (any, error) {
	kind, ok := terms[r.args.Kind]
	if !ok {
		return nil, fhir.Errorf(fhir.Invalid, "there are tables of codes, valuesets, expansions and maps, but not of %q", r.args.Kind)
	}
	if err := r.takes(r.args.Format, table.Workbook, table.Delimited); err != nil {
		return nil, err
	}
	resource, err := a.term(ctx, kind.of, r.args)
	if err != nil {
		return nil, err
	}
	t, err := kind.table(resource)
	if err != nil {
		return nil, err
	}
	out := importers.Exported{Columns: t.Head, Notes: []string{}}
	rows := func(row func([]table.Cell) error) error {
		return t.Write(func(cells []string) error {
			if out.Rows++; out.Rows%10_000 == 0 {
				r.progress("writing", int64(out.Rows), 0, "rows")
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return row(table.Texts(cells...))
		})
	}
	err = r.fill("list", func(to io.Writer) error {
		return table.Write(to, r.args.Format, table.Head{Sheet: t.Sheet, Names: t.Head}, rows)
	})
	return out, err
}

// term finds the resource that is to be written: the stored one, or what $expand answers for an
// expansion that is not frozen.
func (a *App) term(ctx context.Context, typ string, args ExportTermsArgs) (*fhir.Resource, error) {
	url, version, _ := strings.Cut(args.URL, "|")
	found, err := definition.Find(ctx, a.store, typ, url, version)
	switch {
	case err != nil:
		return nil, err
	case len(found) > 1:
		return nil, fhir.Errorf(fhir.Conflict, "%d resources of type %s have the URL %s; say which version is meant, as %s|VERSION", len(found), typ, url, url)
	case len(found) == 1 && (args.Kind != "expansions" || found[0].Field("expansion").Exists() && !found[0].Field("compose").Exists()):
		return found[0], nil
	case args.Kind != "expansions":
		return nil, fhir.Errorf(fhir.NotFound, "there is no %s with the URL %s", typ, args.URL)
	}
	x, err := a.terminology.Expand(ctx, terminology.ExpandRequest{SetRef: terminology.SetRef{URL: url, Version: version}, IncludeDesignations: true})
	if err != nil {
		return nil, err
	}
	return fhir.ParseLenient(x.JSON())
}
