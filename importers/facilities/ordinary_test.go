package facilities_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// Places may be called like a word for a sum.
func TestMessPlacesThatAreNoSums(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct {
		line string
		rows int
	}{
		"a facility of the name":     {"Lower River,Jarra West,102,Soma,13", 3},
		"a sum in another language":  {",,,Soma,13", 2},
		"one of an area":             {"Jumla ndogo Kilifi,,,,13", 2},
		"one beside its area":        {"Kilifi,Jumla ndogo,,,13", 2},
		"one in the digits of there": {"المجموع,,,,١٬٢٠٤", 2},
		"an area without a name":     {"Karnali,Jumla,102,,13", 3},
	} {
		t.Run(name, func(t *testing.T) {
			lines := "Region,District,Code,Name,Beds\nLower River,Kiang East,101,Kaiaf,1\n" + tc.line + "\nLower River,Kiang East,103,Toniataba,1\n"
			r := run(t, newEnv(t), importers.Request{DryRun: true, File: importtest.File(t, "list.csv", []byte(lines))})
			if r.Rows != tc.rows || rules(r)["row-of-sums"] != 3-tc.rows {
				t.Errorf("%d rows, want %d; findings %v", r.Rows, tc.rows, rules(r))
			}
		})
	}
}

// A row with a name alone is no title where each name is merged like its heading; a title beside other
// merged cells is one.
func TestMessMergedNamesAreNoTitles(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	f := excelize.NewFile()
	defer f.Close()
	rows := map[string][]any{"A1": {"District", "Facility name", "", "", "Phone number"}, "A2": {"", "GULU DISTRICT"}, "A3": {"Aswa", "Awach", "", "", "0712000001"}, "B4": {"Lone"}, "B5": {"Bare"}, "B6": {"Far"}}
	for at, row := range rows {
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, cells := range []string{"B1:D1", "B2:E2", "F2:H2", "B3:D3", "B4:D4"} {
		from, to, _ := strings.Cut(cells, ":")
		if err := f.MergeCell("Sheet1", from, to); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	var told []string
	r := run(t, newEnv(t), importers.Request{File: path, DryRun: true, Issues: func(i *importers.Issue) error {
		if i.Rule == "row-title" {
			told = append(told, i.Value)
		}
		return nil
	}})
	if diff := cmp.Diff([]string{"GULU DISTRICT"}, told); diff != "" || r.Rows != 4 || rules(r)["area-above"] != 1 {
		t.Errorf("%d rows; titles (-want +got):\n%s", r.Rows, diff)
	}
}

// No row is passed over without a word.
func TestMessMoreSumsThanAreTold(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	lines := "Province,Nom FOSA,Lits\n" + strings.Repeat("Kwilu,PS A,1\nSous-total,,1\n", 103)
	r := run(t, newEnv(t), importers.Request{DryRun: true, File: importtest.File(t, "list.csv", []byte(lines))})
	if got := rules(r); got["row-of-sums"] != 100 || got["more-rows-aside"] != 1 {
		t.Fatalf("findings %v", got)
	}
	for _, g := range r.Issues {
		if g.Rule == "more-rows-aside" && (g.First[0].Row != 201 || !strings.Contains(g.First[0].Reason, " 3 more")) {
			t.Errorf("%+v, want 3 rows below row 201", g.First[0])
		}
	}
}
