package app

import (
	"context"
	"errors"
	"path/filepath"
	"runtime/debug"

	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/desk"
	"masjala/importers/facilities"
	"masjala/importers/fhirpkg"
	"masjala/importers/icd10cm"
	"masjala/importers/languages"
	"masjala/importers/maps"
	"masjala/importers/rf2"
	"masjala/importers/valuesets"
	"masjala/importers/workers"
	"masjala/internal/command"
)

// ImportArgs are the arguments of imports. Packages know neither mappings nor sheets.
type ImportArgs struct {
	Map      string `json:"map,omitempty"`       // YAML of the column mapping; empty: proposed from the content
	Forget   bool   `json:"forgetMap,omitempty"` // take no mapping from an earlier import of such a list, and forget it
	Sheet    string `json:"sheet,omitempty"`     // name of the sheet; empty: the mapping or the content decides
	DryRun   bool   `json:"dryRun,omitempty"`    // say what would change, change nothing
	Complete bool   `json:"complete,omitempty"`  // the list should have all that is here: say what it lacks
	Reason   string `json:"reason,omitempty"`    // why; empty: the name of the file
	Issues   string `json:"issues,omitempty"`    // give the file "issues" with every finding: "csv" or "xlsx"
	Marked   bool   `json:"marked,omitempty"`    // give the file "marked": the list as a workbook, with what became of each row

	About importers.About `json:"about"` // of releases

	Package string `json:"package,omitempty"` // name and version of a FHIR package, instead of a file
}

// Imported is the result of an import: the report, and what else was asked for.
type Imported = desk.Imported

// importKinds are what can be imported, each by a package of importers, with the registries
// that it writes.
var importKinds = map[string]desk.Kind{
	"facilities": {Run: facilities.Run, Targets: facilities.Targets, Registries: []string{"facility"}},
	"workers":    {Run: workers.Run, Targets: func() []importers.Target { return workers.Targets }, Registries: []string{"workforce"}},
	"codes":      {Run: codes.Run, Targets: func() []importers.Target { return codes.Targets }, Registries: []string{"terminology"}},
	"valuesets":  {Run: valuesets.RunDefinitions, Targets: func() []importers.Target { return valuesets.Targets }, Registries: []string{"terminology"}},
	"expansions": {Run: valuesets.RunExpansions, Targets: func() []importers.Target { return valuesets.ExpansionTargets }, Registries: []string{"terminology"}},
	"maps":       {Run: maps.Run, Targets: func() []importers.Target { return maps.Targets }, Registries: []string{"terminology"}},
	"package":    {Run: fhirpkg.Run, Registries: []string{"terminology", "facility", "workforce"}},
	"rf2":        {Run: rf2.Run, Registries: []string{"terminology"}},
	"icd10cm":    {Run: icd10cm.Run, Registries: []string{"terminology"}},
	"languages":  {Run: languages.Run, Registries: []string{"terminology"}},
}

// importOf carries out the imports of a kind.
func importOf(kind string) func(context.Context, *App, request[ImportArgs]) (any, error) {
	return func(ctx context.Context, a *App, r request[ImportArgs]) (any, error) {
		return a.importFile(ctx, r, desk.Order{Paper: desk.Paper{Kind: kind}})
	}
}

// importPackage imports a FHIR package: a file, or one that the package registries of the
// settings have.
func importPackage(ctx context.Context, a *App, r request[ImportArgs]) (any, error) {
	o := desk.Order{Paper: desk.Paper{Kind: "package"}}
	if r.args.Package != "" {
		from := fhirpkg.Registry{URLs: a.Config.Terminology.Registries}
		r.Files = []command.File{{Name: r.args.Package}}
		o.Via = func(ctx context.Context, env importers.Env, req importers.Request) (*importers.Report, error) {
			return from.Import(ctx, env, req, r.args.Package)
		}
	}
	return a.importFile(ctx, r, o)
}

// importFile has the desk import the file of a call.
func (a *App) importFile(ctx context.Context, r request[ImportArgs], o desk.Order) (result Imported, err error) {
	defer debug.FreeOSMemory() // a large code system takes much, once
	file, err := r.file()
	if err != nil {
		return result, err
	}
	o.Path, o.File, o.Sheet, o.Mapping, o.Reason, o.Actor = file.Path, filepath.Base(file.Name), r.args.Sheet, r.args.Map, r.args.Reason, r.Actor
	o.Forget, o.Complete, o.DryRun, o.About, o.Progress = r.args.Forget, r.args.Complete, r.args.DryRun, r.args.About, r.rows
	files, err := newImportFiles(r, a.desk.Scratch())
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, files.close()) }()
	o.Issues, o.Rows = files.issue, files.row()
	out, err := a.desk.Import(ctx, o)
	if err != nil {
		return result, err
	}
	return *out, files.finish(ctx, file.Path, out.Report)
}

// rows passes the progress of an import on.
func (r request[A]) rows(p importers.Progress) {
	r.progress(p.Phase, int64(p.Done), int64(p.Total), "rows")
}
