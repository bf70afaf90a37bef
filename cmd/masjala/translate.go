package main

import (
	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func translateCommand(o *options) *cobra.Command {
	q := &question{name: "translate", typ: "ConceptMap"}
	cmd := &cobra.Command{
		Use:   "translate SYSTEM CODE",
		Short: "Translate a code through concept maps",
		Long: "Translate a code through one concept map (--map), or through all from its system.\n" +
			"Exit status 3 says that there is no translation. --json prints the FHIR Parameters.",
		Args: exactly(2, "the URI of a code system and a code"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(o, cmd, app.Parameter{Name: "system", Value: args[0]}, app.Parameter{Name: "code", Value: args[1]})
		},
	}
	q.flag(cmd, "map", "url", "canonical URL of a concept map")
	q.flag(cmd, "to", "targetsystem", "URI of the code system to translate to")
	return cmd
}
