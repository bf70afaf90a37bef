package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"masjala/fhir"
	"masjala/internal/app"
)

func importRuns(o *options) *cobra.Command {
	var count int
	var after string
	cmd := &cobra.Command{
		Use:   "runs [RUN]",
		Short: "List the last imports, or what one of them changed",
		Long: "List the last imports. With RUN, list what that import changed: each resource with its\n" +
			"version, the row that it comes from and the fields that are other than before, in the\n" +
			"order of writing.",
		Args: atMost(1, "a run"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				result, err := o.do(cmd, task{name: "import-changes", args: app.ChangesArgs{Run: args[0], After: after, Count: count}})
				if err != nil {
					return err
				}
				return print(o, result, o.changes)
			}
			result, err := o.do(cmd, task{name: "import-runs", args: struct{}{}})
			if err != nil {
				return err
			}
			return print(o, result, o.runs)
		},
	}
	cmd.Flags().IntVar(&count, "count", 100, "changes to list at a time, 500 at most")
	cmd.Flags().StringVar(&after, "after", "", "list those that follow: what the list before named as next")
	return cmd
}

// runs shows the imports, a line each.
func (o *options) runs(r app.Runs) error {
	rows := [][]string{{"RUN", "KIND", "FILE", "BY", "CREATED", "UPDATED", "STATE"}}
	for _, run := range r.Runs {
		created, updated := 0, 0
		for _, c := range run.Counts {
			created += c.Create
			updated += c.Update
		}
		state := "done"
		switch {
		case !run.Undone.IsZero():
			state = "undone " + run.Undone.Format(time.DateOnly)
		case run.Counts == nil:
			state = "cut short"
		}
		rows = append(rows, []string{run.Run, run.Kind, run.File, run.Actor, thousands(created), thousands(updated), state})
	}
	return table(o.out, rows)
}

// changes shows what an import changed, a line each.
func (o *options) changes(c app.Changes) error {
	fmt.Fprintf(o.out, "import of %s, sha256 %s\n", c.File, c.Hash)
	rows := [][]string{{"RESOURCE", "VERSION", "ACTION", "SHEET", "ROW", "FIELDS"}}
	for _, x := range c.List {
		row, fields := "", make([]string, 0, len(x.Changes))
		if x.Row > 0 {
			row = strconv.Itoa(x.Row)
		}
		for _, f := range x.Changes {
			fields = append(fields, f.Field)
		}
		rows = append(rows, []string{x.Resource, strconv.FormatInt(x.Version, 10), x.Action, x.Sheet, row, strings.Join(fields, ", ")})
	}
	if err := table(o.out, rows); err != nil {
		return err
	}
	if c.Next != "" {
		fmt.Fprintf(o.out, "… and more: --after %s\n", c.Next)
	}
	return nil
}

func importOriginal(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "original RUN FILE",
		Short: "Write the list of an import as it was given to a file",
		Long: "Write the list that was imported, byte for byte as it was given, to a file that is not there\n" +
			"yet. Lists are kept as the settings imports.originals, imports.space and imports.age say.",
		Args: exactly(2, "a run of masjala import runs and a file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := os.Lstat(args[1]); err == nil {
				return fhir.Errorf(fhir.Invalid, "%s cannot be written: it is there already", args[1])
			}
			result, err := o.write(cmd, args[1], task{name: "import-original", args: app.OriginalArgs{Run: args[0]}})
			if err != nil {
				return err
			}
			return print(o, result, func(r app.Original) error {
				_, err := fmt.Fprintf(o.out, "%s, %s bytes, sha256 %s\n", r.File, thousands(int(r.Bytes)), r.Hash)
				return err
			})
		},
	}
}
