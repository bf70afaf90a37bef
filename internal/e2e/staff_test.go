package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/internal/demo"
	"masjala/internal/testutil"
)

// staffNames reads first and family names of several countries from the reference folder.
func staffNames(t *testing.T) (families, givens []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testutil.Reference(t), "data", "facility", "person-names", "names_by_locale.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct{ First, Last map[string][]string }
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	for _, n := range all {
		for _, list := range n.First {
			givens = append(givens, list...)
		}
		for _, list := range n.Last {
			families = append(families, list...)
		}
	}
	slices.Sort(families)
	slices.Sort(givens)
	return slices.Compact(families), slices.Compact(givens)
}

// column returns the cells of one column below the head.
func column(t *testing.T, book, head string) []string {
	t.Helper()
	f, err := excelize.OpenFile(book)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	at := slices.Index(rows[0], head)
	out := make([]string, 0, len(rows))
	for _, row := range rows[1:] {
		out = append(out, row[at])
	}
	return out
}

// TestStaffWorkbook imports 20,000 rows of the 56-column layout that personnel offices keep:
// every post must be at the facility its row names, and every misspelt facility and cadre
// must be reported, nearly all with the name that was meant.
func TestStaffWorkbook(t *testing.T) {
	testutil.Requirement(t, "HWRF-12", "IMP-1", "IMP-2", "IMP-3", "HRH-8")
	const people, badFacilities, badCadres = 20_000, 40, 100
	families, givens := staffNames(t)
	dir, data := t.TempDir(), t.TempDir()
	files, err := demo.Write(dir, demo.Standard)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range files.Codes {
		masjala(t, "import", "codes", list, "--data", data)
	}
	masjala(t, "import", "facilities", files.Facilities, "--data", data)
	staff := filepath.Join(dir, "staff.xlsx")
	err = demo.WriteStaff(staff, demo.Staff{Rows: people, Seed: 7, Families: families, Givens: givens,
		Facilities: column(t, files.Facilities, "Facility Name"), Provinces: column(t, files.Facilities, "Region"),
		Cadres: []string{"Registered nurse", "Enrolled nurse", "Clinical officer", "Midwife", "Pharmacist"}, BadFacilities: badFacilities, BadCadres: badCadres})
	if err != nil {
		t.Fatal(err)
	}
	issues := filepath.Join(dir, "issues.csv")
	var report importers.Report
	if err := json.Unmarshal(masjala(t, "import", "workers", staff, "--data", data, "--json", "--issues", issues), &report); err != nil {
		t.Fatal(err)
	}
	if c := report.Of("workers"); c.Create != people || c.Failed != 0 {
		t.Errorf("got %+v, want %d created", c, people)
	}
	t.Logf("%d rows of %d columns in %.1f s", report.Rows, len(demo.StaffHead), report.Seconds)
	checkFindings(t, &report, map[string]int{"facility-unknown": people / badFacilities})
	checkValues(t, &report, people/badCadres)
	checkPosts(t, data, column(t, staff, "EmployeeNumber"), column(t, staff, "FacilityName"))
	var again importers.Report
	if err := json.Unmarshal(masjala(t, "import", "workers", staff, "--data", data, "--json"), &again); err != nil {
		t.Fatal(err)
	}
	if c := again.Of("workers"); c.Unchanged != people {
		t.Errorf("the same workbook again gave %+v", c)
	}
}

// checkFindings compares the findings with what was made wrong on purpose.
func checkFindings(t *testing.T, r *importers.Report, want map[string]int) {
	t.Helper()
	for _, g := range r.Issues {
		if g.Rule == "value-set-found" || g.Rule == "cadre-unknown" || g.Rule == "value-taken" {
			continue
		}
		if g.Count != want[g.Rule] {
			t.Errorf("%d issues %s, want %d", g.Count, g.Rule, want[g.Rule])
		}
		delete(want, g.Rule)
		near := 0
		for _, i := range g.First {
			if strings.Contains(i.Reason, "Did you mean") {
				near++
			}
		}
		if near < len(g.First)*9/10 {
			t.Errorf("%d of %d issues %s propose a name, want nine in ten: %+v", near, len(g.First), g.Rule, g.First[0])
		}
	}
	for rule := range want {
		t.Errorf("no issue %s", rule)
	}
}

// checkValues compares the cadres that are no codes with what was made wrong on purpose: so many
// rows, and nearly all with what was meant.
func checkValues(t *testing.T, r *importers.Report, want int) {
	t.Helper()
	rows, near := 0, 0
	for _, v := range r.Values {
		if v.Target == "cadre" && v.State != "" {
			rows += v.Rows
			if len(v.Candidates) > 0 {
				near += v.Rows
			}
		}
	}
	if rows != want || near < want*9/10 {
		t.Errorf("%d rows have cadres that are no codes, %d of them with what was meant, want %d", rows, near, want)
	}
}

// checkPosts reads every post back over REST and compares its facility with the row's.
func checkPosts(t *testing.T, data string, numbers, facilities []string) {
	t.Helper()
	base := start(t, data).base
	wanted := map[string]string{}
	for i, n := range numbers {
		wanted[n] = facilities[i]
	}
	right, missing := 0, 0
	for _, page := range walk(t, base+"/PractitionerRole?_count=1000&_include=PractitionerRole:practitioner") {
		number := map[string]string{}
		for _, e := range page.Get("entry").Array() {
			if r := e.Get("resource"); r.Get("resourceType").String() == "Practitioner" {
				for _, id := range r.Get("identifier").Array() {
					if strings.HasPrefix(id.Get("value").String(), "EMP") {
						number["Practitioner/"+r.Get("id").String()] = id.Get("value").String()
					}
				}
			}
		}
		for _, e := range page.Get("entry").Array() {
			r := e.Get("resource")
			if r.Get("resourceType").String() != "PractitionerRole" {
				continue
			}
			n := number[r.Get("practitioner.reference").String()]
			switch at := r.Get("location.0.display").String(); {
			case at == "":
				missing++
			case at == wanted[n]:
				right++
			default:
				t.Fatalf("%s works at %q, the row says %q", n, at, wanted[n])
			}
		}
	}
	if right+missing != len(numbers) || missing != len(numbers)/40 {
		t.Errorf("%d posts are at the right facility and %d at none, want %d in all and %d at none", right, missing, len(numbers), len(numbers)/40)
	}
}
