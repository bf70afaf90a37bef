package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"masjala/importers"
	"masjala/internal/app"
	format "masjala/internal/export/table"
)

func exportCommand(o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export NAME | facilities FILE | workers FILE | codes URL FILE …",
		Short: "Write what is stored as a table",
		Long: "Write a table of what is stored now. NAME is one of the list `exports` of the settings file; see\n" +
			"docs/configuration.md. The commands write lists that can be changed and imported again.",
		Args: exactly(1, "the name of an export"),
		RunE: func(cmd *cobra.Command, args []string) error {
			result, err := o.do(cmd, task{name: "export-run", args: app.ExportArgs{Name: args[0]}})
			if err != nil {
				return err
			}
			return print(o, result, func(e app.Exported) error {
				_, err := fmt.Fprintf(o.out, "%s was written to %s\n", e.Name, e.To)
				return err
			})
		},
	}
	cmd.AddCommand(
		exportList(o, "facilities", "Write facilities as a list (.xlsx, .csv, .geojson)", "Locations"),
		exportList(o, "workers", "Write health workers and their posts as a list (.xlsx, .csv)", "Practitioners"),
		exportTerms(o, "codes", "Write a code system as a list of codes (.xlsx, .csv)"),
		exportTerms(o, "valuesets", "Write the definition of a value set as a list (.xlsx, .csv)"),
		exportTerms(o, "expansions", "Write the codes of a value set as a list (.xlsx, .csv)"),
		exportTerms(o, "maps", "Write a concept map as pairs of codes (.xlsx, .csv)"),
	)
	return cmd
}

// exportList is the command that writes a list of one kind; of are the resources that are searched.
func exportList(o *options, kind, short, of string) *cobra.Command {
	var query string
	cmd := &cobra.Command{
		Use:   kind + " FILE",
		Short: short,
		Long: short + ".\n\n" +
			"The list can be imported again as it is, which changes nothing: each row names what it is about\n" +
			"(Masjala id) and the version that it shows (Masjala version). What is changed in the list is\n" +
			"changed by the import, and nothing else; what was changed here since is a conflict and stays.",
		Args: exactly(1, "the file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ending, err := format.FormatOf(args[0])
			if err != nil {
				return wrongUse(cmd, err)
			}
			result, err := o.write(cmd, args[0], task{name: "export-list", args: app.ExportListArgs{Kind: kind, Query: query, Format: ending}})
			if err != nil {
				return err
			}
			return print(o, result, func(e importers.Exported) error {
				_, err := fmt.Fprintf(o.out, "%d rows were written to %s\n", e.Rows, args[0])
				for _, note := range e.Notes {
					fmt.Fprintln(o.out, note)
				}
				return err
			})
		},
	}
	cmd.Flags().StringVar(&query, "query", "", "only what a search of "+of+" with these parameters finds, e.g. "+`"status=active&address-city=Mji"`)
	return cmd
}
