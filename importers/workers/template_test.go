package workers_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/template"
	"masjala/importers/workers"
	"masjala/internal/testutil"
)

// A template offers the cadres of the registry, and one that was filled in needs no mapping, in any language.
func TestFilledTemplate(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for _, lang := range template.Languages {
		t.Run(lang, func(t *testing.T) {
			e := env(t)
			put(t, e, rich...)
			book, err := workers.Template(t.Context(), e, lang, map[string]string{"cadre": cadreList})
			if err != nil {
				t.Fatal(err)
			}
			f := importtest.Opened(t, book.Write)
			lists := f.GetSheetList()[2]
			cols, err := f.GetCols(lists)
			if err != nil || len(cols) != 3 {
				t.Fatalf("lists %q, %v; want those of sex, cadre and specialty", cols, err)
			}
			if diff := cmp.Diff([]string{"Nurse", "Midwife", "Clinical officer"}, cols[1][1:]); diff != "" {
				t.Error(diff)
			}
			choices, err := f.GetDataValidations("Workers")
			if err != nil || len(choices) != 3 || choices[1].Sqref != "J2:J20001" || choices[1].Formula1 != fmt.Sprintf("'%s'!$B$2:$B$4", lists) {
				t.Errorf("choices %+v, %v", choices, err)
			}
			cells := []string{"E-007", "Otieno", "Mwita", cols[0][1], "1980-02-03", "+254700000009", "z@example.org", "Road 1", "Mji", "Midwife", "ICU", "100", "Nuru Dispensary", "2020-01-01", "2030-01-01", "00012", "Full", "Council", "2020-01-02", "2030-01-02"}
			for i, text := range cells {
				at, err := excelize.CoordinatesToCellName(i+1, 2)
				if err == nil {
					err = f.SetCellStr("Workers", at, text)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			path := filepath.Join(t.TempDir(), "filled.xlsx")
			if err := f.SaveAs(path); err != nil {
				t.Fatal(err)
			}
			r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
			if err != nil {
				t.Fatal(err)
			}
			targets := map[string]bool{}
			for _, c := range r.Columns {
				targets[c.Target] = true
			}
			if r.Of("workers").Create != 1 || len(r.Unmapped) > 0 || len(targets) != len(cells) || r.Errors+r.Warnings > 0 {
				t.Errorf("%+v, columns %v without a meaning, %d targets, findings %+v", r.Counts, r.Unmapped, len(targets), r.Issues)
			}
		})
	}
	if _, err := workers.Template(t.Context(), env(t), "tlh", nil); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("a language that there is not gives %v", err)
	}
	if _, err := workers.Template(t.Context(), env(t), "en", map[string]string{"cadre": "urn:none"}); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("a value set that there is not gives %v", err)
	}
}
