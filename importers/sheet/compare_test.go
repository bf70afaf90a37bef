package sheet_test

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"masjala/importers/sheet"
	"masjala/importers/sheet/grid"
	"masjala/internal/testutil"
)

// TestSheetsReadEqualToLibreOffice converts real workbooks to CSV with LibreOffice and compares
// every cell of every sheet: make compare-sheets.
func TestSheetsReadEqualToLibreOffice(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	if os.Getenv("MASJALA_COMPARE") == "" {
		t.Skip("runs with MASJALA_COMPARE=1 where soffice is installed (package libreoffice-calc-nogui)")
	}
	dir := filepath.Join(testutil.Reference(t), "data/facility/south-africa-dsfsi")
	for name, file := range map[string]string{
		"genuine .xls":  "district_health_barometer_2016_17.xls",
		"122 sheets":    "ideal_hospital_framework_v1.8.xlsx",
		"a small .xlsx": "kzn_hospital_list.redacted.xlsx",
	} {
		t.Run(name, func(t *testing.T) { compareBook(t, filepath.Join(dir, file)) })
		for _, form := range []string{"ods", "xls"} {
			if filepath.Ext(file) == ".xls" {
				continue // LibreOffice changes its formulas
			}
			t.Run(name+" saved as "+form, func(t *testing.T) {
				out := t.TempDir()
				convert(t, filepath.Join(dir, file), form, out)
				compareBook(t, filepath.Join(out, strings.TrimSuffix(file, filepath.Ext(file))+"."+form))
			})
		}
	}
}

func compareBook(t *testing.T, path string) {
	t.Helper()
	out := t.TempDir()
	convert(t, path, "csv:Text - txt - csv (StarCalc):44,34,UTF8,1,,0,false,false,false,false,false,-1", out)
	b, err := sheet.Open(path, sheet.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sheets, cells, differ := 0, 0, 0
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	for _, s := range b.Sheets {
		csvPath := filepath.Join(out, base+"-"+s.Name+".csv")
		f, err := os.Open(csvPath)
		if err != nil {
			t.Errorf("LibreOffice has no sheet %q: %v", s.Name, err)
			continue
		}
		n, bad := compareSheet(t, b, s.Name, csv.NewReader(f))
		f.Close()
		sheets, cells, differ = sheets+1, cells+n, differ+bad
	}
	t.Logf("%d sheets, %d cells with content, %d differ", sheets, cells, differ)
	if cells == 0 {
		t.Error("nothing was compared")
	}
}

// convert has LibreOffice write a file in another format.
func convert(t *testing.T, path, to, out string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+t.TempDir(), "--headless", "--convert-to", to, "--outdir", out, path)
	cmd.WaitDelay = time.Minute
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, msg)
	}
}

func compareSheet(t *testing.T, b *sheet.Book, name string, theirs *csv.Reader) (cells, differ int) {
	t.Helper()
	theirs.FieldsPerRecord, theirs.LazyQuotes = -1, true
	rows, err := b.Rows(name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	rows.KeepMerged()
	ours := map[int]sheet.Row{}
	all, err := grid.Take(rows.Next, math.MaxInt)
	if err != nil {
		t.Fatalf("sheet %q: %v", name, err)
	}
	for _, r := range all {
		ours[r.Number] = r
	}
	for n := 1; ; n++ {
		want, err := theirs.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("sheet %q: %v", name, err)
		}
		got := ours[n]
		delete(ours, n)
		for i := range max(len(want), len(got.Cells)) {
			w, g, raw := at(want, i), at(got.Cells, i), at(got.Raw, i)
			if w != "" || g != "" {
				cells++
			}
			if !same(w, g) && !same(w, raw) {
				if differ++; differ <= 20 {
					t.Errorf("sheet %q, row %d, column %d: %q stored %q, LibreOffice has %q", name, n, i+1, g, raw, w)
				}
			}
		}
	}
	for n, r := range ours {
		t.Errorf("sheet %q: LibreOffice has no row %d: %q", name, n, r.Cells)
		differ++
	}
	return cells, differ
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// same compares two spellings of a cell: numbers by value, days by their parts, ends of lines
// not at all.
func same(a, b string) bool {
	a, b = strings.ReplaceAll(a, "\r\n", "\n"), strings.ReplaceAll(b, "\r\n", "\n")
	if a == b {
		return true
	}
	x, errX := strconv.ParseFloat(strings.TrimSuffix(a, "%"), 64)
	y, errY := strconv.ParseFloat(strings.TrimSuffix(b, "%"), 64)
	if errX == nil && errY == nil {
		if strings.HasSuffix(a, "%") && !strings.HasSuffix(b, "%") {
			x /= 100
		}
		return math.Abs(x-y) <= 1e-12*max(math.Abs(x), math.Abs(y))
	}
	if d, err := time.Parse("01/02/2006", a); err == nil {
		return strings.HasPrefix(b, d.Format(time.DateOnly))
	}
	return false
}
