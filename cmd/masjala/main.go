package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // schedules name time zones, and not every machine has the list

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	o := &options{out: os.Stdout, err: os.Stderr, env: os.Getenv}
	status := o.run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// options are the flags that every command has, and the streams it uses.
type options struct {
	out, err io.Writer
	env      func(string) string

	data   string // data directory
	config string // settings file
	server string // address of a server to work through
	token  string // token for it
	json   bool
}

// run carries out one command line and returns the exit status.
func (o *options) run(ctx context.Context, args []string) int {
	root := o.command()
	root.SetArgs(args)
	root.SetOut(o.out)
	root.SetErr(o.err)
	return o.status(root.ExecuteContext(ctx))
}

// command builds the tree of commands.
func (o *options) command() *cobra.Command {
	root := &cobra.Command{
		Use:   "masjala",
		Short: "Terminology service, facility registry and health-worker registry",
		Long: "Masjala keeps the facilities, the health workers and the codes of a country,\n" +
			"takes them from workbooks and other servers, and serves them as FHIR R4.\n\n" +
			"Results go to standard output, all else to standard error.\n" +
			"Exit status: 0 done, 1 failed, 2 wrong use, 3 done with problems in the data.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          oneOfTheCommands,
		RunE:          showHelp,
	}
	f := root.PersistentFlags()
	f.StringVar(&o.data, "data", "", "data directory (default $MASJALA_DATA, else masjala-data)")
	f.StringVar(&o.config, "config", "", "settings file (default masjala.yaml in the data directory)")
	f.StringVar(&o.server, "server", "", "work through the server at this address, not on the data directory")
	f.StringVar(&o.token, "token", "", "bearer token for --server (default $MASJALA_TOKEN)")
	f.BoolVar(&o.json, "json", false, "print the result as JSON")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return wrongUse(cmd, err) })
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(
		serveCommand(o), importCommand(o), matchCommand(o), exportCommand(o), syncCommand(o), tokenCommand(o),
		lookupCommand(o), validateCommand(o), expandCommand(o), translateCommand(o), subsumesCommand(o),
		backupCommand(o), doctorCommand(o), demoCommand(o), versionCommand(o),
	)
	return root
}
