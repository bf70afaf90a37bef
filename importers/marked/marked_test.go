package marked_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/importers/marked"
	"masjala/internal/testutil"
)

// book makes a workbook: a title, headings in row 3 and three rows below, with formats, a
// formula, a note of somebody and a second sheet.
func book(t *testing.T) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "List's"))
	_, err := f.NewSheet("Other")
	must(err)
	must(f.SetCellStr("Other", "B2", "kept"))
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 14})
	must(err)
	must(f.SetCellStr("List's", "A1", "Facilities of the coast"))
	for i, row := range [][]any{{"Code", "Name", "Opened"}, {"F1", "Gede", 43000}, {"F2", "Kilifi", nil}, {"F3", nil, 43002}} {
		must(f.SetSheetRow("List's", "A"+string(rune('3'+i)), &row))
	}
	must(f.SetCellStyle("List's", "C4", "C6", bold))
	must(f.SetCellFormula("List's", "E4", "LEN(B4)"))
	must(f.AddComment("List's", excelize.Comment{Cell: "A4", Author: "Asha", Text: "checked by phone"}))
	must(f.SetColWidth("List's", "A", "B", 20))
	path := filepath.Join(t.TempDir(), "list.xlsx")
	must(f.SaveAs(path))
	return path
}

// report is that of a run which read the workbook.
func report(name, sheet string) *importers.Report {
	return &importers.Report{Run: "run-1", Kind: "facilities", File: name, Sheet: sheet, HeaderRow: 3, Rows: 3,
		Started: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Headings: []string{"Code", "Name", "Opened"},
		Counts: []importers.Counts{{What: "facilities", Create: 1, Unchanged: 1, Failed: 1}}}
}

// mark writes the marked copy of a list and opens it.
func mark(t *testing.T, path string, r *importers.Report, rows []importers.Outcome, issues []importers.Issue) (string, *excelize.File) {
	t.Helper()
	m, err := marked.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	found := importers.Issues{Sheet: r.Sheet, Sink: m.Issue}
	for _, i := range issues {
		found.Add(i)
	}
	r.Issues = found.Groups()
	for _, o := range rows {
		if err := m.Row(o); err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), "marked.xlsx")
	w, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := m.Write(t.Context(), w, path, r); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenFile(out)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return out, f
}

var (
	outcomes = []importers.Outcome{{Row: 4, Status: importers.Created, ID: "abc"}, {Row: 5, Status: importers.Unchanged, ID: "def"}}
	findings = []importers.Issue{
		{Row: 6, Column: "Name", Severity: importers.Error, Reason: "the facility has no name", Fix: "Write it.", Rule: "name-missing"},
		{Row: 4, Column: "Opened", Value: "43000", Severity: importers.Info, Reason: "odd <day>", Rule: "date-odd"},
		{Row: 4, Column: "Opened", Value: "43000", Severity: importers.Warning, Reason: "before the list was begun", Rule: "date-early"},
		{Row: 4, Column: "Code", Value: "F1", Severity: importers.Warning, Reason: "short", Rule: "code-short"},
		{Severity: importers.Info, Reason: "about the whole sheet", Rule: "sheet"},
	}
)

func TestMarkedWorkbook(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "FRF-8")
	path := book(t)
	out, f := mark(t, path, report("list.xlsx", "List's"), outcomes, findings)
	rows, err := f.GetRows("List's")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Facilities of the coast"}, nil, {"Code", "Name", "Opened", "", "", importers.StatusHeading, importers.IDHeading},
		{"F1", "Gede", "09-22-17", "", "", "new", "abc"}, {"F2", "Kilifi", "", "", "", "unchanged", "def"}, {"F3", "", "09-24-17", "", "", "not imported"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("cells: %s", diff)
	}
	for cell, colour := range map[string]string{"B6": "FFC7CF", "C4": "FFEB9D", "A4": "FFEB9D", "A5": "", "C5": ""} {
		if got := fillOf(t, f, "List's", cell); got != colour {
			t.Errorf("cell %s has the colour %q, want %q", cell, got, colour)
		}
	}
	if s := styleOf(t, f, "List's", "C4"); s.Font == nil || !s.Font.Bold || s.NumFmt != 14 {
		t.Errorf("the marked cell lost its format: %+v", s)
	}
	if formula, err := f.GetCellFormula("List's", "E4"); err != nil || formula != "LEN(B4)" {
		t.Errorf("the formula became %q, %v", formula, err)
	}
	checkNotes(t, f)
	untouched(t, path, out, "xl/worksheets/sheet2.xml", "xl/theme/theme1.xml")
	again(t, out)
}

// checkNotes looks at the notes: that of somebody stays, ours stand where cells are free.
func checkNotes(t *testing.T, f *excelize.File) {
	t.Helper()
	comments, err := f.GetComments("List's")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range comments {
		got[c.Cell] = c.Author + ": " + c.Text
		for _, p := range c.Paragraph {
			got[c.Cell] += p.Text
		}
	}
	for cell, want := range map[string]string{"A4": "checked by phone", "B6": "Masjala: the facility has no name. Write it.", "C4": "odd <day>.\nbefore the list was begun."} {
		if !strings.Contains(strings.TrimSpace(got[cell]), want) {
			t.Errorf("the note on %s is %q, want %q in it", cell, got[cell], want)
		}
	}
	if len(got) != 3 {
		t.Errorf("notes %q, want three", got)
	}
	all, err := f.GetRows("Masjala findings")
	if err != nil || len(all) != 6 || all[2][0] != "4" || all[5][0] != "6" {
		t.Errorf("findings %q, %v; want five in the order of the sheet", all, err)
	}
	sum, err := f.GetRows("Masjala summary")
	if err != nil || len(sum) < 10 || sum[0][1] != "list.xlsx" {
		t.Errorf("summary %q, %v", sum, err)
	}
}

// again marks a marked workbook, now without findings: no mark of the first run may stay.
func again(t *testing.T, path string) {
	t.Helper()
	r := report("list.xlsx", "List's")
	r.Headings = append(r.Headings, "", "", importers.StatusHeading, importers.IDHeading)
	_, f := mark(t, path, r, []importers.Outcome{{Row: 6, Status: importers.Created, ID: "xyz"}}, nil)
	rows, err := f.GetRows("List's")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Facilities of the coast"}, nil, {"Code", "Name", "Opened", "", "", importers.StatusHeading, importers.IDHeading},
		{"F1", "Gede", "09-22-17", "", ""}, {"F2", "Kilifi"}, {"F3", "", "09-24-17", "", "", "new", "xyz"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("marked again: %s", diff)
	}
	for _, cell := range []string{"B6", "C4", "A4"} {
		if got := fillOf(t, f, "List's", cell); got != "" {
			t.Errorf("cell %s kept the colour %q of an earlier run", cell, got)
		}
	}
	if comments, err := f.GetComments("List's"); err != nil || len(comments) != 1 || comments[0].Cell != "A4" {
		t.Errorf("notes %+v, %v; want only the one of somebody", comments, err)
	}
	if got, want := f.GetSheetList(), []string{"List's", "Other", "Masjala summary", "Masjala findings"}; !cmp.Equal(got, want) {
		t.Errorf("sheets %q, want %q", got, want)
	}
}

func styleOf(t *testing.T, f *excelize.File, sheet, cell string) *excelize.Style {
	t.Helper()
	n, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.GetStyle(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fillOf(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	if c := styleOf(t, f, sheet, cell).Fill.Color; len(c) > 0 {
		return c[0]
	}
	return ""
}

// untouched compares parts of two workbooks as they are packed.
func untouched(t *testing.T, before, after string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		a, b := packed(t, before, p), packed(t, after, p)
		if len(a) == 0 || !bytes.Equal(a, b) {
			t.Errorf("the part %s changed", p)
		}
	}
}

func packed(t *testing.T, path, part string) []byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if f.Name == part {
			r, err := f.OpenRaw()
			if err != nil {
				t.Fatal(err)
			}
			data, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	return nil
}

func TestMarkedText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "facilities: a very long name of a list [2026].csv")
	if err := os.WriteFile(path, []byte("\n\nCode;Name;Opened\nF1;=1+1;2017\nF2;Kilifi;\n007;;2018\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, f := mark(t, path, report("list.csv", filepath.Base(path)), outcomes, findings)
	name := f.GetSheetList()[0]
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{nil, nil, {"Code", "Name", "Opened", importers.StatusHeading, importers.IDHeading},
		{"F1", "=1+1", "2017", "new", "abc"}, {"F2", "Kilifi", "", "unchanged", "def"}, {"007", "", "2018", "not imported"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("cells: %s", diff)
	}
	if got := fillOf(t, f, name, "B6"); got != "FFC7CF" {
		t.Errorf("the empty name has the colour %q", got)
	}
}
