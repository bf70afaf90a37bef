package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"masjala/importers/join"
	"masjala/internal/app"
	"masjala/internal/command"
	format "masjala/internal/export/table"
)

// shownPairs is how many pairs for review are printed; --output gives all.
const shownPairs = 20

func matchCommand(o *options) *cobra.Command {
	var args app.MatchArgs
	var mapA, mapB, output string
	cmd := &cobra.Command{
		Use:   "match [A [B]]",
		Short: "Find which rows of two lists mean the same, or doubles",
		Long: "Find which rows of two lists mean the same facility or health worker, though the\n" +
			"lists have no key in common; each row gets at most one partner, with a score and\n" +
			"the reasons. Of one list, find the doubles in it; without a list, those in the\n" +
			"registry. Nothing is changed.\n\n" +
			"Exit status 3 says that some pairs need a look.",
		Args: atMost(2, "two files"),
		RunE: func(cmd *cobra.Command, names []string) error {
			var err error
			if args.MapA, err = textOf(cmd, mapA); err != nil {
				return err
			}
			if args.MapB, err = textOf(cmd, mapB); err != nil {
				return err
			}
			return o.match(cmd, args, names, output)
		},
	}
	f := cmd.Flags()
	f.StringVar(&args.Kind, "kind", "facilities", "what the lists hold: facilities or workers")
	f.StringVar(&mapA, "map-a", "", "file that says what the columns of A mean")
	f.StringVar(&mapB, "map-b", "", "the same for B")
	f.StringVar(&args.SheetA, "sheet-a", "", "name of the sheet of A")
	f.StringVar(&args.SheetB, "sheet-b", "", "name of the sheet of B")
	f.StringVar(&output, "output", "", "write all pairs to this file, as CSV")
	return cmd
}

// match joins the lists in this process, or on the server that was named. What is stored is
// looked at where it is.
func (o *options) match(cmd *cobra.Command, args app.MatchArgs, names []string, output string) error {
	list, err := files(cmd, names...)
	if err != nil {
		return err
	}
	var result command.Result
	if len(list) == 0 {
		result, err = o.do(cmd, task{name: "match-registry", args: app.RegistryArgs{Kind: args.Kind}})
	} else if o.server != "" {
		result, err = o.do(cmd, task{name: "match-lists", args: args, files: list})
	} else {
		var report *join.Report
		if report, err = app.MatchLists(cmd.Context(), args, list, time.Now(), ""); err == nil {
			result.Problems = report.Problems()
			result.Value, err = json.Marshal(report)
		}
	}
	if err != nil {
		return err
	}
	if output != "" {
		var report join.Report
		if err := json.Unmarshal(result.Value, &report); err != nil {
			return fmt.Errorf("read the result: %w", err)
		}
		if err := writePairs(output, report.Pairs); err != nil {
			return fmt.Errorf("write the pairs: %w", err)
		}
	}
	return print(o, result, o.matched)
}

// matched tells a person what was found.
func (o *options) matched(r join.Report) error {
	with := "itself"
	if r.B != nil {
		with = fmt.Sprintf("%s (%s rows)", r.B.File, thousands(r.B.Rows))
	}
	unit := "rows"
	if r.A.File == "" {
		r.A.File, unit = "the registry", r.Kind
	}
	fmt.Fprintf(o.out, "%s (%s %s) with %s in %.1f s: %s pairs mean the same, %s need a look\n",
		r.A.File, thousands(r.A.Rows), unit, with, r.Seconds, thousands(r.Matches), thousands(r.Reviews))
	if r.B != nil {
		fmt.Fprintf(o.out, "without a partner: %s rows and %s\n", thousands(len(r.OnlyA)), thousands(len(r.OnlyB)))
	}
	rows := [][]string{{"A", "NAME", "B", "NAME", "SCORE", "WHY"}}
	for _, p := range r.Pairs {
		if (p.Band == "review" || r.B == nil) && len(rows) <= shownPairs {
			rows = append(rows, []string{where(p.A), p.A.Name, where(p.B), p.B.Name, fmt.Sprintf("%.3f", p.Score), p.Explanation})
		}
	}
	if len(rows) == 1 {
		return nil
	}
	return table(o.out, rows)
}

// where is the row of a list or the reference of a resource.
func where(s join.Side) string {
	if s.Ref != "" {
		return s.Ref
	}
	return strconv.Itoa(s.Row)
}

// writePairs writes pairs as CSV, as spreadsheet programs want it.
func writePairs(file string, pairs []join.Pair) error {
	head := format.Head{Names: []string{"a", "name a", "b", "name b", "score", "band", "explanation"}}
	return writeFile(file, func(w io.Writer) error {
		return format.Write(w, format.Delimited, head, func(row func([]format.Cell) error) error {
			for _, p := range pairs {
				if err := row(format.Texts(where(p.A), p.A.Name, where(p.B), p.B.Name, fmt.Sprintf("%.3f", p.Score), string(p.Band), p.Explanation)); err != nil {
					return err
				}
			}
			return nil
		})
	})
}
