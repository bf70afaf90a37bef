package e2e_test

import (
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
	"masjala/store/sqlite"
	"masjala/store/storetest"
)

// A registry of facilities, one of health workers, and a directory of care services are the
// same program with some of its parts.
func TestShapesOfRegistries(t *testing.T) {
	testutil.Requirement(t, "UC-13", "CSD-W7", "MD-A7", "MD-A4", "MD-S-LOC-near")
	t.Parallel()
	place := `{"resourceType":"Location","id":"l","status":"active","name":"L","type":[{"text":"t"}],"position":{"longitude":36.8,"latitude":-1.28}}`
	person := `{"resourceType":"Practitioner","id":"p","name":[{"text":"P"}]}`
	for modules, tc := range map[string]struct{ places, people int }{"facility": {201, 404}, "workforce": {404, 201}, "facility,workforce": {201, 201}} {
		t.Run(modules, func(t *testing.T) {
			c := newClient(t, start(t, t.TempDir(), "--modules", modules))
			listed := c.must("GET", "/metadata", "").list("rest.0.resource.#.type")
			for path, want := range map[string]int{"/Location/l": tc.places, "/Practitioner/p": tc.people} {
				typ, _, _ := strings.Cut(path[1:], "/")
				r := c.do("PUT", path, map[string]string{"Location": place, "Practitioner": person}[typ])
				if r.status != want || want == 404 && r.get("issue.0.code") != "not-supported" || slices.Contains(listed, typ) != (want == 201) {
					t.Errorf("PUT %s = %d %s, listed %v", path, r.status, r.get("issue.0.code"), slices.Contains(listed, typ))
				}
				after := map[bool]int{true: 200, false: 404}[want == 201]
				for _, at := range []string{path, "/" + typ, "/" + typ + "/_history", path + "/_history"} {
					if r := c.do("GET", at, ""); r.status != after {
						t.Errorf("GET %s = %d, want %d", at, r.status, after)
					}
				}
			}
			if tc.places == 201 {
				if r := c.must("GET", "/Location?near=-1.28|36.82|30|km", ""); r.found() != "l" {
					t.Errorf("near finds %q", r.found())
				}
			}
		})
	}
}

// The follower says in each request what it can read.
func TestTheFollowerSaysWhatItReads(t *testing.T) {
	testutil.Requirement(t, "Z-6c")
	t.Parallel()
	a := start(t, t.TempDir())
	a.directory(t, 20)
	to, err := url.Parse(strings.TrimSuffix(a.base, "/fhir"))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var accepted []string
	p := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host // so that links lead here again
		mu.Lock()
		defer mu.Unlock()
		accepted = append(accepted, r.In.Header.Get("Accept"))
	}})
	defer p.Close()
	if _, err := syncRun(t, follower(t, p.URL+"/fhir")); err != nil {
		t.Fatal(err)
	}
	if len(accepted) < len(seven) || slices.ContainsFunc(accepted, func(s string) bool { return !strings.HasPrefix(s, "application/fhir+json") }) {
		t.Errorf("the follower accepts %q", accepted)
	}
}

// What lies below a unit, six levels deep, in a tree of 50,000 is found in little time.
func TestBelowInALargeTree(t *testing.T) {
	testutil.Requirement(t, "R4-S7")
	const units, children = 50_000, 7
	data := t.TempDir()
	st, err := sqlite.Open(data, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for from := 0; from < units; from += 5000 {
		var some []string
		for i := from; i < from+5000; i++ {
			part := ""
			if i > 0 {
				part = fmt.Sprintf(`,"partOf":{"reference":"Location/u%d"}`, (i-1)/children)
			}
			some = append(some, fmt.Sprintf(`{"resourceType":"Location","id":"u%d","status":"active","name":"Unit %d"%s}`, i, i, part))
		}
		storetest.Put(t, st, some...)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	below := func(unit int) int { // by arithmetic: level after level
		n := 0
		for first, last := unit*children+1, unit*children+children; first < units; first, last = first*children+1, last*children+children {
			n += min(last, units-1) - first + 1
		}
		return n
	}
	c := newClient(t, start(t, data))
	var took []time.Duration
	for unit := range 40 {
		began := time.Now()
		r := c.must("GET", fmt.Sprintf("/Location?partof:below=u%d&_count=20", unit), "")
		if took = append(took, time.Since(began)); r.get("total") != fmt.Sprint(below(unit)) {
			t.Errorf("below unit %d are %s, want %d", unit, r.get("total"), below(unit))
		}
	}
	slices.Sort(took)
	if half := took[len(took)/2]; half > 50*time.Millisecond {
		t.Errorf("a subtree takes %v in the middle, want at most 50 ms", half)
	}
}

// facilityRecord is a facility with every element that the minimum data set names, each in
// its place in FHIR, what R4 has no element for in extensions.
var facilityRecord = []string{
	`{"resourceType":"Organization","id":"ministry","active":true,"name":"Ministry of Health","type":[{"coding":[{"system":"urn:kind","code":"gov"}]}]}`,
	`{"resourceType":"Location","id":"district","status":"active","name":"Kilifi North","type":[{"coding":[{"system":"` + kinds + `","code":"jurisdiction"}]}],"managingOrganization":{"reference":"Organization/ministry"}}`,
	`{"resourceType":"Organization","id":"clinic","meta":{"source":"http://registry.example/form/7"},"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/organization-period","valuePeriod":{"start":"1998-07"}}],"identifier":[{"use":"official","system":"urn:mfl","value":"11289","assigner":{"display":"Ministry"}},{"use":"old","system":"urn:mfl-2010","value":"K-9","period":{"end":"2012"}}],"active":true,"type":[{"coding":[{"system":"` + kinds + `","code":"facility"}]},{"coding":[{"system":"urn:level","code":"3"}]},{"coding":[{"system":"urn:ownership","code":"gov"}],"text":"Public"}],"name":"Takaungu Dispensary","alias":["Takaungu Old Post"],"telecom":[{"system":"phone","value":"+254 41 7"}],"partOf":{"reference":"Organization/ministry"},"contact":[{"purpose":{"text":"In charge"},"name":{"text":"Sister Asha"},"telecom":[{"system":"phone","value":"+254 700 9"}]}]}`,
	`{"resourceType":"Location","id":"clinic","extension":[{"url":"http://registry.example/operational-status","valueCode":"operational"},{"url":"http://registry.example/power","valueCodeableConcept":{"text":"solar"}}],"identifier":[{"use":"official","system":"urn:mfl","value":"11289"},{"system":"urn:hmis","value":"xYz1"}],"status":"active","name":"Takaungu Dispensary","alias":["Takaungu Old Post"],"type":[{"coding":[{"system":"` + kinds + `","code":"facility"}]},{"coding":[{"system":"urn:level","code":"3"}]}],"telecom":[{"system":"email","value":"takaungu@example.org"}],"address":{"line":["Mombasa Road"],"city":"Takaungu","district":"Kilifi North","country":"KE"},"position":{"longitude":39.8560,"latitude":-3.6840},"managingOrganization":{"reference":"Organization/clinic"},"partOf":{"reference":"Location/district"},"hoursOfOperation":[{"daysOfWeek":["mon","tue"],"openingTime":"08:00:00","closingTime":"17:00:00"}]}`,
	`{"resourceType":"HealthcareService","id":"lab","active":true,"providedBy":{"reference":"Organization/clinic"},"category":[{"text":"Diagnostic"}],"type":[{"coding":[{"system":"urn:service","code":"lab"}]}],"location":[{"reference":"Location/clinic"}],"name":"Laboratory","availableTime":[{"daysOfWeek":["mon"],"availableStartTime":"09:00:00","availableEndTime":"12:00:00"}]}`,
	`{"resourceType":"PractitionerRole","id":"n1","active":true,"organization":{"reference":"Organization/clinic"},"location":[{"reference":"Location/clinic"}],"code":[{"coding":[{"system":"urn:isco","code":"2221"}]}]}`,
	`{"resourceType":"PractitionerRole","id":"n2","active":true,"organization":{"reference":"Organization/clinic"},"location":[{"reference":"Location/clinic"}],"code":[{"coding":[{"system":"urn:isco","code":"2221"}]}]}`,
	`{"resourceType":"PractitionerRole","id":"d1","active":true,"organization":{"reference":"Organization/clinic"},"location":[{"reference":"Location/clinic"}],"code":[{"coding":[{"system":"urn:isco","code":"2211"}]}]}`,
}

// Every element of the minimum data set of facilities has a place, is found by what R4
// searches for, and comes back as it was; numbers of staff follow from their posts.
func TestMinimumDataSetOfFacilities(t *testing.T) {
	testutil.Requirement(t, "MFL-1", "MFL-2", "MFL-3", "MFL-4", "MFL-5", "MFL-6", "MFL-7", "MFL-8", "MFL-9", "MFL-10", "MFL-11", "MFL-12", "MFL-13", "MFL-14")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(facilityRecord...)
	for _, sent := range facilityRecord {
		ref := gjson.Get(sent, "resourceType").String() + "/" + gjson.Get(sent, "id").String()
		for _, format := range []string{"json", "xml"} {
			got := c.must("GET", "/"+ref+"?_format="+format, "")
			if diff := cmp.Diff(slices.Sorted(slices.Values(members(t, sent))), slices.Sorted(slices.Values(members(t, got.body)))); diff != "" {
				t.Errorf("%s in %s (-sent +got):\n%s", ref, format, diff)
			}
			if at, err := time.Parse(time.RFC3339, got.get("meta.lastUpdated")); err != nil || time.Since(at).Abs() > time.Minute {
				t.Errorf("%s was recorded at %s", ref, got.get("meta.lastUpdated"))
			}
		}
	}
	for query, want := range map[string]string{
		"Organization?identifier=urn:mfl|11289": "clinic", "Location?identifier=urn:mfl|11289": "clinic", "Location?identifier=urn:hmis|xYz1": "clinic", "Organization?identifier=urn:mfl-2010|K-9": "clinic", "Location?name=takaungu old": "clinic", "Organization?type=urn:ownership|gov": "clinic",
		"Location?type=urn:level|3&status=active": "clinic", "Location?address=mombasa": "clinic", "Location?address-city=taka": "clinic", "Organization?partof=ministry": "clinic", "Location?partof.name=kilifi": "clinic", "Location?near=-3.68|39.85|5|km": "clinic",
		"HealthcareService?location=clinic&service-type=urn:service|lab": "lab", "Location?_has:HealthcareService:location:service-type=lab": "clinic", "Organization?_source=http://registry.example/form/7": "clinic",
	} {
		if r := c.do("GET", "/"+query, "", "Prefer: handling=strict"); r.found() != want {
			t.Errorf("%s finds %q, want %s (%d %s)", query, r.found(), want, r.status, r.diagnostics())
		}
	}
	for cadre, want := range map[string]string{"2221": "2", "2211": "1", "2222": "0"} {
		if r := c.must("GET", "/PractitionerRole?location=clinic&active=true&_summary=count&role=urn:isco|"+cadre, ""); r.get("total") != want {
			t.Errorf("%s of the cadre %s work there, want %s", r.get("total"), cadre, want)
		}
	}
}

// The page for those who run a network directory says what its affiliations mean.
func TestPolicyOfANetworkDirectoryIsPublished(t *testing.T) {
	testutil.Requirement(t, "MD-NET-1")
	root, err := testutil.ModuleRoot()
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "directory.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "## Network directories")
	for _, word := range []string{"OrganizationAffiliation", "Endpoint", "participatingOrganization", "publishes which types"} {
		if !found || !strings.Contains(section, word) {
			t.Errorf("docs/directory.md does not tell of %s", word)
		}
	}
}
