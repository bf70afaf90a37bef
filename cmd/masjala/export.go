package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func exportCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "export NAME",
		Short: "Write a table of the settings file now",
		Long:  "Write a table of what is stored now, as the list `exports` of the settings file says; see docs/configuration.md.",
		Args:  exactly(1, "the name of an export"),
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
}
