package sheet_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"masjala/fhir"
	"masjala/importers/sheet"
	"masjala/internal/testutil"
)

func TestWebPageUnderAnyName(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	const table = "<table><tr><th>Name<th>Ort</tr><tr><td rowspan=2>\u00c9cole<td>a</tr><tr><td>b</tr></table>"
	want := map[int][]string{1: {"Name", "Ort"}, 2: {"École", "a"}, 3: {"École", "b"}}
	tests := map[string]struct {
		data     []byte
		encoding string
	}{
		"UTF-8":         {[]byte("<html>" + table), "utf-8"},
		"declared":      {append([]byte("<html><meta charset=iso-8859-15>"), encoded(charmap.ISO8859_15, table)...), "iso-8859-15"},
		"not declared":  {append([]byte("<html>"), encoded(charmap.Windows1252, table)...), "windows-1252"},
		"wrong, UTF-8":  {[]byte("<html><meta charset=windows-1251>" + table), "utf-8"},
		"gzip":          {zipped(t, "<html>"+table), "utf-8"},
		"table alone":   {[]byte(table), "utf-8"},
		"of a workbook": {[]byte(`<html xmlns:x="urn:schemas-microsoft-com:office:excel">` + table), "utf-8"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b := open(t, tc.data)
			if b.Format != sheet.WebPage || b.Encoding != tc.encoding {
				t.Errorf("%s in %s, want a page in %s", b.Format, b.Encoding, tc.encoding)
			}
			rows, _ := read(t, b, "")
			if diff := cmp.Diff(want, rows); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// document makes an OpenDocument file of parts.
func document(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"mimetype", "content.xml", "META-INF/manifest.xml"} {
		w, err := z.Create(name)
		must(t, err)
		_, err = w.Write([]byte(parts[name]))
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

const openSheet = `<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:body><office:spreadsheet><table:table table:name="List"><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>Kila</text:p></table:table-cell>
<table:table-cell><text:p>a</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>`

func TestOpenDocument(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	want := map[int][]string{1: {"Kila", "a"}, 2: {"Kila", "b"}}
	for name, data := range map[string][]byte{
		"archive":  document(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": openSheet}),
		"one file": []byte(openSheet),
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t, data)
			rows, _ := read(t, b, "")
			if diff := cmp.Diff(want, rows); diff != "" || b.Format != sheet.OpenDocument || b.Sheets[0].Name != "List" {
				t.Errorf("%s %v (-want +got):\n%s", b.Format, b.Sheets, diff)
			}
		})
	}
	locked := document(t, map[string]string{"content.xml": "\x00\x01", "META-INF/manifest.xml": `<manifest:encryption-data manifest:checksum="x"/>`})
	if _, err := sheet.Open(file(t, locked), sheet.DefaultLimits); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "password") {
		t.Errorf("a locked document: %v", err)
	}
}

func TestJSONThatHoldsTables(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "IMP-4")
	tests := map[string]struct {
		text   string
		format sheet.Format
		want   []string
	}{
		"GeoJSON":         {`{"type":"FeatureCollection","features":[{"properties":{"name":"Kila"},"geometry":{"type":"Point","coordinates":[36.8,-1.29]}}]}`, sheet.GeoJSON, []string{"Kila", "-1.29", "36.8", ""}},
		"metadata":        {`{"system":{"id":1},"optionSets":[{"id":"s","name":"Cadre","options":[{"code":"N","name":"Nurse"}]}]}`, sheet.DHIS2, []string{"N", "Nurse", ""}},
		"packed metadata": {string(zipped(t, `{"optionSets":[{"id":"s","name":"Cadre","options":[{"code":"N","name":"Nurse"}]}]}`)), sheet.DHIS2, []string{"N", "Nurse", ""}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b := open(t, []byte(tc.text))
			rows, _ := read(t, b, "")
			if diff := cmp.Diff(tc.want, rows[2]); diff != "" || b.Format != tc.format {
				t.Errorf("%s (-want +got):\n%s", b.Format, diff)
			}
		})
	}
}

func TestFindHead(t *testing.T) {
	known := func(s string) float64 {
		switch strings.ToLower(s) {
		case "name", "lat", "long", "district":
			return 1
		}
		return 0
	}
	tests := map[string]struct {
		rows [][]string
		want int // position from 1; 0 for none
	}{
		"first row":       {[][]string{{"Name", "Lat", "Long"}, {"A", "1", "2"}}, 1},
		"title above":     {[][]string{{"List of 2026"}, {"made by the office", ""}, {"Name", "Lat", "Long"}, {"A", "1", "2"}, {"B", "3", "4"}}, 3},
		"pivot filter":    {[][]string{{"Year", "(All)"}, {"Name", "District", "Lat"}, {"A", "X", "2"}, {"B", "Y", "2"}}, 2},
		"unknown words":   {[][]string{{"Kituo", "Mkoa", "Vitanda"}, {"A", "X", "2"}, {"B", "Y", "3"}}, 1},
		"numbers only":    {[][]string{{"1", "2"}, {"3", "4"}}, 0},
		"nothing":         {nil, 0},
		"trailing column": {[][]string{{"Name", "Lat", "", ""}, {"A", "1", "x", "y"}}, 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var rows []sheet.Row
			for i, cells := range tc.rows {
				rows = append(rows, sheet.Row{Number: i + 1, Cells: cells})
			}
			head, ok := sheet.FindHead(rows, known)
			if head.Row != tc.want || ok != (tc.want > 0) {
				t.Errorf("row %d, want %d", head.Row, tc.want)
			}
		})
	}
}

func TestHeadingsInTwoRows(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		rows [][]string
		row  int
		want []string
	}{
		"divided below":          {[][]string{{"Name", "Coordinates", "", "Beds"}, {"", "Lat", "Long", ""}, {"A", "1", "2", "3"}, {"B", "1", "2", "3"}}, 2, []string{"Name", "Lat", "Long", "Beds"}},
		"filled down by merging": {[][]string{{"Name", "Coordinates", "", "Beds"}, {"Name", "Lat", "Long", "Beds"}, {"A", "1", "2", "3"}}, 2, []string{"Name", "Lat", "Long", "Beds"}},
		"groups of the same":     {[][]string{{"", "2019", "", "Licence 2020", ""}, {"x", "x", "", "", ""}, {"Licence 2019", "", "Licence 2020", "", ""}, {"Number", "Until", "Number", "Until", "Name"}, {"1", "2020", "2", "2021", "A"}}, 4, []string{"Licence 2019 Number", "Licence 2019 Until", "Licence 2020 Number", "Licence 2020 Until", "Name"}},
		"one row only":           {[][]string{{"Name", "District", "Type"}, {"A", "", "Clinic"}, {"B", "Kila", "Clinic"}}, 1, []string{"Name", "District", "Type"}},
		"title above":            {[][]string{{"List of 2026"}, {"Name", "", "Beds", "Cots"}, {"A", "Kila", "3", "4"}, {"B", "Kila", "5", "6"}}, 2, []string{"Name", "", "Beds", "Cots"}},
		"HXL tags below":         {[][]string{{"lat", "lon", "name", ""}, {"#geo+lat", "#geo+lon", "#loc+name", "#x"}, {"1", "2", "A", ""}}, 1, []string{"lat", "lon", "name", ""}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var rows []sheet.Row
			for i, cells := range tc.rows {
				rows = append(rows, sheet.Row{Number: i + 1, Cells: cells})
			}
			head, ok := sheet.FindHead(rows, nil)
			if diff := cmp.Diff(tc.want, head.Names); !ok || head.Row != tc.row || diff != "" {
				t.Errorf("row %d, want %d (-want +got):\n%s", head.Row, tc.row, diff)
			}
			again, ok := sheet.HeadAt(rows, head.Row)
			if diff := cmp.Diff(head, again); !ok || diff != "" {
				t.Errorf("by its number (-want +got):\n%s", diff)
			}
		})
	}
	if _, ok := sheet.HeadAt(nil, 3); ok {
		t.Error("headings in a row that is not there")
	}
}

func TestWorkbookSpecials(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	from1904 := true
	b := open(t, book(t, func(f *excelize.File) {
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}))
		day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"District", "Name", "Opened"}), f.SetSheetRow("Sheet1", "A2", &[]any{"Kila", "A", 42345}),
			f.SetSheetRow("Sheet1", "B3", &[]any{"B", 7}), f.SetSheetRow("Sheet1", "B4", &[]any{"C", 0.5}),
			f.SetCellStyle("Sheet1", "C2", "C2", day), f.MergeCell("Sheet1", "A2", "A3"), f.MergeCell("Sheet1", "A6", "A9"))
		must(t, f.SetCellRichText("Sheet1", "B4", []excelize.RichTextRun{{Text: "Clinic "}, {Text: "C", Font: &excelize.Font{Bold: true}}}),
			f.SetCellFormula("Sheet1", "D2", "1/0"), f.SetSheetRow("Sheet1", "A12", &[]any{"far below what the sheet says of its size"}), f.SetSheetDimension("Sheet1", "A1:B2"))
	}))
	cells, _ := read(t, b, "")
	if diff := cmp.Diff([]string{"Kila", "B", "7"}, cells[3]); diff != "" {
		t.Errorf("below merged cells (-want +got):\n%s", diff)
	}
	if cells[4][1] != "Clinic C" || cells[12] == nil || cells[2][2] != "2019-12-08" {
		t.Errorf("rich text, a far row, a day from 1904: %v", cells)
	}
	rows, err := b.Rows("")
	must(t, err)
	defer rows.Close()
	_, err = rows.Next()
	must(t, err)
	if r, err := rows.Next(); err != nil || len(r.Raw) < 3 || r.Raw[2] != "43807" {
		t.Errorf("stored %q, %v: want days from 1899-12-30", r.Raw, err)
	}
}
