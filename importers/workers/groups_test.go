package workers_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/workers"
	"masjala/internal/testutil"
)

// Columns of a second licence are told by a number or an ordinal in the heading, wherever it stands.
func TestRepeatedLicences(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "HRH-2")
	tests := map[string]string{ // headings of number, issuer and last day of two licences
		"number inside":       "Licence 1 number,Licence 1 issuer,Licence 1 valid until,Licence 2 number,Licence 2 issuer,Licence 2 valid until",
		"number behind":       "Licence number 1,Council 1,Licence expiry date 1,Licence number 2,Council 2,Licence expiry date 2",
		"number in brackets":  "Licence number,Council,Expiry date,Licence number (2),Council (2),Expiry date (2)",
		"number in front":     "1. Licence number,1. Council,1. Expiry date,2. Licence number,2. Council,2. Expiry date",
		"written together":    "LicenceNumber1,Council1,ExpiryDate1,LicenceNumber2,Council2,ExpiryDate2",
		"ordinals":            "First licence number,First licence issuer,First licence expiry date,2nd licence number,2nd licence issuer,2nd licence expiry date",
		"ordinals in words":   "First licence,First licence issuer,First licence expiry date,Second licence,Second licence issuer,Second licence expiry date",
		"the same twice":      "Licence number,Council,Expiry date,Licence number,Council,Expiry date",
		"numbers with a gap":  "Licence number,Council,Expiry date,Licence number 5,Council 5,Expiry date 5",
		"second one first":    "Licence number 2,Council 2,Expiry date 2,Licence number 7,Council 7,Expiry date 7",
		"French":              "Numéro de licence,Ordre,Date d'expiration,Numéro de la deuxième licence,2e ordre,Date d'expiration (2)",
		"French, numbered":    "Licence n° 1,Licence 1 émetteur,Licence 1 valable jusqu'au,Licence n° 2,Licence 2 émetteur,Licence 2 valable jusqu'au",
		"Portuguese":          "Número da licença,Ordem,Data de validade,Segunda licença número,Segunda ordem,Data de validade 2",
		"Spanish":             "Número de licencia 1º,Colegio 1º,Fecha de vencimiento 1º,Número de licencia 2º,Colegio 2º,Fecha de vencimiento 2º",
		"Swahili":             "Namba ya leseni ya kwanza,Baraza la kwanza,Mwisho wa leseni ya kwanza,Namba ya leseni ya pili,Baraza la pili,Mwisho wa leseni ya pili",
		"Arabic":              "رقم الترخيص الأول,الجهة المرخصة الأولى,تاريخ انتهاء الترخيص الأول,رقم الترخيص الثاني,الجهة المرخصة الثانية,تاريخ انتهاء الترخيص الثاني",
		"Arabic, numbered":    "رقم الترخيص ١,الجهة المرخصة ١,تاريخ انتهاء الترخيص ١,رقم الترخيص ٢,الجهة المرخصة ٢,تاريخ انتهاء الترخيص ٢",
		"as an export has it": "Licence number [urn:masjala:id:x],Council,Licence expiry date,Licence number 2 [urn:masjala:id:x],Council 2,Licence expiry date 2",
	}
	for name, head := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			r := run(t, e, "Staff number,Surname,"+head+"\nE-1,Bora,RN-100,Nursing Council,2027-01-31,MW-200,Midwives Board,2028-02-29\n")
			if r.Of("workers").Create != 1 || len(r.Unmapped) > 0 || len(r.Issues) > 0 {
				t.Fatalf("%+v, columns %v without a meaning, findings %+v", r.Counts, r.Unmapped, r.Issues)
			}
			if diff := cmp.Diff([]string{"RN-100 Nursing Council 2027-01-31", "MW-200 Midwives Board 2028-02-29"}, licencesOf(t, e)["Bora"]); diff != "" {
				t.Errorf("licences (-want +got):\n%s", diff)
			}
			for _, p := range current(t, e, "Practitioner") {
				if q := p.Field("qualification.#.identifier.0.system").Array(); len(q) != 2 || q[0].Str == "" || q[0].Str != q[1].Str {
					t.Errorf("the numbers are of the systems %v, want one", q)
				}
			}
			for _, name := range []string{"out.xlsx", "out.csv"} {
				unchanged(t, e, export(t, e, name), 1)
			}
		})
	}
}

// licencesOf lists the licences of everybody: number, issuer and last day, by family name.
func licencesOf(t *testing.T, e importers.Env) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, p := range current(t, e, "Practitioner") {
		for _, q := range p.Field("qualification").Array() {
			name := p.Field("name.0.family").Str
			out[name] = append(out[name], strings.TrimSpace(fmt.Sprintf("%s %s %s", q.Get("identifier.0.value").Str, q.Get("issuer.display").Str, q.Get("period.end").Str)))
		}
	}
	return out
}

// Headings with a number that are no repeated group stay what they are.
func TestNumbersInHeadingsThatAreNoGroups(t *testing.T) {
	e := env(t)
	r := run(t, e, "Staff number,First name,Second name,Surname,Phone 1,Phone 2,Date of first appointment,Date of appointment,Licence type,Licence status,Job title\n"+
		"E-1,Asha,Mary,Bora,+254712000001,+254712000002,2001-01-01,2020-01-01,Level 2,Active,Nurse\n")
	if diff := cmp.Diff([]string{"Date of first appointment", "Licence status"}, r.Unmapped); diff != "" {
		t.Errorf("columns without a meaning (-want +got):\n%s", diff)
	}
	for _, p := range current(t, e, "Practitioner") {
		if p.Field("name.0.given").Raw != `["Asha","Mary"]` || len(p.Field("telecom").Array()) != 2 || p.Field("qualification.#.code.text").Raw != `["Level 2"]` {
			t.Errorf("the person is %s", p.Body)
		}
	}
	for _, role := range current(t, e, "PractitionerRole") {
		if got := role.Field("period.start").Str; got != "2020-01-01" {
			t.Errorf("the post begins %s", got)
		}
	}
}

// A row may tell of several posts.
func TestRepeatedPosts(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "HRH-2")
	e := env(t)
	list := "Staff number,Surname,Job title,Facility code,Start date,Second job title,Facility code (2),Start date (2)\n" +
		"E-1,Bora,Nurse,100,2020-01-01,Midwife,200,2021-01-01\nE-2,Juma,Nurse,100,2020-01-01,,,\nE-3,Otieno,Nurse,100,2020-01-01,Nurse,100,2020-01-01\nE-1,Bora,Clinical officer,300,2022-01-01,,,\nE-4,Zuri,,,,Midwife,200,\n"
	r := run(t, e, list)
	if c := r.Of("workers"); c.Create != 4 || c.Repeat != 0 || len(r.Unmapped) > 0 {
		t.Errorf("%+v, columns %v without a meaning", c, r.Unmapped)
	}
	posts := func() map[string][]string {
		names, out := map[string]string{}, map[string][]string{}
		for _, p := range current(t, e, "Practitioner") {
			names[p.Ref()] = p.Field("name.0.family").Str
		}
		for _, role := range current(t, e, "PractitionerRole") {
			name := names[role.Field("practitioner.reference").Str]
			out[name] = append(out[name], role.Field("code.0.text").Str+" "+role.Field("location.0.reference").Str+" "+role.Field("period.start").Str)
			slices.Sort(out[name])
		}
		return out
	}
	want := map[string][]string{"Bora": {"Clinical officer Location/l3 2022-01-01", "Midwife Location/l2 2021-01-01", "Nurse Location/l1 2020-01-01"},
		"Juma": {"Nurse Location/l1 2020-01-01"}, "Otieno": {"Nurse Location/l1 2020-01-01"}, "Zuri": {"Midwife Location/l2 "}}
	if diff := cmp.Diff(want, posts()); diff != "" {
		t.Errorf("posts (-want +got):\n%s", diff)
	}
	e.Now = func() time.Time { return time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC) }
	if r := run(t, e, list); r.Of("workers").Unchanged != 4 || r.Of("workers").Update+r.Of("workers").Create > 0 {
		t.Errorf("the second time: %+v", r.Counts)
	}
	unchanged(t, e, export(t, e, "out.xlsx"), 4)
}

// A second post written into an exported row, which is about one, is told and not lost silently.
func TestSecondPostInAnExportedRow(t *testing.T) {
	e := env(t)
	put(t, e, rich...)
	path := changedList(t, e, func(head []string, rows [][]string) [][]string { return rows })
	path = importtest.Changed(t, path, func(head []string, rows [][]string) [][]string {
		at := slices.Index(head, "Licence issue date")
		head[at] = "Cadre 2"
		for _, row := range rows {
			if row[at] = ""; row[2] == "r2" {
				row[at] = "Midwife"
			}
		}
		return rows
	})
	r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"post-beside": 1}, rules(r)); diff != "" || r.Issues[0].First[0].Column != "Cadre 2" {
		t.Errorf("%s, %+v, findings %+v", diff, r.Counts, r.Issues)
	}
}

// What an exported list says otherwise of one licence changes that one alone.
func TestChangesOfOneLicence(t *testing.T) {
	more := strings.Replace(rich[0], `{"code":{"text":"second"}}`,
		`{"identifier":[{"use":"official","system":"urn:board","value":"77"}],"code":{"text":"second"},"period":{"end":"2030"}},{"identifier":[{"system":"urn:other","value":"5"}],"code":{"text":"third"}}`, 1)
	tests := map[string]struct{ heading, value, from, to string }{
		"the last day":        {"Licence expiry date 2", "2031", `"end":"2030"`, `"end":"2031"`},
		"the number":          {"Licence number 2 [urn:board]", "78", `"value":"77"`, `"value":"78"`},
		"a new issuer":        {"Council 3", "Board", `"code":{"text":"third"}}`, `"code":{"text":"third"},"issuer":{"display":"Board"}}`},
		"the kind of another": {"Licence type 3", "fourth", `"text":"third"`, `"text":"fourth"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			put(t, e, append([]string{more}, rich[1:]...)...)
			want := strings.Replace(stored(t, e, "Practitioner/p1"), tc.from, tc.to, 1)
			r, err := workers.Run(t.Context(), e, importers.Request{File: editedList(t, e, "r1", tc.heading, tc.value), Actor: "test"})
			if err != nil || r.Errors+r.Warnings+r.Infos > 0 {
				t.Fatalf("%v, findings %+v", err, r)
			}
			if diff := cmp.Diff(want, stored(t, e, "Practitioner/p1")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			unchanged(t, e, export(t, e, "again.xlsx"), 2)
		})
	}
}

// TestMessRepeatedGroupsInjected spoils seeded cells of groups of columns: what is found are these cells.
func TestMessRepeatedGroupsInjected(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "HRH-2")
	head := strings.Split("Staff number,Surname,Licence 1 number,Licence 1 valid from,Licence 1 valid until,Licence 2 number,Licence 2 valid from,Licence 2 valid until", ",")
	kinds := map[string]struct {
		column     int
		text, rule string
		at         int // the column that is found
		left       int // licences that the person keeps
	}{
		"no day":                       {7, "2027-02-31", "date-unreadable", 7, 2},
		"day that can be read twice":   {6, "3/4/2021", "date-ambiguous", 6, 2},
		"end before the start":         {7, "2001-01-01", "dates-reversed", 7, 2},
		"licence without a number":     {5, "", "licence-unnamed", 5, 1},
		"digits lost":                  {5, "1.23E+11", "digits-lost", 5, 2},
		"first licence, no day":        {4, "2027-13-01", "date-unreadable", 4, 2},
		"first licence, no number":     {2, "NA", "licence-unnamed", 2, 1},
		"letters decoded wrongly":      {5, "RÃ©-7", "text-repaired", 5, 2},
		"nothing but another spelling": {7, "31.12.2029", "", 7, 2},
	}
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(2) {
				rows, want := [][]string{head}, map[string]int{}
				for n := range 40 {
					rows = append(rows, []string{fmt.Sprintf("E-%d", n), fmt.Sprintf("Bora%d", n), fmt.Sprintf("RN-%d", n), "2020-01-01", "2028-12-31", fmt.Sprintf("MW-%d", n), "2021-05-13", "2029-12-31"})
				}
				spoilt := rand.New(rand.NewPCG(seed, 7)).Perm(40)[:3]
				for _, n := range spoilt {
					if rows[n+1][kind.column] = kind.text; kind.rule != "" {
						want[fmt.Sprintf("%s in row %d of %s", kind.rule, n+2, head[kind.at])]++
					}
				}
				e := env(t)
				got := inCells(run(t, e, written(rows)))
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("seed %d: findings (-injected +found):\n%s", seed, diff)
				}
				licences := licencesOf(t, e)
				for n := range 40 {
					left := 2
					if slices.Contains(spoilt, n) {
						left = kind.left
					}
					if got := licences[fmt.Sprintf("Bora%d", n)]; len(got) != left {
						t.Errorf("seed %d: row %d has the licences %q, want %d", seed, n+2, got, left)
					}
				}
			}
		})
	}
}

// inCells counts the findings of a report by rule and cell.
func inCells(r *importers.Report) map[string]int {
	got := map[string]int{}
	for _, g := range r.Issues {
		for _, i := range g.First {
			got[fmt.Sprintf("%s in row %d of %s", i.Rule, i.Row, i.Column)]++
		}
	}
	return got
}

// A mapping says which columns belong together, and what is wrong with it is told.
func TestGroupsInAMapping(t *testing.T) {
	file := importtest.File(t, "staff.csv", []byte("Staff,Surname,Reg A,Until A,Reg B,Until B\nE-1,Bora,1,2027,2,2028\n"))
	column := func(heading, target string, group int) importers.Column {
		return importers.Column{Heading: heading, Target: target, Group: group, System: "urn:x"}
	}
	tests := map[string]struct {
		b     importers.Column
		says  string
		wants []string
	}{
		"a second group":  {b: column("Reg B", "licenceNumber", 2), wants: []string{"1  2027", "2  2028"}},
		"the same group":  {b: column("Reg B", "licenceNumber", 1), says: `columns "Reg A" and "Reg B" are both mapped to "licenceNumber", which can have one column only of each group`},
		"no such group":   {b: column("Reg B", "licenceNumber", -1), says: `the mapping puts column "Reg B" into group -1`},
		"what is no part": {b: column("Reg B", "email", 2), says: `columns of "email" cannot be repeated so`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			m := &importers.Mapping{Columns: []importers.Column{column("Staff", "identifier", 0), column("Surname", "family", 0), column("Reg A", "licenceNumber", 0), column("Until A", "licenceUntil", 0), tc.b, column("Until B", "licenceUntil", 2)}}
			_, err := workers.Run(t.Context(), e, importers.Request{File: file, Map: m, Actor: "test"})
			if tc.says != "" {
				if err == nil || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("%v, want %q", err, tc.says)
				}
				return
			}
			if diff := cmp.Diff(tc.wants, licencesOf(t, e)["Bora"]); err != nil || diff != "" {
				t.Errorf("%v, licences (-want +got):\n%s", err, diff)
			}
		})
	}
	m, err := workersMapping(t, file)
	if err != nil || strings.Contains(m, "group: 1") {
		t.Errorf("%v: %s", err, m)
	}
}

// workersMapping is the mapping that is proposed for a file, as YAML.
func workersMapping(t *testing.T, file string) (string, error) {
	t.Helper()
	req := importers.Request{File: filepath.Clean(file)}
	src, err := importers.Open(&req, "workers", workers.Targets)
	if err != nil {
		return "", err
	}
	defer src.Close()
	text, err := src.Mapping.YAML(workers.Targets)
	return string(text), err
}
