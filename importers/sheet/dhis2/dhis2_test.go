package dhis2_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers/sheet/dhis2"
	"masjala/importers/sheet/grid"
	"masjala/internal/testutil"
)

const export = `{"system":{"version":"2.40"},
"organisationUnitLevels":[{"level":1,"name":"National"},{"level":3,"name":"Facility"}],
"organisationUnits":[
 {"id":"top","name":"Exampland","path":"/top"},
 {"id":"dis","name":"Kila","parent":{"id":"top"}},
 {"id":"fac","code":"F1","name":"Kila Clinic","shortName":"Kila C","path":"/top/dis/fac","openingDate":"2001-02-03T00:00:00.000",
  "geometry":{"type":"Point","coordinates":[36.8,-1.29]},"attributeValues":[{"value":"x7","attribute":{"id":"att"}}]},
 {"id":"old","name":"Mto Clinic","path":"/top/dis/old","closedDate":"2020-01-01","featureType":"POINT","coordinates":"[1.5,2.5]"}],
"organisationUnitGroups":[{"id":"g1","name":"Clinic","organisationUnits":[{"id":"fac"},{"id":"old"}]},{"id":"g2","name":"Urban","organisationUnits":[{"id":"fac"}]}],
"organisationUnitGroupSets":[{"id":"s1","name":"Type","organisationUnitGroups":[{"id":"g1"}]}],
"attributes":[{"id":"att","name":"MFL number"}],
"optionSets":[{"id":"o","name":"Cadre"}],
"options":[{"code":"N","name":"Nurse","sortOrder":2,"optionSet":{"id":"o"}},{"code":"D","name":"Doctor","sortOrder":1,"optionSet":{"id":"o"}}]}`

func read(t *testing.T, b *dhis2.Book, sheet int) [][]string {
	t.Helper()
	src, err := b.Rows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := grid.Take(src.Next, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, r := range rows {
		out = append(out, r.Cells)
	}
	return out
}

func TestMetadata(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "IMP-4", "HMISF-5", "HMISF-6")
	b, err := dhis2.Open(strings.NewReader(export))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]grid.Info{{Name: "Facility"}, {Name: "Level 2"}, {Name: "National"}, {Name: "Cadre"}}, b.Sheets()); diff != "" {
		t.Fatalf("sheets (-want +got):\n%s", diff)
	}
	want := [][]string{
		{"uid", "code", "name", "short name", "opening date", "closed date", "contact person", "phone number", "email", "address", "url", "description",
			"Level 1", "Level 2", "status", "latitude", "longitude", "boundary", "Type", "other groups", "MFL number"},
		{"fac", "F1", "Kila Clinic", "Kila C", "2001-02-03", "", "", "", "", "", "", "", "Exampland", "Kila", "open", "-1.29", "36.8", "", "Clinic", "Urban", "x7"},
		{"old", "", "Mto Clinic", "", "", "2020-01-01", "", "", "", "", "", "", "Exampland", "Kila", "closed", "2.5", "1.5", "", "Clinic", "", ""},
	}
	if diff := cmp.Diff(want, read(t, b, 0)); diff != "" {
		t.Errorf("facilities (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"code", "name", "description"}, {"D", "Doctor", ""}, {"N", "Nurse", ""}}, read(t, b, 3)); diff != "" {
		t.Errorf("options (-want +got):\n%s", diff)
	}
}

func TestUnitsThatContradictEachOther(t *testing.T) {
	b, err := dhis2.Open(strings.NewReader(`{"organisationUnits":[{"id":"a","name":"A","parent":{"id":"b"}},{"id":"b","name":"B","parent":{"id":"a"}},
		{"id":"c","name":"C","parent":{"id":"gone"}},{"id":"a","name":"again"},{"name":"no id"},7]}`))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for i := range b.Sheets() {
		rows += len(read(t, b, i)) - 1
	}
	if rows != 3 {
		t.Errorf("%d units, want 3", rows)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct{ text, want string }{
		"half of it": {export[:400], "damaged or incomplete"},
		"no units":   {`{"organisationUnits":[],"indicators":[{"id":"x"}]}`, "without organisation units"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := dhis2.Open(strings.NewReader(tc.text)); fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want one sentence with %q", err, tc.want)
			}
		})
	}
}
