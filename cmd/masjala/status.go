package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"masjala/fhir"
)

// Exit statuses.
const (
	statusDone     = 0
	statusFailed   = 1
	statusUsage    = 2
	statusProblems = 3
)

// errProblems says that a command is done but found problems in the data, which it printed.
var errProblems = errors.New("there are problems in the data")

// usageError is a command line that cannot be carried out.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func wrongUse(cmd *cobra.Command, err error) error {
	return &usageError{command: cmd.CommandPath(), err: err}
}

// status prints an error, if there is one, and returns the exit status for it.
func (o *options) status(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return statusDone
	case errors.Is(err, errProblems):
		return statusProblems
	case errors.As(err, &usage):
		fmt.Fprintf(o.err, "masjala: %s\nTry \"%s --help\".\n", plain(err), usage.command)
		return statusUsage
	}
	fmt.Fprintln(o.err, "masjala:", plain(err))
	return statusFailed
}

// plain is the text of an error for a person: that of the first error made for one.
// Errors nobody foresaw are shown whole, since there is no log to look into.
func plain(err error) string {
	if e := (*fhir.Error)(nil); errors.As(err, &e) && e.Kind != fhir.Internal {
		if e.Path != "" {
			return e.Path + ": " + e.Text
		}
		return e.Text
	}
	return err.Error()
}

// printJSON prints one object on a line of its own.
func (o *options) printJSON(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	_, err = fmt.Fprintf(o.out, "%s\n", data)
	return err
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return wrongUse(cmd, fmt.Errorf("%s takes no arguments, but was given %q", cmd.CommandPath(), args[0]))
	}
	return nil
}

// oneOfTheCommands refuses a word after a group of commands that is none of them.
func oneOfTheCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	text := fmt.Sprintf("there is no command %q", cmd.CommandPath()+" "+args[0])
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		text += fmt.Sprintf("; did you mean %q?", cmd.CommandPath()+" "+like[0])
	}
	return wrongUse(cmd, errors.New(text))
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// exactly wants n arguments and says what they are when there are not.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		return wrongUse(cmd, fmt.Errorf("%s takes %s, but was given %d arguments", cmd.CommandPath(), what, len(args)))
	}
}

// atMost is for a command that takes so many arguments or fewer.
func atMost(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		return wrongUse(cmd, fmt.Errorf("%s takes %s at most, but was given %d arguments", cmd.CommandPath(), what, len(args)))
	}
}
