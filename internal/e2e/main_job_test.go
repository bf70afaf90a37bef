package e2e_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"masjala/importers"
	"masjala/internal/demo"
	"masjala/internal/testutil"
	"masjala/sync/mcsd"
)

// TestMainJob does what a ministry and a district do: workbooks are imported, a server answers
// from them and checks codes against them, and another server follows it.
func TestMainJob(t *testing.T) {
	testutil.Requirement(t, "IMP-2", "SYN-1", "HWRF-2", "CSD-W7", "CSD-W8", "APP-1")
	books, data := t.TempDir(), t.TempDir()
	size := demo.Size{Regions: 2, Districts: 4, Wards: 8, Facilities: 150, Workers: 300, Seed: 3}
	files, err := demo.Write(books, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range files.Codes {
		masjala(t, "import", "codes", list, "--data", data)
	}
	masjala(t, "import", "facilities", files.Facilities, "--data", data)
	a := start(t, data)
	masjala(t, "import", "workers", files.Workers, "--data", data) // beside the running server

	checkServed(t, a, size)
	checkCodes(t, a)

	followed := follower(t, a.base)
	var r mcsd.Report
	if err := json.Unmarshal(masjala(t, "sync", "run", "nation", "--data", followed, "--json"), &r); err != nil {
		t.Fatal(err)
	}
	if sum := r.Total(); r.Error != "" || sum.Held+sum.Refused+sum.Conflicts != 0 {
		t.Errorf("the first run of the district = %+v, %s", sum, r.Error)
	}
	b := start(t, followed)
	same(t, a, b)
	checkServed(t, b, size)

	var again importers.Report
	if err := json.Unmarshal(masjala(t, "import", "facilities", files.Facilities, "--data", data, "--json"), &again); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(masjala(t, "sync", "run", "nation", "--data", followed, "--json"), &r); err != nil {
		t.Fatal(err)
	}
	if sum := r.Total(); sum.Created+sum.Updated+sum.Deleted != 0 {
		t.Errorf("the same workbook again, and a run of the district: %+v", sum)
	}
}

// checkServed asks a server as a user of the directory would.
func checkServed(t *testing.T, s *server, size demo.Size) {
	t.Helper()
	if n := get(t, s.base+"/Practitioner?_summary=count").Get("total").Int(); n != int64(size.Workers) {
		t.Errorf("%d workers are served, want %d", n, size.Workers)
	}
	page := get(t, s.base+"/PractitionerRole?_count=5&_include=PractitionerRole:practitioner&_include=PractitionerRole:location")
	var post, place string
	for _, e := range page.Get("entry").Array() {
		if e.Get("search.mode").String() == "match" && e.Get("resource.location.0.reference").Exists() {
			post, place = e.Get("resource.id").String(), e.Get("resource.location.0.reference").String()
		}
	}
	if post == "" {
		t.Fatalf("no post has a place: %s", page.Raw)
	}
	at := get(t, s.base+"/"+place)
	if got := get(t, s.base+"/Location?name="+url.QueryEscape(at.Get("name").String())).Get("total").Int(); got < 1 {
		t.Errorf("the place %s is not found by its name %q", place, at.Get("name"))
	}
	found := get(t, s.base+"/PractitionerRole?_count=1000&location="+url.QueryEscape(place))
	if !found.Get(`entry.#(resource.id=="` + post + `")`).Exists() {
		t.Errorf("the post %s is not found by its place %s", post, place)
	}
}

// checkCodes validates a code of each code list that was imported, and one that is in none.
func checkCodes(t *testing.T, s *server) {
	t.Helper()
	lists := get(t, s.base+"/CodeSystem?_count=50")
	checked := 0
	for _, e := range lists.Get("entry").Array() {
		system := e.Get("resource.url").String()
		code := e.Get("resource.concept.0.code").String()
		if system == "" || code == "" {
			continue
		}
		checked++
		query := s.base + "/CodeSystem/$validate-code?url=" + url.QueryEscape(system) + "&code="
		if got := get(t, query+url.QueryEscape(code)); !got.Get(`parameter.#(name=="result").valueBoolean`).Bool() {
			t.Errorf("%s|%s is not valid: %s", system, code, got.Raw)
		}
		if got := get(t, query+"no-such-code"); got.Get(`parameter.#(name=="result").valueBoolean`).Bool() {
			t.Errorf("%s|no-such-code is valid: %s", system, got.Raw)
		}
	}
	if checked < 3 {
		t.Errorf("%d code lists are served, want at least 3: %s", checked, lists.Raw)
	}
}
