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

// planned imports a list in lines, and returns the area that each row with a name lies in.
func planned(t *testing.T, lines string) (areas string, r *importers.Report) {
	t.Helper()
	env := newEnv(t)
	r = run(t, env, importers.Request{File: importtest.File(t, "list.csv", []byte(lines))})
	var out []string
	for line := range strings.Lines(lines) {
		for cell := range strings.SplitSeq(strings.TrimSpace(line), ",") {
			if strings.HasPrefix(cell, "PS ") {
				path := ""
				for l := find(t, env, "Location", cell); l.Field("partOf.reference").Str != ""; {
					id := strings.TrimPrefix(l.Field("partOf.reference").Str, "Location/")
					up, err := env.Store.Read(t.Context(), "Location", id)
					if err != nil {
						t.Fatal(err)
					}
					l, path = up, "/"+up.Field("name").Str+path
				}
				out = append(out, path)
			}
		}
	}
	return strings.Join(out, " "), r
}

func TestMessAreasWrittenOnce(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct {
		lines, areas string
		columns      int // that are taken to be written once
	}{
		"each level where it begins":  {"Province,Zone de santé,Nom FOSA\nKwilu,Vanga,PS A\n,,PS B\n,Nko,PS C\n,,PS D\nBas,Boma,PS E\n,,PS F\n", "/Kwilu/Vanga /Kwilu/Vanga /Kwilu/Nko /Kwilu/Nko /Bas/Boma /Bas/Boma", 2},
		"the higher level alone":      {"Province,Zone de santé,Nom FOSA\nKwilu,Vanga,PS A\n,Vanga,PS B\n,Nko,PS C\nBas,Boma,PS D\n,Boma,PS E\n", "/Kwilu/Vanga /Kwilu/Vanga /Kwilu/Nko /Bas/Boma /Bas/Boma", 1},
		"one area of one name in two": {"Province,Zone de santé,Nom FOSA\nKwilu,Centre,PS A\n,,PS B\nBas,Centre,PS C\n,,PS D\n", "/Kwilu/Centre /Kwilu/Centre /Bas/Centre /Bas/Centre", 2},
		"sums between":                {"Province,Nom FOSA,Type\nKwilu,PS A,PS\n,PS B,PS\nSous-total,2,\nBas,PS C,PS\n,PS D,PS\nTotal général,4,\n", "/Kwilu /Kwilu /Bas /Bas", 1},
		"blanks that are blanks":      {"Province,Nom FOSA\nKwilu,PS A\nKwilu,PS B\n,PS C\n,PS D\nKwilu,PS E\n,PS F\n", "/Kwilu /Kwilu   /Kwilu ", 0},
		"few blanks":                  {"Province,Nom FOSA\nKwilu,PS A\nBas,PS B\nHaut,PS C\n,PS D\n", "/Kwilu /Bas /Haut ", 0},
		"blank at the beginning":      {"Province,Nom FOSA\n,PS A\nKwilu,PS B\n,PS C\n", " /Kwilu ", 0},
		"a lower level blank":         {"Province,Zone de santé,Nom FOSA\nKwilu,Vanga,PS A\n,,PS B\nBas,,PS C\n,,PS D\n", "/Kwilu/Vanga /Kwilu /Bas /Bas", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			areas, r := planned(t, tc.lines)
			if areas != tc.areas || rules(r)["area-above"] != tc.columns {
				t.Errorf("areas %q, want %q; findings %v", areas, tc.areas, rules(r))
			}
		})
	}
}

func TestMessRowsOfSums(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct {
		line string
		sum  bool
	}{
		"a word and numbers":             {"Total,,,2", true},
		"in the column of names":         {",,TOTAL GERAL,2", true},
		"with a number in it":            {",,Total: 30,", true},
		"of an area":                     {"Total Kwilu,,,1", true},
		"beside an area":                 {"Kwilu,,Sous-total,1", true},
		"in Arabic":                      {",,المجموع الكلي,2", true},
		"numbers in groups, and percent": {"Grand total,,\"1,204\",96%", true},
		"a name that begins so":          {",,Total Care,7", false},
		"a name and what it is":          {"Kwilu,,Total,PS", false},
		"a sign alone":                   {",,-,7", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := run(t, newEnv(t), importers.Request{DryRun: true,
				File: importtest.File(t, "list.csv", []byte("Province,Code,Nom FOSA,Lits\nKwilu,1,PS A,1\n"+tc.line+"\nKwilu,2,PS B,1\n"))})
			rows := 3
			if tc.sum {
				rows = 2
			}
			if r.Rows != rows || rules(r)["row-of-sums"] != 3-rows {
				t.Errorf("%d rows, want %d; findings %v", r.Rows, rows, rules(r))
			}
		})
	}
}

func TestMessOneSheetForEachProvince(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	f := excelize.NewFile()
	defer f.Close()
	for sheet, head := range map[string][]any{"Sheet1": {"Distrito", "Nombre", "Teléfono"}, "Litoral": {"Distrito", "Nombre", "Telefono"}, "Leyenda": {"Sigla", "Nombre"}} {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for at, row := range map[string][]any{"A1": head, "A2": {"Baney", "Centro " + sheet, "222000001"}} {
			if err := f.SetSheetRow(sheet, at, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	for sheet, want := range map[string]string{"": "Litoral", "Litoral": "", "Leyenda": ""} {
		told := ""
		run(t, newEnv(t), importers.Request{File: path, Sheet: sheet, DryRun: true, Issues: func(i *importers.Issue) error {
			if i.Rule == "sheets-alike" {
				told = i.Value
			}
			return nil
		}})
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("sheet %q: told of other sheets (-want +got):\n%s", sheet, diff)
		}
	}
}

func TestMessTitlesBetweenRows(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	f := excelize.NewFile()
	defer f.Close()
	for at, row := range map[string][]any{"A1": {"Health Unit", "Sub county", "Level"}, "A2": {"GULU DISTRICT"}, "A3": {"Awach", "Aswa", "HC IV"}, "A4": {"Lone"}, "A5": {"Total", 1}, "A6": {"Source: HMIS"}} {
		if err := f.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []string{"2", "6"} {
		if err := f.MergeCell("Sheet1", "A"+row, "C"+row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.MergeCell("Sheet1", "A4", "B4"); err != nil { // of two columns only
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "list.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	var told []string
	r := run(t, newEnv(t), importers.Request{File: path, Issues: func(i *importers.Issue) error {
		if i.Rule == "row-title" {
			told = append(told, i.Value)
		}
		return nil
	}})
	if diff := cmp.Diff([]string{"GULU DISTRICT", "Source: HMIS"}, told); diff != "" || r.Rows != 2 || r.Of("facilities").Create != 2 {
		t.Errorf("%d rows, %+v; titles (-want +got):\n%s", r.Rows, r.Of("facilities"), diff)
	}
}

func TestMessNumbersAsDecimals(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct {
		ids   []string
		want  string
		rules int
	}{
		"all of them":    {[]string{"101.0", "102.0", "nan", ""}, "101", 1},
		"some of them":   {[]string{"101.0", "102.1", "103.0"}, "101.0", 0},
		"one alone":      {[]string{"101.0", ""}, "101.0", 0},
		"with a letter":  {[]string{"101.0", "102.0", "KE7"}, "101.0", 0},
		"plain numbers":  {[]string{"101", "102"}, "101", 0},
		"other decimals": {[]string{"101.00", "102.00"}, "101.00", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := [][]any{{"Facility code", "Name"}}
			for i, id := range tc.ids {
				rows = append(rows, []any{id, "Clinic " + string(rune('A'+i))})
			}
			env := newEnv(t)
			r := run(t, env, importers.Request{File: text(t, rows)})
			got := find(t, env, "Location", "Clinic A").Field("identifier.0.value").Str
			if got != tc.want || rules(r)["numbers-as-decimals"] != tc.rules || len(query(t, env, "Location", "identifier", "nan")) > 0 {
				t.Errorf("identifier %q, want %q; findings %v", got, tc.want, rules(r))
			}
		})
	}
}
