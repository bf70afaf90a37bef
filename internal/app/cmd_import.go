package app

import (
	"context"
	"errors"
	"path/filepath"
	"runtime/debug"
	"strings"

	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/facilities"
	"masjala/importers/fhirpkg"
	"masjala/importers/icd10cm"
	"masjala/importers/languages"
	"masjala/importers/rf2"
	"masjala/importers/workers"
	"masjala/internal/command"
)

// ImportArgs are the arguments of imports. Packages know neither mappings nor sheets.
type ImportArgs struct {
	Map    string `json:"map,omitempty"`    // YAML of the column mapping; empty: proposed from the content
	Sheet  string `json:"sheet,omitempty"`  // name of the sheet; empty: the mapping or the content decides
	DryRun bool   `json:"dryRun,omitempty"` // say what would change, change nothing
	Reason string `json:"reason,omitempty"` // why; empty: the name of the file
	Issues string `json:"issues,omitempty"` // give the file "issues" with every finding: "csv" or "xlsx"
	Marked bool   `json:"marked,omitempty"` // give the file "marked": the list as a workbook, with what became of each row

	About importers.About `json:"about"` // of releases

	Package string `json:"package,omitempty"` // name and version of a FHIR package, instead of a file
}

// Imported is the result of an import: the report, and what else was asked for.
type Imported struct {
	*importers.Report
	Mapping string `json:"mapping,omitempty"` // YAML of the mapping that was used, to be saved and changed
}

// Problems tells whether some row needs a look.
func (i Imported) Problems() bool { return i.Errors > 0 || i.Warnings > 0 }

// importer is one kind of import: a package of importers.
type importer struct {
	run     func(context.Context, importers.Env, importers.Request) (*importers.Report, error)
	targets func() []importers.Target // what columns may mean; nil for what has no columns
}

var (
	facilityImport = importer{run: facilities.Run, targets: facilities.Targets}
	workerImport   = importer{run: workers.Run, targets: func() []importers.Target { return workers.Targets }}
	codeImport     = importer{run: codes.Run, targets: func() []importers.Target { return codes.Targets }}
	packageImport  = importer{run: fhirpkg.Run}
	rf2Import      = importer{run: rf2.Run}
	icd10cmImport  = importer{run: icd10cm.Run}
	languageImport = importer{run: languages.Run}
)

// importPackage imports a FHIR package: a file, or one that the package registries of the
// settings have.
func importPackage(ctx context.Context, a *App, r request[ImportArgs]) (any, error) {
	if r.args.Package == "" {
		return packageImport.do(ctx, a, r)
	}
	from := fhirpkg.Registry{URLs: a.Config.Terminology.Registries}
	r.Files = []command.File{{Name: r.args.Package}}
	return importer{run: func(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
		return from.Import(ctx, env, req, r.args.Package)
	}}.do(ctx, a, r)
}

func (i importer) do(ctx context.Context, a *App, r request[ImportArgs]) (result any, err error) {
	defer debug.FreeOSMemory() // a large code system takes much, once
	file, err := r.file()
	if err != nil {
		return nil, err
	}
	req := importers.Request{
		File: file.Path, Name: filepath.Base(file.Name), Sheet: r.args.Sheet, DryRun: r.args.DryRun,
		Actor: r.Actor, Reason: r.args.Reason, About: r.args.About, Progress: r.rows,
	}
	if r.args.Map != "" {
		if req.Map, err = importers.ReadMapping(strings.NewReader(r.args.Map)); err != nil {
			return nil, err
		}
	}
	files, err := newImportFiles(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, files.close()) }()
	req.Issues, req.Rows = files.issue, files.row()
	report, err := i.run(ctx, a.env, req)
	if err != nil {
		return nil, err
	}
	if err := files.finish(ctx, file.Path, report); err != nil {
		return nil, err
	}
	out := Imported{Report: report}
	if report.Mapping != nil && i.targets != nil {
		text, err := report.Mapping.YAML(i.targets())
		if err != nil {
			return nil, err
		}
		out.Mapping = string(text)
	}
	return out, nil
}

// rows passes the progress of an import on.
func (r request[A]) rows(p importers.Progress) {
	r.progress(p.Phase, int64(p.Done), int64(p.Total), "rows")
}
