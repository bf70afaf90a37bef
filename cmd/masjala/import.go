package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"masjala/importers"
	"masjala/importers/fhirpkg"
	"masjala/internal/app"
	"masjala/internal/command"
)

func importCommand(o *options) *cobra.Command {
	group := &cobra.Command{
		Use:   "import",
		Short: "Bring in workbooks, FHIR packages and releases of code systems",
		Args:  oneOfTheCommands,
		RunE:  showHelp,
	}
	group.AddCommand(
		importSheet(o, "facilities", "Import a list of facilities (workbook, CSV, web page, GeoJSON, DHIS2)"),
		importSheet(o, "workers", "Import a list of health workers (workbook, CSV, web page, GeoJSON, DHIS2)"),
		importSheet(o, "codes", "Import a list of codes (workbook, CSV, web page, GeoJSON, DHIS2)"),
		importSheet(o, "valuesets", "Import definitions of value sets: codes, filters, value sets (workbook, CSV)"),
		importSheet(o, "expansions", "Import frozen expansions of value sets, used as they stand (workbook, CSV)"),
		importSheet(o, "maps", "Import concept maps as pairs of codes (workbook, CSV)"),
		importPackage(o),
		importRF2(o),
		importTemplate(o),
		importRuns(o),
		importUndo(o),
		importValues(o),
		importDecide(o),
		importOriginal(o),
		importICD10CM(o),
		importLanguages(o),
	)
	return group
}

// importFlags are the flags of imports.
type importFlags struct {
	mapping, saveMap, issues, marked, sheet, reason string
	dryRun, forgetMap, complete                     bool
	about                                           importers.About
}

func importSheet(o *options, kind, short string) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   kind + " FILE…",
		Short: short,
		Long: short + ".\n\n" +
			"Columns are told by their headings and values; --save-map writes what each was taken\n" +
			"for, to be changed and given back with --map. What is wrong with a cell becomes an\n" +
			"issue with its sheet, row and column, and stops no other row. The same content\n" +
			"imported again changes nothing.\n\n" +
			"Exit status 3 says that it is done, but that some rows need a look.",
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(o, cmd, kind, f, args) },
	}
	cmd.Flags().StringVar(&f.mapping, "map", "", "file that says what the columns mean")
	cmd.Flags().BoolVar(&f.forgetMap, "forget-map", false, "forget what was said of the columns of such a list with --map before")
	cmd.Flags().StringVar(&f.saveMap, "save-map", "", "write what the columns were taken for to this file")
	if kind == "facilities" || kind == "workers" {
		cmd.Flags().BoolVar(&f.complete, "complete", false, "the list should have all that is here: say what it lacks")
	}
	cmd.Flags().StringVar(&f.sheet, "sheet", "", "name of the sheet to read")
	cmd.Flags().StringVar(&f.marked, "marked", "", "write the list back to this file, as a workbook with what became of each row")
	f.common(cmd)
	return cmd
}

func importPackage(o *options) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "package FOLDER|FILE.tgz|NAME@VERSION…",
		Short: "Import the resources of a FHIR package",
		Long: "Import the resources of a FHIR package, which is a folder or a .tgz file. A name with a version,\n" +
			"such as hl7.fhir.us.core@5.0.1, 5.0.x or latest, is fetched from the package registries of the\n" +
			"settings (terminology.package_registries), after the packages that it needs.\n" +
			"Types that this server does not hold are counted and left out.",
		Args: atLeastOneFile,
		RunE: func(cmd *cobra.Command, args []string) error { return runImport(o, cmd, "package", f, args) },
	}
	f.common(cmd)
	return cmd
}

// common adds the flags that every import has.
func (f *importFlags) common(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.issues, "issues", "", "write all issues to this file: a workbook if it ends in .xlsx, else CSV")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why the list is imported, for the history")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what would change")
}

func atLeastOneFile(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return wrongUse(cmd, fmt.Errorf("%s takes one file or more, but was given none", cmd.CommandPath()))
	}
	return nil
}

// runImport imports the files one after the other. Problems in one do not keep the next away.
func runImport(o *options, cmd *cobra.Command, kind string, f importFlags, names []string) error {
	list, err := sources(cmd, kind, names)
	if err != nil {
		return err
	}
	if len(names) > 1 && (f.issues != "" || f.marked != "" || f.saveMap != "") {
		return wrongUse(cmd, fmt.Errorf("--issues, --marked and --save-map name one file; import the lists one by one"))
	}
	args := app.ImportArgs{Sheet: f.sheet, Forget: f.forgetMap, DryRun: f.dryRun, Complete: f.complete, Reason: f.reason, Marked: f.marked != "", About: f.about}
	if f.issues != "" {
		args.Issues = "csv"
		if strings.EqualFold(filepath.Ext(f.issues), ".xlsx") {
			args.Issues = "xlsx"
		}
	}
	if args.Map, err = textOf(cmd, f.mapping); err != nil {
		return err
	}
	r, done, err := o.runner(cmd, true)
	if err != nil {
		return err
	}
	problems := false
	for _, file := range list {
		err = o.importOne(cmd.Context(), r, importTask(kind, args, file), f)
		if err == errProblems {
			problems, err = true, nil
		}
		if err != nil {
			break
		}
	}
	if closing := done(); err == nil {
		err = closing
	}
	if err == nil && problems {
		err = errProblems
	}
	return err
}

// importOne imports a file or package and writes the files that were asked for.
func (o *options) importOne(ctx context.Context, r command.Runner, t task, f importFlags) error {
	issues, marked := &newFile{path: f.issues}, &newFile{path: f.marked}
	t.give = func(name string) (io.WriteCloser, error) {
		if name == "marked" {
			return marked.open(name)
		}
		return issues.open(name)
	}
	result, err := o.call(ctx, r, t)
	err = errors.Join(marked.finish(err), issues.finish(nil)) // findings tell why an import failed
	if err != nil {
		return err
	}
	return o.imported(result, f)
}

// sources checks that files which the user named are there. A package may be named instead:
// then it has no path.
func sources(cmd *cobra.Command, kind string, names []string) ([]command.File, error) {
	var list []command.File
	for _, name := range names {
		if _, err := os.Stat(name); err != nil && kind == "package" && fhirpkg.Named(name) {
			list = append(list, command.File{Name: name})
			continue
		}
		file, err := files(cmd, name)
		if err != nil {
			return nil, err
		}
		list = append(list, file...)
	}
	return list, nil
}

// importTask is the task of importing one file, or one package by its name.
func importTask(kind string, args app.ImportArgs, file command.File) task {
	t := task{name: "import-" + kind, files: []command.File{file}}
	if file.Path == "" {
		args.Package, t.files = file.Name, nil
	}
	t.args = args
	return t
}
