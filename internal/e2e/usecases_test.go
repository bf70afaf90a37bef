package e2e_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/internal/demo"
	"masjala/internal/testutil"
)

// Every reference that a search or a history shows leads, as an address below the base, to
// a resource that can be read.
func TestReferencesCanBeFollowed(t *testing.T) {
	testutil.Requirement(t, "MD-90-9", "MD-91-6", "MD-130-11")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir(), "--references", "check"))
	var entries []string
	for ref, resource := range examples(t) {
		entries = append(entries, request("", "PUT", ref, resource, ""))
	}
	c.transaction(entries...)
	followed := map[string]bool{}
	var follow func(v gjson.Result)
	follow = func(v gjson.Result) {
		v.ForEach(func(name, item gjson.Result) bool {
			if ref := item.Get("reference").String(); item.IsObject() && ref != "" && !followed[ref] {
				followed[ref] = true
				if r := c.do("GET", "/"+ref, ""); r.status != 200 || !strings.HasPrefix(ref, r.get("resourceType")+"/") {
					t.Errorf("the reference %s leads to %d", ref, r.status)
				}
			}
			if item.IsObject() || item.IsArray() {
				follow(item)
			}
			return true
		})
	}
	for _, typ := range seven {
		for _, path := range []string{"/" + typ + "?_include=*&_revinclude=*", "/" + typ + "/_history"} {
			follow(gjson.Get(c.must("GET", path, "").body, "entry"))
		}
	}
	if len(followed) < 10 {
		t.Errorf("only %d references were followed", len(followed))
	}
	bad := `{"resourceType":"Location","id":"x","name":"X","status":"active","partOf":{"reference":"Location/nobody"}}`
	if r := c.do("PUT", "/Location/x", bad); r.status != 422 || !strings.Contains(r.body, "Location.partOf") {
		t.Errorf("a reference to nothing = %d %s, want 422 with its place", r.status, r.body)
	}
}

// A ministry's list and those of partners and councils meet: the same facility and the same
// person are found by what is told of them, and numbers of one system by those of another.
func TestListsThatOverlap(t *testing.T) {
	testutil.Requirement(t, "UC-3", "UC-10", "UC-11", "HWR-PRO-2", "CSD-W8", "CSD-W9")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(
		`{"resourceType":"Location","id":"coast","status":"active","name":"Kilifi","type":[{"coding":[{"system":"`+kinds+`","code":"jurisdiction"}]}]}`,
		`{"resourceType":"Organization","id":"mtwapa","active":true,"name":"Mtwapa Health Centre","identifier":[{"system":"urn:mfl","value":"100"}]}`,
		`{"resourceType":"Location","id":"mtwapa","status":"active","name":"Mtwapa Health Centre","identifier":[{"system":"urn:mfl","value":"100"},{"system":"urn:survey","value":"S-9"}],"partOf":{"reference":"Location/coast"},"managingOrganization":{"reference":"Organization/mtwapa"},"position":{"longitude":39.74,"latitude":-3.95}}`,
		`{"resourceType":"Practitioner","id":"amina","active":true,"name":[{"family":"Odhiambo","given":["Amina","Wanjiru"]}],"birthDate":"1984-03-12","gender":"female","identifier":[{"system":"urn:nursing-council","value":"N-7"}]}`,
	)
	match := func(resource string) reply {
		typ := gjson.Get(resource, "resourceType").String()
		return c.must("POST", "/"+typ+"/$match", `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":`+resource+`}]}`)
	}
	for name, tc := range map[string]struct{ resource, id string }{
		"a site of a partner":                {`{"resourceType":"Location","name":"MTWAPA H/C","partOf":{"reference":"Location/coast"},"position":{"longitude":39.7401,"latitude":-3.9502}}`, "mtwapa"},
		"a person of another council":        {`{"resourceType":"Practitioner","name":[{"text":"Odhiambo Amina W."}],"birthDate":"1984-03-12","gender":"female","identifier":[{"system":"urn:midwife-council","value":"M-1"}]}`, "amina"},
		"a site that is nowhere in the list": {`{"resourceType":"Location","name":"Wajir Referral Hospital","position":{"longitude":40.06,"latitude":1.75}}`, ""},
	} {
		r := match(tc.resource)
		first := gjson.Get(r.body, "entry.0")
		grade := first.Get(`search.extension.#(url%"*match-grade").valueCode`).String()
		if got := first.Get("resource.id").String(); got != tc.id || tc.id != "" && grade != "probable" && grade != "certain" {
			t.Errorf("%s is taken for %q (%s), want %q", name, got, grade, tc.id)
		}
	}
	r := c.must("GET", "/Location/$crosswalk?from="+url.QueryEscape("urn:survey|S-9")+"&to=urn:mfl", "")
	if !strings.Contains(r.body, `"100"`) || !strings.Contains(r.body, "mapped") {
		t.Errorf("the number of the survey maps to %s", r.body)
	}
}

// minimum is a record with every element that the minimum data set of health workers names,
// each in its place in FHIR, what R4 has no element for in extensions.
const minimum = `{"resourceType":"Practitioner","id":"asha","meta":{"source":"http://council.example/submissions/2026-03"},"language":"sw",
"extension":[{"url":"http://registry.example/birth-place","valueAddress":{"city":"Lamu","country":"KE"}},{"url":"http://registry.example/citizenship","valueCodeableConcept":{"coding":[{"system":"urn:iso:std:iso:3166","code":"KE"}]}},{"url":"http://registry.example/residence","valueCodeableConcept":{"coding":[{"system":"urn:iso:std:iso:3166","code":"TZ"}]}},{"url":"http://registry.example/emergency-contact","extension":[{"url":"name","valueString":"Juma"},{"url":"telecom","valueContactPoint":{"system":"phone","value":"+255 700 1"}}]}],
"identifier":[{"system":"urn:registry","value":"R-1"},{"system":"urn:national-id","value":"1980-1"},{"system":"urn:payroll","value":"P-77"}],"active":true,
"name":[{"use":"official","family":"Bora","given":["Asha","Neema"],"prefix":["Dr"]},{"use":"maiden","family":"Juma","given":["Asha"]},{"use":"usual","text":"ኣሻ ቦራ","_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/language","valueCode":"am"}]}}],
"telecom":[{"system":"phone","value":"+254 700 1","use":"mobile"},{"system":"email","value":"asha@example.org","use":"work"}],
"address":[{"use":"home","line":["1 Shamba Road"],"city":"Lamu"},{"use":"work","city":"Kilifi"},{"use":"home","type":"postal","line":["P.O. Box 1"],"city":"Mombasa"}],"gender":"female","birthDate":"1980-05-03",
"qualification":[{"identifier":[{"system":"urn:council","value":"N-1"}],"code":{"coding":[{"system":"urn:q","code":"nurse"}]},"period":{"start":"2020-01-01","end":"2030-12-31"},"issuer":{"reference":"Organization/council"},"extension":[{"url":"http://registry.example/licence-status","valueCode":"active"}]},{"code":{"text":"Diploma in nursing"},"period":{"end":"2003"},"issuer":{"display":"Medical Training College"}}],
"communication":[{"coding":[{"system":"urn:ietf:bcp:47","code":"sw"}]},{"coding":[{"system":"urn:ietf:bcp:47","code":"en"}]}]}`

// Every element of the minimum data set of health workers has a place, is found by what R4
// and this program search for, and comes back as it was.
func TestMinimumDataSetOfWorkers(t *testing.T) {
	testutil.Requirement(t, "HRH-1", "HRH-2", "HRH-3", "HRH-4", "HRH-5", "HRH-6", "HRH-7", "HRH-8", "HRH-9", "HRH-10", "HWRF-7", "MD-DEP-6")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	role := `{"resourceType":"PractitionerRole","id":"post","active":true,"period":{"start":"2021-02"},"practitioner":{"reference":"Practitioner/asha"},"organization":{"reference":"Organization/council"},"code":[{"coding":[{"system":"urn:isco","code":"2221"}],"text":"Ward sister"}],"specialty":[{"text":"Paediatrics"}],"location":[{"reference":"Location/ward"}],"telecom":[{"system":"phone","value":"+254 41 1","use":"work"}],"extension":[{"url":"http://registry.example/contract","valueCodeableConcept":{"text":"permanent, full time"}}]}`
	c.put(`{"resourceType":"Organization","id":"council","name":"Nursing Council","type":[{"text":"council"}]}`, `{"resourceType":"Location","id":"ward","name":"Ward","status":"active","type":[{"text":"ward"}],"address":{"city":"Kilifi"}}`, minimum, role)
	for ref, sent := range map[string]string{"Practitioner/asha": minimum, "PractitionerRole/post": role} {
		for _, format := range []string{"json", "xml"} {
			got := c.must("GET", "/"+ref+"?_format="+format, "")
			if diff := cmp.Diff(slices.Sorted(slices.Values(members(t, sent))), slices.Sorted(slices.Values(members(t, got.body)))); diff != "" {
				t.Errorf("%s in %s (-sent +got):\n%s", ref, format, diff)
			}
		}
	}
	for _, query := range []string{
		"Practitioner?identifier=urn:payroll|P-77", "Practitioner?identifier=urn:national-id|1980-1", "Practitioner?name=juma", "Practitioner?given=neema", "Practitioner?name=ኣሻ", "Practitioner?name:contains=ቦራ", "Practitioner?gender=female",
		"Practitioner?communication=urn:ietf:bcp:47|en", "Practitioner?address-city=lamu&address-use=home", "Practitioner?address=p.o. box", "Practitioner?email=asha@example.org", "Practitioner?phone=%2B254 700 1", "Practitioner?qualification-code=urn:q|nurse",
		"Practitioner?qualification-identifier=urn:council|N-1&qualification-period=ge2026", "Practitioner?qualification-issuer=Organization/council", "Practitioner?_source=http://council.example/submissions/2026-03", "Practitioner?_has:PractitionerRole:practitioner:role=urn:isco|2221",
		"Practitioner?_has:PractitionerRole:practitioner:location.address-city=kilifi", "PractitionerRole?specialty:text=paed&date=ge2022", "PractitionerRole?practitioner.identifier=R-1&telecom=%2B254 41 1",
	} {
		want := map[bool]string{true: "asha", false: "post"}[strings.HasPrefix(query, "Practitioner?")]
		if r := c.do("GET", "/"+query, "", "Prefer: handling=strict"); r.found() != want {
			t.Errorf("%s finds %q, want %s (%d %s)", query, r.found(), want, r.status, r.diagnostics())
		}
	}
}

// A network directory: what an Endpoint of an organization and one of an affiliation mean is
// kept apart, and each Endpoint has one type of connection.
func TestNetworkDirectory(t *testing.T) {
	testutil.Requirement(t, "MD-NET-2", "MD-NET-3", "MD-NET-4", "UC-6")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	end := func(id, connection string) string {
		return fmt.Sprintf(`{"resourceType":"Endpoint","id":%q,"status":"active",%s"payloadType":[{"text":"any"}],"address":"http://%s.example","managingOrganization":{"reference":"Organization/parent"}}`, id, connection, id)
	}
	c.put(end("broad", `"connectionType":{"code":"hl7-fhir-rest"},`), end("second", `"connectionType":{"code":"ihe-xds"},`), end("member", `"connectionType":{"code":"ihe-mhd"},`),
		`{"resourceType":"Organization","id":"parent","name":"Parent","type":[{"text":"t"}],"endpoint":[{"reference":"Endpoint/broad"},{"reference":"Endpoint/second"}]}`,
		`{"resourceType":"Organization","id":"child","name":"Child","type":[{"text":"t"}],"partOf":{"reference":"Organization/parent"}}`,
		`{"resourceType":"OrganizationAffiliation","id":"aff","active":true,"organization":{"reference":"Organization/parent"},"participatingOrganization":{"reference":"Organization/child"},"code":[{"text":"member"}],"endpoint":[{"reference":"Endpoint/member"}]}`)
	for query, want := range map[string]string{
		"Organization?_id=parent&_include=Organization:endpoint":                                                                                  "parent +broad +second",
		"Organization?_id=child&_include=Organization:endpoint":                                                                                   "child",
		"Organization?_id=child&_include=Organization:partof&_include:iterate=Organization:partof&_include:iterate=Organization:endpoint":         "child +broad +parent +second",
		"OrganizationAffiliation?participating-organization=child&_include=OrganizationAffiliation:endpoint":                                      "aff +member",
		"Organization?_id=child&_revinclude=OrganizationAffiliation:participating-organization&_include:iterate=OrganizationAffiliation:endpoint": "child +aff +member",
		"Organization?_id=child&_include:iterate=Organization:partof&_include:iterate=Organization:endpoint":                                      "child +broad +parent +second",
		"Endpoint?_has:OrganizationAffiliation:endpoint:participating-organization=child&status=active":                                           "member",
	} {
		if r := c.do("GET", "/"+query, ""); r.found() != want {
			t.Errorf("%s finds %q, want %q", query, r.found(), want)
		}
	}
	for name, connection := range map[string]string{"no type of connection": "", "two of them": `"connectionType":[{"code":"a"},{"code":"b"}],`} {
		if r := c.do("PUT", "/Endpoint/x", end("x", connection)); r.status != 400 && r.status != 422 {
			t.Errorf("an Endpoint with %s = %d, want it refused", name, r.status)
		}
	}
}

// The look-ups that enrich a record on its way are fast enough to be made inline, each by
// itself and all in one batch.
func TestLookupsOnTheWay(t *testing.T) {
	testutil.Requirement(t, "CSD-W11", "IOLF-2")
	books, data := t.TempDir(), t.TempDir()
	files, err := demo.Write(books, demo.Size{Regions: 2, Districts: 4, Wards: 8, Facilities: 100, Workers: 200, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range files.Codes {
		masjala(t, "import", "codes", list, "--data", data)
	}
	masjala(t, "import", "facilities", files.Facilities, "--data", data)
	masjala(t, "import", "workers", files.Workers, "--data", data)
	c := newClient(t, start(t, data))
	of := func(query, path string) (all []string) {
		for _, v := range c.must("GET", query, "").list(path) {
			all = append(all, url.QueryEscape(v))
		}
		if len(all) == 0 {
			t.Fatalf("%s has no %s", query, path)
		}
		return all
	}
	places, workers := of("/Location?_count=200&identifier:missing=false", "entry.#.resource.identifier.0.value"), of("/Practitioner?_count=200", "entry.#.resource.identifier.0.value")
	system := of("/CodeSystem?_count=5", "entry.#.resource.url")[0]
	var took []time.Duration
	for i := range 200 {
		for _, path := range []string{"/Location?identifier=" + places[i%len(places)], "/Practitioner?identifier=" + workers[i%len(workers)], "/CodeSystem/$validate-code?url=" + system + "&code=x"} {
			began := time.Now()
			c.must("GET", path, "")
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	if p95 := took[len(took)*95/100]; p95 > 50*time.Millisecond {
		t.Errorf("the 95th percentile of %d look-ups is %v, want at most 50 ms", len(took), p95)
	}
}
