package e2e_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

// exchange is a request and what has to come back.
type exchange struct {
	method, path, body string
	headers            []string
	status             int
	has                string // in the answer as it was sent
	code               string // of the first issue
}

// try runs exchanges in order.
func (c *client) exchanges(t *testing.T, list []exchange) {
	t.Helper()
	own := *c
	own.t = t
	for _, x := range list {
		r := own.do(x.method, x.path, x.body, x.headers...)
		if r.status != x.status || !strings.Contains(r.sent, x.has) || x.code != "" && r.get("issue.0.code") != x.code {
			t.Errorf("%s %s %q %.200s\n = %d %.600s\n want %d %s %s", x.method, x.path, x.headers, x.body, r.status, r.sent, x.status, x.code, x.has)
		}
	}
}

func orgNamed(id, name string) string {
	return fmt.Sprintf(`{"resourceType":"Organization","id":%q,"identifier":[{"system":"urn:w","value":%q}],"type":[{"text":"Post"}],"name":%q}`, id, id, name)
}

func TestEntityTags(t *testing.T) {
	testutil.Requirement(t, "R4-1", "R4-2", "R4-5")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(orgNamed("a", "One"), orgNamed("a", "Two"))
	two, three := orgNamed("a", "Two"), orgNamed("a", "Three")
	c.exchanges(t, []exchange{
		{"GET", "/Organization/a", "", []string{`If-None-Match: W/"2"`}, 304, "", ""},
		{"GET", "/Organization/a", "", []string{`If-None-Match: "2"`}, 304, "", ""},
		{"GET", "/Organization/a", "", []string{`If-None-Match: W/"1",W/"2"`}, 304, "", ""},
		{"GET", "/Organization/a", "", []string{`If-None-Match: *`}, 304, "", ""},
		{"GET", "/Organization/a", "", []string{`If-None-Match: W/"22"`}, 200, "Two", ""},
		{"GET", "/Organization/a", "", []string{`If-None-Match: W/"1"`, "If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT"}, 200, "Two", ""}, // RFC 9110: the tag decides
		{"HEAD", "/Organization/a", "", []string{`If-None-Match: W/"2"`}, 304, "", ""},
		{"GET", "/Organization/a/_history/1", "", []string{`If-None-Match: W/"1"`}, 304, "", ""},
		{"PUT", "/Organization/a", three, []string{`If-Match: W/"1"`}, 412, "", "conflict"},
		{"PUT", "/Organization/a", three, []string{`If-Match: W/"3"`}, 412, "", "conflict"},
		{"PUT", "/Organization/a", three, []string{`If-Match: nonsense`}, 412, "", ""},
		{"PUT", "/Organization/a", three, []string{`If-None-Match: *`}, 412, "", ""},
		{"PUT", "/Organization/new", orgNamed("new", "N"), []string{`If-Match: W/"1"`}, 412, "", ""},
		{"PUT", "/Organization/new", orgNamed("new", "N"), []string{`If-Match: *`}, 412, "", ""},
		{"GET", "/Organization/new", "", nil, 404, "", "not-found"},
		{"PUT", "/Organization/new", orgNamed("new", "N"), []string{`If-None-Match: *`}, 201, "", ""},
		{"PUT", "/Organization/a", three, []string{`If-Match: W/"2"`}, 200, "Three", ""},
		{"PUT", "/Organization/a", two, []string{`If-Match: "3"`}, 200, "Two", ""},
		{"PUT", "/Organization/a", three, []string{`If-Match: W/"1", W/"4"`}, 200, "Three", ""},
		{"PUT", "/Organization/a", two, []string{`If-Match: *`}, 200, "Two", ""},
		{"DELETE", "/Organization/a", "", []string{`If-Match: W/"1"`}, 412, "", ""},
		{"PATCH", "/Organization/a", `[{"op":"replace","path":"/name","value":"P"}]`, []string{"Content-Type: application/json-patch+json", `If-Match: W/"1"`}, 412, "", ""},
		{"PATCH", "/Organization/a", `[{"op":"replace","path":"/name","value":"P"}]`, []string{"Content-Type: application/json-patch+json", `If-Match: W/"6"`}, 200, `"P"`, ""},
		{"DELETE", "/Organization/a", "", []string{`If-Match: W/"7"`}, 200, "", ""},
		{"GET", "/Organization/a", "", []string{`If-None-Match: W/"8"`}, 410, "", "deleted"},
		{"DELETE", "/Organization/a", "", nil, 200, "", ""},
		{"DELETE", "/Organization/never", "", nil, 200, "", ""},
		{"PUT", "/Organization/a", two, nil, 201, "Two", ""},
		{"GET", "/Organization/a/_history/8", "", nil, 410, "", "deleted"},
		{"GET", "/Organization/a/_history/9", "", nil, 200, "Two", ""},
		{"GET", "/Organization/a/_history/10", "", nil, 404, "", "not-found"},
	})
}

func TestWritesUnderConditions(t *testing.T) {
	testutil.Requirement(t, "R4-4", "R4-6", "R4-7", "R4-8")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(orgNamed("a", "Twin"), orgNamed("b", "Twin"), orgNamed("c", "Single"))
	patch := `[{"op":"replace","path":"/name","value":"Patched"}]`
	asPatch := []string{"Content-Type: application/json-patch+json"}
	c.exchanges(t, []exchange{
		{"POST", "/Organization", orgNamed("ignored", "New"), []string{"If-None-Exist: identifier=urn:w|c"}, 200, "Single", ""},
		{"POST", "/Organization", orgNamed("ignored", "New"), []string{"If-None-Exist: ?identifier=urn:w|c"}, 200, "Single", ""},
		{"POST", "/Organization", orgNamed("ignored", "New"), []string{"If-None-Exist: name=Twin"}, 412, "", "multiple-matches"},
		{"POST", "/Organization", orgNamed("ignored", "New"), []string{"If-None-Exist: nonsense=1"}, 400, "", ""},
		{"POST", "/Organization", orgNamed("ignored", "New"), []string{"If-None-Exist: identifier=urn:w%7Cd"}, 201, "New", ""},
		{"GET", "/Organization/ignored", "", nil, 404, "", "not-found"},
		{"PUT", "/Organization?identifier=urn:w|c", strings.Replace(orgNamed("c", "Single 2"), `"id":"c",`, "", 1), nil, 200, "Single 2", ""},
		{"PUT", "/Organization?identifier=urn:w|c", orgNamed("c", "Single 3"), nil, 200, "Single 3", ""},
		{"PUT", "/Organization?identifier=urn:w|c", orgNamed("other", "Single 4"), nil, 400, "", ""},
		{"PUT", "/Organization?name=Twin", orgNamed("a", "X"), nil, 412, "", "multiple-matches"},
		{"PUT", "/Organization?identifier=urn:w|e", orgNamed("e", "Fresh"), nil, 201, `"id":"e"`, ""},
		{"PUT", "/Organization?identifier=urn:w|f", orgNamed("a", "Takes an id"), nil, 409, "", ""}, // R4: the id is in use by what the search does not find
		{"PUT", "/Organization?nonsense=1", orgNamed("", "X"), nil, 400, "", ""},
		{"PUT", "/Organization", orgNamed("a", "X"), nil, 400, "", ""},
		{"PUT", "/Organization?", orgNamed("a", "X"), nil, 400, "", ""},
		{"PUT", "/Organization?_count=5", orgNamed("a", "X"), nil, 412, "", ""},
		{"PATCH", "/Organization?identifier=urn:w|c", patch, asPatch, 200, "Patched", ""},
		{"PATCH", "/Organization?name=Twin", patch, asPatch, 412, "", "multiple-matches"},
		{"PATCH", "/Organization?name=Nobody", patch, asPatch, 404, "", "not-found"},
		{"PATCH", "/Organization/nobody", patch, asPatch, 404, "", "not-found"},
		{"PATCH", "/Organization/a", `[{"op":"test","path":"/name","value":"Other"},{"op":"remove","path":"/name"}]`, asPatch, 422, "", ""},
		{"PATCH", "/Organization/a", `[{"op":"replace","path":"/id","value":"z"}]`, asPatch, 422, "", ""},
		{"PATCH", "/Organization/a", `[{"op":"replace","path":"/resourceType","value":"Location"}]`, asPatch, 422, "", ""},
		{"PATCH", "/Organization/a", `[{"op":"remove","path":"/name"},{"op":"remove","path":"/identifier"}]`, asPatch, 422, "", ""}, // org-1
		{"PATCH", "/Organization/a", `[{"op":"add","path":"/nonsense","value":1}]`, asPatch, 422, "", ""},
		{"PATCH", "/Organization/a", `{}`, asPatch, 400, "", ""},
		{"PATCH", "/Organization/a", `[]`, []string{"Content-Type: text/plain"}, 415, "", ""},
		{"GET", "/Organization/a", "", nil, 200, `"Twin"`, ""},
		{"DELETE", "/Organization?name=Twin", "", nil, 412, "", "multiple-matches"},
		{"DELETE", "/Organization?name=Nobody", "", nil, 200, "", ""},
		{"DELETE", "/Organization?nonsense=1", "", nil, 400, "", ""},
		{"DELETE", "/Organization", "", nil, 412, "", ""},
		{"DELETE", "/Organization?name=Patched", "", nil, 200, "", ""},
		{"GET", "/Organization/c", "", nil, 410, "", "deleted"},
	})
}

func TestIdsInBodies(t *testing.T) {
	testutil.Requirement(t, "R4-5", "R4-19", "MD-130-9")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	long := strings.Repeat("x", 64)
	c.exchanges(t, []exchange{
		{"PUT", "/Organization/a", orgNamed("b", "X"), nil, 400, "", ""},
		{"PUT", "/Organization/a", `{"resourceType":"Organization","name":"X"}`, nil, 400, "", ""},
		{"PUT", "/Organization/a", `{"resourceType":"Location","id":"a","name":"X"}`, nil, 400, "", ""},
		{"PUT", "/Organization/a", `{"id":"a","name":"X"}`, nil, 400, "", ""},
		{"PUT", "/Organization/" + long, orgNamed(long, "X"), nil, 201, "", ""},
		{"PUT", "/Organization/A.b-9", orgNamed("A.b-9", "X"), nil, 201, "", ""},
		{"PUT", "/Organization/" + long + "x", orgNamed(long+"x", "X"), nil, 400, "", ""},
		{"PUT", "/Organization/a_b", orgNamed("a_b", "X"), nil, 400, "", ""},
		{"PUT", "/Organization/a%2Fb", orgNamed("a/b", "X"), nil, 400, "", ""},
		{"POST", "/Organization", ``, nil, 400, "", ""},
		{"POST", "/Organization", `[]`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","name":null}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","name":"A","name":"B"}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","name":""}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","name":"A","alias":[]}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","name":"A","colour":"red"}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","active":"true","name":"A"}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","name":["A"]}`, nil, 400, "", ""},
		{"POST", "/Organization", `{"resourceType":"Organization","active":true}`, nil, 422, "", ""},
		{"POST", "/Location", `{"resourceType":"Location","name":"A","status":"open"}`, nil, 422, "", ""},
		{"POST", "/Location", `{"resourceType":"Location","name":"A","position":{"longitude":1}}`, nil, 422, "", ""},
		{"POST", "/Practitioner", `{"resourceType":"Practitioner","birthDate":"1980-13-01"}`, nil, 400, "", ""},
		{"POST", "/Practitioner", `{"resourceType":"Practitioner","birthDate":"1980-02-30"}`, nil, 400, "", ""},
		{"POST", "/Organization", "{\"resourceType\":\"Organization\",\"name\":\"\xff\"}", nil, 400, "", ""},
		{"POST", "/Organization", "\ufeff" + `{"resourceType":"Organization","name":"With a mark"}`, nil, 201, "With a mark", ""},
		{"POST", "/Patient", `{"resourceType":"Patient"}`, nil, 404, "", "not-supported"},
		{"POST", "/Organization/a", orgNamed("a", "X"), nil, 405, "", ""},
		{"PUT", "/metadata", orgNamed("a", "X"), nil, 405, "", ""},
		{"PATCH", "/Organization/_history", "[]", nil, 405, "", ""},
		{"GET", "/Organization/_history/1", "", nil, 400, "", ""},
	})
}

func TestWordsForFormats(t *testing.T) {
	testutil.Requirement(t, "R4-14", "Z-6a", "Z-6b", "MD-90-2", "MD-91-3")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(orgNamed("a", "A"))
	jsonType, xmlType := "application/fhir+json", "application/fhir+xml"
	for query, want := range map[string]string{
		"": jsonType, "?_format=json": jsonType, "?_format=xml": xmlType, "?_format=text/xml": xmlType, "?_format=application/xml": xmlType, "?_format=application/fhir%2Bxml": xmlType, "?_format=application/fhir+xml": xmlType,
		"?_format=application/fhir+json": jsonType, "?_format=text/json": jsonType, "?_format=application/json": jsonType, "?_format=": jsonType, "?_format=application/fhir%2Bxml;%20fhirVersion=4.0": xmlType, "?_format=xml&_pretty=true": xmlType,
		"?_format=json&_pretty=false": jsonType, "?_format=pdf": "", "?_format=application/pdf": "", "?_format=application/fhir%2Bjson;fhirVersion=5.0": "",
	} {
		for _, path := range []string{"/Organization/a", "/Organization", "/Organization/_history", "/metadata", "/Organization/a/_history", "/nowhere/a"} {
			r := c.do("GET", path+query, "", "Accept: text/html,application/xhtml+xml,*/*;q=0.8")
			got := r.header.Get("Content-Type")
			if want == "" {
				if r.status != 406 && path != "/nowhere/a" {
					t.Errorf("GET %s%s = %d, want 406", path, query, r.status)
				}
				continue
			}
			base, _, _ := strings.Cut(got, ";")
			alias := strings.NewReplacer("text/", "application/fhir+", "application/json", jsonType, "application/xml", xmlType).Replace(base)
			if alias != want {
				t.Errorf("GET %s%s comes as %q, want %q or an alias", path, query, got, want)
			}
		}
	}
}

func TestPreferences(t *testing.T) {
	testutil.Requirement(t, "R4-11", "R4-S3")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	for prefer, has := range map[string]string{
		"": `"name"`, "return=representation": `"name"`, "return=minimal": "", "return=OperationOutcome": "OperationOutcome", `return="minimal"`: "", "return=minimal; foo=bar": "", "handling=strict, return=minimal": "",
		"respond-async, return=minimal": "", "RETURN=minimal": "", "return=nonsense": `"name"`, "return = minimal": "", "return=minimal,return=representation": "",
	} {
		for _, x := range []exchange{
			{method: "PUT", path: "/Organization/a", body: orgNamed("a", "A"+prefer)}, {method: "POST", path: "/Organization", body: `{"resourceType":"Organization","type":[{"text":"Post"}],"name":"A"}`},
		} {
			r := c.must(x.method, x.path, x.body, "Prefer: "+prefer)
			if has == "" && r.sent != "" || !strings.Contains(r.sent, has) {
				t.Errorf("%s with Prefer: %s brings %.200q, want %q", x.method, prefer, r.sent, has)
			}
			if r.header.Get("ETag") == "" || r.header.Get("Last-Modified") == "" {
				t.Errorf("%s with Prefer: %s lacks ETag or Last-Modified", x.method, prefer)
			}
		}
	}
	for prefer, status := range map[string]int{"handling=strict": 400, "handling=lenient": 200, "": 200, `handling="strict"`: 400, "return=minimal,handling=strict": 400, "Handling=Strict": 400, "handling=loose": 200} {
		for _, q := range []string{"nonsense=1", "name:nonsense=x", "partof.nonsense=x", "_has:Location:organization:nonsense=x", "_include=Organization:nonsense", "_sort=nonsense", "_revinclude=Location:nonsense", "name.family=x"} {
			r := c.do("GET", "/Organization?"+q, "", "Prefer: "+prefer)
			if r.status != status && !(status == 200 && r.status == 400 && q != "nonsense=1") {
				t.Errorf("GET Organization?%s with Prefer: %s = %d %s, want %d", q, prefer, r.status, r.diagnostics(), status)
			}
			if status == 200 && r.status == 200 {
				if self := r.get(`link.#(relation=="self").url`); strings.Contains(self, "nonsense") {
					t.Errorf("GET Organization?%s: the link to itself names what was ignored: %s", q, self)
				}
			}
		}
	}
}

func TestWhatSearchRefuses(t *testing.T) {
	testutil.Requirement(t, "MD-90-8", "Z-7a", "R4-S8")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	for _, q := range []string{
		"PractitionerRole?date=foo", "PractitionerRole?date=2016-13", "PractitionerRole?date=2016-02-30", "PractitionerRole?date=xx2016", "PractitionerRole?date=ge", "PractitionerRole?date=2016-03-15T25:00:00Z", "PractitionerRole?date=16-03-15",
		"Location?near=abc", "Location?near=91|0|1|km", "Location?near=0|181|1|km", "Location?near=0|0|-1|km", "Location?near=0|0|1|kg", "Location?near=0", "Location?near=0|0|x|km",
		"Location?_count=-1", "Location?_count=x", "Location?_count=1.5", "Location?_total=some", "Location?_summary=some", "Organization?active:missing=perhaps", "Organization?name:exact:contains=x", "Organization?active:exact=true", "Organization?identifier:of-type=MR|1",
		"Organization?_has:Location=x", "Organization?_has:Location:organization=x", "Organization?_has:Nonsense:organization:name=x", "Location?_lastUpdated=yesterday", "Organization?_filter=name eq", "Organization?_filter=(name eq x", "Organization?_filter=nonsense eq x",
		"Location?_cursor=nonsense", "Location?partof:below=",
	} {
		if r := c.do("GET", "/"+q, ""); r.status != 400 {
			if q == "Location?partof:below=" && r.status == 200 { // an empty value is no value
				continue
			}
			t.Errorf("GET %s = %d %.300s, want 400", q, r.status, r.sent)
		}
	}
	for _, q := range []string{"%zz", "name=%", "name=%ff", "name=%c3%28", "%00=1", "name=%00"} {
		r := c.do("GET", "/Organization?"+q, "")
		if r.status != 400 && r.status != 200 {
			t.Errorf("GET Organization?%s = %d %s", url.QueryEscape(q), r.status, r.sent)
		}
	}
}
