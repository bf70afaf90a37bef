package main

import (
	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func lookupCommand(o *options) *cobra.Command {
	q := &question{name: "lookup", typ: "CodeSystem"}
	cmd := &cobra.Command{
		Use:   "lookup SYSTEM CODE",
		Short: "Show what is known of a code",
		Long:  "Show what is known of a code: its display, designations and properties.\n--json prints the FHIR Parameters.",
		Args:  exactly(2, "the URI of a code system and a code"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(o, cmd, app.Parameter{Name: "system", Value: args[0]}, app.Parameter{Name: "code", Value: args[1]})
		},
	}
	q.flag(cmd, "version", "version", "version of the code system")
	q.flag(cmd, "property", "property", "a property to show; repeat for more")
	q.languages(cmd)
	return cmd
}
