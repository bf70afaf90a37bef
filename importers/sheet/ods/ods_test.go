package ods_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
	"masjala/importers/sheet/ods"
	"masjala/internal/testutil"
)

const head = `<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:automatic-styles>
<style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>`

const foot = `</office:spreadsheet></office:body></office:document-content>`

func open(text string) (*ods.Book, error) {
	return ods.Open(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
}

// sheet wraps rows into a document of one sheet.
func sheet(rows string) string {
	return head + `<table:table table:name="List" table:style-name="ta1">` + rows + `</table:table>` + foot
}

// line is a row of cells.
func line(cells ...string) string {
	return `<table:table-row>` + strings.Join(cells, "") + `</table:table-row>`
}

func word(s string) string {
	return `<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`
}

func read(b *ods.Book, at int) ([]grid.Row, []grid.Merge, error) {
	src, err := b.Rows(at)
	if err != nil {
		return nil, nil, err
	}
	rows, err := grid.Take(src.Next, 100)
	for more := rows; err == nil && len(more) > 0; { // the others are read, not kept
		more, err = grid.Take(src.Next, 100)
	}
	return rows, src.Merges(), errors.Join(err, src.Close())
}

func TestCells(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct{ cell, shown, raw string }{
		"text":          {word("Kila &amp; Söhne"), "Kila & Söhne", ""},
		"paragraphs":    {`<table:table-cell><text:p>one</text:p><text:p>two<text:line-break/>three</text:p></table:table-cell>`, "one\ntwo\nthree", ""},
		"spaces":        {`<table:table-cell><text:p>a<text:s text:c="3"/>b<text:tab/><text:span>c</text:span></text:p></table:table-cell>`, "a   b\tc", ""},
		"number":        {`<table:table-cell office:value-type="float" office:value="-6.79241"><text:p>-6.79</text:p></table:table-cell>`, "-6.79", "-6.79241"},
		"percent":       {`<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>`, "50%", "0.5"},
		"day":           {`<table:table-cell office:value-type="date" office:date-value="2019-12-08"><text:p>08/12/19</text:p></table:table-cell>`, "2019-12-08", "43807"},
		"day with time": {`<table:table-cell office:value-type="date" office:date-value="2019-12-08T12:00:00"><text:p>x</text:p></table:table-cell>`, "2019-12-08 12:00:00", "43807.5"},
		"truth":         {`<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>VRAI</text:p></table:table-cell>`, "TRUE", ""},
		"no paragraph":  {`<table:table-cell office:value-type="string" office:string-value="x"/>`, "x", ""},
		"note":          {`<table:table-cell><office:annotation><dc:creator>me</dc:creator><text:p>note</text:p></office:annotation><text:p>x</text:p></table:table-cell>`, "x", ""},
		"drawing":       {`<table:table-cell><draw:frame><draw:text-box><text:p>no</text:p></draw:text-box></draw:frame><text:p>x</text:p></table:table-cell>`, "x", ""},
		"no number":     {`<table:table-cell office:value-type="float" office:value="x"><text:p>7</text:p></table:table-cell>`, "7", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := open(sheet(line(tc.cell)))
			if err != nil {
				t.Fatal(err)
			}
			want := grid.Row{Number: 1, Cells: []string{tc.shown}}
			if tc.raw != "" {
				want.Raw = []string{tc.raw}
			}
			got, _, err := read(b, 0)
			if diff := cmp.Diff([]grid.Row{want}, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestRepeatedAndMergedCells(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	b, err := open(sheet(`<table:table-header-rows>` + line(`<table:table-cell table:number-columns-spanned="2" table:number-rows-spanned="3"><text:p>a</text:p></table:table-cell>`,
		`<table:covered-table-cell/>`, `<table:table-cell table:number-columns-repeated="2"><text:p>x</text:p></table:table-cell>`, `<table:table-cell table:number-columns-repeated="16000"/>`) +
		`</table:table-header-rows>` + `<table:table-row table:number-rows-repeated="5"><table:table-cell/></table:table-row>` +
		`<table:table-row table:number-rows-repeated="2">` + word("b") + `</table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048568"><table:table-cell/></table:table-row>`))
	if err != nil {
		t.Fatal(err)
	}
	rows, merges, err := read(b, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []grid.Row{{Number: 1, Cells: []string{"a", "", "x", "x"}}, {Number: 7, Cells: []string{"b"}}, {Number: 8, Cells: []string{"b"}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]grid.Merge{{Top: 1, Left: 0, Bottom: 3, Right: 1}}, merges); diff != "" {
		t.Errorf("merged cells (-want +got):\n%s", diff)
	}
}

func TestSheets(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	b, err := open(head + `<table:table table:name="A" table:style-name="ta1">` + line(word("1")) + `</table:table>` +
		`<table:table table:name="B" table:style-name="ta2">` + line(word("2")) + `</table:table>` + foot)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]grid.Info{{Name: "A"}, {Name: "B", Hidden: true}}, b.Sheets()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, want := range []string{"1", "2"} {
		if rows, _, err := read(b, i); err != nil || len(rows) != 1 || rows[0].Cells[0] != want || rows[0].Number != 1 {
			t.Errorf("sheet %d: %v, %v", i, rows, err)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	good := sheet(line(word("a")))
	full := `<table:table-cell table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>`
	tests := map[string]struct {
		text string
		kind fhir.Kind
		want string
	}{
		"half of it":    {good[:len(good)*3/4], fhir.Invalid, "damaged or incomplete"},
		"before an end": {strings.TrimSuffix(good, "</office:document-content>"), fhir.Invalid, "damaged or incomplete"},
		"a letter":      {head + foot, fhir.Invalid, "no spreadsheet"},
		"a bomb":        {sheet(`<table:table-row table:number-rows-repeated="1000000">` + full + `</table:table-row>`), fhir.TooLarge, "repeats"},
		"one long text": {sheet(line(word(strings.Repeat("x", 9<<20)))), fhir.TooLarge, "larger than"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := open(tc.text)
			if err == nil {
				_, _, err = read(b, 0)
			}
			if fhir.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want one sentence with %q", err, tc.want)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(sheet(line(word("a")) + `<table:table-row table:number-rows-repeated="3">` + word("b") + `</table:table-row>`))
	f.Add(sheet(line(`<table:table-cell office:value-type="date" office:date-value="2019-12-08" table:number-rows-spanned="2"><text:p>x<text:s text:c="4"/></text:p></table:table-cell>`)))
	f.Fuzz(func(t *testing.T, text string) {
		b, err := open(text)
		if err != nil {
			return
		}
		for i := range min(3, len(b.Sheets())) {
			last := 0
			rows, _, _ := read(b, i)
			for _, r := range rows {
				if r.Number <= last || len(r.Cells) > grid.MaxColumns {
					t.Fatalf("row %d of %d cells after row %d", r.Number, len(r.Cells), last)
				}
				last = r.Number
			}
		}
	})
}
