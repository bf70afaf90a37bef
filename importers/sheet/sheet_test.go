package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"masjala/fhir"
	"masjala/importers/sheet"
	"masjala/importers/sheet/grid"
	"masjala/internal/testutil"
)

// file writes bytes to a file with a name that says nothing true about them.
func file(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.dat")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, data []byte) *sheet.Book {
	t.Helper()
	b, err := sheet.Open(file(t, data), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

// read returns the cells of a sheet by row number.
func read(t testing.TB, b *sheet.Book, name string) (map[int][]string, *sheet.Rows) {
	t.Helper()
	rows, err := b.Rows(name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all, err := grid.Take(rows.Next, math.MaxInt)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int][]string{}
	for _, r := range all {
		out[r.Number] = r.Cells
	}
	return out, rows
}

func zipped(t testing.TB, data string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTextIsRecognised(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	const table = "Name,Ort\nÉcole,São Paulo\n"
	wide := func(e unicode.Endianness, bom unicode.BOMPolicy) []byte {
		b, err := unicode.UTF16(e, bom).NewEncoder().Bytes([]byte(table))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	old, err := charmap.Windows1252.NewEncoder().Bytes([]byte(table))
	if err != nil {
		t.Fatal(err)
	}
	late := append(bytes.Repeat([]byte("plain,line\n"), 60_000), old...)
	tests := map[string]struct {
		data      []byte
		encoding  string
		delimiter rune
		last      []string
	}{
		"UTF-8":                      {[]byte(table), "utf-8", ',', nil},
		"UTF-8 with mark":            {[]byte("\ufeff" + table), "utf-8", ',', nil},
		"UTF-16 little end":          {wide(unicode.LittleEndian, unicode.UseBOM), "utf-16le", ',', nil},
		"UTF-16 big end":             {wide(unicode.BigEndian, unicode.UseBOM), "utf-16be", ',', nil},
		"UTF-16 without mark":        {wide(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16le", ',', nil},
		"Windows-1252":               {old, "windows-1252", ',', nil},
		"Windows-1252 far down":      {late, "windows-1252", ',', nil},
		"semicolons, decimal commas": {[]byte("Name;Lat\nÉcole;1,5\n"), "utf-8", ';', []string{"École", "1,5"}},
		"tabs":                       {[]byte("Name\tOrt\nÉcole\tSão Paulo\n"), "utf-8", '\t', nil},
		"bars":                       {[]byte("Name|Ort\nÉcole|São Paulo\n"), "utf-8", '|', nil},
		"gzip":                       {zipped(t, table), "utf-8", ',', nil},
		"Cyrillic code page":         {encoded(charmap.Windows1251, "Имя,Город\nКлиника,Москва\n"), "windows-1251", ',', []string{"Клиника", "Москва"}},
		"Arabic code page":           {encoded(charmap.Windows1256, "اسم,مدينة\nمستشفى,القاهرة\n"), "windows-1256", ',', []string{"مستشفى", "القاهرة"}},
		"Polish code page":           {encoded(charmap.Windows1250, "Nazwa,Miasto\nPrzychodnia Śródmieście,Łódź\nżółw,Białystok\n"), "windows-1250", ',', []string{"żółw", "Białystok"}},
		"DOS code page":              {encoded(charmap.CodePage850, "Nom,Ville\nDépôt de santé,Orléans\n"), "ibm850", ',', []string{"Dépôt de santé", "Orléans"}},
		"apostrophes of names":       {[]byte("Name,Note\n'Abd al-Rahman,''s-Gravenhage'\n"), "utf-8", ',', []string{"'Abd al-Rahman", "''s-Gravenhage'"}},
		"formulas made harmless":     {[]byte("Name,Note\n'=1+1,''＝x\n"), "utf-8", ',', []string{"=1+1", "'＝x"}},
		"one column":                 {[]byte("Name\nÉcole\n"), "utf-8", ',', []string{"École"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b := open(t, tc.data)
			if b.Format != sheet.Delimited || b.Encoding != tc.encoding || b.Delimiter != tc.delimiter {
				t.Errorf("%s in %s with %q, want %s with %q", b.Format, b.Encoding, b.Delimiter, tc.encoding, tc.delimiter)
			}
			rows, _ := read(t, b, "")
			want := tc.last
			if want == nil {
				want = []string{"École", "São Paulo"}
			}
			if diff := cmp.Diff(want, rows[len(rows)]); diff != "" {
				t.Errorf("last row (-want +got):\n%s", diff)
			}
		})
	}
}

// encoded writes text in a code page.
func encoded(c *charmap.Charmap, text string) []byte {
	b, err := c.NewEncoder().Bytes([]byte(text))
	if err != nil {
		panic(err)
	}
	return b
}

func TestRowsAreNumberedAsShown(t *testing.T) {
	b := open(t, []byte("Name,Note\n\n\"Kila\",\"two\nlines\"\n , \n\nMto,\"a \"\"quoted\"\" word\"\n\n\n"))
	got, rows := read(t, b, "")
	want := map[int][]string{1: {"Name", "Note"}, 3: {"Kila", "two\nlines"}, 6: {"Mto", `a "quoted" word`}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if rows.Blank != 1 {
		t.Errorf("%d blank rows, want the one that has cells", rows.Blank)
	}
}

// book makes a workbook and returns its bytes.
func book(t testing.TB, fill func(*excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestWorkbook(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	b := open(t, book(t, func(f *excelize.File) {
		_, err := f.NewSheet("Hidden")
		must(t, err, f.SetSheetVisible("Hidden", false), f.SetCellStr("Hidden", "A1", "secret"),
			f.SetSheetRow("Sheet1", "A1", &[]any{"Name", "Beds"}), f.SetSheetRow("Sheet1", "B4", &[]any{12.5, true}))
		_, err = f.NewSheet("Second")
		must(t, err, f.SetSheetRow("Second", "A1", &[]any{"other"}))
	}))
	if diff := cmp.Diff([]sheet.Info{{Name: "Sheet1"}, {Name: "Hidden", Hidden: true}, {Name: "Second"}}, b.Sheets); diff != "" {
		t.Errorf("sheets (-want +got):\n%s", diff)
	}
	first, rows := read(t, b, "")
	if diff := cmp.Diff(map[int][]string{1: {"Name", "Beds"}, 4: {"", "12.5", "TRUE"}}, first); diff != "" {
		t.Errorf("first sheet (-want +got):\n%s", diff)
	}
	if rows.Blank != 2 {
		t.Errorf("%d blank rows, want 2", rows.Blank)
	}
	if second, _ := read(t, b, "Second"); second[1][0] != "other" {
		t.Errorf("second sheet: %v", second)
	}
	if _, err := b.Rows("Third"); fhir.KindOf(err) != fhir.NotFound || !strings.Contains(err.Error(), `"Second"`) {
		t.Errorf("a sheet that is not there: %v", err)
	}
}

func TestStoredBesideShown(t *testing.T) {
	b := open(t, book(t, func(f *excelize.File) {
		long, err := f.NewStyle(&excelize.Style{NumFmt: 11})
		must(t, err)
		day := time.Date(2019, 12, 8, 0, 0, 0, 0, time.UTC)
		must(t, f.SetSheetRow("Sheet1", "A1", &[]any{"Day", "Phone"}), f.SetCellValue("Sheet1", "A2", day),
			f.SetCellValue("Sheet1", "B2", 211653000000), f.SetCellStyle("Sheet1", "B2", "B2", long))
	}))
	rows, err := b.Rows("")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for range 1 {
		if _, err := rows.Next(); err != nil {
			t.Fatal(err)
		}
	}
	r, err := rows.Next()
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Raw) != 2 || r.Raw[0] != "43807" || r.Raw[1] != "211653000000" || r.Cells[1] == r.Raw[1] {
		t.Errorf("shown %q, stored %q", r.Cells, r.Raw)
	}
}

func TestWhatIsNoTable(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	archive := func(parts ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, p := range parts {
			w, err := z.Create(p)
			must(t, err)
			_, err = w.Write([]byte("<x/>"))
			must(t, err)
		}
		must(t, z.Close())
		return b.Bytes()
	}
	good := book(t, func(f *excelize.File) { must(t, f.SetCellStr("Sheet1", "A1", strings.Repeat("x", 1000))) })
	tests := map[string]struct {
		data []byte
		want string
	}{
		"empty":            {nil, "empty"},
		"web page":         {[]byte("\n<!DOCTYPE html><html><body>Log in first</body></html>"), "without a table"},
		"half a page":      {[]byte("<style>a{}</style><table border=1><tr><td>x"), "breaks off"},
		"XML":              {[]byte(`<?xml version="1.0"?><a/>`), "XML"},
		"JSON":             {[]byte(`{"resourceType":"Bundle"}`), "FHIR Bundle"},
		"other JSON":       {[]byte(`{"a":[1,2],"b":{"c":[]}}`), "neither GeoJSON"},
		"half of JSON":     {[]byte(`{"type":"FeatureCollection","features":[{"a":1},{"b`), "damaged or incomplete"},
		"no features":      {[]byte(`{"type":"FeatureCollection","features":[]}`), "without features"},
		"a list":           {[]byte(`[{"a":1}]`), "neither GeoJSON"},
		"PDF":              {[]byte("%PDF-1.7 ..."), "PDF"},
		"bytes":            {[]byte("a\x00\x01\x02b,c\x00\x03dddd"), "no table"},
		"half a container": {append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 600)...), "damaged or incomplete"},
		"OpenDocument":     {archive("mimetype", "content.xml"), "no spreadsheet"},
		"cut-off document": {archive("mimetype"), "damaged or incomplete"},
		"binary workbook":  {archive("[Content_Types].xml", "xl/workbook.bin"), ".xlsb"},
		"archive":          {archive("list.csv"), "archive"},
		"half a workbook":  {good[:len(good)/2], "damaged or incomplete"},
		"cut-off sheet":    {archive("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"), "breaks off"},
		"half a gzip":      {zipped(t, strings.Repeat("a,b\n", 5000))[:60], "damaged or incomplete"},
		"web page in gzip": {zipped(t, "<html><body>"), "web page"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := sheet.Open(file(t, tc.data), sheet.DefaultLimits)
			if err == nil {
				b.Close()
			}
			if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "list.dat ") {
				t.Errorf("%v, want one sentence with %q", err, tc.want)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	bomb := zipped(t, strings.Repeat("a,b\n", 100_000))
	small := sheet.Limits{File: 1 << 20, Unpacked: 64 << 10, Cell: 1 << 10}
	big := book(t, func(f *excelize.File) {
		for i := range 200 {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			must(t, err, f.SetCellStr("Sheet1", cell, strings.Repeat(string(rune(0x4e00+i)), 400)))
		}
	})
	for name, data := range map[string][]byte{"gzip": bomb, "gzip of UTF-8 with its mark": zipped(t, "\ufeff"+strings.Repeat("a,b\n", 100_000)), "workbook": big, "file": bytes.Repeat([]byte("a,b\n"), 1<<19)} {
		t.Run(name, func(t *testing.T) {
			if _, err := sheet.Open(file(t, data), small); fhir.KindOf(err) != fhir.TooLarge {
				t.Errorf("%v, want TooLarge", err)
			}
		})
	}
}

func TestMissingQuotationMarkIsReported(t *testing.T) {
	b := open(t, []byte("a,b\n\"never closed,"+strings.Repeat("x", 2<<20)+"\n"))
	rows, err := b.Rows("")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	_, err = rows.Next()
	must(t, err)
	if _, err := rows.Next(); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "quotation") {
		t.Errorf("%v", err)
	}
}

func TestMissingQuotationMarkCostsNoMemory(t *testing.T) {
	b, err := sheet.Open(file(t, []byte("a,b\n\"never closed,"+strings.Repeat("x,y\n", 8<<20))), sheet.Limits{File: 64 << 20, Unpacked: 64 << 20, Cell: 1 << 10})
	must(t, err)
	defer b.Close()
	rows, err := b.Rows("")
	must(t, err)
	defer rows.Close()
	_, err = rows.Next()
	must(t, err)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err = rows.Next(); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), "quotation") {
		t.Errorf("%v", err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("a row without an end took %d MB", used>>20)
	}
}

func TestRealSheets(t *testing.T) {
	dir := filepath.Join(testutil.Reference(t), "data/facility")
	b, err := sheet.Open(filepath.Join(dir, "south-africa-dsfsi/ideal_hospital_framework_v1.8.xlsx"), sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	hidden := 0
	for _, s := range b.Sheets {
		if s.Hidden {
			hidden++
		}
	}
	if len(b.Sheets) != 122 || hidden != 1 {
		t.Errorf("%d sheets, %d hidden; want 122 and 1", len(b.Sheets), hidden)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("Name,Lat\nA,1\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("<table><tr><td>a<td>b</table>"))
	f.Add([]byte(`{"features":[{"properties":{"a":1}}]}`))
	f.Add([]byte(`{"organisationUnits":[{"id":"a","name":"A"}]}`))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	f.Add(zipped(f, "a;b\n1;2\n"))
	f.Add(book(f, func(x *excelize.File) { must(f, x.SetCellStr("Sheet1", "B2", "x")) }))
	limits := sheet.Limits{File: 1 << 20, Unpacked: 8 << 20, Cell: 1 << 16}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := sheet.Open(file(t, data), limits)
		if err != nil {
			if fhir.KindOf(err) == fhir.Internal {
				t.Errorf("an internal error: %v", err)
			}
			return
		}
		defer b.Close()
		rows, err := b.Rows("")
		if err != nil {
			return
		}
		defer rows.Close()
		last := 0
		for {
			r, err := rows.Next()
			if err != nil {
				return
			}
			if r.Number <= last {
				t.Fatalf("row %d after row %d", r.Number, last)
			}
			last = r.Number
		}
	})
}
