package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"masjala/importers"
	"masjala/internal/app"
	format "masjala/internal/export/table"
)

// shownOpen is how many values and rows are printed; --save gives all.
const shownOpen = 40

func importValues(o *options) *cobra.Command {
	var args app.ValuesArgs
	var mapping, save string
	cmd := &cobra.Command{
		Use:   "values FILE",
		Short: "List what somebody should decide about a list",
		Long: "List the values of a list that are no codes or areas here, each once with what it may\n" +
			"mean, the rows that seem to be facilities or persons who are stored already, and what was\n" +
			"changed here and in the list.\n" +
			"Nothing is changed. --save writes them as a table with a column Decision; fill it in\n" +
			"and give it to masjala import decide --decisions.\n\n" +
			"Exit status 3 says that something should be decided.",
		Args: exactly(1, "a list"),
		RunE: func(cmd *cobra.Command, names []string) error {
			list, err := files(cmd, names[0])
			if err != nil {
				return err
			}
			if args.Map, err = textOf(cmd, mapping); err != nil {
				return err
			}
			if save != "" {
				if args.Save, err = format.FormatOf(save); err != nil {
					return wrongUse(cmd, err)
				}
			}
			result, err := o.write(cmd, save, task{name: "import-values", files: list, args: args})
			if err != nil {
				return err
			}
			return print(o, result, o.judged)
		},
	}
	listFlags(cmd, &args.ListArgs, &mapping)
	cmd.Flags().StringVar(&save, "save", "", "write them to this file, .xlsx or .csv, to be filled in")
	return cmd
}

// listFlags adds the flags that say how a list is read that people decide about.
func listFlags(cmd *cobra.Command, args *app.ListArgs, mapping *string) {
	f := cmd.Flags()
	f.StringVar(&args.Kind, "kind", "facilities", "what the list holds: facilities or workers")
	f.StringVar(mapping, "map", "", "file that says what the columns of the list mean")
	f.StringVar(&args.Sheet, "sheet", "", "name of the sheet of the list")
}

// textOf reads a mapping; "" for none.
func textOf(cmd *cobra.Command, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", wrongUse(cmd, fmt.Errorf("the mapping cannot be read: %w", err))
	}
	return string(text), nil
}

// judged shows what is open.
func (o *options) judged(j app.Judged) error {
	fmt.Fprintf(o.out, "%s: %s to be decided\n", j.File, thousands(j.Open))
	values := [][]string{{"COLUMN", "VALUE", "ROWS", "STATE", "MAY MEAN"}}
	for _, v := range j.Values {
		if (v.State == importers.Doubtful || v.State == importers.Stale) && len(values) <= shownOpen {
			text := v.Text
			if v.Within != "" {
				text = v.Within + " / " + v.Text
			}
			values = append(values, []string{v.Column, text, thousands(v.Rows), v.State, candidates(v.Candidates)})
		}
	}
	rows := [][]string{{"ROW", "NAME", "SEEMS TO BE", "STORED", "SCORE", "WHY"}}
	for _, t := range j.Twins {
		if t.Decision == "" && len(rows) <= shownOpen {
			rows = append(rows, []string{fmt.Sprint(t.Row), t.Name, t.Stored, t.Reference, fmt.Sprintf("%.3f", t.Score), t.Why})
		}
	}
	conflicts := [][]string{{"ROW", "NAME", "COLUMN", "HERE", "IN THE LIST"}}
	for _, d := range j.Conflicts {
		if d.Decision == "" && len(conflicts) <= shownOpen {
			conflicts = append(conflicts, []string{fmt.Sprint(d.Row), d.Name, d.Field, d.Here, d.List})
		}
	}
	for _, list := range [][][]string{values, rows, conflicts} {
		if len(list) > 1 {
			if err := table(o.out, list); err != nil {
				return err
			}
		}
	}
	if left := j.Open - (len(values) - 1) - (len(rows) - 1) - (len(conflicts) - 1); left > 0 {
		fmt.Fprintf(o.out, "… and %s more (--save FILE writes all)\n", thousands(left))
	}
	return nil
}

// candidates says what a value may mean: "dispensary Dispensary (0.91), …".
func candidates(list []importers.Candidate) string {
	parts := make([]string, 0, len(list))
	for _, c := range list {
		parts = append(parts, fmt.Sprintf("%s (%.2f)", strings.TrimSpace(c.Code+" "+c.Display), c.Score))
	}
	return strings.Join(parts, ", ")
}
