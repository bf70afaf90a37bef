package facilities_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/cell"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
)

// The tests TestMess… are named after rows of the catalogue of what real lists hold.

// positions returns the positions of facilities by name: "latitude longitude", "" for none.
func positions(t *testing.T, env importers.Env, names ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, n := range names {
		l := find(t, env, "Location", n)
		out[n] = place(l)
	}
	return out
}

func place(l *fhir.Resource) string {
	if !l.Field("position").Exists() {
		return ""
	}
	return l.Field("position.latitude").Raw + " " + l.Field("position.longitude").Raw
}

func TestMessCoordinatesInManyNotations(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	r := run(t, env, importers.Request{File: text(t, [][]any{
		{"Name", "District", "Latitude", "Longitude"},
		{"Plain", "Kila", "-6.79", "39.2"}, {"Letters", "Kila", "S-6.786433", "E39.167496"}, {"Mis-encoded", "Kila", "8.9064Â° S", "33.4996Â° E"},
		{"Comma", "Kila", "-6,5", "39,25"}, {"Other way round", "Kila", "39.2 E", "6.7 S"}, {"Both in one", "Kila", "-6.5, 39.5", ""},
		{"Nonsense", "Kila", "110640-2", "110640-2"}, {"Nowhere", "Kila", "Not Set", "Not Set"}, {"Guess", "Kila", "-6.19'31", "39.3'28"},
	})})
	want := map[string]string{"Plain": "-6.79 39.2", "Letters": "-6.786433 39.167496", "Mis-encoded": "-8.9064 33.4996", "Comma": "-6.5 39.25",
		"Other way round": "-6.7 39.2", "Both in one": "-6.5 39.5", "Nonsense": "", "Nowhere": "", "Guess": "-6.3252778 39.0577778"}
	if diff := cmp.Diff(want, positions(t, env, "Plain", "Letters", "Mis-encoded", "Comma", "Other way round", "Both in one", "Nonsense", "Nowhere", "Guess")); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"position-read": 6, "position-invalid": 2, "position-missing": 1}, rules(r)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

func TestMessBothCoordinatesInOneColumn(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	r := run(t, env, importers.Request{File: text(t, [][]any{{"Name", "GPSCoordinates"}, {"A", "-29.85, 31.02"}, {"B", `29°51'00"S 31°01'12"E`}, {"C", "by the river"}, {"D", ""}})})
	if diff := cmp.Diff(map[string]string{"A": "-29.85 31.02", "B": "-29.85 31.02", "C": "", "D": ""}, positions(t, env, "A", "B", "C", "D")); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	if got := rules(r); got["position-invalid"] != 1 || got["position-missing"] != 1 {
		t.Errorf("issues %v", got)
	}
}

func TestMessSwappedAndSignless(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	file := text(t, [][]any{{"Name", "Country", "Latitude", "Longitude"}, {"Good", "Kenya", "-1.29", "36.8"}, {"Swapped", "Kenya", "36.8", "-1.29"},
		{"Signless", "Tanzania", "6.79", "39.2"}, {"At sea", "Kenya", "-20", "80"}, {"No country", "Atlantis", "50", "8"}})
	r := run(t, env, importers.Request{File: file})
	want := map[string]string{"Good": "-1.29 36.8", "Swapped": "", "Signless": "", "At sea": "-20 80", "No country": "50 8"}
	if diff := cmp.Diff(want, positions(t, env, "Good", "Swapped", "Signless", "At sea", "No country")); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"position-swapped": 1, "position-sign": 1, "position-outside": 1}, rules(r)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
}

// TestMessListWithSwappedHeadings reads a real list whose two headings are exchanged.
func TestMessListWithSwappedHeadings(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	req := importers.Request{File: filepath.Join(testutil.Reference(t), "data/facility/kenya-kmhfl-nairobi-2025/facilities.csv"), DryRun: true, Actor: "test"}
	m, err := facilities.Propose(req)
	if err != nil {
		t.Fatal(err)
	}
	m.Under = []string{"Kenya"}
	req.Map = m
	if r := run(t, newEnv(t), req); rules(r)["position-swapped"] != 1248 {
		t.Errorf("issues %v, want 1,248 swapped positions", rules(r))
	}
	m.Swapped = true
	if r := run(t, newEnv(t), req); rules(r)["position-swapped"] != 0 || rules(r)["position-missing"] != 0 {
		t.Errorf("issues %v, want none about positions once the mapping says so", rules(r))
	}
}

func TestMessPhonesOfTheCountry(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	r := run(t, env, importers.Request{File: text(t, [][]any{{"Name", "Country", "Phone"}, {"A", "Tanzania", "0712 345 678 / +255713345678"}, {"B", "Tanzania", "O712345678"},
		{"C", "Tanzania", "071234567"}, {"D", "Tanzania", "0712345xxx"}, {"E", "Atlantis", "071234567"}, {"F", "Tanzania", "ask the clerk"}})})
	if got := rules(r)["phone-odd"]; got != 2 {
		t.Errorf("issues %v, want two odd telephones: C lacks a digit, F is none", rules(r))
	}
	want := map[string]string{
		"A": `[{"system":"phone","value":"+255712345678",` + written("0712 345 678") + `},{"system":"phone","value":"+255713345678"}]`,
		"B": `[{"system":"phone","value":"+255712345678",` + written("O712345678") + `}]`,
		"C": `[{"system":"phone","value":"071234567"}]`, "D": `[{"system":"phone","value":"0712345xxx"}]`,
		"E": `[{"system":"phone","value":"071234567"}]`, "F": `[{"system":"phone","value":"ask the clerk"}]`,
	}
	for name, telecom := range want {
		for _, typ := range []string{"Location", "Organization"} {
			if diff := cmp.Diff(telecom, find(t, env, typ, name).Field("telecom").Raw); diff != "" {
				t.Errorf("telecom of the %s of %s (-want +got):\n%s", typ, name, diff)
			}
		}
	}
	if got := rules(r)["phone-country"]; got != 1 {
		t.Errorf("issues %v, want one about the country of E's number", rules(r))
	}
}

// written is how a number was written, beside its value.
func written(text string) string {
	return `"_value":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/originalText","valueString":"` + text + `"}]}`
}

func TestMessCheckDigitWrong(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	rows := [][]any{{"Facility Code", "Name"}}
	for n := range 60 {
		code := fmt.Sprintf("%06d", 100_000+n*37)
		for d := range 10 {
			if full := fmt.Sprintf("%s-%d", code, d); cell.Verify(cell.Luhn, full) {
				rows = append(rows, []any{full, fmt.Sprintf("Clinic %d", n)})
			}
		}
	}
	good := run(t, newEnv(t), importers.Request{File: text(t, rows), DryRun: true})
	if good.Columns[0].CheckDigit != "luhn" || rules(good)["check-digit"] != 0 {
		t.Errorf("columns %+v, issues %v", good.Columns, rules(good))
	}
	rows[7][0] = "100186-0"
	bad := run(t, newEnv(t), importers.Request{File: text(t, rows), DryRun: true})
	for _, g := range bad.Issues {
		if g.Rule == "check-digit" && g.Count == 1 && g.First[0].Row == 8 && g.First[0].Value == "100186-0" {
			return
		}
	}
	t.Errorf("issues %+v, want one wrong check digit in row 8", bad.Issues)
}

func TestOrganisationUnitsOfDHIS2(t *testing.T) {
	testutil.Requirement(t, "IMP-4", "HMISF-5")
	path := filepath.Join(t.TempDir(), "metadata.json")
	units := `{"organisationUnits":[{"id":"ImspTQPwCqd","name":"Exampland","path":"/ImspTQPwCqd"},{"id":"O6uvpzGd5pu","name":"Kila","path":"/ImspTQPwCqd/O6uvpzGd5pu"},
		{"id":"DiszpKrYNg8","code":"OU_559","name":"Ngelehun Clinic","path":"/ImspTQPwCqd/O6uvpzGd5pu/DiszpKrYNg8","geometry":{"type":"Point","coordinates":[-11.4,8.1]},"closedDate":"2020-01-01"}],
		"organisationUnitGroups":[{"id":"g","name":"Clinic","organisationUnits":[{"id":"DiszpKrYNg8"}]}],"organisationUnitGroupSets":[{"id":"s","name":"Facility Type","organisationUnitGroups":[{"id":"g"}]}]}`
	if err := os.WriteFile(path, []byte(units), 0o600); err != nil {
		t.Fatal(err)
	}
	env := newEnv(t)
	r := run(t, env, importers.Request{File: path})
	l := find(t, env, "Location", "Ngelehun Clinic")
	got := []string{r.Sheet, l.Field("identifier.0.value").Str, l.Field("identifier.1.value").Str, place(l), l.Field("status").Str, l.Field("type.1.coding.0.display").Str}
	if diff := cmp.Diff([]string{"Level 3", "DiszpKrYNg8", "OU_559", "8.1 -11.4", "inactive", "Clinic"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	kila := find(t, env, "Location", "Kila")
	if l.Field("partOf.reference").Str != kila.Ref() || kila.Field("partOf.reference").Str != find(t, env, "Location", "Exampland").Ref() {
		t.Error("the units above are not the areas it lies in")
	}
}
