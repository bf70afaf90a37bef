package facilities_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/importtest"
	"masjala/internal/demo"
	"masjala/internal/testutil"
	"masjala/store"
)

// export writes all facilities to a file of a name.
func export(t testing.TB, env importers.Env, name string) string {
	t.Helper()
	return importtest.Exported(t, env.Store, name, facilities.Export)
}

// unchanged imports a list and fails the test unless it changes nothing and finds nothing.
func unchanged(t testing.TB, env importers.Env, path string, rows int) {
	t.Helper()
	before := env.Store.Seq()
	r := run(t, env, importers.Request{File: path})
	for _, c := range r.Counts {
		if c.Create+c.Update+c.Conflict+c.Failed+c.Repeat > 0 {
			t.Errorf("%s: %+v", filepath.Base(path), c)
		}
	}
	if got := r.Of(facilities.Kind); got.Unchanged != rows || r.Errors+r.Warnings+r.Infos > 0 || len(r.Unmapped) > 0 && r.Unmapped[0] != "boundary" {
		t.Errorf("%s: %d of %d rows unchanged, columns %v without a meaning, findings %+v, changes %+v", filepath.Base(path), got.Unchanged, rows, r.Unmapped, r.Issues, r.Samples)
	}
	if env.Store.Seq() != before {
		t.Errorf("%s: %d versions were written", filepath.Base(path), env.Store.Seq()-before)
	}
}

var formats = []string{"out.xlsx", "out.csv", "out.geojson"}

// unchangedInAll writes the facilities as a list in every format and fails the test unless each changes nothing.
func unchangedInAll(t testing.TB, env importers.Env, rows int) {
	t.Helper()
	for _, name := range formats {
		unchanged(t, env, export(t, env, name), rows)
	}
}

// The example country comes back as it went, in each format.
func TestExportOfTheDemoCountryChangesNothing(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	files, err := demo.Write(t.TempDir(), demo.Size{Regions: 2, Districts: 4, Wards: 8, Facilities: 60, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	env := newEnv(t)
	run(t, env, importers.Request{File: files.Facilities})
	unchangedInAll(t, env, 60)
}

// rich are resources that came by the interface, with much that no table shows.
var rich = []string{
	`{"resourceType":"Organization","id":"land","active":true,"type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"jurisdiction"}]}],"name":"Land"}`,
	`{"resourceType":"Location","id":"land","status":"active","name":"Land","mode":"instance","type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"jurisdiction"}]}],"physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"jdn"}]},"identifier":[{"system":"urn:iso","value":"LD"}],"managingOrganization":{"reference":"Organization/land"}}`,
	`{"resourceType":"Organization","id":"rich","language":"fr","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/organization-period","valuePeriod":{"start":"1999-05","end":"2040"}}],"identifier":[{"use":"official","system":"urn:mfl","value":"007"}],"active":true,"type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]},{"coding":[{"system":"urn:owners","code":"G","display":"State"},{"system":"urn:x","code":"g"}],"text":"The state"}],"name":"Other name of it","telecom":[{"system":"phone","value":"+1","rank":2}],"partOf":{"reference":"Organization/land","display":"Land"},"contact":[{"purpose":{"text":"x"},"name":{"text":"@Anna"},"telecom":[{"system":"email","value":"a@example.org"}]}]}`,
	`{"resourceType":"Location","id":"rich","language":"fr","identifier":[{"use":"official","system":"urn:mfl","value":"007"},{"system":"urn:mfl","value":"0012345678901234567890"},{"value":"no system"},{"system":"urn:b","value":"NA"}],"status":"suspended","operationalStatus":{"system":"urn:o","code":"C"},"name":"=Post  \"1\",\nä","alias":["-x","N/A"],"description":"long","mode":"instance","type":[{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]},{"coding":[{"system":"urn:types","version":"2","code":"HOSP","display":"Hospital"},{"system":"urn:old","code":"9"}],"text":"Big hospital"},{"text":"second"}],"telecom":[{"system":"phone","value":"+254 20 1","use":"work"},{"system":"phone","value":"0800"},{"system":"fax","value":"9"},{"system":"email","value":"a@example.org"},{"system":"email","value":"b@example.org"},{"system":"url","value":"https://example.org"}],"address":{"use":"work","text":"Road","line":["Box 1","x"],"city":"Ville","district":"D","postalCode":"00100","country":"LD"},"physicalType":{"text":"building"},"position":{"longitude":36.800,"latitude":-1.2500,"altitude":1700.50},"managingOrganization":{"reference":"Organization/rich"},"partOf":{"reference":"Location/land","display":"Land"},"hoursOfOperation":[{"daysOfWeek":["mon","wed"],"openingTime":"08:00:00","closingTime":"16:30:00"},{"daysOfWeek":["sun"],"allDay":true}],"availabilityExceptions":"closed on holidays","endpoint":[{"display":"x"}]}`,
	`{"resourceType":"Location","id":"bare","name":"Bare","partOf":{"reference":"Location/rich"}}`,
	`{"resourceType":"Location","id":"typed","status":"inactive","name":"007","type":[{"coding":[{"system":"urn:types","code":"X"}]}],"address":{"line":["a","b"]},"managingOrganization":{"identifier":{"value":"1"}}}`,
}

// put stores resources as the interface does.
func put(t testing.TB, env importers.Env, texts ...string) {
	t.Helper()
	for _, text := range texts {
		r, err := fhir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		d, err := env.Registries.Prepare(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if err := env.Store.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
			_, err := env.Registries.Put(t.Context(), tx, d, "PUT")
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// What came by the interface comes back as it went, with all that no table shows.
func TestExportOfWhatCameByTheInterfaceChangesNothing(t *testing.T) {
	env := newEnv(t)
	put(t, env, rich...)
	unchangedInAll(t, env, 3)
}

// Telephone numbers come back as they went, with how they were written beside them.
func TestExportOfTelephonesChangesNothing(t *testing.T) {
	env := newEnv(t)
	run(t, env, importers.Request{File: text(t, [][]any{{"Name", "Country", "Phone"}, {"A", "Kenya", "0712 345 678 / O733-000001"}, {"B", "Kenya", "+254712345678"}, {"C", "Kenya", "0712 000001/2"}})})
	want := find(t, env, "Location", "A").Field("telecom").Raw
	if want != `[{"system":"phone","value":"+254712345678",`+written("0712 345 678")+`},{"system":"phone","value":"+254733000001",`+written("O733-000001")+`}]` {
		t.Fatalf("the telephones are %s", want)
	}
	unchangedInAll(t, env, 3)
	path := importtest.Changed(t, export(t, env, "out.csv"), func(head []string, rows [][]string) [][]string {
		for _, row := range rows {
			if row[slices.Index(head, "Facility name")] == "A" {
				row[slices.Index(head, "Phone number")] = "0712 345 678; 0733 000002"
			}
		}
		return rows
	})
	run(t, env, importers.Request{File: path})
	want = strings.Replace(strings.Replace(want, "O733-000001", "0733 000002", 1), "+254733000001", "+254733000002", 1)
	if got := find(t, env, "Location", "A").Field("telecom").Raw; got != want {
		t.Errorf("after one of them was changed: %s, want %s", got, want)
	}
}
