package workers_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/workers"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/storetest"
	"masjala/workforce"
)

// cadreList is the one value set of these tests.
const cadreList = "http://example.org/ValueSet/cadres"

// list answers from a fixed list, as the terminology service does from what is loaded.
type list []importers.Coding

func (l list) Contains(_ context.Context, valueSet, _, code string) (importers.Coding, bool, error) {
	for _, c := range l {
		if valueSet == cadreList && c.Code == code {
			return c, true, nil
		}
	}
	return importers.Coding{}, false, nil
}

func (l list) Members(_ context.Context, valueSet, _ string, limit int) ([]importers.Coding, error) {
	if valueSet != cadreList {
		return nil, fhir.Errorf(fhir.NotFound, "no value set %s", valueSet)
	}
	return l[:min(limit, len(l))], nil
}

var cadres = list{{System: "http://example.org/cadres", Code: "NUR", Display: "Nurse"}, {System: "http://example.org/cadres", Code: "MW", Display: "Midwife"},
	{System: "http://example.org/cadres", Code: "CO", Display: "Clinical officer"}}

// env is a store with three facilities, two of one name, and the value set.
func env(t *testing.T) importers.Env {
	t.Helper()
	s := storetest.Open(t)
	e := importers.Env{Store: s, Codes: cadres, Now: func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) },
		Registries: store.NewRegistries(workforce.NewRegistry(), store.PlainRegistry("Location", "Organization", "ValueSet", "ConceptMap"))}
	const facility = `"type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]}]`
	const jurisdiction = `"type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"jurisdiction"}]}]`
	put(t, e,
		`{"resourceType":"Location","id":"l1","name":"Nuru Dispensary","identifier":[{"system":"urn:mfl","value":"100"}],"managingOrganization":{"reference":"Organization/o1"},"address":{"state":"North","district":"Tano"},`+facility+`}`,
		`{"resourceType":"Location","id":"l2","name":"Amani Clinic","identifier":[{"system":"urn:mfl","value":"200"}],"address":{"state":"North","district":"Tano"},`+facility+`}`,
		`{"resourceType":"Location","id":"l3","name":"Amani Clinic","identifier":[{"system":"urn:mfl","value":"300"}],"partOf":{"reference":"Location/ward"},`+facility+`}`,
		`{"resourceType":"Location","id":"ward","name":"Kati","partOf":{"reference":"Location/sita"},`+jurisdiction+`}`,
		`{"resourceType":"Location","id":"sita","name":"Sita",`+jurisdiction+`}`,
		`{"resourceType":"Location","id":"store","name":"Medical Store"}`,
		`{"resourceType":"ValueSet","id":"cadres","url":"`+cadreList+`","status":"active"}`)
	return e
}

// put stores resources.
func put(t *testing.T, e importers.Env, texts ...string) {
	t.Helper()
	err := e.Store.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for _, text := range texts {
			r, err := fhir.Parse([]byte(text))
			if err != nil {
				return err
			}
			d, err := e.Registries.Prepare(context.Background(), r)
			if err != nil {
				return err
			}
			if _, err := e.Registries.Put(context.Background(), tx, d, "PUT"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, e importers.Env, text string) *importers.Report {
	t.Helper()
	file := filepath.Join(t.TempDir(), "staff.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := workers.Run(t.Context(), e, importers.Request{File: file, Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// current returns the bodies of the current resources of a type, by id.
func current(t *testing.T, e importers.Env, typ string) map[string]*fhir.Resource {
	t.Helper()
	out := map[string]*fhir.Resource{}
	vs, err := e.Store.Changes(t.Context(), 0, 10000)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vs {
		if v.Resource.Type == typ {
			out[v.Resource.ID] = v.Resource
		}
	}
	return out
}

func rules(r *importers.Report) map[string]int {
	out := map[string]int{}
	for _, g := range r.Issues {
		if g.Rule != "value-set-found" && g.Rule != "phone-country" {
			out[g.Rule] = g.Count
		}
	}
	return out
}

const head = "Employee Number,Surname,Given Name,Sex,Date of Birth,Phone,Cadre,Facility Name,District,Start Date,Licence Number,Licence Issued,Licence Expires\n"

func TestRowBecomesPersonAndPost(t *testing.T) {
	testutil.Requirement(t, "HRH-1", "HRH-2", "HRH-7", "IMP-2", "HWRF-12")
	e := env(t)
	r := run(t, e, head+"E1,Bora,Asha Neema,F,1980-05-03,0712 345678/0754 111222,Nurse,nuru dispensary,Tano,2010-02-01,L-7,2024-01-01,2027-12-31\n"+
		"E2,Juma,Ali,M,,,Midwife,Nuru Dispensary,,,,,\n")
	if c := r.Of("workers"); c.Create != 2 || len(rules(r)) != 0 {
		t.Fatalf("got %+v and issues %v", c, rules(r))
	}
	var person, post *fhir.Resource
	for _, p := range current(t, e, "Practitioner") {
		if p.Field("name.0.family").String() == "Bora" {
			person = p
		}
	}
	want := `{"identifier":[{"system":"urn:masjala:id:employee-number","value":"E1"}],"active":true,"name":[{"use":"official","family":"Bora","given":["Asha","Neema"]}],` +
		`"telecom":[{"system":"phone","value":"0712 345678"},{"system":"phone","value":"0754 111222"}],"gender":"female","birthDate":"1980-05-03",` +
		`"qualification":[{"identifier":[{"system":"urn:masjala:id:licence-number","value":"L-7"}],"code":{"coding":[{"system":"http://example.org/cadres","code":"NUR","display":"Nurse"}],"text":"Nurse"},"period":{"start":"2024-01-01","end":"2027-12-31"}}]}`
	if diff := cmp.Diff(want, string(person.Body)); diff != "" {
		t.Error(diff)
	}
	for _, p := range current(t, e, "PractitionerRole") {
		if p.Field("practitioner.reference").String() == person.Ref() {
			post = p
		}
	}
	want = `{"active":true,"period":{"start":"2010-02-01"},"practitioner":{"reference":"` + person.Ref() + `","display":"Asha Neema Bora"},"organization":{"reference":"Organization/o1","display":"Nuru Dispensary"},` +
		`"code":[{"coding":[{"system":"http://example.org/cadres","code":"NUR","display":"Nurse"}],"text":"Nurse"}],"location":[{"reference":"Location/l1","display":"Nuru Dispensary"}]}`
	if diff := cmp.Diff(want, string(post.Body)); diff != "" {
		t.Error(diff)
	}
}

func TestSameListShuffledChangesNothing(t *testing.T) {
	e := env(t)
	rows := []string{"E1,Bora,Asha,F,,,Nurse,Nuru Dispensary,,,,,\n", "E2,Juma,Ali,M,,,Midwife,Nuru Dispensary,,,,,\n", "E1,Bora,Asha,F,,,Midwife,Amani Clinic,Sita,,,,\n"}
	run(t, e, head+strings.Join(rows, ""))
	before := e.Store.Seq()
	slices.Reverse(rows)
	r := run(t, e, head+strings.Join(rows, ""))
	if c := r.Of("workers"); c.Unchanged != 2 || e.Store.Seq() != before {
		t.Errorf("got %+v and %d new versions", c, e.Store.Seq()-before)
	}
	if n := len(current(t, e, "PractitionerRole")); n != 3 {
		t.Errorf("%d posts are stored, want 3: E1 has two", n)
	}
}

func TestMoveChangesThePost(t *testing.T) {
	e := env(t)
	run(t, e, head+"E1,Bora,Asha,F,,,Nurse,Nuru Dispensary,,,,,\nE2,Juma,Ali,M,,,Midwife,Nuru Dispensary,,,,,\n")
	run(t, e, head+"E1,Bora,Asha,F,,,Nurse,Amani Clinic,Sita,,,,\nE2,Juma,Ali,M,,,Midwife,Nuru Dispensary,,,,,\n")
	at := map[string]int{}
	for _, p := range current(t, e, "PractitionerRole") {
		at[p.Field("location.0.reference").String()]++
	}
	if diff := cmp.Diff(map[string]int{"Location/l1": 1, "Location/l3": 1}, at); diff != "" {
		t.Error(diff)
	}
}

func TestTrouble(t *testing.T) {
	tests := map[string]struct {
		row  string
		want map[string]int
	}{
		"nobody":                        {"E1,,,F,,,Nurse,Nuru Dispensary,,,,,", map[string]int{"name-missing": 1}},
		"unknown facility":              {"E1,Bora,Asha,F,,,Nurse,Nuru Dispensry,,,,,", map[string]int{"facility-unknown": 1}},
		"two facilities of that name":   {"E1,Bora,Asha,F,,,Nurse,Amani Clinic,,,,,", map[string]int{"facility-unknown": 1}},
		"told apart by district":        {"E1,Bora,Asha,F,,,Nurse,Amani Clinic,Sita,,,,", map[string]int{}},
		"no facility but a place":       {"E1,Bora,Asha,F,,,Nurse,Medical Store,,,,,", map[string]int{"facility-unknown": 1}},
		"unknown cadre":                 {"E1,Bora,Asha,F,,,Nrse,Nuru Dispensary,,,,,", map[string]int{"cadre-unknown": 1}},
		"unknown gender":                {"E1,Bora,Asha,X,,,Nurse,Nuru Dispensary,,,,,", map[string]int{"gender-unknown": 1}},
		"no such day":                   {"E1,Bora,Asha,F,1980-02-31,,Nurse,Nuru Dispensary,,,,,", map[string]int{"date-unreadable": 1}},
		"born tomorrow":                 {"E1,Bora,Asha,F,2030-01-01,,Nurse,Nuru Dispensary,,,,,", map[string]int{"birth-in-future": 1}},
		"licence that ends before":      {"E1,Bora,Asha,F,,,Nurse,Nuru Dispensary,,,L1,2024-01-01,2020-01-01", map[string]int{"dates-reversed": 1}},
		"no number":                     {",Bora,Asha,F,1980-01-01,,Nurse,Nuru Dispensary,,,,,", map[string]int{"identifier-missing": 1}},
		"telephone that is none":        {"E1,Bora,Asha,F,,ask Ali,Nurse,Nuru Dispensary,,,,,", map[string]int{"phone-odd": 1}},
		"null words are empty, not bad": {"E1,Bora,Asha,NA,None,-,Nurse,Nuru Dispensary,,,,,", map[string]int{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			e := env(t)
			r := run(t, e, head+tc.row+"\nE8,Juma,Ali,M,,0712 345678,Midwife,Nuru Dispensary,,,,,\nE9,Sefu,Ali,M,,0712 345678,Clinical officer,Nuru Dispensary,,,,,\n")
			if diff := cmp.Diff(tc.want, rules(r)); diff != "" {
				t.Error(diff)
			}
			stored := len(current(t, e, "Practitioner"))
			if want := 3 - r.Of("workers").Failed; stored != want {
				t.Errorf("%d people are stored, want %d: a bad cell stops no row, a bad row no other", stored, want)
			}
		})
	}
}

func TestNearNamesAreProposed(t *testing.T) {
	testutil.Requirement(t, "IMP-3")
	e := env(t)
	r := run(t, e, head+"E1,Bora,Asha,F,,,Nrse,Nuru Dispensry,,,,,\nE2,Juma,Ali,M,,,Midwife,Nuru Dispensary,,,,,\nE3,Juma,Ali,M,,,Nurse,Nuru Dispensary,,,,,\n")
	var reasons []string
	for _, g := range r.Issues {
		for _, i := range g.First {
			if g.Rule != "value-set-found" {
				reasons = append(reasons, i.Column+": "+i.Reason+" "+i.Fix)
			}
		}
	}
	slices.Sort(reasons)
	want := []string{`Did you mean "Nurse" (0.80)?`, `Did you mean "Nuru Dispensary"?`}
	for i := range want {
		if len(reasons) != len(want) || !strings.Contains(reasons[i], want[i]) {
			t.Errorf("got %q, want %q", reasons, want)
		}
	}
}

func TestPersonWhoCameByAnotherWayIsFound(t *testing.T) {
	e := env(t)
	put(t, e, `{"resourceType":"Practitioner","id":"asha","identifier":[{"system":"urn:masjala:id:employee-number","value":"E1"}],"name":[{"family":"Bora"}],"birthDate":"1980-01-01"}`)
	r := run(t, e, head+"E1,Bora,Asha,F,,,Nurse,Nuru Dispensary,,,,,\nE2,Juma,Ali,M,,,Midwife,Nuru Dispensary,,,,,\n")
	if c := r.Of("workers"); c.Update != 1 || c.Create != 1 {
		t.Errorf("got %+v, want one update and one creation", c)
	}
	if p := current(t, e, "Practitioner")["asha"]; p.Field("birthDate").String() != "1980-01-01" || p.Field("name.0.given.0").String() != "Asha" {
		t.Errorf("the person is now %s", p.Body)
	}
}

func TestSharedNumberKeepsPeopleApart(t *testing.T) {
	e := env(t)
	run(t, e, "Employee Number,National ID,Surname,Cadre\nE1,N1,Bora,Nurse\nE2,N1,Juma,Midwife\n")
	if n := len(current(t, e, "Practitioner")); n != 2 {
		t.Errorf("%d people are stored, want 2", n)
	}
}

func TestListWithoutNamesIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.csv")
	if err := os.WriteFile(file, []byte("Employee Number,Cadre\nE1,Nurse\nE2,Midwife\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := workers.Run(t.Context(), env(t), importers.Request{File: file}); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("got %v, want that no column has names", err)
	}
}

func TestSalariesAreNotStored(t *testing.T) {
	testutil.Requirement(t, "MD-SEC-1")
	e := env(t)
	run(t, e, "Employee Number,Surname,Cadre,Facility Name,Salary,Marital Status,Bank Account\nE1,Bora,Nurse,Nuru Dispensary,45678,Married,998877\nE2,Juma,Midwife,Nuru Dispensary,34567,Single,112233\n")
	for _, typ := range []string{"Practitioner", "PractitionerRole"} {
		for _, r := range current(t, e, typ) {
			for _, secret := range []string{"45678", "998877", "Married"} {
				if strings.Contains(string(r.Body), secret) {
					t.Errorf("%s holds %s", r.Ref(), secret)
				}
			}
		}
	}
}
