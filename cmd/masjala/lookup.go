package main

import (
	"github.com/spf13/cobra"

	"masjala/fhir/search"
)

func lookupCommand(o *options) *cobra.Command {
	q := &question{name: "lookup", typ: "CodeSystem"}
	cmd := &cobra.Command{
		Use:   "lookup SYSTEM CODE",
		Short: "Show what is known of a code",
		Long:  "Show what is known of a code: its display, designations and properties.\n--json prints the FHIR Parameters.",
		Args:  exactly(2, "the URI of a code system and a code"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(o, cmd, search.Pair{Name: "system", Value: args[0]}, search.Pair{Name: "code", Value: args[1]})
		},
	}
	q.flag(cmd, "version", "version", "version of the code system")
	q.flag(cmd, "property", "property", "a property to show; repeat for more")
	q.languages(cmd)
	return cmd
}
