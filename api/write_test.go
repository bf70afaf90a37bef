package api_test

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

func TestCreate(t *testing.T) {
	testutil.Requirement(t, "MD-130-1", "R4-4", "R4-20")
	s := serve(t, nil)
	a := s.do("POST", "/Organization", `{"resourceType":"Organization","id":"mine","name":"Öl \u12a2",
		"meta":{"versionId":"77","lastUpdated":"2001-01-01T00:00:00Z","source":"urn:here","tag":[{"code":"t"}]}}`)
	if a.status != 201 {
		t.Fatalf("POST = %d %s, want 201", a.status, a.body)
	}
	m := regexp.MustCompile(`^` + regexp.QuoteMeta(s.base) + `/Organization/([A-Za-z0-9.-]{1,64})/_history/1$`).FindStringSubmatch(a.header.Get("Location"))
	if m == nil || m[1] == "mine" {
		t.Fatalf("Location = %s, want the address of version 1 with an id of the server's", a.header.Get("Location"))
	}
	if a.header.Get("ETag") != `W/"1"` || a.header.Get("Last-Modified") == "" {
		t.Errorf("ETag %q, Last-Modified %q, want both of version 1", a.header.Get("ETag"), a.header.Get("Last-Modified"))
	}
	b := s.must("GET", "/Organization/"+m[1], "")
	if b.body != a.body {
		t.Errorf("read %s\nwant what the create answered %s", b.body, a.body)
	}
	for path, want := range map[string]string{"id": m[1], "name": "Öl ኢ", "meta.versionId": "1", "meta.source": "urn:here", "meta.tag.0.code": "t"} {
		if got := b.get(path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	testutil.Requirement(t, "R4-5", "R4-8", "MD-130-9", "Z-7a")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	tests := map[string]struct {
		method, path, body string
		header             string
		status             int
		says               string
	}{
		"body of another type":                     {"POST", "/Organization", `{"resourceType":"Location","name":"L"}`, "", 400, "Location"},
		"broken JSON":                              {"POST", "/Organization", `{"resourceType":`, "", 400, "JSON"},
		"a list":                                   {"POST", "/Organization", `[]`, "", 400, ""},
		"no body":                                  {"POST", "/Organization", ``, "", 400, "no body"},
		"no type":                                  {"POST", "/Organization", `{"name":"A"}`, "", 400, "resourceType"},
		"a name that is a number":                  {"POST", "/Organization", `{"resourceType":"Organization","name":5}`, "", 400, "Organization.name"},
		"PUT with another id":                      {"PUT", "/Organization/a", org("b", "A"), "", 400, "same"},
		"PUT without an id":                        {"PUT", "/Organization/a", `{"resourceType":"Organization","name":"A"}`, "", 400, "no id"},
		"PUT of another type":                      {"PUT", "/Organization/a", `{"resourceType":"Location","id":"a"}`, "", 400, "Location"},
		"PUT to an impossible id":                  {"PUT", "/Organization/no%20such!", org("a", "A"), "", 400, "FHIR id"},
		"PUT to the bare type":                     {"PUT", "/Organization", org("a", "A"), "", 400, "criteria"},
		"PUT with an unknown criterion":            {"PUT", "/Organization?colour=red", `{"resourceType":"Organization","name":"A"}`, "", 400, "colour"},
		"PUT with a result parameter":              {"PUT", "/Organization?_count=1", `{"resourceType":"Organization","name":"A"}`, "", 412, "criterion"},
		"DELETE of the bare type":                  {"DELETE", "/Organization", "", "", 412, "whole type"},
		"DELETE without criteria":                  {"DELETE", "/Organization?", "", "", 412, "whole type"},
		"DELETE with a format only":                {"DELETE", "/Organization?_format=json", "", "", 412, "whole type"},
		"DELETE with unknown criteria":             {"DELETE", "/Organization?colour=red", "", "", 400, "colour"},
		"create on unknown conditions":             {"POST", "/Organization", org("x", "X"), "If-None-Exist: colour=red", 400, "colour"},
		"create on a condition of another type":    {"POST", "/Organization", org("x", "X"), "If-None-Exist: Location?identifier=1", 400, "Location"},
		"POST to an instance":                      {"POST", "/Organization/a", org("a", "A"), "", 405, "POST"},
		"PATCH of a whole type":                    {"PATCH", "/Organization", `[]`, "Content-Type: application/json-patch+json", 400, "criteria"},
		"unknown type":                             {"POST", "/Nonsense", `{"resourceType":"Nonsense"}`, "", 404, "Nonsense"},
		"XML without a namespace":                  {"POST", "/Organization", `<Organization/>`, "Content-Type: application/fhir+xml", 400, "namespace"},
		"XML with a document type":                 {"POST", "/Organization", `<!DOCTYPE a [<!ENTITY b "c">]><Organization xmlns="http://hl7.org/fhir"/>`, "Content-Type: application/fhir+xml", 400, "entities"},
		"Turtle":                                   {"POST", "/Organization", `[] a fhir:Organization`, "Content-Type: text/turtle", 415, "turtle"},
		"a form":                                   {"POST", "/Organization", `name=A`, "Content-Type: application/x-www-form-urlencoded", 415, "form"},
		"another character set":                    {"POST", "/Organization", org("a", "A"), "Content-Type: application/fhir+json; charset=iso-8859-1", 415, "iso-8859-1"},
		"another FHIR version":                     {"POST", "/Organization", org("a", "A"), "Content-Type: application/fhir+json; fhirVersion=5.0", 415, "4.0"},
		"a compressed body":                        {"POST", "/Organization", org("a", "A"), "Content-Encoding: br", 415, "br"},
		"a body that is not compressed as it says": {"POST", "/Organization", org("a", "A"), "Content-Encoding: gzip", 400, "gzip"},
		"If-Match that is stale":                   {"PUT", "/Organization/a", org("a", "B"), `If-Match: W/"7"`, 412, "version 1"},
		"If-Match on nothing":                      {"PUT", "/Organization/new", org("new", "B"), `If-Match: W/"1"`, 412, "no Organization/new"},
		"If-None-Match of something":               {"PUT", "/Organization/a", org("a", "B"), `If-None-Match: *`, 412, "already"},
		"DELETE with a stale If-Match":             {"DELETE", "/Organization/a", "", `If-Match: W/"7"`, 412, "version 1"},
		"DELETE with If-Match on nothing":          {"DELETE", "/Organization/new", "", `If-Match: W/"1"`, 412, "no Organization/new"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(tc.method, tc.path, tc.body, tc.header)
			if a.status != tc.status || !strings.Contains(a.body, tc.says) {
				t.Errorf("%s %s = %d %s, want %d and %q", tc.method, tc.path, a.status, a.body, tc.status, tc.says)
			}
		})
	}
	if got := s.must("GET", "/Organization/_history", "").get("total"); got != "1" {
		t.Errorf("after all that is refused there are %s versions, want 1", got)
	}
}

func TestUpdate(t *testing.T) {
	testutil.Requirement(t, "MD-130-2", "R4-5", "IOLF-4")
	s := serve(t, nil)
	steps := []struct {
		what   string
		body   string
		header string
		status int
		etag   string
	}{
		{"creates", org("u", "One"), "", 201, `W/"1"`},
		{"changes", org("u", "Two"), "", 200, `W/"2"`},
		{"changes the version named", org("u", "Three"), `If-Match: W/"2"`, 200, `W/"3"`},
		{"changes the version named without W/", org("u", "Four"), `If-Match: "3"`, 200, `W/"4"`},
		{"changes what is there", org("u", "Five"), `If-Match: *`, 200, `W/"5"`},
	}
	for _, step := range steps {
		a := s.do("PUT", "/Organization/u", step.body, step.header)
		if a.status != step.status || a.header.Get("ETag") != step.etag {
			t.Errorf("PUT that %s = %d, ETag %s, want %d and %s", step.what, a.status, a.header.Get("ETag"), step.status, step.etag)
		}
		if at := a.header.Get("Location"); (a.status == 201) != (at != "") {
			t.Errorf("PUT that %s has Location %q", step.what, at)
		}
		if !strings.HasPrefix(a.header.Get("Content-Location"), s.base+"/Organization/u/_history/") {
			t.Errorf("PUT that %s has Content-Location %q", step.what, a.header.Get("Content-Location"))
		}
	}
	s.must("DELETE", "/Organization/u", "")
	if a := s.do("PUT", "/Organization/u", org("u", "Back")); a.status != 201 || a.header.Get("ETag") != `W/"7"` {
		t.Errorf("PUT after DELETE = %d, ETag %s, want 201 and version 7", a.status, a.header.Get("ETag"))
	}
	if a := s.do("PUT", "/Organization/n", org("n", "New"), "If-None-Match: *"); a.status != 201 {
		t.Errorf("PUT with If-None-Match: * of what is not there = %d, want 201", a.status)
	}
}

func TestDelete(t *testing.T) {
	testutil.Requirement(t, "MD-130-3", "R4-8")
	s := serve(t, nil)
	s.must("PUT", "/Organization/d", org("d", "D"))
	a := s.do("DELETE", "/Organization/d", "", `If-Match: W/"1"`)
	if a.status != 200 || a.get("resourceType") != "OperationOutcome" || a.header.Get("ETag") != `W/"2"` {
		t.Errorf("DELETE = %d %s, ETag %s, want 200 with an outcome and version 2", a.status, a.body, a.header.Get("ETag"))
	}
	for _, path := range []string{"/Organization/d", "/Organization/never"} {
		if a := s.do("DELETE", path, ""); a.status != 200 {
			t.Errorf("DELETE %s = %d, want 200 for what is not there", path, a.status)
		}
	}
	if got := s.must("GET", "/Organization/d/_history", "").get("total"); got != "2" {
		t.Errorf("a repeated DELETE left %s versions, want 2", got)
	}
	if a := s.do("DELETE", "/Organization/never", "", "Prefer: return=minimal"); a.status != 204 || a.body != "" {
		t.Errorf("DELETE with return=minimal = %d %q, want 204 without a body", a.status, a.body)
	}
}

func TestPreferReturn(t *testing.T) {
	testutil.Requirement(t, "R4-11")
	s := serve(t, nil)
	tests := map[string]string{ // Prefer → type of the body
		"":                        "Organization",
		"return=representation":   "Organization",
		"return=minimal":          "",
		"return=OperationOutcome": "OperationOutcome",
		"handling=lenient; return=OperationOutcome":  "OperationOutcome",
		"respond-async, return=minimal":              "",
		`return="OperationOutcome",handling=lenient`: "OperationOutcome",
		"return=everything":                          "Organization",
	}
	for preference, want := range tests {
		a := s.do("POST", "/Organization", org("x", "X"), "Prefer: "+preference)
		if a.status != 201 || a.get("resourceType") != want || (want == "") != (a.body == "") {
			t.Errorf("POST with Prefer %q = %d %s, want 201 and %q", preference, a.status, a.body, want)
		}
		if a.header.Get("Location") == "" {
			t.Errorf("POST with Prefer %q has no Location", preference)
		}
	}
}

func TestConditionalWrites(t *testing.T) {
	testutil.Requirement(t, "R4-4", "R4-6", "R4-8", "IOLF-4")
	s := serve(t, nil)
	one := `{"resourceType":"Organization","identifier":[{"system":"urn:c","value":"1"}],"name":"%"}`
	named := func(name string) string { return strings.Replace(one, "%", name, 1) }
	two := `{"resourceType":"Organization","identifier":[{"system":"urn:c","value":"2"}],"name":"T"}`
	s.must("POST", "/Organization", two)
	s.must("POST", "/Organization", two)

	if a := s.do("POST", "/Organization", named("A"), "If-None-Exist: identifier=urn:c%7C1"); a.status != 201 {
		t.Fatalf("conditional create without a match = %d, want 201", a.status)
	}
	a := s.do("POST", "/Organization", named("B"), "If-None-Exist: ?identifier=urn:c|1")
	if a.status != 200 || a.get("name") != "A" || a.header.Get("Location") == "" {
		t.Errorf("conditional create with one match = %d %s, want 200 and the one that is there", a.status, a.body)
	}
	id := a.get("id")
	if a := s.do("POST", "/Organization", two, "If-None-Exist: Organization?identifier=urn:c|2"); a.status != 412 {
		t.Errorf("conditional create with two matches = %d, want 412", a.status)
	}
	a = s.do("PUT", "/Organization?identifier=urn:c%7C1", named("C"))
	if a.status != 200 || a.get("id") != id || a.get("meta.versionId") != "2" {
		t.Errorf("conditional update of one = %d %s, want 200 and version 2 of %s", a.status, a.body, id)
	}
	if a := s.do("PUT", "/Organization?identifier=urn:c%7C1", org("other", "C")); a.status != 400 {
		t.Errorf("conditional update with another id = %d, want 400", a.status)
	}
	if a := s.do("PUT", "/Organization?identifier=urn:c%7C1", named("C"), `If-Match: W/"1"`); a.status != 412 {
		t.Errorf("conditional update of a stale version = %d, want 412", a.status)
	}
	if a := s.do("PUT", "/Organization?identifier=urn:c%7C2", two); a.status != 412 {
		t.Errorf("conditional update of two = %d, want 412", a.status)
	}
	if a := s.do("PUT", "/Organization?identifier=urn:c%7C3", org("chosen", "N")); a.status != 201 || a.get("id") != "chosen" {
		t.Errorf("conditional update of none with an id = %d %s, want 201 with that id", a.status, a.body)
	}
	if a := s.do("PUT", "/Organization?identifier=urn:c%7C4", org("chosen", "N")); a.status != 409 {
		t.Errorf("conditional update of none with the id of another = %d, want 409", a.status)
	}
	for criteria, status := range map[string]int{"identifier=urn:c%7C2": 412, "identifier=urn:c%7C9": 200, "identifier=urn:c%7C1": 200} {
		if a := s.do("DELETE", "/Organization?"+criteria, ""); a.status != status {
			t.Errorf("DELETE ?%s = %d, want %d", criteria, a.status, status)
		}
	}
	if a := s.do("GET", "/Organization/"+id, ""); a.status != 410 {
		t.Errorf("what a conditional DELETE met = %d, want 410", a.status)
	}
	if got := s.must("GET", "/Organization?identifier=urn:c%7C2", "").get("total"); got != "2" {
		t.Errorf("a DELETE that met two left %s, want 2", got)
	}
}

func TestConditionalWritesFromManyClients(t *testing.T) {
	testutil.Requirement(t, "R4-4", "R4-6", "IOLF-4")
	s := serve(t, nil)
	for round := range 8 {
		race := strconv.Itoa(round)
		body := `{"resourceType":"Organization","identifier":[{"system":"urn:race","value":"` + race + `"}],"name":"R"}`
		var wg sync.WaitGroup
		for n := range 12 {
			wg.Go(func() {
				var a answer
				if n%2 == 0 {
					a = s.do("POST", "/Organization", body, "If-None-Exist: identifier=urn:race|"+race)
				} else {
					a = s.do("PUT", "/Organization?identifier=urn:race%7C"+race, body)
				}
				if a.status != 200 && a.status != 201 {
					t.Errorf("a conditional write = %d %s, want 200 or 201", a.status, a.body)
				}
			})
		}
		wg.Wait()
		if got := s.must("GET", "/Organization?identifier=urn:race%7C"+race, "").get("total"); got != "1" {
			t.Fatalf("12 conditional writes at once made %s resources, want 1", got)
		}
	}
}

func TestWriterAndReasonAreKept(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"), "X-Reason: monthly review")
	vs, err := s.store.Changes(t.Context(), 0, 10)
	if err != nil || len(vs) != 1 {
		t.Fatalf("Changes = %v, %v, want one version", vs, err)
	}
	if c := vs[0].Cause; c.Actor != "anonymous" || c.Reason != "monthly review" {
		t.Errorf("cause = %+v, want anonymous and the reason given", c)
	}
}

// entries returns a path of every entry of a Bundle.
func (a answer) entries(path string) []string {
	var list []string
	for _, v := range gjson.Get(a.body, "entry.#."+path).Array() {
		list = append(list, v.String())
	}
	return list
}
