package decisions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"masjala/fhir"
	"masjala/importers"
	"masjala/internal/export/table"
)

// The columns of a table of decisions, by target.
var columns = []importers.Target{
	{Name: "kind", Title: "Kind"},
	{Name: "column", Title: "Column"},
	{Name: "value", Title: "Value", Literal: true},
	{Name: "within", Title: "Within"},
	{Name: "rows", Title: "Rows"},
	{Name: "row", Title: "Row"},
	{Name: "proposal", Title: "Proposal", Literal: true},
	{Name: "score", Title: "Score"},
	{Name: "why", Title: "Why"},
	{Name: "others", Title: "Other proposals"},
	{Name: "decision", Title: "Decision", Needed: true, Literal: true},
	{Name: "target", Title: "Meaning of the column"},
	{Name: "valueSet", Title: "Value set"},
	{Name: "system", Title: "System"},
	{Name: "code", Title: "Code of the proposal", Literal: true},
	{Name: "key", Title: "Key of the row"},
	{Name: "reference", Title: "Stored"},
	{Name: "field", Title: "Field"},
	{Name: "state", Title: "State of both"},
}

// widths of the columns in characters.
var widths = []float64{12, 20, 30, 24, 8, 8, 30, 8, 50, 40, 24, 14, 30, 30, 20, 26, 34, 20, 26}

// agreed are words by which a decision takes what is proposed.
var agreed = map[string]bool{"yes": true, "ok": true, "oui": true, "sim": true, "si": true, "ndiyo": true, "نعم": true, "x": true}

// WriteTable writes what somebody should decide about a report as a table, with a column
// Decision to be filled in: for a value the code or name that is meant, "-" for none; for a
// row same, different or unsure; for a conflict list or here; "yes" takes what is proposed. [ReadTable] reads it back.
func WriteTable(to io.Writer, format table.Format, r *importers.Report) error {
	head := table.Head{Sheet: "Decisions", Widths: widths}
	for _, c := range columns {
		head.Names = append(head.Names, c.Title)
	}
	w, err := table.New(to, format, head)
	if err != nil {
		return err
	}
	for i := range r.Values {
		if v := &r.Values[i]; v.State == importers.Doubtful || v.State == importers.Stale {
			err = errors.Join(err, w.Row(valueCells(r.Kind, v)))
		}
	}
	for i := range r.Twins {
		err = errors.Join(err, w.Row(twinCells(r.Kind, &r.Twins[i])))
	}
	for i := range r.Conflicts {
		err = errors.Join(err, w.Row(conflictCells(r.Kind, &r.Conflicts[i])))
	}
	return errors.Join(err, w.Close())
}

func conflictCells(kind string, d *importers.Dispute) []table.Cell {
	cells := make([]table.Cell, len(columns))
	for i, text := range []string{kind, d.Field, d.Name, "", "", "", d.List, "", "in the list", "here: " + d.Here, string(d.Decision),
		"", "", "", "", d.Key, strings.Join(d.Resources, " "), d.Field, d.State} {
		cells[i] = table.Text(text)
	}
	cells[5] = table.Number(strconv.Itoa(d.Row))
	return cells
}

func valueCells(kind string, v *importers.Value) []table.Cell {
	best := importers.Candidate{}
	var others []string
	for i, c := range v.Candidates {
		if i == 0 {
			best = c
			continue
		}
		others = append(others, fmt.Sprintf("%s (%.2f)", c.Name(), c.Score))
	}
	score := ""
	if best.Score > 0 {
		score = strconv.FormatFloat(best.Score, 'f', 2, 64)
	}
	system := v.System
	if best.New {
		system = comingSystem
	}
	return []table.Cell{table.Text(kind), table.Text(v.Column), table.Text(v.Text), table.Text(v.Within), table.Number(strconv.Itoa(v.Rows)), table.Number(strconv.Itoa(v.Row)),
		table.Text(best.Name()), table.Number(score), table.Text(best.Why), table.Text(strings.Join(others, "; ")), table.Text(""),
		table.Text(v.Target), table.Text(v.ValueSet), table.Text(system), table.Text(best.Code), table.Text(""), table.Text(""), table.Text(""), table.Text("")}
}

func twinCells(kind string, t *importers.Twin) []table.Cell {
	return []table.Cell{table.Text(kind), table.Text(""), table.Text(t.Name), table.Text(""), table.Text(""), table.Number(strconv.Itoa(t.Row)),
		table.Text(t.Stored), table.Number(strconv.FormatFloat(t.Score, 'f', 3, 64)), table.Text(t.Why), table.Text(""), table.Text(t.Decision),
		table.Text(""), table.Text(""), table.Text(""), table.Text(""), table.Text(t.Key), table.Text(t.Reference), table.Text(""), table.Text("")}
}

// ReadTable reads the rows of a table whose column Decision is filled in, in whatever form
// tables come. Its temporary files lie in the folder scratch, "" for that of the system. It fails with Invalid
// when the file is no such table.
func ReadTable(ctx context.Context, file, name, scratch string) (set *Set, err error) {
	src, err := importers.Open(&importers.Request{File: file, Name: name, Map: headings(), Scratch: scratch}, "decisions", columns)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, src.Close()) }()
	set = &Set{}
	err = src.Each(ctx, func(row *importers.Row) error {
		cell := func(target string) string { return row.Get(target).Text }
		decided := cell("decision")
		yes := agreed[importers.Key(decided)]
		switch {
		case decided == "":
		case cell("state") != "":
			if yes {
				decided = string(importers.AsList)
			}
			n, _ := strconv.Atoi(cell("row")) // for people only
			set.Conflicts = append(set.Conflicts, Conflict{Kind: cell("kind"), Row: n, Choice: importers.Choice(importers.Key(decided)), Key: cell("key"), Field: cell("field"), State: cell("state"), Name: cell("value")})
		case cell("key") != "":
			if yes {
				decided = string(Same)
			}
			n, _ := strconv.Atoi(cell("row")) // for people only
			set.Twins = append(set.Twins, Twin{Kind: cell("kind"), Key: cell("key"), Reference: cell("reference"), Row: n, Name: cell("value"), Verdict: Verdict(importers.Key(decided))})
		default:
			v := Value{Kind: cell("kind"), Column: cell("column"), Target: cell("target"), Text: cell("value"), Within: cell("within"), ValueSet: cell("valueSet"), System: cell("system"), Code: decided}
			if v.Code == importers.NoCode || v.ValueSet != "" {
				v.System = ""
			}
			if yes {
				v.Code = cmp.Or(cell("code"), cell("proposal"))
			}
			if yes && v.System == comingSystem {
				v.coming = &coming{[]importers.NewArea{{Code: v.Code, Display: cell("proposal")}}}
			}
			set.Values = append(set.Values, v)
		}
		return nil
	})
	return set, err
}

// headings is the mapping of a table of decisions.
func headings() *importers.Mapping {
	m := &importers.Mapping{Kind: "decisions"}
	for _, c := range columns {
		m.Columns = append(m.Columns, importers.Column{Heading: c.Title, Target: c.Name, Optional: !c.Needed})
	}
	return m
}

// ReadYAML reads decisions as YAML: the keys values and twins with lists of [Value] and
// [Twin]. Unknown keys are Invalid.
func ReadYAML(r io.Reader) (*Set, error) {
	d := yaml.NewDecoder(r)
	d.KnownFields(true)
	set := &Set{}
	if err := d.Decode(set); err != nil && !errors.Is(err, io.EOF) {
		return nil, fhir.Errorf(fhir.Invalid, "the decisions cannot be read: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return set, nil
}

// ParseValue reads a decision as the command line has it: Column=Spelling=code. The spelling
// may have equals signs; a code has none. That of an area may follow those above it: Kenya / Centrl.
func ParseValue(kind, text string) (Value, error) {
	column, rest, ok := strings.Cut(text, "=")
	at := strings.LastIndex(rest, "=")
	if !ok || at < 0 {
		return Value{}, fhir.Errorf(fhir.Invalid, "%q is no decision; write Column=Spelling=code, such as \"Facility type=Disp.=dispensary\"", text)
	}
	v := Value{Kind: kind, Column: strings.TrimSpace(column), Text: importers.Clean(rest[:at]), Code: strings.TrimSpace(rest[at+1:])}
	if at := strings.LastIndex(v.Text, withinMark); at >= 0 {
		v.Within, v.Text = v.Text[:at], v.Text[at+len(withinMark):]
	}
	return v, nil
}

// withinMark parts the name of an area from those above it.
const withinMark = " / "
