package page_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers/sheet/grid"
	"masjala/importers/sheet/page"
	"masjala/internal/testutil"
)

func open(text string) (*page.Book, error) {
	return page.Open(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
}

// read returns the cells of a table by row number, as shown and as stored, and its merged cells.
func read(b *page.Book, table int) (map[int][]string, map[int][]string, []grid.Merge, error) {
	src, err := b.Rows(table)
	if err != nil {
		return nil, nil, nil, err
	}
	cells, raw := map[int][]string{}, map[int][]string{}
	rows, err := grid.Take(src.Next, 1000)
	for _, r := range rows {
		cells[r.Number] = r.Cells
		if r.Raw != nil {
			raw[r.Number] = r.Raw
		}
	}
	return cells, raw, src.Merges(), errors.Join(err, src.Close())
}

func TestTable(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		text string
		want map[int][]string
	}{
		"plain":             {"<table><tr><th>Name</th><th>Lat</th></tr><tr><td>Kila</td><td>-1.5</td></tr></table>", map[int][]string{1: {"Name", "Lat"}, 2: {"Kila", "-1.5"}}},
		"no end tags":       {"<table><tr><td>a<td>b<tr><td>c</table>", map[int][]string{1: {"a", "b"}, 2: {"c"}}},
		"head and body":     {"<TABLE><thead><tr><th>a</thead><tbody><tr><td>b</tbody></TABLE>", map[int][]string{1: {"a"}, 2: {"b"}}},
		"entities":          {"<table><tr><td>A &amp; B</td><td>&eacute;&#233;&nbsp;x</td></tr></table>", map[int][]string{1: {"A & B", "éé\u00a0x"}}},
		"white space":       {"<table><tr><td>  two\n\t words </td><td>one<br>two<p>x</p>y</td></tr></table>", map[int][]string{1: {"two words", "one\ntwox\ny"}}},
		"title over all":    {"<table><tr><td colspan=3>Title</td><td>end</td></tr></table>", map[int][]string{1: {"Title", "", "", "end"}}},
		"cell over rows":    {"<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td></tr></table>", map[int][]string{1: {"a", "b"}, 2: {"", "c"}, 3: {"d"}}},
		"cell over both":    {"<table><tr><td>x<td rowspan=2 colspan=2>a<td>b<tr><td>y<td>c</table>", map[int][]string{1: {"x", "a", "", "b"}, 2: {"y", "", "", "c"}}},
		"scripts":           {"<table><tr><td><script>if (a<b) {}</script>x<style>td{}</style></td></tr></table>", map[int][]string{1: {"x"}}},
		"markup in a cell":  {"<table><tr><td><b>Ki</b>la <i>x</i></td></tr></table>", map[int][]string{1: {"Kila x"}}},
		"text between":      {"<table>noise<tr>noise<td>a</td>noise</tr></table>", map[int][]string{1: {"a"}}},
		"table inside":      {"<table><tr><td>a<table><tr><td>inner</table>b</td></tr></table>", map[int][]string{1: {"ab"}}},
		"comments":          {"<table><!-- <tr><td>no</td></tr> --><tr><td>a</table>", map[int][]string{1: {"a"}}},
		"end of page only":  {"<html><body><table><tr><td>a</body></html>", map[int][]string{1: {"a"}}},
		"spans of nonsense": {"<table><tr><td colspan=x rowspan=-3>a<td colspan=99999999>b</table>", map[int][]string{1: {"a", "b"}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := open(tc.text)
			if err != nil {
				t.Fatal(err)
			}
			got, _, _, err := read(b, 0)
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestTablesAreSheets(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	b, err := open(`<h1>x</h1><table></table><table><caption> List of
		 clinics</caption><tr><td>a</td></tr></table><table><tr><td>b<table><tr><td>c</table></table>`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]grid.Info{{Name: "List of clinics"}, {Name: "Table 2"}, {Name: "Table 3"}}, b.Sheets()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, want := range []string{"a", "b", "c"} {
		if got, _, _, err := read(b, i); err != nil || len(got) != 1 || got[1][0] != want {
			t.Errorf("table %d: %v, %v", i, got, err)
		}
	}
}

func TestStoredNumbersAndMergedCells(t *testing.T) {
	b, err := open(`<table><tr><td x:num="1.23456">1.23</td><td sdval="7" rowspan=3>7</td><td x:num>x</td></tr></table>`)
	if err != nil {
		t.Fatal(err)
	}
	cells, raw, merges, err := read(b, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[int][]string{1: {"1.23", "7", "x"}}, cells); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[int][]string{1: {"1.23456", "7", "x"}}, raw); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]grid.Merge{{Top: 1, Left: 1, Bottom: 3, Right: 1}}, merges); diff != "" {
		t.Errorf("merged cells (-want +got):\n%s", diff)
	}
}

func TestPagesThatAreNoTable(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct{ text, want string }{
		"no table":        {"<html><body>Log in first</body></html>", "without a table"},
		"cut off":         {"<html><table><tr><td>a</td></tr><tr><td>b", "breaks off"},
		"many tables":     {strings.Repeat("<table></table>", 1001), "more than 1000 tables"},
		"quote left open": {"<table><tr><td title='" + strings.Repeat("x", 5<<20), "quotation mark"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := open(tc.text); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want one sentence with %q", err, tc.want)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("<table><caption>x<tr><td rowspan=2 colspan=3>a&amp;b<table><tr><th>c</table><br>d<tr><td>e</table>")
	f.Add("<table><tr><td colspan=1000>x</td><td rowspan=0>y</html>")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := open(text)
		if err != nil {
			return
		}
		for i := range min(3, len(b.Sheets())) {
			src, err := b.Rows(i)
			if err != nil {
				t.Fatal(err)
			}
			last := 0
			for {
				r, err := src.Next()
				if err != nil {
					break
				}
				if r.Number <= last || len(r.Cells) > grid.MaxColumns {
					t.Fatalf("row %d of %d cells after row %d", r.Number, len(r.Cells), last)
				}
				last = r.Number
			}
		}
	})
}
