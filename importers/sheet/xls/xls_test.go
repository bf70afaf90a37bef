package xls_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
	"masjala/importers/sheet/xls"
	"masjala/internal/testutil"
)

func open(data []byte) (*xls.Book, error) {
	return xls.Open(bytes.NewReader(data), int64(len(data)))
}

// read returns the rows of a sheet; the slices are copies.
func read(b *xls.Book, sheet int) ([]grid.Row, []grid.Merge, error) {
	src, err := b.Rows(sheet)
	if err != nil {
		return nil, nil, err
	}
	rows, err := grid.Take(src.Next, math.MaxInt)
	return rows, src.Merges(), errors.Join(err, src.Close())
}

// all reads the only sheet of a workbook made of globals and a sheet.
func all(t *testing.T, version int, globals, sheet []byte) []grid.Row {
	t.Helper()
	b, err := open(container("Workbook", book(version, globals, []string{"List"}, sheet), false))
	if err != nil {
		t.Fatal(err)
	}
	rows, _, err := read(b, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// styles are General, a day, a clock, two decimals, six digits, percent, an own format in days.
var styles = join(rec(0x41e, u16(164), text(`[$-409]d\-mmm\-yy "day";@`)),
	rec(0xe0, u16(0, 0)), rec(0xe0, u16(0, 14)), rec(0xe0, u16(0, 20)), rec(0xe0, u16(0, 2)), rec(0x41e, u16(165), text("000000")),
	rec(0xe0, u16(0, 165)), rec(0xe0, u16(0, 9)), rec(0xe0, u16(0, 164)))

func TestCells(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		sheet      []byte
		shown, raw string // raw "" when it is what is shown
	}{
		"text by number":            {rec(0xfd, u16(0, 0, 0), u32(1)), "École", ""},
		"text in the cell":          {rec(0x204, u16(0, 0, 0), text("Kila")), "Kila", ""},
		"rich text in the cell":     {rec(0xd6, u16(0, 0, 0), text("Kila"), u16(1, 0, 5)), "Kila", ""},
		"number":                    {rec(0x203, u16(0, 0, 0), f64(-6.7924)), "-6.7924", ""},
		"number of 16 digits":       {rec(0x203, u16(0, 0, 0), f64(0.30000000000000004)), "0.3", "0.30000000000000004"},
		"large number":              {rec(0x203, u16(0, 0, 0), f64(211653000000)), "211653000000", ""},
		"packed float":              {rec(0x27e, u16(0, 0, 0), u32(0x3ff80000)), "1.5", ""},
		"packed whole number":       {rec(0x27e, u16(0, 0, 0), u32(1234<<2|2)), "1234", ""},
		"packed negative hundredth": {rec(0x27e, u16(0, 0, 0), u32(0xffffffff&^0x3|3)), "-0.01", ""},
		"day":                       {rec(0x203, u16(0, 0, 1), f64(43807)), "2019-12-08", "43807"},
		"first day":                 {rec(0x203, u16(0, 0, 1), f64(1)), "1900-01-01", "1"},
		"day with time":             {rec(0x203, u16(0, 0, 1), f64(43807.5)), "2019-12-08 12:00:00", "43807.5"},
		"clock":                     {rec(0x203, u16(0, 0, 2), f64(0.75)), "18:00:00", "0.75"},
		"rounded":                   {rec(0x203, u16(0, 0, 3), f64(-29.85127)), "-29.85", "-29.85127"},
		"leading zeros":             {rec(0x203, u16(0, 0, 4), f64(20870)), "020870", "20870"},
		"percent":                   {rec(0x203, u16(0, 0, 5), f64(0.12)), "12%", "0.12"},
		"own format of a day":       {rec(0x203, u16(0, 0, 6), f64(43807)), "2019-12-08", "43807"},
		"true":                      {rec(0x205, u16(0, 0, 0), []byte{1, 0}), "TRUE", ""},
		"error":                     {rec(0x205, u16(0, 0, 0), []byte{0x2a, 1}), "#N/A", ""},
		"formula, number":           {rec(0x06, u16(0, 0, 0), f64(7), u16(0, 0, 0)), "7", ""},
		"formula, truth":            {rec(0x06, u16(0, 0, 0), []byte{1, 0, 0, 0, 0, 0, 0xff, 0xff}, u16(0)), "FALSE", ""},
		"formula, error":            {rec(0x06, u16(0, 0, 0), []byte{2, 0, 7, 0, 0, 0, 0xff, 0xff}, u16(0)), "#DIV/0!", ""},
		"formula, text": {join(rec(0x06, u16(0, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, u16(0)), rec(0x4bc, u16(0)),
			rec(0x207, u16(6), []byte{0}, narrow("Nai")), chars(1, wide("rób"))), "Nairób", ""},
		"chart inside": {join(rec(0x809, u16(0x600, 0x20)), rec(0x203, u16(0, 0, 0), f64(9)), rec(0x0a), rec(0x204, u16(0, 0, 0), text("after"))), "after", ""},
	}
	strings := rec(0xfc, u32(2, 2), text("Name"), text("École"))
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			want := grid.Row{Number: 1, Cells: []string{tc.shown}}
			if tc.raw != "" {
				want.Raw = []string{tc.raw}
			}
			if diff := cmp.Diff([]grid.Row{want}, all(t, 0x600, join(styles, strings), tc.sheet)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDaysFrom1904(t *testing.T) {
	rows := all(t, 0x600, join(rec(0x22, u16(1)), styles), rec(0x203, u16(0, 0, 1), f64(43807-1462)))
	if diff := cmp.Diff([]grid.Row{{Number: 1, Cells: []string{"2019-12-08"}, Raw: []string{"43807"}}}, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStringsSplitOverRecords(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	rich := join(u16(4), []byte{8 | 4}, u16(1), u32(5), narrow("Rich"), u16(0, 1), []byte("12345"))
	tests := map[string][]byte{
		"in the middle, one width": join(rec(0xfc, u32(2, 2), u16(6), []byte{0}, narrow("Mwa")), chars(0, join(narrow("nza"), text("Ünd")))),
		"narrow goes on wide":      join(rec(0xfc, u32(2, 2), u16(6), []byte{0}, narrow("Mwa")), chars(1, join(wide("nza"), text("Ünd")))),
		"wide goes on narrow":      join(rec(0xfc, u32(2, 2), u16(6), []byte{1}, wide("Mwa")), chars(0, join(narrow("nza"), text("Ünd")))),
		"right after the head":     join(rec(0xfc, u32(2, 2), u16(6), []byte{0}), chars(0, join(narrow("Mwanza"), text("Ünd")))),
		"over three records":       join(rec(0xfc, u32(2, 2), u16(6), []byte{0}, narrow("Mw")), chars(1, wide("an")), chars(0, join(narrow("za"), text("Ünd")))),
		"between strings":          join(rec(0xfc, u32(2, 2), text("Mwanza")), rec(0x3c, text("Ünd"))),
		"more announced than kept": rec(0xfc, u32(9, 9), text("Mwanza"), text("Ünd")),
	}
	cells := join(rec(0xfd, u16(0, 0, 0), u32(0)), rec(0xfd, u16(0, 1, 0), u32(1)))
	for name, list := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff([]grid.Row{{Number: 1, Cells: []string{"Mwanza", "Ünd"}}}, all(t, 0x600, list, cells)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	t.Run("rich, with pronunciation", func(t *testing.T) {
		list := rec(0xfc, u32(2, 2), rich, text("next"))
		if diff := cmp.Diff([]grid.Row{{Number: 1, Cells: []string{"Rich", "next"}}}, all(t, 0x600, list, cells)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestOlderTexts(t *testing.T) {
	label := rec(0x204, u16(0, 0, 0), u16(6), []byte("\xcc\xee\xf1\xea\xe2\xe0"))
	rows := all(t, 0x500, rec(0x42, u16(1251)), label)
	if len(rows) != 1 || rows[0].Cells[0] != "Москва" {
		t.Errorf("%v", rows)
	}
}

func TestSheets(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	first := join(rec(0x204, u16(0, 0, 0), text("District")), rec(0xbd, u16(2, 1, 0), u32(4<<2|2), u16(0), u32(5<<2|2), u16(2)),
		rec(0xe5, u16(2, 0, 2, 0, 0, 5, 5, 1, 3)))
	second := rec(0x204, u16(1, 0, 0), text("secret"))
	for name, small := range map[string]bool{"large sectors": false, "small sectors": true} {
		t.Run(name, func(t *testing.T) {
			b, err := open(container("Workbook", book(0x600, nil, []string{"List", "Hidden"}, first, second), small))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]grid.Info{{Name: "List"}, {Name: "Hidden", Hidden: true}}, b.Sheets()); diff != "" {
				t.Errorf("sheets (-want +got):\n%s", diff)
			}
			rows, merges, err := read(b, 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]grid.Row{{Number: 1, Cells: []string{"District"}}, {Number: 3, Cells: []string{"", "4", "5"}}}, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]grid.Merge{{Top: 1, Left: 0, Bottom: 3, Right: 0}, {Top: 6, Left: 1, Bottom: 6, Right: 3}}, merges); diff != "" {
				t.Errorf("merged cells (-want +got):\n%s", diff)
			}
			if rows, _, err := read(b, 1); err != nil || len(rows) != 1 || rows[0].Number != 2 {
				t.Errorf("second sheet: %v, %v", rows, err)
			}
		})
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	good := container("Workbook", book(0x600, rec(0xfc, u32(1, 1), text("x")), []string{"List"}, rec(0xfd, u16(0, 0, 0), u32(0))), false)
	circle := bytes.Clone(good)
	copy(circle[512+4:], u32(1)) // the directory goes on in itself
	tests := map[string]struct {
		data []byte
		want string
	}{
		"half of it":           {good[:len(good)/2], "damaged or incomplete"},
		"only the first bytes": {good[:100], "damaged or incomplete"},
		"sectors in a circle":  {circle, "damaged or incomplete"},
		"locked workbook":      {container("EncryptedPackage", []byte("x"), true), "password"},
		"locked old workbook":  {container("Workbook", book(0x600, rec(0x2f, u16(1, 1)), []string{"List"}, nil), false), "password"},
		"a letter":             {container("WordDocument", []byte("x"), true), "not a workbook"},
		"very old":             {container("Book", rec(0x009, u16(2, 16)), false), "before Excel 5.0"},
		"string too long":      {container("Workbook", book(0x600, rec(0xfc, u32(1, 1), u16(500), []byte{0}, narrow("x")), []string{"List"}, nil), false), "damaged"},
		"string unknown":       {container("Workbook", book(0x600, nil, []string{"List"}, rec(0xfd, u16(0, 0, 0), u32(7))), false), "damaged"},
		"no sheet":             {container("Workbook", book(0x600, nil, nil), false), "no sheet"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := open(tc.data)
			if err == nil {
				_, _, err = read(b, 0)
			}
			if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want one sentence with %q", err, tc.want)
			}
		})
	}
}

// Rows come in order however they stand in the file, each once.
func TestRowsInDisorder(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	number := func(row, column, v int) []byte { return rec(0x27e, u16(row, column, 0), u32(uint32(v<<2|2))) }
	rows := all(t, 0x600, nil, join(number(5, 0, 50), number(1, 0, 10), number(3, 1, 31), rec(0x203, u16(5, 2, 0), f64(0.30000000000000004)), number(1, 1, 11), number(5, 0, 99)))
	want := []grid.Row{{Number: 2, Cells: []string{"10", "11"}}, {Number: 4, Cells: []string{"", "31"}}, {Number: 6, Cells: []string{"50", "", "0.3"}, Raw: []string{"50", "", "0.30000000000000004"}}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	var huge [][]byte
	for row := range 300 {
		huge = append(huge, number(400-row, 16_000, 1))
	}
	b, err := open(container("Workbook", book(0x600, nil, []string{"List"}, join(huge...)), false))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(b, 0); fhir.KindOf(err) != fhir.TooLarge {
		t.Errorf("%v, want that it is too large", err)
	}
}

func FuzzOpen(f *testing.F) {
	sheet := join(rec(0xfd, u16(0, 0, 0), u32(0)), rec(0xbd, u16(2, 1, 0), u32(18), u16(0), u32(22), u16(2)), rec(0xe5, u16(1, 0, 2, 0, 0)),
		rec(0x06, u16(3, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, u16(0)), rec(0x207, u16(1), []byte{0}, narrow("N")))
	for _, small := range []bool{true, false} {
		f.Add(container("Workbook", book(0x600, join(styles, rec(0xfc, u32(1, 1), text("x"))), []string{"List"}, sheet), small))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := open(data)
		if err != nil {
			return
		}
		for i := range min(len(b.Sheets()), 3) {
			last := 0
			rows, _, _ := read(b, i)
			for _, r := range rows {
				if r.Number <= last {
					t.Fatalf("row %d after row %d", r.Number, last)
				}
				last = r.Number
			}
		}
	})
}
