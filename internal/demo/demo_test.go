package demo_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/internal/demo"
)

// rows reads the only sheet of a workbook.
func rows(t *testing.T, path string) [][]string {
	t.Helper()
	book, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	out, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestStandardCountry(t *testing.T) {
	f, err := demo.Write(t.TempDir(), demo.Standard)
	if err != nil {
		t.Fatal(err)
	}
	facilities, workers := rows(t, f.Facilities), rows(t, f.Workers)
	if len(facilities) != 2001 || len(workers) != 5001 || len(f.Codes) != 3 {
		t.Fatalf("got %d facility rows, %d worker rows, %d code lists", len(facilities), len(workers), len(f.Codes))
	}
	areas, codes := map[string]bool{}, map[string]bool{}
	for _, row := range facilities[1:] {
		codes[row[0]] = true
		areas[row[3]], areas[row[3]+"/"+row[4]], areas[row[3]+"/"+row[4]+"/"+row[5]] = true, true, true
	}
	if len(areas) != 120 || len(codes) != 2000 {
		t.Errorf("got %d areas and %d different codes, want 120 and 2000", len(areas), len(codes))
	}
	for _, row := range workers[1:] {
		if !codes[row[12]] {
			t.Fatalf("worker %s works at %s, which is no facility", row[0], row[12])
		}
	}
}

func TestSameSizeSameRows(t *testing.T) {
	size := demo.Size{Regions: 2, Districts: 3, Wards: 4, Facilities: 10, Workers: 20, Seed: 9}
	var got [2][][]string
	for i := range got {
		f, err := demo.Write(t.TempDir(), size)
		if err != nil {
			t.Fatal(err)
		}
		got[i] = slices.Concat(rows(t, f.Facilities), rows(t, f.Workers))
	}
	if diff := cmp.Diff(got[0], got[1]); diff != "" {
		t.Error(diff)
	}
}

func TestStaffWorkbookMisspellsWhatItIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "staff.xlsx")
	err := demo.WriteStaff(path, demo.Staff{Rows: 40, Seed: 3, Families: []string{"Bora"}, Givens: []string{"Asha"},
		Facilities: []string{"Nuru Dispensary"}, Cadres: []string{"Midwife"}, BadFacilities: 4, BadCadres: 10})
	if err != nil {
		t.Fatal(err)
	}
	all := rows(t, path)
	if len(all[0]) != 56 {
		t.Errorf("the head has %d columns, want 56", len(all[0]))
	}
	places, jobs := 0, 0
	for _, row := range all[1:] {
		if row[18] != "Nuru Dispensary" {
			places++
		}
		if row[17] != "Midwife" {
			jobs++
		}
	}
	if places != 10 || jobs != 4 {
		t.Errorf("got %d misspelt facilities and %d misspelt cadres, want 10 and 4", places, jobs)
	}
}
