package workers_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/importtest"
	"masjala/importers/workers"
	"masjala/store"
)

// export writes everybody to a file of a name.
func export(t testing.TB, e importers.Env, name string) string {
	t.Helper()
	return importtest.Exported(t, e.Store, name, workers.Export)
}

// unchanged imports a list and fails the test unless it changes nothing and finds nothing.
func unchanged(t testing.TB, e importers.Env, path string, people int) {
	t.Helper()
	before := e.Store.Seq()
	r, err := workers.Run(t.Context(), e, importers.Request{File: path, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	want := importers.Counts{What: "workers", Unchanged: people}
	if diff := cmp.Diff(want, r.Of("workers")); diff != "" || r.Errors+r.Warnings+r.Infos > 0 || e.Store.Seq() != before {
		t.Errorf("%s: %s, findings %+v, changes %+v", filepath.Base(path), diff, r.Issues, r.Samples)
	}
}

// rich are people who came by the interface, with much that no table shows.
var rich = []string{
	`{"resourceType":"Practitioner","id":"p1","language":"sw","identifier":[{"use":"official","type":{"text":"x"},"system":"urn:nid","value":"007"},{"system":"urn:nid","value":"8"},{"value":"none"}],"active":false,"name":[{"use":"usual","family":"Short"},{"use":"official","text":"Dr =Anna Mary B","family":"=B","given":["Anna Mary","C"],"prefix":["Dr","Prof"],"suffix":["MD"]},{"use":"maiden","family":"Zuri"}],"telecom":[{"system":"phone","value":"+254700000001","use":"mobile"},{"system":"email","value":"a@example.org"},{"system":"email","value":"b@example.org"}],"address":[{"use":"work","line":["Box 1","x"],"city":"Mji","country":"KE"}],"gender":"female","birthDate":"1980-05","photo":[{"title":"x"}],"qualification":[{"identifier":[{"use":"official","system":"urn:council","value":"00012"}],"code":{"coding":[{"system":"urn:q","code":"MD","display":"Medical degree"}],"text":"MD"},"period":{"start":"2010","end":"2040-12-31"},"issuer":{"display":"Council"}},{"code":{"text":"second"}}],"communication":[{"text":"sw"}]}`,
	`{"resourceType":"PractitionerRole","id":"r1","active":true,"identifier":[{"value":"x"}],"period":{"start":"2020-01-01T00:00:00Z"},"practitioner":{"reference":"Practitioner/p1"},"organization":{"reference":"Organization/o9"},"code":[{"coding":[{"system":"http://example.org/cadres","code":"NUR"}],"text":"Sister"},{"text":"x"}],"specialty":[{"text":"ICU"}],"location":[{"reference":"Location/l1"},{"reference":"Location/l2"}],"availableTime":[{"allDay":true}]}`,
	`{"resourceType":"PractitionerRole","id":"r2","active":true,"practitioner":{"reference":"Practitioner/p1","display":"A"},"code":[{"text":"N/A"}]}`,
	`{"resourceType":"Practitioner","id":"p2","name":[{"text":"@only text"}]}`,
}

func TestExportOfPeopleChangesNothing(t *testing.T) {
	e := env(t)
	put(t, e, rich...)
	for _, name := range []string{"out.xlsx", "out.csv"} {
		unchanged(t, e, export(t, e, name), 2)
	}
}

// Telephone numbers come back as they went, with how they were written beside them.
func TestExportOfTelephonesOfPeopleChangesNothing(t *testing.T) {
	e := env(t)
	run(t, e, written([][]string{{"Registration number", "Surname", "Given name", "Country", "Phone"}, {"7", "Bora", "Asha", "Kenya", "0712 345 678 / O733-000001"}, {"8", "Otieno", "Mwita", "Kenya", "0712 000001/2"}}))
	beside := 0
	for _, p := range current(t, e, "Practitioner") {
		beside += strings.Count(string(p.Body), importers.OriginalText)
	}
	if beside != 2 {
		t.Fatalf("%d numbers are kept as they were written, want 2", beside)
	}
	for _, name := range []string{"out.xlsx", "out.csv"} {
		unchanged(t, e, export(t, e, name), 2)
	}
}

// What a list changes is changed, and nothing else.
func TestChangesInAnExportedListOfPeople(t *testing.T) {
	tests := map[string]struct {
		post, heading, value string
		resource             string
		from, to             string // what is replaced in it
		gone                 string // what goes from it
	}{
		"a name":        {"r1", "Family name", "New", "Practitioner/p1", `"=B"`, `"New"`, ""},
		"a telephone":   {"r2", "Phone number", "+254700000002", "Practitioner/p1", `+254700000001`, `+254700000002`, ""},
		"a number":      {"r1", "Staff number 2 [urn:nid]", "9", "Practitioner/p1", `"value":"8"`, `"value":"9"`, ""},
		"no number":     {"r1", "Staff number 2 [urn:nid]", "", "Practitioner/p1", `,{"system":"urn:nid","value":"8"}`, ``, ""},
		"a licence":     {"r1", "Licence number [urn:council]", "13", "Practitioner/p1", `00012`, `13`, ""},
		"a day":         {"r1", "Licence expiry date", "2041-01-01", "Practitioner/p1", `2040-12-31`, `2041-01-01`, ""},
		"the same day":  {"r1", "Licence expiry date", "31/12/2040", "", "", "", ""},
		"town":          {"r1", "Town", "Kijiji", "Practitioner/p1", `"Mji"`, `"Kijiji"`, ""},
		"a cadre":       {"r1", "Cadre", "Midwife", "PractitionerRole/r1", `{"coding":[{"system":"http://example.org/cadres","code":"NUR"}],"text":"Sister"}`, `{"text":"Midwife"}`, ""},
		"another place": {"r1", "Facility code", "200", "PractitionerRole/r1", `{"reference":"Location/l1"}`, `{"reference":"Location/l2","display":"Amani Clinic"}`, `"organization":{"reference":"Organization/o9"},`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			put(t, e, rich...)
			was := map[string]string{}
			for _, ref := range []string{"Practitioner/p1", "PractitionerRole/r1", "PractitionerRole/r2", "Practitioner/p2"} {
				was[ref] = stored(t, e, ref)
			}
			path := editedList(t, e, tc.post, tc.heading, tc.value)
			r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
			if err != nil || r.Errors+r.Warnings > 0 {
				t.Fatalf("%v, findings %+v", err, r)
			}
			for ref, body := range was {
				want := body
				if ref == tc.resource {
					want = strings.Replace(strings.Replace(body, tc.gone, "", 1), tc.from, tc.to, 1)
				}
				if diff := cmp.Diff(want, stored(t, e, ref)); diff != "" {
					t.Errorf("%s: %s", ref, diff)
				}
			}
			unchanged(t, e, export(t, e, "again.xlsx"), 2)
		})
	}
}

// stored is the body of a resource.
func stored(t *testing.T, e importers.Env, ref string) string {
	t.Helper()
	typ, id, _ := strings.Cut(ref, "/")
	r, err := e.Store.Read(t.Context(), typ, id)
	if err != nil {
		t.Fatal(err)
	}
	return string(r.Body)
}

// editedList exports everybody and changes one cell in the row of a post.
func editedList(t *testing.T, e importers.Env, post, heading, value string) string {
	t.Helper()
	return changedList(t, e, func(head []string, rows [][]string) [][]string {
		at := slices.Index(head, heading)
		if at < 0 {
			t.Fatalf("there is no column %q among %q", heading, head)
		}
		for _, row := range rows {
			if row[2] == post {
				row[at] = value
			}
		}
		return rows
	})
}

// changedList exports everybody and changes the rows of the list.
func changedList(t *testing.T, e importers.Env, change func(head []string, rows [][]string) [][]string) string {
	t.Helper()
	return importtest.Changed(t, export(t, e, "out.csv"), change)
}

// Rows of one person are brought into one record; a row without the id of a post tells of a new one.
func TestSeveralRowsOfAPerson(t *testing.T) {
	e := env(t)
	put(t, e, rich...)
	path := changedList(t, e, func(head []string, rows [][]string) [][]string {
		at := func(heading string) int { return slices.Index(head, heading) }
		for _, row := range rows {
			switch row[2] {
			case "r1":
				row[at("Town")] = "Kijiji"
			case "r2":
				row[at("Sex")] = "M"
			}
		}
		more := slices.Clone(rows[slices.IndexFunc(rows, func(r []string) bool { return r[2] == "r1" })])
		more[2], more[at("Cadre")], more[at("Facility code")], more[at("Facility name")] = "", "Midwife", "200", ""
		unknown := slices.Clone(rows[0])
		unknown[0] = "none"
		foreign := slices.Clone(rows[0])
		foreign[0], foreign[2] = "p2", "r1"
		return append(rows, more, unknown, foreign)
	})
	r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Of("workers"); c.Update != 1 || c.Unchanged != 1 || c.Create != 0 || c.Failed != 2 || c.Conflict != 0 {
		t.Errorf("%+v, findings %+v", c, r.Issues)
	}
	if got := stored(t, e, "Practitioner/p1"); !strings.Contains(got, `"city":"Kijiji"`) || !strings.Contains(got, `"gender":"male"`) {
		t.Errorf("the person is %s", got)
	}
	posts := 0
	if err := store.Each(t.Context(), e.Store, "PractitionerRole", func(r *fhir.Resource) error {
		if strings.Contains(string(r.Body), `"Practitioner/p1"`) {
			posts++
		}
		return nil
	}); err != nil || posts != 3 {
		t.Errorf("the person has %d posts, %v; want 3", posts, err)
	}
}

// Rows of one person that contradict each other change nothing, and are told.
func TestRowsOfAPersonThatDisagree(t *testing.T) {
	tests := map[string]struct {
		heading  string
		r1, more string // what the row of a post and another row of the person say
		post     string // of the other row
		says     string
	}{
		"the person": {"Town", "Kijiji", "Jiji", "r2", "different things (town)"},
		"the post":   {"Cadre", "Midwife", "Midwife", "r1", "both change one post"},
		"no dispute": {"Town", "Kijiji", "Kijiji", "r2", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			put(t, e, rich...)
			was := stored(t, e, "Practitioner/p1") + stored(t, e, "PractitionerRole/r1")
			path := changedList(t, e, func(head []string, rows [][]string) [][]string {
				at := slices.Index(head, tc.heading)
				if tc.post == "r1" {
					rows = append(rows, slices.Clone(rows[slices.IndexFunc(rows, func(r []string) bool { return r[2] == "r1" })]))
				}
				value := tc.r1
				for _, row := range rows {
					if row[2] == "r1" || row[2] == tc.post {
						row[at], value = value, tc.more
					}
				}
				return rows
			})
			r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
			if err != nil {
				t.Fatal(err)
			}
			same := stored(t, e, "Practitioner/p1")+stored(t, e, "PractitionerRole/r1") == was
			if tc.says == "" {
				if same || r.Of("workers").Update != 1 || len(r.Issues) != 0 {
					t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
				}
				return
			}
			if !same || r.Of("workers").Failed != 1 || len(r.Issues) != 1 || r.Issues[0].First[0].Row < 2 || !strings.Contains(r.Issues[0].First[0].Reason, tc.says) {
				t.Errorf("as before: %v, %+v, findings %+v", same, r.Counts, r.Issues)
			}
		})
	}
}

// A row that is added to a list is imported, though a row of the list changes somebody so that both
// say the same.
func TestRowAddedBesideAChangedOne(t *testing.T) {
	e := env(t)
	put(t, e, rich...)
	path := changedList(t, e, func(head []string, rows [][]string) [][]string {
		name := slices.Index(head, "Family name")
		added := make([]string, len(head))
		added[name] = "Juma"
		for _, row := range rows {
			if row[0] == "p2" {
				row[name] = "Juma"
			}
		}
		return append(rows, added)
	})
	r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Of("workers"); c.Update != 1 || c.Unchanged != 1 || c.Create != 1 {
		t.Errorf("%+v, findings %+v", c, r.Issues)
	}
}

// A list with ids that no export wrote is about the people of these ids.
func TestListOfPeopleWithIDs(t *testing.T) {
	e := env(t)
	put(t, e, rich...)
	list := func(row string) *importers.Report {
		path := importtest.File(t, "list.csv", []byte("Staff number,Family name,Given names,Sex,Masjala id\n"+row))
		r, err := workers.Run(t.Context(), e, importers.Request{File: path, Actor: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := list("E-1,Otieno,Mwita,M,p2\n"); r.Of("workers").Update != 1 || r.Of("workers").Create != 0 {
		t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
	}
	if got := stored(t, e, "Practitioner/p2"); !strings.Contains(got, `"family":"Otieno"`) || !strings.Contains(got, `"value":"E-1"`) {
		t.Errorf("the person is %s", got)
	}
	if r := list("E-2,Juma,Asha,F,none\n"); r.Of("workers").Failed != 1 || len(r.Issues) != 1 || r.Issues[0].Rule != "masjala-id-unknown" {
		t.Errorf("%+v, findings %+v", r.Counts, r.Issues)
	}
}
