package app

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/desk"
	"masjala/internal/command"
	"masjala/internal/export/table"
	"masjala/store"
)

// ListArgs say how a list is read that people decide about.
type ListArgs struct {
	Kind  string `json:"kind,omitempty"`  // "facilities" (empty) or "workers"
	Map   string `json:"map,omitempty"`   // YAML of the column mapping; empty: proposed from the content
	Sheet string `json:"sheet,omitempty"` // name of the sheet; empty: the mapping or the content decides
}

// ValuesArgs are the arguments of the command import-values, which takes one list.
type ValuesArgs struct {
	ListArgs
	Save table.Format `json:"save,omitempty"` // give the file "decisions", to be filled in: "csv" or "xlsx"
}

// Judged is the result of import-values: what somebody should decide about a list.
type Judged = decisions.Judged

// kind is the kind of list that a call names, or facilities. It fails with Invalid for lists about
// which nobody decides.
func (l ListArgs) kind() (string, error) {
	switch l.Kind {
	case "":
		return "facilities", nil
	case "facilities", "workers":
		return l.Kind, nil
	}
	return "", fhir.Errorf(fhir.Invalid, "there is nothing to decide about lists of the kind %q; there are facilities and workers", l.Kind)
}

// plan has the desk read the list of a call as a dry run of its import.
func (a *App) plan(ctx context.Context, call command.Call, args ListArgs, report func(command.Progress)) (*importers.Report, error) {
	kind, err := args.kind()
	if err != nil {
		return nil, err
	}
	dry := request[ImportArgs]{Call: call, args: ImportArgs{Map: args.Map, Sheet: args.Sheet, DryRun: true}, report: report}
	out, err := a.importFile(ctx, dry, desk.Order{Paper: desk.Paper{Kind: kind}})
	return out.Report, err
}

func judgeValues(ctx context.Context, a *App, r request[ValuesArgs]) (any, error) {
	if r.args.Save != "" {
		if err := r.takes(r.args.Save, table.Delimited, table.Workbook); err != nil {
			return nil, err
		}
	}
	report, err := a.plan(ctx, r.Call, r.args.ListArgs, r.report)
	if err != nil {
		return nil, err
	}
	out := decisions.Judge(report)
	if r.args.Save == "" {
		return out, nil
	}
	return out, r.fill("decisions", func(to io.Writer) error { return decisions.WriteTable(to, r.args.Save, report) })
}

// DecideArgs are the arguments of the command import-decide. It takes the list, if List says
// so, and after it a table or YAML of decisions, if Table says so.
type DecideArgs struct {
	ListArgs
	List      bool     `json:"list,omitempty"`      // the first file is the list that is decided about
	Table     bool     `json:"table,omitempty"`     // the last file holds decisions
	Values    []string `json:"values,omitempty"`    // "Column=Spelling=code"
	Rows      []string `json:"rows,omitempty"`      // "12=same", "12=different=Location/1"; "likely=same" for all that seem to be stored
	Conflicts []string `json:"conflicts,omitempty"` // "12=list", "12:Phone=here"; "Phone=list" for the column in all rows; "all=here"
	Reason    string   `json:"reason,omitempty"`
}

func keepDecisions(ctx context.Context, a *App, r request[DecideArgs]) (_ any, err error) {
	if r.args.Kind, err = r.args.kind(); err != nil {
		return nil, err
	}
	wanted := 0
	for _, is := range []bool{r.args.List, r.args.Table} {
		if is {
			wanted++
		}
	}
	if len(r.Files) != wanted {
		return nil, fhir.Errorf(fhir.Invalid, "%s was given %d files, but its arguments say %d", r.Name, len(r.Files), wanted)
	}
	var report *importers.Report
	if r.args.List {
		call := r.Call
		call.Files = call.Files[:1]
		if report, err = a.plan(ctx, call, r.args.ListArgs, r.report); err != nil {
			return nil, err
		}
	}
	set, err := decided(ctx, r, report, a.desk.Scratch())
	if err != nil {
		return nil, err
	}
	if report != nil {
		if err := set.Complete(report); err != nil {
			return nil, err
		}
	}
	if set.Empty() {
		return nil, fhir.Errorf(fhir.Invalid, "nothing was decided: give values, rows, conflicts or a table whose column Decision is filled in")
	}
	return decisions.Keep(ctx, a.env, store.Cause{Actor: r.Actor, Reason: strings.TrimPrefix(r.args.Reason+"; decisions on imported lists", "; ")}, *set)
}

// decided gathers what the arguments and the table say; report may be nil.
func decided(ctx context.Context, r request[DecideArgs], report *importers.Report, scratch string) (*decisions.Set, error) {
	set := &decisions.Set{}
	if r.args.Table {
		var err error
		if set, err = readDecisions(ctx, r.Files[len(r.Files)-1], scratch); err != nil {
			return nil, err
		}
	}
	for _, text := range r.args.Values {
		v, err := decisions.ParseValue(r.args.Kind, text)
		if err != nil {
			return nil, err
		}
		set.Values = append(set.Values, v)
	}
	if report == nil && len(r.args.Rows)+len(r.args.Conflicts) > 0 {
		return nil, fhir.Errorf(fhir.Invalid, "rows can be decided about only with the list that they are in; name it, too")
	}
	for _, text := range r.args.Conflicts {
		c, err := decisions.ParseConflict(r.args.Kind, text)
		if err != nil {
			return nil, err
		}
		set.Conflicts = append(set.Conflicts, c)
	}
	for _, text := range r.args.Rows {
		if rest, all := strings.CutPrefix(text, "likely="); all {
			set.Twins = append(set.Twins, decisions.Likely(report, decisions.Verdict(rest))...)
			continue
		}
		number, rest, _ := strings.Cut(text, "=")
		verdict, reference, _ := strings.Cut(rest, "=")
		row, err := strconv.Atoi(number)
		if err != nil {
			return nil, fhir.Errorf(fhir.Invalid, "%q is no decision on a row; write 12=same, 12=different=Location/1 or likely=same", text)
		}
		set.Twins = append(set.Twins, decisions.Twin{Kind: r.args.Kind, Row: row, Reference: reference, Verdict: decisions.Verdict(verdict)})
	}
	return set, nil
}

// readDecisions reads a table of decisions, or YAML.
func readDecisions(ctx context.Context, file command.File, scratch string) (*decisions.Set, error) {
	name := filepath.Base(file.Name)
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml":
		f, err := os.Open(file.Path)
		if err != nil {
			return nil, fhir.Errorf(fhir.Invalid, "%s cannot be read", name).Because(err)
		}
		defer f.Close()
		return decisions.ReadYAML(f)
	}
	return decisions.ReadTable(ctx, file.Path, name, scratch)
}
