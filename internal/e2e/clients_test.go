package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

// seven are the types of mCSD.
var seven = []string{"Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "OrganizationAffiliation", "Endpoint"}

const kinds = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"

// unitOf is an organisation unit as a health information system sends it: a pair of
// resources, addressed by the identifier the system has for it, with a parent by identifier.
func unitOf(system, source, value, name, parent string) []string {
	identifier := fmt.Sprintf(`"meta":{"source":%q},"identifier":[{"system":%q,"value":%q}],"name":%q,"type":[{"coding":[{"system":%q,"code":"facility"}]},{"text":"Clinic"}]`, source, system, value, name, kinds)
	orgParent, placeParent := "", ""
	if parent != "" {
		orgParent = fmt.Sprintf(`,"partOf":{"reference":"Organization?identifier=%s|%s"}`, system, parent)
		placeParent = fmt.Sprintf(`,"partOf":{"reference":"Location?identifier=%s|%s"}`, system, parent)
	}
	condition := "?identifier=" + url.QueryEscape(system+"|"+value)
	return []string{
		request("", "PUT", "Location"+condition, fmt.Sprintf(`{"resourceType":"Location",%s,"status":"active","managingOrganization":{"reference":"Organization?identifier=%s|%s"}%s}`, identifier, system, value, placeParent), ""),
		request("", "PUT", "Organization"+condition, fmt.Sprintf(`{"resourceType":"Organization",%s,"active":true%s}`, identifier, orgParent), ""),
	}
}

// A health information system that knows only its own numbers sends all its units, children
// before parents, again and again, and takes away what a source no longer has.
func TestAClientThatKnowsOnlyItsOwnNumbers(t *testing.T) {
	testutil.Requirement(t, "MD-130-5", "MD-130-6", "MD-130-7", "MD-130-2", "R4-6", "R4-8", "R4-10", "IOLF-11", "UC-7", "MD-A3", "MD-DEP-1")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	const system, source = "urn:hmis", "http://hmis.example/api?unit=level#4"
	send := func(names ...string) reply {
		var entries []string
		for i := len(names) - 1; i >= 0; i-- {
			parent := ""
			if i > 0 {
				parent = fmt.Sprint((i - 1) / 3)
			}
			entries = append(entries, unitOf(system, source, fmt.Sprint(i), names[i], parent)...)
		}
		return c.transaction(entries...)
	}
	names := make([]string, 40)
	for i := range names {
		names[i] = fmt.Sprintf("Unit %d", i)
	}
	first := send(names...)
	if got := first.list("entry.#.response.status"); len(got) != 80 || slices.ContainsFunc(got, func(s string) bool { return !strings.HasPrefix(s, "201") }) {
		t.Fatalf("the first feed = %v, want 80 times 201", got)
	}
	check := func(when string, want int) {
		t.Helper()
		c.units(when, source, want)
	}
	check("after the first feed", 40)
	ids := first.list("entry.#.response.location")
	names[5] = "Unit 5, renamed"
	second := send(names...)
	for i, status := range second.list("entry.#.response.status") {
		if !strings.HasPrefix(status, "200") {
			t.Errorf("entry %d of the second feed = %s, want 200", i, status)
		}
	}
	check("after the second feed", 40)
	for i, location := range second.list("entry.#.response.location") {
		if cutVersion(location) != cutVersion(ids[i]) {
			t.Errorf("entry %d became %s, was %s", i, location, ids[i])
		}
	}
	// What is not there any more goes, by its source, in a transaction with what comes.
	gone := "http://hmis.example/api?unit=level#5"
	c.transaction(unitOf(system, gone, "99", "Temporary", "39")...)
	c.transaction(
		request("", "DELETE", "Location?_source="+url.QueryEscape(gone), "", ""),
		request("", "DELETE", "Organization?_source="+url.QueryEscape(gone)+"&identifier="+url.QueryEscape(system+"|99"), "", ""),
		unitOf(system, source, "40", "Unit 40", "39")[0], unitOf(system, source, "40", "Unit 40", "39")[1],
	)
	check("after the source was changed", 41)
	if r := c.must("GET", "/Location?identifier=urn:hmis|99", ""); r.get("total") != "0" {
		t.Errorf("the unit that went is still found: %s", r.body)
	}
	// One unit with a parent that nobody knows: nothing of the feed happens.
	bad := append(unitOf(system, source, "50", "Unit 50", "0"), unitOf(system, source, "51", "Orphan", "nobody")...)
	if r := c.do("POST", "", bundleOf("transaction", bad...)); r.status != 412 && r.status != 400 && r.status != 422 || !strings.Contains(r.body, "nobody") {
		t.Errorf("a feed with an orphan = %d %s", r.status, r.body)
	}
	check("after the feed with an orphan", 41)
}

// units checks how many Locations of a source there are, and that their references lead to
// what they are to: the organization of the same number, and a parent.
func (c *client) units(when, source string, want int) {
	c.t.Helper()
	all := c.must("GET", "/Location?_source="+url.QueryEscape(source)+"&_count=100&_include=Location:organization&_include=Location:partof", "")
	matches := len(strings.Fields(strings.Split(all.found(), "+")[0]))
	if matches != want || all.get("total") != fmt.Sprint(want) {
		c.t.Errorf("%s: %d Locations of the source (total %s), want %d", when, matches, all.get("total"), want)
	}
	for _, e := range gjson.Get(all.body, "entry.#.resource").Array() {
		for _, path := range []string{"managingOrganization.reference", "partOf.reference"} {
			ref := e.Get(path).String()
			if ref == "" {
				continue
			}
			if strings.Contains(ref, "?") {
				c.t.Fatalf("%s: the reference %s was not resolved", when, ref)
			}
			if r := c.do("GET", "/"+ref, ""); r.status != 200 || path == "managingOrganization.reference" && r.get("identifier.0.value") != e.Get("identifier.0.value").String() && e.Get("resourceType").String() == "Location" {
				c.t.Errorf("%s: %s of %s leads to %d %s", when, path, e.Get("identifier.0.value"), r.status, r.get("identifier.0.value"))
			}
		}
	}
}

// mirror is a follower that sends Bundle.meta.lastUpdated back as _since, verbatim, and
// replays what it gets.
type mirror struct {
	*client
	state map[string]string // version by reference
	since map[string]string // by type
}

// round follows all types once; during is done after each page.
func (m *mirror) round(during func()) {
	m.t.Helper()
	for _, typ := range seven {
		at := m.base + "/" + typ + "/_history?_count=7"
		if s := m.since[typ]; s != "" {
			at += "&_since=" + s // not escaped, whatever it holds
		}
		var versions []gjson.Result
		for first := true; at != ""; first = false {
			r := m.must("GET", at, "")
			if first {
				m.since[typ] = r.get("meta.lastUpdated")
			}
			versions = append(versions, gjson.Get(r.body, "entry").Array()...)
			at = r.get(`link.#(relation=="next").url`)
			if at != "" && !strings.HasPrefix(at, m.base+"/"+typ+"/_history?") {
				m.t.Fatalf("the next link %s is not of the same path", at)
			}
			during()
		}
		slices.Reverse(versions)
		for _, v := range versions {
			m.replay(typ, v)
		}
	}
}

// replay does to the state what an entry of a history says.
func (m *mirror) replay(typ string, v gjson.Result) {
	m.t.Helper()
	ref := v.Get("request.url").String()
	if v.Get("request.method").String() == "DELETE" {
		if v.Get("resource").Exists() || v.Get("fullUrl").Exists() && v.Get("fullUrl").String() != m.base+"/"+ref {
			m.t.Errorf("a deletion says %s", v.Raw)
		}
		delete(m.state, ref)
		return
	}
	ref = typ + "/" + v.Get("resource.id").String()
	if v.Get("fullUrl").String() != m.base+"/"+ref {
		m.t.Errorf("fullUrl = %s, want that of %s", v.Get("fullUrl"), ref)
	}
	m.state[ref] = v.Get("resource.meta.versionId").String()
}

// A follower ends with exactly what the server has, whatever is written meanwhile.
func TestAClientThatFollowsHistories(t *testing.T) {
	testutil.Requirement(t, "MD-91-1", "MD-91-2", "MD-91-4", "MD-91-5", "MD-91-9", "HWWF-4", "CSD-W1", "CSD-W3", "MD-A2", "HWRF-4")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	m, others := &mirror{client: c, state: map[string]string{}, since: map[string]string{}}, &unrest{client: c}
	for range 6 {
		others.step()
		m.round(others.step)
	}
	m.round(func() {})
	served := map[string]string{}
	for _, typ := range seven {
		for at := c.base + "/" + typ + "?_count=11"; at != ""; {
			r := c.must("GET", at, "")
			for _, e := range gjson.Get(r.body, "entry.#.resource").Array() {
				served[typ+"/"+e.Get("id").String()] = e.Get("meta.versionId").String()
			}
			at = r.get(`link.#(relation=="next").url`)
		}
	}
	if len(served) == 0 || fmt.Sprint(served) != fmt.Sprint(m.state) {
		t.Errorf("the follower has\n%v\nthe server\n%v", m.state, served)
	}
	if r := c.do("GET", "/Location/_history?_since="+strings.TrimSuffix(m.since["Location"], "Z"), ""); r.status != 200 {
		t.Errorf("_since without a zone = %d %s", r.status, r.body)
	}
}

// unrest makes, changes and deletes resources of several types, a few at each step.
type unrest struct {
	*client
	steps int
}

func (u *unrest) step() {
	u.steps++
	i := u.steps % 9
	u.transaction(
		request("", "PUT", fmt.Sprintf("Organization/o%d", i), orgNamed(fmt.Sprintf("o%d", i), fmt.Sprintf("Name %d", u.steps)), ""),
		request("", "POST", "Practitioner", fmt.Sprintf(`{"resourceType":"Practitioner","name":[{"text":"P %d"}]}`, u.steps), ""),
		request("", "PUT", fmt.Sprintf("Location/l%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"l%d","name":"L%d","status":"active","type":[{"text":"t"}]}`, i, u.steps), ""),
	)
	if u.steps%3 == 0 {
		u.must("DELETE", fmt.Sprintf("/Location/l%d", (i+4)%9), "")
	}
}

// A client that asks many things in one batch, as interfaces of people do.
func TestAClientThatAsksInBatches(t *testing.T) {
	testutil.Requirement(t, "R4-9", "IOLF-2", "IOLF-6")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(rulesDirectory...)
	r := c.must("POST", "/", bundleOf("batch",
		request("", "GET", "Organization/root", "", ""),
		request("", "GET", "/Organization/root", "", ""),
		request("", "GET", "/Organization?name=able&_count=1", "", ""),
		request("", "GET", "Organization/root/_history", "", ""),
		request("", "GET", "/Organization/root/_history/1", "", ""),
		request("", "GET", c.base+"/Location/site", "", ""),
		request("", "GET", "Location/_history?_count=2", "", ""),
		request("", "GET", "metadata", "", ""),
		request("", "GET", "Organization/nobody", "", ""),
		request("", "GET", "Patient/1", "", ""),
		request("", "GET", "Organization?date=x&nonsense", "", ""),
		request("", "GET", "Location?near=x", "", ""),
		request("", "GET", "Organization/root", "", `,"ifNoneMatch":"W/\"1\""`),
		request("", "PUT", "Organization/extra", orgNamed("extra", "E"), ""),
		request("", "PUT", "Organization/wrong", orgNamed("other", "E"), ""),
		request("", "DELETE", "Organization/nosys", "", ""),
		request("", "POST", "Organization", orgNamed("x", "Once"), `,"ifNoneExist":"identifier=urn:w|x"`),
		request("", "GET", "Organization/extra", "", ""),
		request("", "GET", "Organization/nosys", "", ""),
	))
	want := []string{"200", "200", "200", "200", "200", "200", "200", "200", "404", "404", "200", "400", "304", "201", "400", "200", "201", "200", "410"}
	for i, status := range r.list("entry.#.response.status") {
		if !strings.HasPrefix(status, want[i]) {
			t.Errorf("entry %d = %s, want %s: %s", i, status, want[i], r.get(fmt.Sprintf("entry.%d", i)))
		}
	}
	for path, want := range map[string]string{
		"type": "batch-response", "entry.#": fmt.Sprint(len(want)), "entry.2.resource.total": "1", "entry.3.resource.type": "history", "entry.6.resource.type": "history", "entry.7.resource.resourceType": "CapabilityStatement",
		"entry.8.response.outcome.issue.0.code": "not-found", "entry.0.response.etag": `W/"1"`, "entry.13.response.etag": `W/"1"`,
	} {
		if got := r.get(path); got != want {
			t.Errorf("%s = %s, want %s", path, got, want)
		}
	}
	for _, typ := range []string{"transaction", "batch"} {
		if r := c.do("POST", "", bundleOf(typ)); r.status != 200 || r.get("type") != typ+"-response" {
			t.Errorf("an empty %s = %d %s", typ, r.status, r.body)
		}
	}
	if r := c.do("POST", "/", `{"resourceType":"Bundle","type":"transaction","entry":[]}`); r.status != 400 && r.status != 200 {
		t.Errorf("a transaction with an empty list = %d %s", r.status, r.body)
	}
}

// proxied starts a proxy that serves the FHIR base of a server at /registry/r4 of another
// address and says so in headers.
func proxied(t *testing.T, s *server, headers map[string]string) *httptest.Server {
	t.Helper()
	to, err := url.Parse(strings.TrimSuffix(s.base, "/fhir"))
	if err != nil {
		t.Fatal(err)
	}
	p := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		r.Out.URL.Path, r.Out.URL.RawPath = strings.TrimPrefix(r.In.URL.Path, "/registry"), ""
		r.Out.Host = to.Host
		for name, value := range headers {
			r.Out.Header.Set(name, strings.ReplaceAll(value, "HOST", r.In.Host))
		}
	}})
	t.Cleanup(p.Close)
	return p
}

func TestAClientBehindAProxy(t *testing.T) {
	testutil.Requirement(t, "CSD-W4", "IOLF-1", "TS-STD-3", "MD-90-9")
	t.Parallel()
	trusting, wary := start(t, t.TempDir(), "--trusted-proxies", "127.0.0.0/8,::1"), start(t, t.TempDir(), "--trusted-proxies", "192.0.2.1")
	tests := map[string]struct {
		server  *server
		headers map[string]string
		ours    bool // addresses are those of the proxy
	}{
		"the older headers": {trusting, map[string]string{"X-Forwarded-Host": "HOST", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/registry"}, true},
		"the standard one":  {trusting, map[string]string{"Forwarded": `for=192.0.2.9;host="HOST";proto=http`, "X-Forwarded-Prefix": "/registry"}, true},
		"not trusted":       {wary, map[string]string{"X-Forwarded-Host": "HOST", "X-Forwarded-Proto": "http", "X-Forwarded-Prefix": "/registry"}, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			p := proxied(t, tc.server, tc.headers)
			c := newClient(t, tc.server)
			c.base = p.URL + "/registry/fhir"
			want := tc.server.base
			if tc.ours {
				want = c.base
			}
			created := c.must("POST", "/Organization", `{"resourceType":"Organization","name":"Proxied"}`)
			if got := created.header.Get("Location"); !strings.HasPrefix(got, want+"/Organization/") {
				t.Errorf("Location = %s, want it below %s", got, want)
			}
			c.put(rulesDirectory...)
			for _, path := range []string{"/Organization?_count=3&_sort=name", "/Location/_history?_count=3", "/?_type=Organization,Location&_count=5", "/PractitionerRole?_count=3&_include=PractitionerRole:practitioner"} {
				pages, at := 0, c.base+path
				for at != "" && pages < 50 {
					r := c.must("GET", at, "")
					pages++
					for _, link := range append(r.list("link.#.url"), r.list("entry.#.fullUrl")...) {
						if !strings.HasPrefix(link, want) {
							t.Fatalf("%s gives the address %s, want it below %s", at, link, want)
						}
					}
					at = r.get(`link.#(relation=="next").url`)
				}
				if pages < 2 {
					t.Errorf("%s had %d pages; the walk shows nothing", path, pages)
				}
			}
			// A reference by the address the client uses is one to a resource here.
			if r := c.must("GET", "/PractitionerRole?practitioner="+url.QueryEscape(want+"/Practitioner/amina"), ""); r.found() != "p-months p-years" {
				t.Errorf("by its whole address amina has the posts %q", r.found())
			}
		})
	}
}

// What browsers and simple programs send.
func TestClientsOfEveryKind(t *testing.T) {
	testutil.Requirement(t, "R4-14", "R4-15", "R4-S1", "MD-A1", "FRF-6")
	t.Parallel()
	s := start(t, t.TempDir())
	c := newClient(t, s)
	c.put(rulesDirectory...)
	c.exchanges(t, []exchange{
		{"GET", "/Organization/_search?name=able", "", nil, 200, `"comma"`, ""},
		{"GET", "", "", nil, 200, "searchset", ""},
		{"GET", "/", "", nil, 200, "searchset", ""},
		{"GET", "/metadata/", "", nil, 200, "CapabilityStatement", ""},
		{"GET", "/Organization/?name=able", "", nil, 200, `"comma"`, ""},
		{"POST", "/Organization/_search?name=able", "identifier=urn:x%7Ca%5C%2Cb", []string{"Content-Type: application/x-www-form-urlencoded; charset=UTF-8"}, 200, `"total":1`, ""},
		{"POST", "/Organization/_search?name=able", "identifier=urn:x%7C1", []string{"Content-Type: application/x-www-form-urlencoded"}, 200, `"total":0`, ""},
		{"POST", "/Organization/_search?name=able", "", nil, 200, `"total":1`, ""},
		{"POST", "/_search", "_type=Organization&_id=root", []string{"Content-Type: application/x-www-form-urlencoded"}, 200, `"total":1`, ""},
		{"POST", "/Organization/_search", `{"a":1}`, []string{"Content-Type: application/json"}, 415, "", ""},
		{"PUT", "/Organization/j", orgNamed("j", "J"), []string{"Content-Type: application/json"}, 201, "", ""},
		{"PUT", "/Organization/j", orgNamed("j", "J"), []string{"Content-Type: application/json; charset=utf-8"}, 200, "", ""},
		{"PUT", "/Organization/j", orgNamed("j", "J"), []string{"Content-Type: application/fhir+json;fhirVersion=4.0"}, 200, "", ""},
		{"PUT", "/Organization/j", orgNamed("j", "J"), []string{"Content-Type: application/fhir+json;fhirVersion=5.0"}, 415, "", ""},
		{"PUT", "/Organization/j", orgNamed("j", "J"), []string{"Content-Type: text/csv"}, 415, "", ""},
		{"PUT", "/Organization/j", `<Organization xmlns="http://hl7.org/fhir"><id value="j"/><name value="X &amp; Y"/></Organization>`, []string{"Content-Type: application/fhir+xml", "Accept: application/fhir+json"}, 200, `"X & Y"`, ""},
		{"PUT", "/Organization/j", `<Organization xmlns="http://hl7.org/fhir"><id value="j"/><nonsense value="X"/></Organization>`, []string{"Content-Type: application/fhir+xml"}, 400, "", ""},
		{"GET", "/Organization/j", "", []string{"Accept: */*"}, 200, `{"resourceType"`, ""},
		{"GET", "/Organization/j", "", []string{"Accept: application/json, text/plain, */*"}, 200, `{"resourceType"`, ""},
		{"GET", "/Organization/j", "", []string{"Accept: application/fhir+xml;q=0.2, application/fhir+json;q=0.1"}, 200, `<Organization`, ""},
		{"GET", "/Organization/j", "", []string{"Accept: application/pdf"}, 406, "", ""},
		{"GET", "/Organization/j", "", []string{"Accept: application/fhir+json;q=0"}, 406, "", ""},
		{"TRACE", "/Organization/j", "", nil, 405, "", ""},
	})
	r := c.must("GET", "/Organization/j", "", "Origin: http://pages.example")
	for _, name := range []string{"ETag", "Location", "Content-Location", "Last-Modified"} {
		if !strings.Contains(r.header.Get("Access-Control-Expose-Headers"), name) {
			t.Errorf("pages of other origins cannot see %s", name)
		}
	}
	if res, err := http.Get(strings.TrimSuffix(s.base, "/fhir") + "/fhirx"); err != nil || res.StatusCode != 404 {
		t.Errorf("an address beside the base = %v %v, want 404", res, err)
	} else {
		res.Body.Close()
	}
}
