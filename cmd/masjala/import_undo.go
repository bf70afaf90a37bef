package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func importUndo(o *options) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "undo RUN",
		Short: "Take back what an import did",
		Long: "Take back what an import did: what it made is deleted, what it changed gets its former\n" +
			"content, as new versions, so that the history keeps both. What was changed since, or is\n" +
			"named by what stays, is left as it is and listed. masjala import runs lists the imports.\n\n" +
			"Exit status 3 says that it is done, but that something was left as it is.",
		Args: exactly(1, "a run of masjala import runs"),
		RunE: func(cmd *cobra.Command, args []string) error {
			result, err := o.do(cmd, task{name: "import-undo", args: app.UndoArgs{Run: args[0], DryRun: dryRun}})
			if err != nil {
				return err
			}
			return print(o, result, o.undone)
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would be undone")
	return cmd
}

// undone tells a person what was taken back.
func (o *options) undone(u app.Undone) error {
	what := "undone"
	if u.DryRun {
		what = "read only, nothing changed"
	}
	fmt.Fprintf(o.out, "import of %s on %s, %s: %s deleted, %s as before, %s left as they are\n", u.File, u.Started.Format(time.DateTime), what,
		thousands(u.Deleted), thousands(u.Restored), thousands(u.Kept))
	for _, k := range u.First {
		fmt.Fprintf(o.out, "    %s: %s\n", k.Resource, k.Reason)
	}
	if more := u.Kept - len(u.First); more > 0 {
		fmt.Fprintf(o.out, "    … and %s more\n", thousands(more))
	}
	return nil
}
