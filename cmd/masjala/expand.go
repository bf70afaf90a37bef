package main

import (
	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func expandCommand(o *options) *cobra.Command {
	q := &question{name: "expand", typ: "ValueSet"}
	cmd := &cobra.Command{
		Use:   "expand URL",
		Short: "List the codes of a value set",
		Long:  "List the codes of a value set. --json prints the FHIR ValueSet.",
		Args:  exactly(1, "the canonical URL of a value set"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.ask(o, cmd, app.Parameter{Name: "url", Value: args[0]})
		},
	}
	q.flag(cmd, "filter", "filter", "words that the display must have, or their beginnings")
	q.flag(cmd, "count", "count", "most codes to list")
	q.flag(cmd, "offset", "offset", "codes to skip")
	q.flag(cmd, "version", "valueSetVersion", "version of the value set")
	q.flag(cmd, "active-only", "activeOnly", "true: only codes that are in use")
	q.languages(cmd)
	return cmd
}
