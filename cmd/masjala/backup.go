package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"masjala/internal/app"
)

func backupCommand(o *options) *cobra.Command {
	var args app.BackupArgs
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Write a copy of everything as of one moment",
		Long: "Write a copy of everything as of one moment into the folder backups of the data\n" +
			"directory, while others go on working. To restore it, see docs/operations.md.",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := o.do(cmd, task{name: "backup", args: args})
			if err != nil {
				return err
			}
			return print(o, result, func(b app.BackedUp) error {
				fmt.Fprintf(o.err, "%s bytes, with all changes up to number %s\n", thousands(b.Bytes), thousands(b.Seq))
				_, err := fmt.Fprintln(o.out, b.File)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&args.Name, "name", "", "name of the file (default: made of the time)")
	return cmd
}
