package main

import (
	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func subsumesCommand(o *options) *cobra.Command {
	q := &question{name: "subsumes", typ: "CodeSystem"}
	cmd := &cobra.Command{
		Use:   "subsumes SYSTEM A B",
		Short: "Tell whether one code includes another",
		Long: "Tell whether code A includes code B: equivalent, subsumes, subsumed-by or not-subsumed.\n" +
			"--json prints the FHIR Parameters.",
		Args: exactly(3, "the URI of a code system and two codes"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(o, cmd, app.Parameter{Name: "system", Value: args[0]},
				app.Parameter{Name: "codeA", Value: args[1]}, app.Parameter{Name: "codeB", Value: args[2]})
		},
	}
	q.flag(cmd, "version", "version", "version of the code system")
	return cmd
}
