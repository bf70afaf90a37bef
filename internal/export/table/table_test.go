package table_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"masjala/fhir"
	"masjala/internal/export/table"
)

// hard makes texts of what goes wrong in tables.
func hard() *rapid.Generator[string] {
	part := rapid.OneOf(rapid.SampledFrom([]string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\n", "'", "''", "\"", ",", ";", "007", "12345678901234567890", "2026-11-23", "é", "مستشفى", "🏥", "_x0041_", "&amp;", "<a>", " "}), rapid.String())
	return rapid.Map(rapid.SliceOfN(part, 0, 4), func(parts []string) string { return strings.Join(parts, "") })
}

func TestEscapedTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := hard().Draw(t, "text")
		e := table.Escape(s)
		if got := table.Unescape(e); got != s {
			t.Fatalf("%q was written as %q and read as %q", s, e, got)
		}
		if strings.IndexAny(e, "=+-@＝＋－＠\t\r\n") == 0 {
			t.Fatalf("%q is written as %q, which runs", s, e)
		}
	})
	for _, s := range []string{"'s-Gravenhage", "'Abd al-Rahman", "''quoted''", "\xff=", "'", "O'Brien", "1-2"} {
		if table.Escape(s) != s || table.Unescape(s) != s {
			t.Errorf("%q does not stay as it is", s)
		}
	}
}

// write makes a file of a table.
func write(t interface{ Fatal(...any) }, f table.Format, h table.Head, rows ...[]table.Cell) []byte {
	var out bytes.Buffer
	w, err := table.New(&out, f, h)
	for _, row := range rows {
		if err == nil {
			err = w.Row(row)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTextsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(hard(), 1, 4).Draw(t, "texts")
		for i, s := range texts { // what no table can hold
			texts[i] = strings.Map(func(r rune) rune {
				if r < ' ' && r != '\t' && r != '\n' || r >= 0xFFFE && r <= 0xFFFF {
					return -1
				}
				return r
			}, s)
		}
		texts = append(texts, "end")
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(write(t, table.Delimited, table.Head{Names: texts}, table.Texts(texts...)), []byte("\ufeff"))))
		records, err := r.ReadAll()
		if err != nil || len(records) != 2 {
			t.Fatal(records, err)
		}
		for i, s := range records[1] {
			if table.Unescape(s) != texts[i] {
				t.Fatalf("text %q came back as %q", texts[i], s)
			}
		}
		f, err := excelize.OpenReader(bytes.NewReader(write(t, table.Workbook, table.Head{Names: texts}, table.Texts(texts...))))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows("Sheet1")
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		if diff := cmp.Diff(texts, rows[1]); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestWorkbook(t *testing.T) {
	var out bytes.Buffer
	w, err := table.New(&out, table.Workbook, table.Head{Sheet: "Facilities: north/south and a name that goes on", Names: []string{"Name", "Latitude"}, Widths: []float64{40}})
	if err == nil {
		err = w.Row([]table.Cell{table.Text("=1+1"), table.Number("-6.7924")})
	}
	if err == nil {
		err = w.Row(table.Texts("007"))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff([]string{"Facilities_ north_south and a n"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	first := f.GetSheetName(0)
	formula, err := f.GetCellFormula(first, "A2")
	kind, err2 := f.GetCellType(first, "B2")
	if formula != "" || err != nil || err2 != nil || kind != excelize.CellTypeNumber && kind != excelize.CellTypeUnset {
		t.Errorf("formula %q %v, number of type %v %v", formula, err, kind, err2)
	}
	if style, err := f.GetCellStyle(first, "A2"); err != nil || f.Styles.CellXfs.Xf[style].QuotePrefix == nil {
		t.Errorf("the text has no mark that it is one: style %d, %v", style, err)
	}
	if v, err := f.GetCellValue(first, "A3"); err != nil || v != "007" {
		t.Errorf("the second row has %q, %v", v, err)
	}
}

func TestGeoJSON(t *testing.T) {
	h := table.Head{Names: []string{"Name", "Latitude", "Longitude", "Beds"}, Latitude: 1, Longitude: 2}
	got := write(t, table.GeoJSON, h,
		[]table.Cell{table.Text("=A \"1\""), table.Number("-6.790"), table.Number("39.2"), table.Number("12")},
		[]table.Cell{table.Text(""), table.Number(""), table.Number("39.2"), table.Number("")})
	want := `{"type":"FeatureCollection","features":[
{"type":"Feature","geometry":{"type":"Point","coordinates":[39.2,-6.790]},"properties":{"Name":"=A \"1\"","Beds":12}},
{"type":"Feature","geometry":null,"properties":{"Name":null,"Beds":null}}
]}
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
	if none := write(t, table.GeoJSON, h); !gjson.ValidBytes(none) {
		t.Errorf("no rows give %s", none)
	}
}

func TestPlain(t *testing.T) {
	var out bytes.Buffer
	w, err := table.NewPlain(&out, table.Head{Names: []string{"a", "b"}})
	if err == nil {
		err = w.Row(table.Texts("=1", "+254\xff"))
	}
	if err == nil {
		err = w.Close()
	}
	if want := "a,b\r\n=1,+254\uFFFD\r\n"; err != nil || out.String() != want {
		t.Errorf("%q, %v; want %q", out.String(), err, want)
	}
}

func TestWhatIsRefused(t *testing.T) {
	w, err := table.New(&bytes.Buffer{}, table.Workbook, table.Head{Names: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row(table.Texts(strings.Repeat("x", 32768))); fhir.KindOf(err) != fhir.TooLarge {
		t.Errorf("a text that no cell holds gives %v", err)
	}
	if err := w.Row(table.Texts(strings.Repeat("é", 32767))); err != nil {
		t.Errorf("a text that a cell just holds gives %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]table.Format{"a.XLSX": table.Workbook, "b/c.csv": table.Delimited, "x.geojson": table.GeoJSON, "x.xls": "", "x": ""} {
		if got, err := table.FormatOf(name); got != want || (want == "") != (fhir.KindOf(err) == fhir.Invalid && err != nil) {
			t.Errorf("FormatOf(%s) = %q, %v", name, got, err)
		}
	}
}

func TestFullDisk(t *testing.T) {
	for _, f := range []table.Format{table.Workbook, table.Delimited, table.GeoJSON} {
		w, err := table.New(brokenWriter{}, f, table.Head{Names: []string{"a"}})
		if err == nil {
			err = w.Close()
		}
		if err == nil {
			t.Errorf("%s: nothing was said of a full disk", f)
		}
	}
}

// A long workbook that is given up completes nothing and leaves no file behind.
func TestWhatIsGivenUp(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.TempDir()) // Windows
	stop := errors.New("stop")
	for _, f := range []table.Format{table.Workbook, table.Delimited, table.GeoJSON} {
		var out bytes.Buffer
		err := table.Write(&out, f, table.Head{Names: []string{"a"}}, func(row func([]table.Cell) error) error {
			for range 600 { // more than is kept in memory
				if err := row(table.Texts(strings.Repeat("x", 32_000))); err != nil {
					return err
				}
			}
			if left, err := os.ReadDir(os.TempDir()); err != nil || f == table.Workbook && len(left) != 1 {
				t.Errorf("%s: the test is too short to need a file: %v, %v", f, left, err)
			}
			return stop
		})
		if !errors.Is(err, stop) {
			t.Errorf("%s: %v", f, err)
		}
		if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
			t.Errorf("%s leaves %v, %v", f, left, err)
		}
		if f == table.Workbook && out.Len() > 0 {
			t.Errorf("%d bytes of a workbook were written", out.Len())
		}
	}
}

func TestSheetName(t *testing.T) {
	for name, want := range map[string]string{
		"": "Sheet1", "''": "Sheet1", "'North'": "North", "a/b": "a_b",
		"A name of thirty characters ok'and more": "A name of thirty characters ok",
		strings.Repeat("🏥", 20):                   strings.Repeat("🏥", 15),
	} {
		if got := table.SheetName(name); got != want {
			t.Errorf("%q gives %q, want %q", name, got, want)
		}
	}
}

// brokenWriter takes nothing.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, bytes.ErrTooLarge }
