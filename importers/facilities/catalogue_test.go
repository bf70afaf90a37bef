package facilities_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
)

// TestMessCatalogue has one short list for each row of the catalogue that no test of its own shows.
func TestMessCatalogue(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "FRF-8")
	tests := map[string]struct {
		rows  [][]any
		names []string          // facilities made, sorted
		fill  map[string]string // facility: a field of its Location
		field string
		areas int
		rules map[string]int // nil: not looked at
	}{
		"titles, blank rows, unnamed columns": {rows: [][]any{{"Facilities 2022"}, {}, {"Name", "District", "", ""}, {"A", "Kila", "", "x"}, {}, {"B", "Kila"}}, names: []string{"A", "B"}, areas: 1},
		"two-row head":                        {rows: [][]any{{"Name", "Coordinates", "", "District"}, {"", "Lat", "Long", ""}, {"A", "-1.5", "36.5", "Kila"}}, names: []string{"A"}, fill: map[string]string{"A": "-1.5"}, field: "position.latitude", areas: 1},
		"hashtags below the headings":         {rows: [][]any{{"lat", "lon", "name"}, {"#geo+lat", "#geo+lon", "#loc+name"}, {"-1.5", "36.5", "A"}}, names: []string{"A"}, rules: map[string]int{}},
		"heading spelled wrongly":             {rows: [][]any{{"NAME", "LATITUDE", "longtitude"}, {"A", "-1.5", "36.5"}}, names: []string{"A"}, fill: map[string]string{"A": "36.5"}, field: "position.longitude"},
		"longitude before latitude":           {rows: [][]any{{"Name", "Long", "Lat"}, {"A", "36.5", "-1.5"}}, names: []string{"A"}, fill: map[string]string{"A": "-1.5"}, field: "position.latitude"},
		"words for nothing":                   {rows: [][]any{{"Name", "Phone"}, {"A", "Not Set"}, {"B", "NIL"}, {"C", "-"}, {"D", "[]"}, {"E", "None"}}, names: []string{"A", "B", "C", "D", "E"}, fill: map[string]string{"A": "", "C": ""}, field: "telecom", rules: map[string]int{}},
		"spaces of every sort":                {rows: [][]any{{"Name", "District"}, {"A", "Nkhata\u00a0Bay"}, {"B", " Nkhata  Bay "}, {" C\u00a0", "Nkhata-Bay"}}, names: []string{"A", "B", "C"}, areas: 1},
		"districts with the word for it":      {rows: [][]any{{"Name", "District"}, {"A", "Nkhata-Bay"}, {"B", "Nkhata Bay District"}, {"C", "NKHATA BAY"}}, names: []string{"A", "B", "C"}, areas: 1, rules: map[string]int{"area-spellings": 1}},
		"HTML entities":                       {rows: [][]any{{"Name", "District"}, {"Mother &amp; Child", "Kila"}}, names: []string{"Mother & Child"}},
		"two telephones in one cell":          {rows: [][]any{{"Name", "Phone"}, {"A", "0712000001/0754000002"}}, names: []string{"A"}, fill: map[string]string{"A": "2"}, field: "telecom.#"},
		"code in the column of latitudes":     {rows: [][]any{{"Name", "Latitude", "Longitude"}, {"A", "110640-2", "110640-2"}, {"B", "-1.5", "36.5"}}, names: []string{"A", "B"}, rules: map[string]int{"position-invalid": 2}},
		"type spelled in several ways":        {rows: [][]any{{"Name", "Facility type"}, {"A", "Health Centre"}, {"B", "health centre"}, {"C", "HEALTH-CENTRE"}}, names: []string{"A", "B", "C"}, fill: map[string]string{"B": "health-centre", "C": "health-centre"}, field: "type.1.coding.0.code"},
		"code twice, code None":               {rows: [][]any{{"Code", "Name"}, {"7", "A"}, {"7", "B"}, {"None", "C"}}, names: []string{"C"}, rules: map[string]int{"id-shared": 2, "id-missing": 1}},
		"dates in words and both orders":      {rows: [][]any{{"Name", "Date opened"}, {"A", "Oct 25th 17"}, {"B", "25/12/2017"}, {"C", "3/4/2017"}, {"D", "2017"}}, names: []string{"A", "B", "C", "D"}, rules: map[string]int{}},
		"date that can be read twice":         {rows: [][]any{{"Name", "Date opened"}, {"A", "3/4/2017"}}, names: []string{"A"}, rules: map[string]int{"date-ambiguous": 1}},
		"headings again on every page":        {rows: [][]any{{"Name", "District"}, {"A", "Kila"}, {"Name", "District"}, {"B", "Kila"}}, names: []string{"A", "B"}, areas: 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			r := run(t, env, importers.Request{File: text(t, tc.rows)})
			if r.Of("facilities").Create != len(tc.names) || tc.areas > 0 && r.Of("areas").Create != tc.areas {
				t.Errorf("%+v, want %d facilities in %d areas; issues %v", r.Counts, len(tc.names), tc.areas, rules(r))
			}
			for _, n := range tc.names {
				l := find(t, env, "Location", n)
				if want, ok := tc.fill[n]; ok && l.Field(tc.field).String() != want {
					t.Errorf("%s of %s is %s, want %s", tc.field, n, l.Field(tc.field), want)
				}
			}
			if tc.rules != nil {
				got := rules(r)
				delete(got, "position-missing")
				if diff := cmp.Diff(tc.rules, got); diff != "" {
					t.Errorf("issues (-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestMessManySheetsOneHidden(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	path := filepath.Join(t.TempDir(), "list.xlsx")
	f := excelize.NewFile()
	defer f.Close()
	set := func(sheet, at string, row ...any) {
		if err := f.SetSheetRow(sheet, at, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Secret", "Facilities"} {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	set("Sheet1", "A1", "Read me first")
	set("Secret", "A1", "Name", "District", "Latitude", "Longitude", "Phone")
	set("Secret", "A2", "Hidden", "Kila", -1.5, 36.5, "0712000001")
	set("Facilities", "A1", "Name", "District")
	set("Facilities", "A2", "A", "Kila")
	set("Facilities", "A3", "B")
	if err := f.MergeCell("Facilities", "B2", "B3"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetSheetVisible("Secret", false); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	env := newEnv(t)
	r := run(t, env, importers.Request{File: path})
	hidden := slices.ContainsFunc(r.Sheets, func(s importers.SheetChoice) bool { return s.Name == "Secret" && s.Hidden && !s.Chosen })
	if r.Sheet != "Facilities" || !hidden || r.Of("areas").Create != 1 {
		t.Errorf("sheet %q of %+v, %+v", r.Sheet, r.Sheets, r.Counts)
	}
	if a, b := find(t, env, "Location", "A"), find(t, env, "Location", "B"); a.Field("partOf.reference").Str != b.Field("partOf.reference").Str {
		t.Error("the merged district is not that of the second facility")
	}
}

// A type of facility in the column of owners is told and kept as text, and no owner is made of it.
func TestMessTypeInTheColumnOfOwners(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	rows := [][]any{{"Facility code", "Name", "Facility type", "Ownership"}}
	for n := range 24 {
		rows = append(rows, []any{fmt.Sprintf("F-%d", n), fmt.Sprintf("Amani %d", n), "Level 2 site", []string{"Government", "Mission"}[n%2]})
	}
	owners := map[string]int{"Clinic": 1, "ZAHANATI": 2, "Level 2 site": 3, "Mission hospital": 4, "Private": 5, "CHC": 6, "District Health Office": 7, "Community": 8}
	for text, n := range owners {
		rows[n][3] = text
	}
	env := newEnv(t)
	var found []string
	list := text(t, rows)
	r := run(t, env, importers.Request{File: list, Issues: func(i *importers.Issue) error {
		found = append(found, fmt.Sprintf("%s in row %d of %s: %s", i.Rule, i.Row, i.Column, i.Value))
		return nil
	}})
	slices.Sort(found)
	want := []string{"owner-is-type in row 2 of Ownership: Clinic", "owner-is-type in row 3 of Ownership: ZAHANATI", "owner-is-type in row 4 of Ownership: Level 2 site"}
	if diff := cmp.Diff(want, found); diff != "" || r.Of("facilities").Create != 24 {
		t.Errorf("findings (-want +got):\n%s%+v", diff, r.Counts)
	}
	var codes []string
	for _, c := range query(t, env, "CodeSystem", "url", "urn:masjala:facility-ownership")[0].Field("concept.#.display").Array() {
		codes = append(codes, c.Str)
	}
	slices.Sort(codes)
	if diff := cmp.Diff([]string{"CHC", "Community", "District Health Office", "Government", "Mission", "Mission hospital", "Private"}, codes); diff != "" {
		t.Errorf("owners (-want +got):\n%s", diff)
	}
	if got := find(t, env, "Organization", "Amani 0").Field("type.2").Raw; got != `{"text":"Clinic"}` {
		t.Errorf("the owner is %s", got)
	}
	if r := run(t, env, importers.Request{File: list}); r.Of("facilities").Unchanged != 24 || rules(r)["owner-is-type"] != 3 {
		t.Errorf("the second time: %+v, findings %v", r.Counts, rules(r))
	}
	unchanged(t, env, export(t, env, "out.csv"), 24)
}

// An area with the mark of a council, an office or the province may be the one without: that is told, decided once and
// remembered. Two councils of one name stay two.
func TestMessAreasWithMarks(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	rows := [][]any{{"Name", "Province", "District"}}
	for n := range 24 {
		rows = append(rows, []any{fmt.Sprintf("Amani %d", n), []string{"Eastern Cape", "North"}[n%2], []string{"Buffalo City", "Kilosa"}[n%2]})
	}
	want := []string{}
	for _, marked := range []string{"Kilosa DC", "Kilosa-DHO", "Kilosa TC", "no Kilosa", "Mbeya DC", "Mbeya CC", "Kilosa District", "ec Buffalo City"} {
		province := map[bool]string{true: "Eastern Cape", false: "North"}[marked == "ec Buffalo City"]
		rows = append(rows, []any{"Beta " + marked, province, marked})
		if !strings.HasPrefix(marked, "Mbeya") && marked != "Kilosa District" {
			want = append(want, fmt.Sprintf("%s in row %d", marked, len(rows)))
		}
	}
	slices.Sort(want)
	var found []string
	run(t, newEnv(t), importers.Request{File: text(t, rows), DryRun: true, Issues: func(i *importers.Issue) error {
		if i.Rule == "area-near" {
			found = append(found, fmt.Sprintf("%s in row %d", i.Value, i.Row))
		}
		return nil
	}})
	slices.Sort(found)
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("areas that may be others (-want +got):\n%s", diff)
	}
}

func TestMessOfficesAndSchoolsAmongFacilities(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	req := importers.Request{File: text(t, [][]any{{"Name", "Facility type"}, {"A", "Clinic"}, {"B", "SCHOOL"}, {"C", "District  Directorate"}, {"D", ""}})}
	m, err := facilities.Propose(req)
	if err != nil {
		t.Fatal(err)
	}
	m.Columns[1].Skip = []string{"School", "District directorate"}
	req.Map = m
	env := newEnv(t)
	r := run(t, env, req)
	if c := r.Of("facilities"); c.Create != 2 || r.Skipped != 2 || r.Rows != 4 || len(named(t, env, "Location", "B")) != 0 {
		t.Errorf("%+v of %d rows, %d left out; want A and D of 4", c, r.Rows, r.Skipped)
	}
}
