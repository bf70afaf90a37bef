package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func doctorCommand(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what commonly goes wrong",
		Long: "Look at the data directory, the disk, the clock, the database, the concepts, the sync\n" +
			"sources and the settings. It changes nothing. Exit status 3 says that something was found.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := o.do(cmd, task{name: "doctor", args: struct{}{}})
			if err != nil {
				return err
			}
			return print(o, result, func(h app.Health) error {
				rows := [][]string{}
				for _, c := range h.Checks {
					state := "ok"
					if !c.OK {
						state = "PROBLEM"
					}
					rows = append(rows, []string{state, c.Name, c.Text})
				}
				if err := table(o.out, rows); err != nil {
					return err
				}
				fmt.Fprintln(o.out, "\nsettings that are not the default:")
				for _, s := range h.Values {
					if s.From != "the default" {
						fmt.Fprintf(o.out, "  %s = %s (from %s)\n", s.Key, s.Value, s.From)
					}
				}
				return nil
			})
		},
	}
}
