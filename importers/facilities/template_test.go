package facilities_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/importers/template"
	"masjala/internal/testutil"
	"masjala/store"
)

// madeOf writes a template and opens it again.
func madeOf(t *testing.T, env importers.Env, lang string) *excelize.File {
	t.Helper()
	book, err := facilities.Template(t.Context(), env, lang, nil)
	if err != nil {
		t.Fatal(err)
	}
	return importtest.Opened(t, book.Write)
}

// outline describes a template: headings with their colour, choices, notes.
func outline(t *testing.T, f *excelize.File) string {
	t.Helper()
	var b strings.Builder
	for _, sheet := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(sheet)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "sheet %s, visible: %v\n", sheet, visible)
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			fmt.Fprintf(&b, "  %s\n", strings.Join(row, " | "))
		}
		choices, err := f.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range choices {
			fmt.Fprintf(&b, "  %s choose from %s\n", c.Sqref, c.Formula1)
		}
		for i := range rows[0] {
			at, _ := excelize.CoordinatesToCellName(i+1, 1)
			id, err := f.GetCellStyle(sheet, at)
			if err != nil {
				t.Fatal(err)
			}
			if s, err := f.GetStyle(id); err == nil && slices.Contains(s.Fill.Color, "FFC000") {
				fmt.Fprintf(&b, "  %s is required\n", at)
			}
		}
	}
	return b.String()
}

func TestTemplate(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	run(t, env, importers.Request{File: importtest.File(t, "list.csv", []byte("Facility name,Facility code,Region,District,Facility type,Ownership\nA,1,North,Tano,Hospital,State\nB,2,North,Sita,Clinic,State\nC,3,South,Kati,Clinic,Church\n"))})
	for _, lang := range []string{"fr", "ar"} {
		got := outline(t, madeOf(t, env, lang))
		path := filepath.Join("testdata", "template."+lang+".txt")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: %s", lang, diff)
		}
	}
	if _, err := facilities.Template(t.Context(), env, "tlh", nil); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a language that there is not gives %v", err)
	}
	if _, err := facilities.Template(t.Context(), env, "en", map[string]string{"name": "urn:x"}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a value set for names gives %v", err)
	}
}

// A template that was filled in needs no mapping, in any language.
func TestFilledTemplate(t *testing.T) {
	for _, lang := range template.Languages {
		t.Run(lang, func(t *testing.T) {
			env := newEnv(t)
			run(t, env, importers.Request{File: importtest.File(t, "list.csv", []byte("Facility name,Region,District,Facility type,Ownership\nA,North,Tano,Hospital,State\nB,South,Kati,Clinic,State\n"))})
			f := madeOf(t, env, lang)
			cells := []string{"New", "007", "Hospital", "State", "", "North", "Tano", "-1.5", "36.5", "+254700000001", "a@example.org", "https://example.org", "Anna", "Road", "Box 1", "Mji", "2001-02-03", "24/7", "12"}
			choice, err := f.GetCellValue(f.GetSheetList()[2], "C3")
			if err != nil {
				t.Fatal(err)
			}
			cells[4] = choice // the second of the list: closed for a time
			for i, text := range cells {
				at, _ := excelize.CoordinatesToCellName(i+1, 2)
				if err := f.SetCellStr("Facilities", at, text); err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(t.TempDir(), "filled.xlsx")
			if err := f.SaveAs(path); err != nil {
				t.Fatal(err)
			}
			r := run(t, env, importers.Request{File: path})
			if got := r.Of(facilities.Kind); got.Create != 1 || len(r.Unmapped) > 0 || r.Sheet != "Facilities" || r.Of("areas").Create > 0 {
				t.Fatalf("%+v, columns %v without a meaning, findings %+v", r.Counts, r.Unmapped, r.Issues)
			}
			got := map[string]string{}
			for _, c := range r.Columns {
				got[c.Target] = c.Heading
			}
			if len(got) != len(cells)-1 { // the two columns of areas are one target
				t.Errorf("%d targets of %v, want %d", len(got), got, len(cells)-1)
			}
			found := run(t, env, importers.Request{File: export(t, env, "all.csv")})
			if found.Of(facilities.Kind).Unchanged != 3 {
				t.Errorf("%+v", found.Counts)
			}
			suspended := 0
			for _, status := range statuses(t, env) {
				if status == "suspended" {
					suspended++
				}
			}
			if suspended != 1 {
				t.Errorf("%q was not taken for suspended", choice)
			}
		})
	}
}

// statuses are those of all Locations.
func statuses(t *testing.T, env importers.Env) []string {
	t.Helper()
	var out []string
	if err := store.Each(t.Context(), env.Store, "Location", func(r *fhir.Resource) error {
		out = append(out, r.Field("status").Str)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
