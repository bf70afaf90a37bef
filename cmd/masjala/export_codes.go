package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"masjala/importers"
	"masjala/internal/app"
	format "masjala/internal/export/table"
)

// exportTerms is the command that writes one resource of the terminology service as a table.
func exportTerms(o *options, kind, short string) *cobra.Command {
	return &cobra.Command{
		Use:   kind + " URL FILE",
		Short: short,
		Long: short + ".\n\n" +
			"URL is the canonical URL, with |VERSION where several versions are stored. The table says all\n" +
			"that the resource says: masjala import " + kind + " FILE gives the same again, here or on another\n" +
			"server. What no column can hold stands as JSON in the columns More and About; leave those as\n" +
			"they are. The rest can be changed and imported again.",
		Args: exactly(2, "a URL and the file to write"),
		RunE: func(cmd *cobra.Command, args []string) error {
			ending, err := format.FormatOf(args[1])
			if err != nil {
				return wrongUse(cmd, err)
			}
			result, err := o.write(cmd, args[1], task{name: "export-terms", args: app.ExportTermsArgs{Kind: kind, URL: args[0], Format: ending}})
			if err != nil {
				return err
			}
			return print(o, result, func(e importers.Exported) error {
				_, err := fmt.Fprintf(o.out, "%s rows were written to %s\n", thousands(e.Rows), args[1])
				return err
			})
		},
	}
}
