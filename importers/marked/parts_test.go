package marked_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/marked"
)

const (
	packageTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	bookRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
	topRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	bookPart = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="List" sheetId="7" r:id="rId1"/></sheets></workbook>`
)

// workbookOf makes a workbook with one sheet from the text of its part, as simple writers make them: without
// styles, shared strings or a theme. More parts may follow, each its name and text.
func workbookOf(sheet string, more ...[2]string) []byte {
	return zipped(append([][2]string{{"[Content_Types].xml", packageTypes}, {"_rels/.rels", topRelations}, {"xl/workbook.xml", bookPart},
		{"xl/_rels/workbook.xml.rels", bookRelations}, {"xl/worksheets/sheet1.xml", sheet}}, more...))
}

// zipped makes an archive of parts.
func zipped(parts [][2]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		if err == nil {
			_, err = io.WriteString(w, p[1])
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestSheetsAsOthersWriteThem(t *testing.T) {
	const space = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	text := func(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }
	head := "<row>" + text("Code") + text("Name") + "</row>"
	want := [][]string{{"Code", "Name", "Masjala status", "Masjala id"}, {"F1", "Gede", "new", "abc"}}
	tests := map[string]struct {
		sheet string
		want  [][]string
	}{
		"cells and rows without names": {`<worksheet ` + space + `><sheetData>` + head + `<row>` + text("F1") + text("Gede") + `</row></sheetData></worksheet>`, want},
		"a prefix, comments and a declaration": {`<?xml version="1.0"?><!-- a > b --><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>` +
			strings.NewReplacer("</", "</x:", "<", "<x:").Replace(head+`<row r="2" spans="1:2">`+text("F1")+text("Gede")+`</row>`) + `</x:sheetData></x:worksheet>`, want},
		"a dimension that lies": {`<worksheet ` + space + `><dimension ref="A1"/><sheetData>` + head + `<row>` + text("F1") + text("Gede") + `</row></sheetData></worksheet>`, want},
		"widths and what follows the rows": {`<worksheet ` + space + `><cols><col min="1" max="2" width="9"/></cols><sheetData>` + head + `<row>` + text("F1") + text("Gede") +
			`</row></sheetData><pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/><extLst/></worksheet>`, want},
		"a row of nothing but its tag": {`<worksheet ` + space + `><sheetData>` + head + `<row r="2"/><row r="3">` + text("F1") + text("Gede") + `</row></sheetData></worksheet>`,
			[][]string{want[0], {"", "", "new", "abc"}, {"F1", "Gede"}}},
		"quoted brackets": {`<worksheet ` + space + `><sheetData>` + head + `<row x='a>b'>` + text("F1") + text("Gede") + `</row></sheetData></worksheet>`, want},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "list.xlsx")
			if err := os.WriteFile(path, workbookOf(tc.sheet), 0o600); err != nil {
				t.Fatal(err)
			}
			r := &importers.Report{File: "list.xlsx", Sheet: "List", HeaderRow: 1, Headings: []string{"Code", "Name"}}
			_, f := mark(t, path, r, []importers.Outcome{{Row: 2, Status: importers.Created, ID: "abc"}},
				[]importers.Issue{{Row: 2, Column: "Name", Severity: importers.Warning, Reason: "odd", Rule: "odd"}})
			rows, err := f.GetRows("List")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, rows); diff != "" {
				t.Error(diff)
			}
			plain, err := f.GetCellStyle("List", "B1")
			if err != nil {
				t.Fatal(err)
			}
			if doubtful, err := f.GetCellStyle("List", "B2"); err != nil || doubtful == plain {
				t.Errorf("the doubtful cell has the style %d like others, %v", doubtful, err)
			}
		})
	}
}

func TestNotesOfASheetWhoseDrawingIsGone(t *testing.T) {
	const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheetData><row><c t="inlineStr"><is><t>Code</t></is></c></row><row><c t="inlineStr"><is><t>F1</t></is></c></row></sheetData><legacyDrawing r:id="rId9"/><extLst/></worksheet>`
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := os.WriteFile(path, workbookOf(sheet), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &importers.Report{File: "list.xlsx", Sheet: "List", HeaderRow: 1, Headings: []string{"Code"}}
	out, f := mark(t, path, r, nil, []importers.Issue{{Row: 2, Column: "Code", Severity: importers.Warning, Reason: "odd", Rule: "odd"}})
	notes, err := f.GetComments("List")
	if err != nil || len(notes) != 1 || notes[0].Cell != "A2" {
		t.Errorf("notes %+v, %v", notes, err)
	}
	got := string(unpacked(t, out, "xl/worksheets/sheet1.xml"))
	if strings.Count(got, "legacyDrawing ") != 1 || strings.Contains(got, "rId9") || strings.Index(got, "legacyDrawing ") > strings.Index(got, "extLst") {
		t.Errorf("the sheet refers to its notes so: %s", got[strings.Index(got, "</sheetData>"):])
	}
}

func TestBoxesAmongOthers(t *testing.T) {
	out, _ := mark(t, book(t), report("list.xlsx", "List's"), outcomes, findings)
	boxes := string(unpacked(t, out, "xl/drawings/vmlDrawing1.vml"))
	if strings.Count(boxes, `id="masjala_note"`) != 1 || strings.Count(boxes, `type="#masjala_note"`) < 2 {
		t.Errorf("our boxes have no shape: %s", boxes)
	}
	again, _ := mark(t, out, report("list.xlsx", "List's"), outcomes, findings)
	if boxes := string(unpacked(t, again, "xl/drawings/vmlDrawing1.vml")); strings.Count(boxes, `id="masjala_note"`) != 1 {
		t.Errorf("marked twice, the boxes are: %s", boxes)
	}
}

// unpacked reads a part of a workbook.
func unpacked(t *testing.T, path, part string) []byte {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	data, err := fs.ReadFile(z, part)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestABookUnderAnotherName(t *testing.T) {
	const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row><c t="inlineStr"><is><t>Code</t></is></c></row>` +
		`<row><c t="inlineStr"><is><t>F1</t></is></c></row></sheetData></worksheet>`
	other := strings.NewReplacer("xl/workbook.xml", "xl/book.xml")
	path := filepath.Join(t.TempDir(), "list.xlsx")
	content := zipped([][2]string{{"[Content_Types].xml", other.Replace(packageTypes)}, {"_rels/.rels", other.Replace(topRelations)},
		{"xl/book.xml", bookPart}, {"xl/_rels/book.xml.rels", bookRelations}, {"xl/worksheets/sheet1.xml", sheet}})
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	r := &importers.Report{File: "list.xlsx", Sheet: "List", HeaderRow: 1, Headings: []string{"Code"}}
	_, f := mark(t, path, r, []importers.Outcome{{Row: 2, Status: importers.Created, ID: "abc"}}, nil)
	if got, err := f.GetCellValue("List", "B2"); err != nil || got != "new" {
		t.Errorf("the status is %q, %v", got, err)
	}
}

func TestWhatCannotBeMarked(t *testing.T) {
	const blank = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>`
	named := func(name string) [2]string {
		return [2]string{"xl/workbook.xml", strings.Replace(bookPart, "List", name, 1)}
	}
	rest := [][2]string{{"[Content_Types].xml", packageTypes}, {"_rels/.rels", topRelations}, {"xl/_rels/workbook.xml.rels", bookRelations}}
	tests := map[string]struct {
		content []byte
		sheet   string
		want    fhir.Kind
	}{
		"not a table":               {[]byte("PK\x03\x04nonsense"), "Other", fhir.Invalid},
		"a sheet that is gone":      {workbookOf(blank), "Other", fhir.NotFound},
		"a sheet without its part":  {zipped(append(rest, named("Other"))), "Other", fhir.Invalid},
		"a sheet of an earlier run": {zipped(append(rest, named("Masjala findings"), [2]string{"xl/worksheets/sheet1.xml", blank})), "Masjala findings", fhir.Invalid},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "list.xlsx")
			if err := os.WriteFile(path, tc.content, 0o600); err != nil {
				t.Fatal(err)
			}
			m, err := marked.New(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			err = m.Write(t.Context(), io.Discard, path, &importers.Report{File: "list.xlsx", Sheet: tc.sheet, HeaderRow: 1})
			if fhir.KindOf(err) != tc.want {
				t.Errorf("got %v, want kind %v", err, tc.want)
			}
		})
	}
}

// Whatever stands in a sheet, marking it ends, with a workbook or with an error that says what
// is wrong with the file.
func FuzzMark(f *testing.F) {
	const space = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	f.Add(`<worksheet ` + space + `><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`)
	f.Add(`<worksheet ` + space + `><cols/><sheetData><row><c/><c r="ZZZZ9"/><c r="B1" s="99"/></row><row r="-1"/></sheetData><legacyDrawing r:id="x"/></worksheet>`)
	f.Add(`<worksheet ` + space + `><sheetData><row r='1'`)
	f.Add(`<a:worksheet><a:sheetData><a:row><![CDATA[ ]]></a:row></a:sheetData></a:worksheet>`)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, sheet string) {
		path := filepath.Join(dir, "list.xlsx")
		if err := os.WriteFile(path, workbookOf(sheet), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := marked.New(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		if err := errors.Join(m.Issue(&importers.Issue{Row: 1, Column: "Name", Severity: importers.Error}), m.Row(importers.Outcome{Row: 2, Status: importers.Created})); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := m.Write(t.Context(), &out, path, &importers.Report{Sheet: "List", HeaderRow: 1, Headings: []string{"Code", "Name"}}); err != nil {
			return
		}
		if _, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len())); err != nil {
			t.Errorf("the marked copy is no archive: %v", err)
		}
		if book, err := excelize.OpenReader(bytes.NewReader(out.Bytes())); err == nil {
			book.Close()
		}
	})
}
