package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"masjala/importers/template"
	"masjala/internal/app"
)

func importTemplate(o *options) *cobra.Command {
	group := &cobra.Command{
		Use:   "template",
		Short: "Make an empty workbook to fill in and import",
		Args:  oneOfTheCommands,
		RunE:  showHelp,
	}
	group.AddCommand(
		templateOf(o, "facilities", "Make an empty list of facilities"),
		templateOf(o, "workers", "Make an empty list of health workers"),
	)
	return group
}

func templateOf(o *options, kind, short string) *cobra.Command {
	args := app.TemplateArgs{Kind: kind}
	cmd := &cobra.Command{
		Use:   kind + " FILE.xlsx",
		Short: short,
		Long: short + ", with drop-down lists of the codes and areas that the registry has\n" +
			"and a sheet that explains every column. When it is filled in it is imported without a mapping.",
		Args: exactly(1, "the workbook to write"),
		RunE: func(cmd *cobra.Command, names []string) error {
			if !strings.EqualFold(filepath.Ext(names[0]), ".xlsx") {
				return wrongUse(cmd, fmt.Errorf("%s: a template is a workbook, .xlsx", names[0]))
			}
			result, err := o.write(cmd, names[0], task{name: "import-template", args: args})
			if err != nil {
				return err
			}
			return print(o, result, func(t app.Template) error {
				_, err := fmt.Fprintf(o.out, "%s has %d columns to fill in\n", names[0], len(t.Columns))
				return err
			})
		},
	}
	cmd.Flags().StringVar(&args.Lang, "lang", "", "language: "+strings.Join(template.Languages, ", ")+" (default en)")
	cmd.Flags().StringToStringVar(&args.ValueSets, "value-set", nil, "value set that a column chooses from, such as type=URL, ownership=URL or cadre=URL (default: what the registry uses)")
	return cmd
}
