package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"masjala/importers/decisions"
	"masjala/internal/app"
)

func importDecide(o *options) *cobra.Command {
	var args app.DecideArgs
	var mapping, from string
	cmd := &cobra.Command{
		Use:   "decide [FILE]",
		Short: "Decide what values of a list mean, and whether rows are stored already",
		Long: "Decide which code or area a value means, whether a row is a facility or person who\n" +
			"is stored already, and whether a field that was changed here and in the list becomes\n" +
			"as the list has it (list) or stays (here). Decisions are kept and hold for the next lists.\n\n" +
			"  masjala import decide list.xlsx --value \"Facility type=Disp.=dispensary\" --row 12=same\n" +
			"  masjala import decide list.xlsx --conflict 12:Phone=list --conflict 14=here\n" +
			"  masjala import decide --decisions filled-in.xlsx\n\n" +
			"A code may be given by its name; - says that there is none. FILE tells what the\n" +
			"columns mean; without it, the last import that had them does.",
		Args: atMost(1, "a list"),
		RunE: func(cmd *cobra.Command, names []string) error {
			t := task{name: "import-decide"}
			for _, name := range append(names, from) {
				if name == "" {
					continue
				}
				list, err := files(cmd, name)
				if err != nil {
					return err
				}
				t.files = append(t.files, list...)
			}
			args.List, args.Table = len(names) > 0, from != ""
			var err error
			if args.Map, err = textOf(cmd, mapping); err != nil {
				return err
			}
			t.args = args
			result, err := o.do(cmd, t)
			if err != nil {
				return err
			}
			return print(o, result, o.decided)
		},
	}
	listFlags(cmd, &args.ListArgs, &mapping)
	f := cmd.Flags()
	f.StringArrayVar(&args.Values, "value", nil, "Column=Value=code; may be given several times")
	f.StringArrayVar(&args.Rows, "row", nil, "12=same, 12=different or 12=unsure; likely=same decides all that seem to be stored")
	f.StringArrayVar(&args.Conflicts, "conflict", nil, "12=list, 12=here or 12:Phone=list of what was changed here and in the list; Phone=list in all rows; all=here")
	f.StringVar(&from, "decisions", "", "file with decisions: the table of masjala import values --save, filled in, or YAML")
	f.StringVar(&args.Reason, "reason", "", "why, for the history")
	return cmd
}

// decided tells a person what was kept.
func (o *options) decided(k decisions.Kept) error {
	fmt.Fprintf(o.out, "%s values and %s rows decided\n", thousands(len(k.Values)), thousands(len(k.Twins)))
	if len(k.Conflicts) > 0 {
		fmt.Fprintf(o.out, "%s conflicts decided\n", thousands(len(k.Conflicts)))
	}
	for _, v := range k.Values {
		fmt.Fprintf(o.out, "    %s %q: %s\n", v.Column, v.Text, strings.TrimSpace(v.Code+" "+v.Display))
	}
	for _, url := range k.ConceptMaps {
		fmt.Fprintf(o.out, "kept in %s\n", url)
	}
	return nil
}
