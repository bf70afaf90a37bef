package app

import (
	"context"
	"io"
	"path/filepath"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/workers"
	"masjala/internal/config"
	"masjala/internal/export"
	"masjala/internal/export/table"
	"masjala/store"
)

// ExportArgs are the arguments of export-run.
type ExportArgs struct {
	Name string `json:"name"`
}

// Exported is the result of export-run.
type Exported struct {
	Name string `json:"name"`
	To   string `json:"to"`
}

// plans turns the settings of exports into what internal/export carries out.
func plans(c *config.Config) []export.Plan {
	var list []export.Plan
	for _, e := range c.Exports {
		p := export.Plan{
			Name: e.Name, Type: e.Type, Query: e.Query, Columns: e.Columns, To: e.To, TokenFile: e.TokenFile,
			Schedule: e.Schedule, Timezone: e.Timezone,
		}
		if p.To != "" && !strings.Contains(p.To, "://") && !filepath.IsAbs(p.To) {
			p.To = filepath.Join(c.Data, p.To)
		}
		list = append(list, p)
	}
	return list
}

// openExports checks the exports of the settings. It fails with Invalid for one that has the name of
// a command that writes lists.
func (a *App) openExports() (*export.Exports, error) {
	list := plans(a.Config)
	for _, p := range list {
		if _, ok := terms[p.Name]; ok || lists[p.Name] != nil {
			return nil, fhir.Errorf(fhir.Invalid, "the export %q of the settings needs another name: masjala export %[1]s writes a list that can be imported again", p.Name)
		}
	}
	return export.New(a.store, list)
}

// runExport runs the job of an export.
func runExport(ctx context.Context, a *App, r request[ExportArgs]) (any, error) {
	for _, p := range plans(a.Config) {
		if p.Name != r.args.Name {
			continue
		}
		job := "export:" + p.Name
		stop := a.watch(ctx, job, r.report)
		_, err := a.jobs.RunNow(ctx, job)
		stop()
		return Exported{p.Name, p.To}, err
	}
	return nil, fhir.Errorf(fhir.NotFound, "there is no export called %q; exports are named in the settings file", r.args.Name)
}

// ExportListArgs are the arguments of export-list.
type ExportListArgs struct {
	Kind   string       `json:"kind"`            // "facilities" or "workers"
	Query  string       `json:"query,omitempty"` // search parameters: "status=active"; empty: everything
	Format table.Format `json:"format"`          // "xlsx", "csv" or "geojson"
}

// lists are the kinds of lists that are given back as they are imported.
var lists = map[string]func(context.Context, store.Store, importers.ExportRequest) (*importers.Exported, error){
	"facilities": facilities.Export,
	"workers":    workers.Export,
}

// exportList writes what a search finds as a list, into the file "list".
func exportList(ctx context.Context, a *App, r request[ExportListArgs]) (any, error) {
	list := lists[r.args.Kind]
	if list == nil {
		return nil, fhir.Errorf(fhir.Invalid, "there are lists of facilities and of workers, but not of %q", r.args.Kind)
	}
	if err := r.takes(r.args.Format, table.Workbook, table.Delimited, table.GeoJSON); err != nil {
		return nil, err
	}
	query, err := export.ReadQuery(r.args.Query)
	if err != nil {
		return nil, err
	}
	var out *importers.Exported
	err = r.fill("list", func(to io.Writer) (err error) {
		out, err = list(ctx, a.env.Store, importers.ExportRequest{Query: query, To: to, Format: r.args.Format, Progress: r.rows})
		return err
	})
	return out, err
}
