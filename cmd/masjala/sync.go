package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"masjala/internal/app"
	"masjala/sync/mcsd"
)

func syncCommand(o *options) *cobra.Command {
	group := &cobra.Command{
		Use:   "sync",
		Short: "Follow other servers",
		Long:  "Follow other servers. Which ones is said in the settings file; see docs/configuration.md.",
		Args:  oneOfTheCommands,
		RunE:  showHelp,
	}
	group.AddCommand(syncList(o), syncRun(o), syncStatus(o), syncResolve(o))
	return group
}

func syncList(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the sources",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			result, err := o.do(cmd, task{name: "sync-list", args: struct{}{}})
			if err != nil {
				return err
			}
			return print(o, result, func(l app.SyncList) error {
				rows := [][]string{{"NAME", "ADDRESS", "SCHEDULE", "RULE", "TYPES"}}
				for _, s := range l.Sources {
					when := strings.TrimSpace(s.Schedule + " " + s.Timezone)
					if s.Schedule == "" {
						when = "by hand"
					}
					rows = append(rows, []string{s.Name, s.URL, when, string(s.Rule), strings.Join(s.Types, " ")})
				}
				return table(o.out, rows)
			})
		},
	}
}

func syncRun(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "run NAME",
		Short: "Bring this server up to date with a source now",
		Args:  exactly(1, "the name of a source"),
		RunE: func(cmd *cobra.Command, args []string) error {
			result, err := o.do(cmd, task{name: "sync-run", args: app.SyncArgs{Name: args[0]}})
			if err != nil {
				return err
			}
			err = print(o, result, func(r app.SyncRun) error { return o.syncReport(r.Report) })
			var run app.SyncRun
			if json.Unmarshal(result.Value, &run) == nil && run.Error != "" {
				return fmt.Errorf("source %s was not followed to the end; the next run goes on from there: %s", run.Source, run.Error)
			}
			return err
		},
	}
}

// syncReport tells a person what a run did.
func (o *options) syncReport(r *mcsd.Report) error {
	fmt.Fprintf(o.out, "%s: %s requests, %s bytes in %s\n", r.Source, thousands(r.Requests), thousands(r.Bytes),
		r.Ended.Sub(r.Started).Round(time.Millisecond))
	rows := [][]string{{"TYPE", "RECEIVED", "CREATED", "UPDATED", "DELETED", "UNCHANGED", "CONFLICTS", "REFUSED", "HELD"}}
	for _, t := range r.Types {
		row := []string{t.Type}
		for _, n := range []int64{t.Received, t.Created, t.Updated, t.Deleted, t.Unchanged, t.Conflicts, t.Refused, t.Held} {
			row = append(row, thousands(n))
		}
		rows = append(rows, row)
	}
	if err := table(o.out, rows); err != nil {
		return err
	}
	for _, note := range r.Notes {
		fmt.Fprintln(o.out, note)
	}
	o.syncProblems(r.Problems)
	return nil
}

func (o *options) syncProblems(list []mcsd.Problem) {
	for _, p := range list {
		fmt.Fprintf(o.out, "%s %s: %s\n", p.Kind, p.Resource, p.Reason)
	}
}

func syncStatus(o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "status [NAME]",
		Short: "Show how the sources stand",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return wrongUse(cmd, fmt.Errorf("%s takes the name of one source, or none for all", cmd.CommandPath()))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := strings.Join(args, "")
			result, err := o.do(cmd, task{name: "sync-status", args: app.SyncArgs{Name: name}})
			if err != nil {
				return err
			}
			return print(o, result, o.syncStanding)
		},
	}
}

func (o *options) syncStanding(s app.SyncStatus) error {
	rows := [][]string{{"NAME", "LAST RUN", "RESULT", "NEXT RUN", "PROBLEMS"}}
	for _, src := range s.Sources {
		last, outcome, next := "never", "", "by hand"
		if src.Last != nil {
			last, outcome = src.Last.Ended.Format(time.RFC3339), "done"
			if src.Last.Error != "" {
				outcome = "broke off"
			}
		}
		if src.Running {
			outcome = "running"
		}
		if !src.Job.Next.IsZero() {
			next = src.Job.Next.Format(time.RFC3339)
		}
		rows = append(rows, []string{src.Name, last, outcome, next, thousands(len(src.Problems))})
	}
	if err := table(o.out, rows); err != nil {
		return err
	}
	for _, src := range s.Sources {
		if src.Last != nil && src.Last.Error != "" {
			fmt.Fprintf(o.out, "%s broke off: %s\n", src.Last.Source, src.Last.Error)
		}
		o.syncProblems(src.Problems)
	}
	return nil
}

func syncResolve(o *options) *cobra.Command {
	var keep string
	cmd := &cobra.Command{
		Use:   "resolve NAME TYPE/ID --keep upstream|local",
		Short: "Decide about a resource that was changed here and at a source",
		Long: "Decide about a resource that was changed here and at a source, and is held by the rule of that source.\n" +
			"`masjala sync status NAME` lists such conflicts; TYPE/ID is the name that the source has for the resource.",
		Args: exactly(2, "the name of a source and a resource such as Location/17"),
		RunE: func(cmd *cobra.Command, args []string) error {
			result, err := o.do(cmd, task{name: "sync-resolve", args: app.ResolveArgs{Name: args[0], Resource: args[1], Keep: mcsd.Rule(keep)}})
			if err != nil {
				return err
			}
			return print(o, result, func(r app.ResolveArgs) error {
				_, err := fmt.Fprintf(o.out, "the next run keeps the %s version of %s\n", r.Keep, r.Resource)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&keep, "keep", "", "the version to keep: upstream or local")
	return cmd
}
