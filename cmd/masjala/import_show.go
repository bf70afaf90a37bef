package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"masjala/importers"
	"masjala/internal/app"
	"masjala/internal/command"
)

// shownIssues is how many issues of a sort the summary shows; --issues gives all.
const shownIssues = 3

// imported writes the files that were asked for, then prints the result.
func (o *options) imported(result command.Result, f importFlags) error {
	var value app.Imported
	if err := json.Unmarshal(result.Value, &value); err != nil {
		return fmt.Errorf("read the result: %w", err)
	}
	if f.saveMap != "" {
		if err := os.WriteFile(f.saveMap, []byte(value.Mapping), 0o644); err != nil {
			return fmt.Errorf("write the mapping: %w", err)
		}
	}
	return print(o, result, o.summary)
}

// units are what imports without sheets count.
var units = map[string]string{"package": "files", "rf2": "lines", "icd10cm": "lines", "languages": "records"}

// summary tells a person what an import did.
func (o *options) summary(r app.Imported) error {
	what, unit := "imported", units[r.Kind]
	if r.DryRun {
		what = "read only, nothing changed"
	}
	if r.Sheet != "" {
		unit = fmt.Sprintf("rows of %q", r.Sheet)
	}
	fmt.Fprintf(o.out, "%s: %s %s in %.1f s, %s\n", r.File, thousands(r.Rows), unit, r.Seconds, what)
	if r.MappingOf != "" {
		fmt.Fprintf(o.out, "columns mean what was said in import %s (--forget-map proposes them anew)\n", r.MappingOf)
	}
	rows := [][]string{{"", "CREATE", "UPDATE", "UNCHANGED", "CONFLICT", "REPEATED", "FAILED"}}
	for _, c := range r.Counts {
		row := []string{c.What}
		for _, n := range []int{c.Create, c.Update, c.Unchanged, c.Conflict, c.Repeat, c.Failed} {
			row = append(row, thousands(n))
		}
		rows = append(rows, row)
	}
	if err := table(o.out, rows); err != nil {
		return err
	}
	if len(r.Unmapped) > 0 {
		fmt.Fprintf(o.out, "columns not used: %s\n", strings.Join(r.Unmapped, ", "))
	}
	o.undecided(r)
	if r.DryRun {
		o.samples(r.Samples)
	}
	o.groups(r.Issues)
	return nil
}

// undecided says how many rows wait, and what the list had when it was imported before.
func (o *options) undecided(r app.Imported) {
	held := 0
	for _, c := range r.Counts {
		held += c.Held
	}
	if held > 0 {
		fmt.Fprintf(o.out, "%s rows wait, because they seem to be stored already: masjala import values %s\n", thousands(held), r.File)
	}
	if m := r.Missing; m != nil && m.Run == "" {
		fmt.Fprintf(o.out, "%s are here, and no row of the list means them; they were left as they are\n", thousands(m.Count))
	} else if m != nil {
		fmt.Fprintf(o.out, "%s were in this list when it was imported as %s, and are not in it now; they were left as they are\n", thousands(m.Count), m.File)
	}
}

// samples shows the first planned changes.
func (o *options) samples(list []importers.Sample) {
	for _, s := range list {
		fmt.Fprintf(o.out, "row %d: %s %s %s\n", s.Row, s.Action, s.Resource, s.Name)
		for _, c := range s.Changes {
			fmt.Fprintf(o.out, "    %s: %s → %s\n", c.Field, c.From, c.To)
		}
	}
}

// groups shows what needs a look: how often each sort occurs, and where first.
func (o *options) groups(list []importers.Group) {
	for _, g := range list {
		fmt.Fprintf(o.out, "%s %s: %s\n", thousands(g.Count), g.Severity, g.Rule)
		for i, issue := range g.First {
			if i == shownIssues {
				fmt.Fprintf(o.out, "    … and %s more (--issues FILE writes all)\n", thousands(g.Count-shownIssues))
				break
			}
			fmt.Fprintln(o.out, "    "+sentenceOf(issue))
		}
	}
}

// sentenceOf says where an issue is, what it is and what to do.
func sentenceOf(i importers.Issue) string {
	var parts []string
	if i.Row > 0 {
		parts = append(parts, "row "+strconv.Itoa(i.Row))
	}
	if i.Column != "" {
		parts = append(parts, fmt.Sprintf("column %q", i.Column))
	}
	text := i.Reason
	if len(parts) > 0 {
		text = strings.Join(parts, ", ") + ": " + text
	}
	if i.Value != "" {
		text += fmt.Sprintf(" (%q)", i.Value)
	}
	return strings.TrimSpace(text + ". " + i.Fix)
}
