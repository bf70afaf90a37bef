package codes_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/codes"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// Lists that are published as they are: countries with names in several languages, among them
// Namibia, whose code is NA (54 have no name in that column); and occupations, told from the workbook itself.
func TestPublishedLists(t *testing.T) {
	testutil.Requirement(t, "TSF-1")
	folder := filepath.Join(testutil.Reference(t), "data", "terminology")
	const countries = `kind: codes
columns:
- {column: ISO3166-1-Alpha-2, target: code, system: 'urn:iso:std:iso:3166'}
- {column: UNTERM English Short, target: display}
- {column: official_name_fr, target: designation}
- {column: official_name_ar, target: designation}
- {column: ISO3166-1-Alpha-3, target: property}
`
	e := env(t)
	m, err := importers.ReadMapping(strings.NewReader(countries))
	if err != nil {
		t.Fatal(err)
	}
	r, err := codes.Run(t.Context(), e, importers.Request{File: filepath.Join(folder, "iso3166", "country-codes.csv"), Map: m})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"display-missing": 54}, importtest.Rules(r)); diff != "" {
		t.Error(diff)
	}
	cs := only(t, e, "CodeSystem")
	want := `{"code":"NA","display":"Namibia","designation":[{"language":"fr","value":"Namibie"},{"language":"ar","value":"ناميبيا"}],"property":[{"code":"iso3166-1-alpha-3","valueString":"NAM"}]}`
	if diff := cmp.Diff(want, cs.Field(`concept.#(code=="NA")`).Raw); diff != "" || cs.Field("count").Int() != 249 {
		t.Errorf("of %d countries: %s", cs.Field("count").Int(), diff)
	}
	if r, err = codes.Run(t.Context(), e, importers.Request{File: filepath.Join(folder, "isco-08", "ISCO-08_EN_Structure_and_definitions.xlsx")}); err != nil || r.Errors > 0 {
		t.Fatal(r, err)
	}
	if cs := only(t, e, "CodeSystem"); cs.Field("count").Int() != 182 || cs.Field(`concept.#(code=="2221").display`).String() != "Nursing Professionals" {
		t.Errorf("of %d occupations: %s", cs.Field("count").Int(), cs.Field(`concept.#(code=="2221")`).Raw)
	}
}
