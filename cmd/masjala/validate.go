package main

import (
	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func validateCommand(o *options) *cobra.Command {
	q := &question{name: "validate-code"}
	var valueSet string
	cmd := &cobra.Command{
		Use:   "validate SYSTEM CODE [--value-set URL]",
		Short: "Check a code against its code system or a value set",
		Long: "Check a code against its code system or, with --value-set, a value set.\n" +
			"Exit status 3 says that the code is not valid. --json prints the FHIR Parameters.",
		Args: exactly(2, "the URI of a code system and a code"),
		RunE: func(cmd *cobra.Command, args []string) error {
			code := app.Parameter{Name: "code", Value: args[1]}
			if valueSet == "" {
				q.typ = "CodeSystem"
				return q.ask(o, cmd, app.Parameter{Name: "url", Value: args[0]}, code)
			}
			q.typ = "ValueSet"
			return q.ask(o, cmd, app.Parameter{Name: "url", Value: valueSet}, app.Parameter{Name: "system", Value: args[0]}, code)
		},
	}
	cmd.Flags().StringVar(&valueSet, "value-set", "", "canonical URL of a value set")
	q.flag(cmd, "display", "display", "display to check, too")
	q.languages(cmd)
	return cmd
}
