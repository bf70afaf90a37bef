package importers_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers"
	"masjala/internal/testutil"
)

func csvFile(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func openList(t testing.TB, req *importers.Request) *importers.Source {
	t.Helper()
	s, err := importers.Open(req, "things", targets)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// walk returns the texts of a target by row number.
func walk(t testing.TB, s *importers.Source, target string) map[int]string {
	t.Helper()
	out := map[int]string{}
	if err := s.Each(t.Context(), func(r *importers.Row) error {
		out[r.Number] = r.Get(target).Text
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSecondWalkEqualsFirst(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	s := openList(t, &importers.Request{File: csvFile(t, "A list\n\nName,Code,Note\nKila ,7,x\n\nNA,008,\n\"Mto\nClinic\",None,y\n")})
	first := walk(t, s, "name")
	if diff := cmp.Diff(map[int]string{4: "Kila", 6: "", 7: "Mto Clinic"}, first); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for range 2 {
		if diff := cmp.Diff(first, walk(t, s, "name")); diff != "" {
			t.Errorf("walked again (-first +again):\n%s", diff)
		}
	}
	if diff := cmp.Diff(map[int]string{4: "7", 6: "008", 7: ""}, walk(t, s, "id")); diff != "" {
		t.Errorf("codes (-want +got):\n%s", diff)
	}
	want := []importers.ColumnUse{{Heading: "Name", Target: "name", Filled: 2, Null: 1, Spaces: 1}, {Heading: "Code", Target: "id", Filled: 2, Null: 1}}
	if diff := cmp.Diff(want, s.Use); diff != "" || s.Rows != 3 || s.Head.Row != 3 {
		t.Errorf("%d rows below row %d, columns (-want +got):\n%s", s.Rows, s.Head.Row, diff)
	}
	if diff := cmp.Diff([]string{"Note"}, s.Unmapped()); diff != "" {
		t.Errorf("unmapped (-want +got):\n%s", diff)
	}
}

func TestMessNumbersShownRounded(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	path := filepath.Join(t.TempDir(), "list.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	format := func(code string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	cells := []struct {
		value  any
		format string
		want   string
	}{
		{-29.85127, "0.00", "-29.85127"}, {211653000000, "0.00E+00", "211653000000"}, {20870, "000000", "020870"}, {12.0, "0.0", "12.0"},
		{0.3, "0", "0.3"}, {0.5, "0%", "50%"}, {"007", "@", "007"},
	}
	if err := f.SetSheetRow("Sheet1", "A1", &[]any{"Name", "Code"}); err != nil {
		t.Fatal(err)
	}
	want := map[int]string{}
	for i, c := range cells {
		at, err := excelize.CoordinatesToCellName(2, i+2)
		if err := errors.Join(err, f.SetCellStr("Sheet1", "A"+at[1:], "x"), f.SetCellValue("Sheet1", at, c.value), f.SetCellStyle("Sheet1", at, at, format(c.format))); err != nil {
			t.Fatal(err)
		}
		want[i+2] = c.want
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, walk(t, openList(t, &importers.Request{File: path}), "id")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMessMisencodedCells(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	s := openList(t, &importers.Request{File: csvFile(t, "Name,Code\nSÃ£o JosÃ© &amp; MÃ£e,1\nÂnimo,2\n")})
	if diff := cmp.Diff(map[int]string{2: "São José & Mãe", 3: "Ânimo"}, walk(t, s, "name")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestHeadingsWithinAreNoRows(t *testing.T) {
	s := openList(t, &importers.Request{File: csvFile(t, "name,lat\n#name,#geo+lat\nA,1\nname,lat\nB,2\n")})
	if diff := cmp.Diff(map[int]string{3: "A", 5: "B"}, walk(t, s, "name")); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestMappingDecides(t *testing.T) {
	column := func(heading, target string) importers.Column {
		return importers.Column{Heading: heading, Target: target}
	}
	tests := map[string]struct {
		mapping importers.Mapping
		want    map[int]string // names
		err     string
	}{
		"own null words":         {importers.Mapping{Null: []string{"absent"}, Columns: []importers.Column{column("Name", "name")}}, map[int]string{2: "NA", 3: "", 4: "Mto"}, ""},
		"values":                 {importers.Mapping{Columns: []importers.Column{{Heading: "Name", Target: "name", Values: map[string]string{"Mto": "Mto Clinic"}}}}, map[int]string{2: "NA", 3: "Absent", 4: "Mto Clinic"}, ""},
		"second of a kind":       {importers.Mapping{Columns: []importers.Column{{Heading: "Name", At: 3, Target: "name"}}}, map[int]string{2: "x", 3: "y", 4: "z"}, ""},
		"another position":       {importers.Mapping{Columns: []importers.Column{{Heading: "Name", At: 2, Target: "name"}}}, nil, "column 2"},
		"beyond the last":        {importers.Mapping{Columns: []importers.Column{{Heading: "Name", At: 9, Target: "name"}}}, nil, "column 9"},
		"a column that may lack": {importers.Mapping{Columns: []importers.Column{column("Name", "name"), {Heading: "Lat", Target: "lat", Optional: true}}}, map[int]string{2: "NA", 3: "Absent", 4: "Mto"}, ""},
		"headings given":         {importers.Mapping{HeaderRow: 2, Columns: []importers.Column{column("NA", "name")}}, map[int]string{3: "Absent", 4: "Mto"}, ""},
		"headings nowhere":       {importers.Mapping{HeaderRow: 77, Columns: []importers.Column{column("NA", "name")}}, nil, "no row of column headings"},
		"another kind":           {importers.Mapping{Kind: "workers", Columns: []importers.Column{column("Name", "name")}}, nil, "for workers"},
		"another sheet":          {importers.Mapping{Sheet: "Sheet9", Columns: []importers.Column{column("Name", "name")}}, nil, `"Sheet9"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			req := &importers.Request{File: csvFile(t, "Name,Code,Name\nNA,7,x\nAbsent,8,y\nMto,9,z\n"), Map: &tc.mapping}
			if tc.err != "" {
				_, err := importers.Open(req, "things", targets)
				if kind := fhir.KindOf(err); err == nil || kind == fhir.Internal || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("%v, want %q", err, tc.err)
				}
				return
			}
			if diff := cmp.Diff(tc.want, walk(t, openList(t, req), "name")); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSheetIsChosen(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	fill := func(sheet string, rows ...[]any) {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(sheet, cell, &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill("Sheet1", []any{"How to fill in this workbook"}, []any{"One row for each"})
	fill("Codes", []any{"Type", "Meaning"}, []any{"HC", "Health centre"})
	fill("List", []any{"Facility name", "Facility code", "District", "Latitude"}, []any{"A", "7", "Kila", 1.5})
	fill("Old", []any{"Facility name", "Facility code", "District", "Latitude", "Country"}, []any{"B", "8", "Mto", 2.5, "X"})
	if err := f.SetSheetVisible("Old", false); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	if s := openList(t, &importers.Request{File: path}); s.Sheet != "List" {
		t.Errorf("chose the sheet %q", s.Sheet)
	}
	if s := openList(t, &importers.Request{File: path, Sheet: "Old"}); s.Sheet != "Old" || walk(t, s, "name")[2] != "B" {
		t.Errorf("a hidden sheet that was asked for: %q", s.Sheet)
	}
}

func TestListOfSomethingElse(t *testing.T) {
	_, err := importers.Open(&importers.Request{File: csvFile(t, "\nQuestion,Answer\nHow many?,7\n")}, "things", targets)
	if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), `sheet "list.csv" with the headings of row 2 ("Question", "Answer")`) {
		t.Errorf("%v", err)
	}
}

func TestWalkStops(t *testing.T) {
	s := openList(t, &importers.Request{File: csvFile(t, "Name,Code\nA,1\nB,2\n")})
	stop := errors.New("stop")
	if err := s.Each(t.Context(), func(*importers.Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the first walk: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Each(ctx, func(*importers.Row) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled walk: %v", err)
	}
	if got := walk(t, s, "name"); len(got) != 2 {
		t.Errorf("a whole walk after that: %v", got)
	}
}

func TestMeter(t *testing.T) {
	now := time.Unix(0, 0)
	env := importers.Env{Now: func() time.Time { return now }}
	var told []importers.Progress
	m := importers.NewMeter(env, func(p importers.Progress) { told = append(told, p) }, "writing", 1024)
	for i := range 512 {
		if i == 511 {
			now = now.Add(2 * time.Second)
		}
		m.Step()
	}
	want := []importers.Progress{{Phase: "writing", Done: 512, Total: 1024, Rate: 256, Left: 2 * time.Second}}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
}
