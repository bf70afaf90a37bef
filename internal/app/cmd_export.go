package app

import (
	"context"
	"path/filepath"
	"strings"

	"masjala/fhir"
	"masjala/internal/config"
	"masjala/internal/export"
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
