package facilities_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/internal/testutil"
)

// whoList is the largest real list: 98,745 rows without a single identifier. The workbook
// and the text hold the same rows.
func whoList(t testing.TB, name string) string {
	return filepath.Join(testutil.Reference(t), "data/facility/who-ssa-2019", name)
}

const (
	whoBook = "who_ssa_facilities_converted.xlsx"
	whoText = "who_ssa_facilities.csv.gz"
)

var whoFacilities = importers.Counts{What: "facilities", Create: 98742, Repeat: 3, Repeated: 6}

func TestWHOListIsUnderstood(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "FRF-8", "IMP-1")
	r := run(t, newEnv(t), importers.Request{File: whoList(t, whoText), DryRun: true})
	if diff := cmp.Diff(whoFacilities, r.Of("facilities")); diff != "" {
		t.Errorf("facilities (-want +got):\n%s", diff)
	}
	want := map[string]int{"position-missing": 2350, "position-sign": 1, "position-outside": 1, "repeat": 3, "area-spellings": 8, "area-near": 3, "code-near": 2, "spaces-odd": 2}
	if diff := cmp.Diff(want, rules(r)); diff != "" {
		t.Errorf("issues (-want +got):\n%s", diff)
	}
	got := map[string]int{}
	for _, c := range r.Columns {
		if c.Target == "name" {
			got["no-break spaces in names"], got["double or outer spaces in names"] = c.NoBreak, c.Spaces
		} else if c.Null > 0 {
			got[c.Target] = c.Null
		}
	}
	want = map[string]int{"no-break spaces in names": 668, "latitude": 2350, "longitude": 2350, "ownership": 30448}
	want["double or outer spaces in names"] = got["double or outer spaces in names"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the list writes for nothing, and its spaces (-want +got):\n%s", diff)
	}
	if got := r.Of("areas").Create; got != 656 {
		t.Errorf("%d areas, want 656: 49 countries and 607 areas within them, of 619 spellings", got)
	}
	if diff := cmp.Diff([]string{"LL source"}, r.Unmapped); diff != "" {
		t.Errorf("columns not used (-want +got):\n%s", diff)
	}
}

// TestWHOListIsImported is the promise of docs/benchmarks.md; it takes a minute or two, so
// it runs under make acceptance only.
func TestWHOListIsImported(t *testing.T) {
	if os.Getenv("MASJALA_ACCEPTANCE") == "" {
		t.Skip("runs with MASJALA_ACCEPTANCE=1")
	}
	env := newEnv(t)
	r := run(t, env, importers.Request{File: whoList(t, whoBook)})
	t.Logf("first import: %.1f s, peak %s", r.Seconds, peak(t))
	if diff := cmp.Diff(whoFacilities, r.Of("facilities")); diff != "" {
		t.Errorf("facilities (-want +got):\n%s", diff)
	}
	if r.Seconds > 60 {
		t.Errorf("the import took %.1f s, want at most 60", r.Seconds)
	}
	r = run(t, env, importers.Request{File: resaved(t, whoList(t, whoBook))})
	t.Logf("shuffled copy: %.1f s, peak %s", r.Seconds, peak(t))
	if c := r.Of("facilities"); c.Create+c.Update+c.Conflict > 0 || c.Unchanged != whoFacilities.Create {
		t.Errorf("a shuffled copy: %+v", c)
	}
	if r.Seconds > 45 {
		t.Errorf("the second import took %.1f s, want at most 45", r.Seconds)
	}
	if got := named(t, env, "Location", "Hospital Barra Do Dande"); len(got) != 1 || got[0].Field("partOf.reference").Str == "" {
		t.Errorf("the first facility of the list: %v", got)
	}
}

// resaved writes the first sheet of a workbook to a new one, the rows in another order.
func resaved(t testing.TB, path string) string {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := f.GetRows(f.GetSheetList()[0], excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]any, len(all))
	for i, r := range all {
		for _, c := range r {
			rows[i] = append(rows[i], c)
		}
	}
	return workbook(t, shuffled(rows, 2026))
}

// peak is the most memory this process has had, as the system counts it.
func peak(t testing.TB) string {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			return strings.TrimSpace(v)
		}
	}
	return "unknown"
}

func TestOtherRealLists(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "FRF-8")
	dir := filepath.Join(testutil.Reference(t), "data/facility")
	tests := map[string]struct {
		file    string
		rows    int
		create  int
		columns map[string]string // target: heading, of some
	}{
		"Kenya":                        {"kenya-kmhfl-nairobi-2025/facilities.csv", 1248, 1248, map[string]string{"id": "Code", "type": "Facility_type", "ownership": "Owner_type", "status": "Operation status"}},
		"Kenya as GeoJSON":             {"kenya-kmhfl-nairobi-2025/facilities.geojson", 1248, 1248, map[string]string{"id": "Code", "latitude": "latitude", "longitude": "longitude", "identifier": "Registration_number"}},
		"South African hospitals":      {"south-africa-dsfsi/hospitals_v1.csv", 899, 899, map[string]string{"longitude": "Long", "latitude": "Lat", "type": "Category"}},
		"South African public ones":    {"south-africa-dsfsi/public_hospitals.csv", 856, 851, map[string]string{"id": "ID"}},
		"South African health centres": {"south-africa-dsfsi/community_health_centres.csv", 287, 287, map[string]string{"type": "OrgUnitType", "contact": "ContactPerson"}},
		"South African ambulances":     {"south-africa-dsfsi/ems_stations.csv", 678, 678, nil},
		"KwaZulu-Natal":                {"south-africa-dsfsi/kzn_hospital_list.redacted.xlsx", 72, 72, map[string]string{"name": "NameOfHospital"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r := run(t, newEnv(t), importers.Request{File: filepath.Join(dir, tc.file), DryRun: true})
			if c := r.Of("facilities"); r.Rows != tc.rows || c.Create != tc.create {
				t.Errorf("%d rows, %+v; want %d rows and %d facilities; issues %v", r.Rows, c, tc.rows, tc.create, rules(r))
			}
			got := map[string]string{}
			for _, c := range r.Columns {
				got[c.Target] = c.Heading
			}
			for target, heading := range tc.columns {
				if got[target] != heading {
					t.Errorf("%s is taken from %q, want %q", target, got[target], heading)
				}
			}
			t.Logf("columns %v, unused %v, issues %v", got, r.Unmapped, rules(r))
		})
	}
}

func TestGzippedMap(t *testing.T) {
	t.Parallel()
	file := filepath.Join(testutil.Reference(t), "data/facility/healthsites-africa-2020/healthsites_africa.csv.gz")
	r := run(t, newEnv(t), importers.Request{File: file, DryRun: true})
	const blank, words = 7669, 4 // names that are empty, or a word such as "Unknown"
	if r.Rows != 56854 || rules(r)["name-missing"] != blank+words {
		t.Errorf("%d rows with issues %v, want 56854 rows, %d without a name", r.Rows, rules(r), blank+words)
	}
	t.Logf("%+v %v", r.Counts, rules(r))
}

func TestWebPageUnderTheNameOfAWorkbook(t *testing.T) {
	t.Parallel()
	testutil.Requirement(t, "FRF-8", "IMP-1")
	file := filepath.Join(testutil.Reference(t), "data/facility/tanzania-hfr-2022/All_Operating_Health_Facilities_in_Tanzania-2022-Apr-20.redacted.xls")
	r := run(t, newEnv(t), importers.Request{File: file, DryRun: true})
	if c := r.Of("facilities"); r.HeaderRow != 2 || r.Rows != 10209 || c.Create != 10209 {
		t.Errorf("headings in row %d, %d rows, %+v; want row 2, 10,209 rows and facilities; issues %v", r.HeaderRow, r.Rows, c, rules(r))
	}
	for _, c := range r.Columns {
		if c.Target == "id" && c.CheckDigit != "luhn" {
			t.Errorf("%+v, want numbers with Luhn digits", c)
		}
	}
	if got := rules(r); got["check-digit"] != 0 || got["position-sign"] < 15 || got["position-read"] < 15 {
		t.Errorf("issues %v, want no wrong check digit, minus signs lost, coordinates in other notations", got)
	}
}

func TestOldWorkbookWithTitlesAndFilterAboveTheHead(t *testing.T) {
	testutil.Requirement(t, "FRF-8", "IMP-1")
	file := filepath.Join(testutil.Reference(t), "data/facility/south-africa-dsfsi/district_health_barometer_2016_17.xls")
	r := run(t, newEnv(t), importers.Request{File: file, Sheet: "Hospitals", DryRun: true})
	if r.HeaderRow != 8 || r.Rows != 15 || r.Of("facilities").Create != 9 {
		t.Errorf("headings in row %d, %d rows, %+v; want row 8, 15 rows and 9 hospitals; columns %+v", r.HeaderRow, r.Rows, r.Counts, r.Columns)
	}
}
