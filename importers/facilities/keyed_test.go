package facilities_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir/search"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/internal/testutil"
)

// edited exports all facilities and changes the rows of the list.
func edited(t *testing.T, env importers.Env, change func(head []string, rows [][]string) [][]string) string {
	t.Helper()
	return importtest.Changed(t, export(t, env, "out.csv"), change)
}

// set changes one cell of the row of an id.
func set(head []string, rows [][]string, id, heading, value string) {
	for _, r := range rows {
		if r[0] == id {
			r[slices.Index(head, heading)] = value
		}
	}
}

// body is the stored body of a resource.
func body(t *testing.T, env importers.Env, typ, id string) string {
	t.Helper()
	r, err := env.Store.Read(t.Context(), typ, id)
	if err != nil {
		t.Fatal(err)
	}
	return string(r.Body)
}

// What a list changes is changed, and nothing else, however much of a facility no cell shows.
func TestChangesInAnExportedList(t *testing.T) {
	tests := map[string]struct {
		heading, value string
		location       [2]string // what is replaced in the Location, by what
		organization   [2]string
	}{
		"name":             {"Facility name", "New", [2]string{`"=Post  \"1\",\nä"`, `"New"`}, [2]string{}},
		"one more digit":   {"Latitude", "-1.25001", [2]string{`-1.2500,`, `-1.25001,`}, [2]string{}},
		"the same number":  {"Latitude", "-1.25", [2]string{}, [2]string{}},
		"another alias":    {"Other name", "y", [2]string{`["-x",`, `["y",`}, [2]string{}},
		"no alias":         {"Other name", "", [2]string{`["-x","N/A"]`, `["N/A"]`}, [2]string{}},
		"an identifier":    {"Other code [urn:b]", "12", [2]string{`{"system":"urn:b","value":"NA"}`, `{"system":"urn:b","value":"12"}`}, [2]string{}},
		"no identifier":    {"Other code [urn:b]", "", [2]string{`,{"system":"urn:b","value":"NA"}`, ``}, [2]string{}},
		"the day":          {"Date opened", "2001-02-03", [2]string{}, [2]string{`"start":"1999-05"`, `"start":"2001-02-03"`}},
		"the day, written": {"Date opened", "1999/05", [2]string{}, [2]string{}},
		"town":             {"Town", "Stadt", [2]string{`"city":"Ville"`, `"city":"Stadt"`}, [2]string{}},
		"no town":          {"Town", "", [2]string{`"city":"Ville",`, ``}, [2]string{}},
		"no result":        {"Town", "#N/A", [2]string{}, [2]string{}},
		"a failed formula": {"Town", "#REF!", [2]string{}, [2]string{}},
		"a word for none":  {"Town", "NA", [2]string{`"city":"Ville"`, `"city":"NA"`}, [2]string{}},
		"no person":        {"Contact person", "", [2]string{}, [2]string{`,"contact":[{"purpose":{"text":"x"},"name":{"text":"@Anna"},"telecom":[{"system":"email","value":"a@example.org"}]}]`, ``}},
		"telephones":       {"Phone number", "+254 20 1; 0900111", [2]string{`"0800"`, `"0900111"`}, [2]string{}},
		"type": {"Facility type [urn:types]", "Clinic", [2]string{`{"coding":[{"system":"urn:types","version":"2","code":"HOSP","display":"Hospital"},{"system":"urn:old","code":"9"}],"text":"Big hospital"}`,
			`{"coding":[{"system":"urn:types","code":"clinic","display":"Clinic"}]}`}, [2]string{}},
		"area":     {"Level 1", "Land", [2]string{}, [2]string{}},
		"altitude": {"Altitude", "12", [2]string{`1700.50`, `12`}, [2]string{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			put(t, env, rich...)
			location, organization := body(t, env, "Location", "rich"), body(t, env, "Organization", "rich")
			path := edited(t, env, func(head []string, rows [][]string) [][]string {
				set(head, rows, "rich", tc.heading, tc.value)
				return rows
			})
			r := run(t, env, importers.Request{File: path})
			want := importers.Counts{What: facilities.Kind, Update: 1, Unchanged: 2}
			if tc.location == [2]string{} && tc.organization == [2]string{} {
				want = importers.Counts{What: facilities.Kind, Unchanged: 3}
			}
			if diff := cmp.Diff(want, r.Of(facilities.Kind)); diff != "" || r.Errors+r.Warnings > 0 {
				t.Errorf("counts differ: %s, findings %+v", diff, r.Issues)
			}
			for _, c := range []struct {
				typ, was string
				change   [2]string
			}{{"Location", location, tc.location}, {"Organization", organization, tc.organization}} {
				want := strings.Replace(c.was, c.change[0], c.change[1], 1)
				if c.change[0] == "" && c.change[1] != "" {
					want = strings.TrimSuffix(c.was, "}") + c.change[1] + "}"
				}
				if diff := cmp.Diff(want, body(t, env, c.typ, "rich")); diff != "" {
					t.Errorf("%s: %s", c.typ, diff)
				}
			}
			unchanged(t, env, export(t, env, "again.csv"), 3)
		})
	}
}

// A formula that failed takes nothing away, although another column of the same changes.
func TestFailedFormulaBesideAChange(t *testing.T) {
	tests := map[string]struct {
		failed, changed, value string
		want                   string // names, beds and areas
	}{
		"beds of another year":     {"Beds 2023", "Beds 2022", "21", "A; fr B; sw C | 2023 30; 2022 21 | Mlimani in Kilosa"},
		"name in another language": {"Facility name (fr)", "Facility name (sw)", "Kituo", "A; fr B; sw Kituo | 2023 30; 2022 20 | Mlimani in Kilosa"},
		"area above":               {"Level 1", "Level 2", "Bondeni", "A; fr B; sw C | 2023 30; 2022 20 | Bondeni in Kilosa"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			run(t, env, importers.Request{File: text(t, [][]any{{"Facility code", "Name", "Nom", "Jina", "District", "Ward", "Beds 2022", "Beds 2023"},
				{"F-1", "A", "B", "C", "Kilosa", "Mlimani", 20, 30}, {"F-2", "D", "", "", "Kilosa", "Bondeni", "", ""}})})
			path := edited(t, env, func(head []string, rows [][]string) [][]string {
				id := find(t, env, "Location", "A").ID
				set(head, rows, id, tc.failed, "#REF!")
				set(head, rows, id, tc.changed, tc.value)
				return rows
			})
			r := run(t, env, importers.Request{File: path})
			if r.Of(facilities.Kind).Update != 1 || len(r.Issues) > 0 {
				t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
			}
			l := find(t, env, "Location", "A")
			areas := areasOf(t, env)
			ward, err := env.Store.Read(t.Context(), "Location", strings.TrimPrefix(l.Field("partOf.reference").Str, "Location/"))
			if err != nil || len(areas) != 3 {
				t.Fatalf("areas %q, %v", areas, err)
			}
			if got := namesOf(l) + " | " + bedsOf(l) + " | " + ward.Field("name").Str + " in Kilosa"; got != tc.want {
				t.Errorf("the facility has %q, want %q", got, tc.want)
			}
		})
	}
}

// What was changed here since a list was written stays, and the rest of the row is taken.
func TestExportedListThatIsOld(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	put(t, env, rich...)
	path := edited(t, env, func(head []string, rows [][]string) [][]string {
		set(head, rows, "rich", "Town", "Stadt")
		set(head, rows, "rich", "Altitude", "12")
		set(head, rows, "bare", "Facility name", "Barer")
		return rows
	})
	put(t, env, strings.Replace(rich[3], `"city":"Ville"`, `"city":"Mji"`, 1), strings.Replace(rich[4], `"Bare"`, `"Barer"`, 1))
	r := run(t, env, importers.Request{File: path})
	want := importers.Counts{What: facilities.Kind, Conflict: 1, Unchanged: 2}
	if diff := cmp.Diff(want, r.Of(facilities.Kind)); diff != "" || len(r.Issues) != 1 || r.Issues[0].Rule != "conflict" {
		t.Errorf("%s, findings %+v", diff, r.Issues)
	}
	if got := body(t, env, "Location", "rich"); !strings.Contains(got, `"city":"Mji"`) || !strings.Contains(got, `"altitude":12}`) {
		t.Errorf("the facility is %s", got)
	}
}

// Rows that name what is not here, or the same twice, are not imported; a row without an id is new.
func TestRowsOfAnExportedListThatNameNothing(t *testing.T) {
	env := newEnv(t)
	put(t, env, rich...)
	path := edited(t, env, func(head []string, rows [][]string) [][]string {
		with := func(id, name string) []string {
			row := make([]string, len(head))
			row[0], row[1], row[2] = id, "v1", name
			return row
		}
		set(head, rows, "typed", "Facility name", "")
		return append(rows, with("none", "A"), with("bare", "B"), with("land", "C"), with("a/b", "D"), with("", "New"))
	})
	before := env.Store.Seq()
	r := run(t, env, importers.Request{File: path})
	want := importers.Counts{What: facilities.Kind, Create: 1, Unchanged: 2, Failed: 5}
	if diff := cmp.Diff(want, r.Of(facilities.Kind)); diff != "" {
		t.Errorf("%s, findings %+v", diff, r.Issues)
	}
	if diff := cmp.Diff(map[string]int{"masjala-id-unknown": 3, "masjala-id-shared": 1, "name-missing": 1}, errorsOf(r)); diff != "" {
		t.Error(diff)
	}
	if env.Store.Seq() != before+2 {
		t.Errorf("%d versions were written, want the two of the new facility", env.Store.Seq()-before)
	}
}

// errorsOf counts the errors of a report by rule.
func errorsOf(r *importers.Report) map[string]int {
	out := map[string]int{}
	for _, g := range r.Issues {
		if g.Severity == importers.Error {
			out[g.Rule] = g.Count
		}
	}
	return out
}

// A list with ids that no export wrote, such as one that came back marked, is imported as before; the
// id counts where nothing else tells which facility a row is.
func TestListWithIDs(t *testing.T) {
	env := newEnv(t)
	put(t, env, rich...)
	list := func(rows string) *importers.Report {
		return run(t, env, importers.Request{File: importtest.File(t, "marked.csv", []byte("Facility name,Town,Masjala id,Masjala status\n"+rows))})
	}
	if r := list("New name,,bare,updated\n"); r.Of(facilities.Kind).Update != 1 || r.Of(facilities.Kind).Create != 0 {
		t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
	}
	if got := body(t, env, "Location", "bare"); got != `{"name":"New name","partOf":{"reference":"Location/rich"}}` {
		t.Errorf("the facility is %s", got)
	}
	if r := list("Other,,none,\n"); r.Of(facilities.Kind).Failed != 1 || errorsOf(r)["masjala-id-unknown"] != 1 {
		t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
	}
	first := list("Brand new,Mji,,\n")
	if first.Of(facilities.Kind).Create != 1 {
		t.Fatalf("%+v", first.Counts)
	}
	id := strings.TrimPrefix(first.Samples[0].Resource, "Location/")
	if r := list("Brand new,Mji," + id + ",new\n"); r.Of(facilities.Kind).Unchanged != 1 {
		t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
	}
}

// What an exported list changed is taken back like any import.
func TestUndoOfAnExportedList(t *testing.T) {
	env := newEnv(t)
	put(t, env, rich...)
	was := body(t, env, "Location", "rich")
	r := run(t, env, importers.Request{File: edited(t, env, func(head []string, rows [][]string) [][]string {
		set(head, rows, "rich", "Town", "Stadt")
		return rows
	})})
	if body(t, env, "Location", "rich") == was {
		t.Fatal("nothing was changed")
	}
	if _, err := importers.Undo(t.Context(), env, importers.UndoRequest{Run: r.Run, Actor: "test"}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(was, body(t, env, "Location", "rich")); diff != "" {
		t.Error(diff)
	}
}

// A part of what is here, written out and imported again, says nothing of what it leaves out, and is not
// taken for the list that an office sent.
func TestExportedPartOfAList(t *testing.T) {
	env := newEnv(t)
	whole := importtest.File(t, "list.csv", []byte("Facility name,Facility code\nA,1\nB,2\nC,3\nD,4\n"))
	run(t, env, importers.Request{File: whole})
	var out bytes.Buffer
	x, err := facilities.Export(t.Context(), env.Store, importers.ExportRequest{To: &out, Format: "csv", Query: []search.Pair{{Name: "name", Value: "A,B,C"}}})
	if err != nil || x.Rows != 3 {
		t.Fatal(x, err)
	}
	if r := run(t, env, importers.Request{File: importtest.File(t, "list.csv", out.Bytes())}); r.Of(facilities.Kind).Unchanged != 3 || r.Missing != nil {
		t.Errorf("%+v, missing %+v", r.Counts, r.Missing)
	}
	less := importtest.File(t, "list.csv", []byte("Facility name,Facility code\nA,1\nB,2\nC,3\n"))
	if r := run(t, env, importers.Request{File: less}); r.Missing == nil || r.Missing.Count != 1 {
		t.Errorf("missing %+v, want the one that the list does not have any more", r.Missing)
	}
}

// A list that a spreadsheet program saved again changes nothing.
func TestExportedListSavedAgain(t *testing.T) {
	t.Parallel()
	office, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("there is no spreadsheet program on this machine")
	}
	env := newEnv(t)
	put(t, env, rich...)
	dir := t.TempDir()
	cmd := exec.Command(office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", dir, export(t, env, "out.xlsx"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the spreadsheet program does not run here: %v\n%s", err, text)
	}
	unchanged(t, env, filepath.Join(dir, "out.xlsx"), 3)
}
