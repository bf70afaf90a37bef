package facilities_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/internal/testutil"
)

// offered lists the services of a facility, those that are inactive with a minus in front.
func offered(t *testing.T, env importers.Env, facility string) []string {
	t.Helper()
	out := []string{}
	for _, s := range query(t, env, "HealthcareService", "location", find(t, env, "Location", facility).Ref()) {
		name := s.Field("name").Str
		if !s.Field("active").Bool() {
			name = "-" + name
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func TestMessServicesInManyForms(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "IMP-2")
	tests := map[string][][]any{
		"several in a cell": {{"Name", "Services"}, {"A", "Laboratory; Maternity;laboratory"}, {"B", "Maternity;  NA"}, {"C", ""}, {"D", "NA"}},
		"commas":            {{"Name", "Services offered"}, {"A", "Laboratory, Maternity"}, {"B", "Maternity"}, {"C", "None"}, {"D", "Maternity, Laboratory"}},
		"repeated columns":  {{"Name", "Service 1", "Service 2"}, {"A", "Laboratory", "Maternity"}, {"B", "", "Maternity"}, {"C", "", ""}},
		"yes and no":        {{"Name", "Laboratory", "Maternity"}, {"A", "Yes", "x"}, {"B", "no", "Y"}, {"C", "N", ""}},
	}
	for name, rows := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t)
			r := run(t, env, importers.Request{File: text(t, rows)})
			got := map[string][]string{"A": offered(t, env, "A"), "B": offered(t, env, "B"), "C": offered(t, env, "C")}
			if diff := cmp.Diff(map[string][]string{"A": {"Laboratory", "Maternity"}, "B": {"Maternity"}, "C": {}}, got); diff != "" {
				t.Errorf("services (-want +got):\n%s; columns %+v", diff, r.Columns)
			}
			again := run(t, env, importers.Request{File: text(t, rows)})
			if c := again.Of("facilities"); c.Unchanged != len(rows)-1 {
				t.Errorf("the same list again: %+v", c)
			}
		})
	}
}

func TestServiceThatIsOfferedNoMore(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	list := func(services string) importers.Request {
		return importers.Request{File: text(t, [][]any{{"Code", "Name", "Services"}, {"7", "A", services}, {"8", "B", "X-ray;Laboratory"}, {"9", "C", "X-ray;Laboratory"}})}
	}
	run(t, env, list("Laboratory;Maternity"))
	s := query(t, env, "HealthcareService", "name", "Maternity")
	loc := find(t, env, "Location", "A")
	want := `{"active":true,"providedBy":{"reference":"` + loc.Field("managingOrganization.reference").Str + `"},"type":[{"coding":[{"system":"urn:masjala:facility-service","code":"maternity","display":"Maternity"}]}],` +
		`"location":[{"reference":"` + loc.Ref() + `"}],"name":"Maternity"}`
	if len(s) != 1 || string(s[0].Body) != want {
		t.Fatalf("the service (-want +got):\n%s", cmp.Diff(want, string(s[0].Body)))
	}
	run(t, env, list("Laboratory;Dental"))
	if diff := cmp.Diff([]string{"-Maternity", "Dental", "Laboratory"}, offered(t, env, "A")); diff != "" {
		t.Errorf("after the list with other services (-want +got):\n%s", diff)
	}
	run(t, env, importers.Request{File: text(t, [][]any{{"Code", "Name"}, {"7", "A Clinic"}})})
	if diff := cmp.Diff([]string{"-Maternity", "Dental", "Laboratory"}, offered(t, env, "A Clinic")); diff != "" {
		t.Errorf("after a list without services (-want +got):\n%s", diff)
	}
	run(t, env, list("Laboratory;Maternity;Dental"))
	if diff := cmp.Diff([]string{"Dental", "Laboratory", "Maternity"}, offered(t, env, "A")); diff != "" {
		t.Errorf("after it is offered again (-want +got):\n%s", diff)
	}
}

// A list says something only of the services that it lists or has a column for, and what somebody
// changed here of a service stays, in whatever order lists name them.
func TestServicesOfWhichAListSaysNothing(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Code", "Name", "Services"}, {"7", "A", "Laboratory;Maternity"}, {"8", "B", "Laboratory;X-ray"}})})
	s := query(t, env, "HealthcareService", "name", "Maternity")[0]
	put(t, env, strings.Replace(string(s.JSON()), `"name":"Maternity"`, `"name":"Maternity ward"`, 1))
	lists := []struct {
		rows [][]any
		want []string
	}{
		{[][]any{{"Code", "Name", "Laboratory"}, {"7", "A", "no"}, {"8", "B", "yes"}}, []string{"-Laboratory", "Maternity ward"}},
		{[][]any{{"Code", "Name"}, {"7", "A"}, {"8", "B"}}, []string{"-Laboratory", "Maternity ward"}},
		{[][]any{{"Code", "Name", "Services"}, {"7", "A", "Dental;Laboratory;Maternity"}, {"8", "B", "Laboratory;X-ray"}}, []string{"Dental", "Laboratory", "Maternity ward"}},
		{[][]any{{"Code", "Name", "Services"}, {"7", "A", "Dental;Laboratory"}, {"8", "B", "Laboratory;X-ray"}}, []string{"-Maternity ward", "Dental", "Laboratory"}},
	}
	for n, l := range lists {
		r := run(t, env, importers.Request{File: text(t, l.rows)})
		if diff := cmp.Diff(l.want, offered(t, env, "A")); diff != "" {
			t.Errorf("after list %d (-want +got):\n%s; issues %+v", n+1, diff, r.Issues)
		}
	}
}

func TestMessTypeAndOwnerInOneCell(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	req := importers.Request{File: text(t, [][]any{{"Name", "Kind"}, {"A", "Clinic / Private"}, {"B", "Hospital/Mission / Anglican"}, {"C", "Clinic"}})}
	m, err := facilities.Propose(req)
	if err != nil {
		t.Fatal(err)
	}
	m.Columns[1].Target, m.Columns[1].System, m.Columns[1].Split, m.Columns[1].Also = "type", "urn:kinds", "/", []string{"ownership"}
	req.Map = m
	env := newEnv(t)
	run(t, env, req)
	got := map[string]string{}
	for _, n := range []string{"A", "B", "C"} {
		for _, c := range find(t, env, "Organization", n).Field("type.#.coding.0.display|@flatten").Array() {
			got[n] += c.Str + ";"
		}
	}
	if diff := cmp.Diff(map[string]string{"A": "Facility;Clinic;Private;", "B": "Facility;Hospital;Mission / Anglican;", "C": "Facility;Clinic;"}, got); diff != "" {
		t.Errorf("types and owners (-want +got):\n%s", diff)
	}
	wrong := map[string]func(c *importers.Column){
		"no mark":                   func(c *importers.Column) { c.Split = "" },
		"one value only":            func(c *importers.Column) { c.Also = nil },
		"a part that means nothing": func(c *importers.Column) { c.Also = []string{"colour"} },
	}
	for name, spoil := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := *m
			bad.Columns = slices.Clone(m.Columns)
			spoil(&bad.Columns[1])
			if _, err := facilities.Run(t.Context(), newEnv(t), importers.Request{File: req.File, Map: &bad, Actor: "test"}); fhir.KindOf(err) != fhir.Invalid {
				t.Errorf("%v, want that the mapping is refused", err)
			}
		})
	}
}

func TestMessNamesInSeveralLanguages(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Facility name", "French name", "Name in Swahili"}, {"Kila Hospital", "Hôpital de Kila", "Hospitali ya Kila"}})})
	if got := namesOf(find(t, env, "Location", "Kila Hospital")); got != "Kila Hospital; fr Hôpital de Kila; sw Hospitali ya Kila" {
		t.Errorf("the names are %q", got)
	}
}
