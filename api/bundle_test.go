package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/testutil"
)

// bundle makes a Bundle of entries.
func bundle(typ string, entries ...string) string {
	return `{"resourceType":"Bundle","type":"` + typ + `","entry":[` + strings.Join(entries, ",") + `]}`
}

// entry makes an entry; resource and more ("ifMatch":"…") may be empty.
func entry(fullURL, method, url, resource, more string) string {
	var b strings.Builder
	b.WriteString("{")
	if fullURL != "" {
		fmt.Fprintf(&b, `"fullUrl":%q,`, fullURL)
	}
	if resource != "" {
		fmt.Fprintf(&b, `"resource":%s,`, resource)
	}
	if more != "" {
		more = "," + more
	}
	fmt.Fprintf(&b, `"request":{"method":%q,"url":%q%s}}`, method, url, more)
	return b.String()
}

const (
	uuid1 = "urn:uuid:7f6e5d4c-0000-4000-8000-000000000001"
	uuid2 = "urn:uuid:7f6e5d4c-0000-4000-8000-000000000002"
)

func TestTransactionResolvesReferences(t *testing.T) {
	testutil.Requirement(t, "MD-130-5", "MD-130-6", "MD-130-7", "R4-10")
	s := serve(t, nil)
	s.must("PUT", "/Organization/old", org("old", "Old"))
	a := s.must("POST", "/", bundle("transaction",
		entry(uuid2, "POST", "Endpoint", `{"resourceType":"Endpoint","identifier":[{"system":"urn:ietf:rfc:3986","value":"`+uuid1+`"}],"status":"active",
			"connectionType":{"code":"x"},"payloadType":[{"text":"any"}],"address":"`+uuid1+`","managingOrganization":{"reference":"`+uuid1+`"}}`, ""),
		entry(uuid1, "POST", "Organization", `{"resourceType":"Organization","name":"New",
			"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"`+uuid2+`\">e</a> `+uuid2+`</div>"},
			"endpoint":[{"reference":"`+uuid2+`"}],"partOf":{"reference":"Organization?identifier=urn:test|old"}}`, ""),
		entry("http://elsewhere.example/fhir/Location/7", "POST", "Location", `{"resourceType":"Location","name":"L","managingOrganization":{"reference":"`+uuid1+`"}}`, ""),
		entry("http://elsewhere.example/fhir/Location/8", "PUT", "Location/eight", `{"resourceType":"Location","id":"eight","name":"M","partOf":{"reference":"Location/7"},
			"endpoint":[{"reference":"Endpoint/other"},{"reference":"http://elsewhere.example/fhir/Location/7/_history/3"}]}`, ""),
		entry("", "POST", "HealthcareService", `{"resourceType":"HealthcareService","name":"H","location":[{"reference":"Location/eight"}],"providedBy":{"reference":"#c"},
			"contained":[{"resourceType":"Organization","id":"c","name":"C","partOf":{"reference":"`+uuid1+`"}}]}`, ""),
		entry("", "GET", "Location/eight", "", ""),
		entry("", "GET", "/Organization?name=new", "", ""),
	))
	if got := a.get("type"); got != "transaction-response" {
		t.Errorf("type = %s, want transaction-response", got)
	}
	want := []string{"201 Created", "201 Created", "201 Created", "201 Created", "201 Created", "200 OK", "200 OK"}
	if diff := cmp.Diff(want, a.entries("response.status")); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	ids := map[string]string{} // type → its reference
	for i, typ := range []string{"Endpoint", "Organization", "Location"} {
		at := strings.TrimPrefix(a.get(fmt.Sprintf("entry.%d.response.location", i)), s.base+"/")
		ids[typ], _, _ = strings.Cut(at, "/_history/")
	}
	e, o := s.must("GET", "/"+ids["Endpoint"], ""), s.must("GET", "/"+ids["Organization"], "")
	l, h := s.must("GET", "/Location/eight", ""), s.must("GET", a.get("entry.4.response.location"), "")
	for what, pair := range map[string][2]string{
		"circular reference":                 {e.get("managingOrganization.reference"), ids["Organization"]},
		"circular reference back":            {o.get("endpoint.0.reference"), ids["Endpoint"]},
		"element of type url":                {e.get("address"), ids["Organization"]},
		"string, which is no link":           {e.get("identifier.0.value"), uuid1},
		"conditional reference":              {o.get("partOf.reference"), "Organization/old"},
		"narrative":                          {o.get("text.div"), `<div xmlns="http://www.w3.org/1999/xhtml"><a href="` + ids["Endpoint"] + `">e</a> ` + uuid2 + `</div>`},
		"relative to the entry's address":    {l.get("partOf.reference"), ids["Location"]},
		"reference to what is elsewhere":     {l.get("endpoint.0.reference"), "Endpoint/other"},
		"reference to a version of an entry": {l.get("endpoint.1.reference"), ids["Location"]},
		"in a contained resource":            {h.get("contained.0.partOf.reference"), ids["Organization"]},
		"to a contained resource":            {h.get("providedBy.reference"), "#c"},
		"read in the transaction":            {a.get("entry.5.resource.name"), "M"},
		"search in the transaction":          {a.get("entry.6.resource.total"), "1"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
		}
	}
}

func TestTransactionConditions(t *testing.T) {
	testutil.Requirement(t, "MD-130-7", "R4-10", "IOLF-4")
	s := serve(t, nil)
	s.must("PUT", "/Organization/known", org("known", "Known"))
	s.must("PUT", "/Organization/away", org("away", "Away"))
	body := bundle("transaction",
		entry(uuid1, "POST", "Organization", org("", "Kept"), `"ifNoneExist":"identifier=urn:test|known"`),
		entry("", "POST", "Location", `{"resourceType":"Location","identifier":[{"value":"l"}],"managingOrganization":{"reference":"`+uuid1+`"}}`, `"ifNoneExist":"identifier=l"`),
		entry(uuid2, "PUT", "Organization?identifier=urn:test%7Cfresh", `{"resourceType":"Organization","identifier":[{"system":"urn:test","value":"fresh"}],"name":"F"}`, ""),
		entry("", "POST", "Organization", `{"resourceType":"Organization","identifier":[{"value":"twin"}]}`, `"ifNoneExist":"identifier=twin"`),
		entry("", "POST", "Organization", `{"resourceType":"Organization","identifier":[{"value":"twin"}]}`, `"ifNoneExist":"identifier=twin"`),
		entry("", "PUT", "Location?organization="+uuid2, `{"resourceType":"Location","name":"of F","managingOrganization":{"reference":"Organization?identifier=urn:test|fresh"}}`, ""),
		entry("", "DELETE", "Organization?identifier=urn:test|away", "", ""),
		entry("", "DELETE", "Organization?identifier=urn:test|nobody", "", ""),
	)
	first := s.must("POST", "", body)
	want := []string{"200 OK", "201 Created", "201 Created", "201 Created", "200 OK", "201 Created", "200 OK", "200 OK"}
	if diff := cmp.Diff(want, first.entries("response.status")); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	second := s.must("POST", "", body)
	want = []string{"200 OK", "200 OK", "200 OK", "200 OK", "200 OK", "200 OK", "200 OK", "200 OK"}
	if diff := cmp.Diff(want, second.entries("response.status")); diff != "" {
		t.Errorf("statuses of the same again (-want +got):\n%s", diff)
	}
	for query, n := range map[string]string{
		"Organization?identifier=urn:test|known": "1", "Organization?identifier=urn:test|fresh": "1", "Organization?identifier=twin": "1",
		"Location?organization=known": "1", "Location?organization.identifier=urn:test|fresh": "1", "Organization?identifier=urn:test|away": "0",
	} {
		if got := s.must("GET", "/"+strings.ReplaceAll(query, "|", "%7C"), "").get("total"); got != n {
			t.Errorf("%s finds %s after both, want %s", query, got, n)
		}
	}
}

// A conditional reference may name what another entry of the transaction creates, and may
// belong to an entry that in the end is not stored.
func TestConditionalReferencesWithinATransaction(t *testing.T) {
	testutil.Requirement(t, "MD-130-7", "R4-10")
	s := serve(t, nil)
	s.must("PUT", "/Location/first", `{"resourceType":"Location","id":"first","identifier":[{"value":"first"}]}`)
	body := bundle("transaction",
		entry(uuid1, "PUT", "Practitioner?identifier=urn:p%7C1", `{"resourceType":"Practitioner","identifier":[{"system":"urn:p","value":"1"}]}`, ""),
		entry("", "PUT", "PractitionerRole?identifier=r1", `{"resourceType":"PractitionerRole","identifier":[{"value":"r1"}],"practitioner":{"reference":"`+uuid1+`"}}`, ""),
		entry("", "PUT", "HealthcareService?identifier=h1", `{"resourceType":"HealthcareService","identifier":[{"value":"h1"}],"name":"H",
			"extension":[{"url":"urn:role","valueReference":{"reference":"PractitionerRole?practitioner=`+uuid1+`"}}]}`, ""),
		entry("", "POST", "Location", `{"resourceType":"Location","partOf":{"reference":"Location?identifier=nowhere"}}`, `"ifNoneExist":"identifier=first"`))
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if a := s.do("POST", "", body); a.status != 200 {
				t.Errorf("transaction = %d %s, want 200", a.status, a.body)
			}
		})
	}
	wg.Wait()
	role := s.must("GET", "/PractitionerRole?practitioner.identifier=urn:p%7C1", "")
	h := s.must("GET", "/HealthcareService?identifier=h1", "")
	if role.get("total") != "1" || h.get("total") != "1" {
		t.Fatalf("%s roles and %s services, want one of each", role.get("total"), h.get("total"))
	}
	if got, want := h.get("entry.0.resource.extension.0.valueReference.reference"), "PractitionerRole/"+role.get("entry.0.resource.id"); got != want {
		t.Errorf("the service points to %s, want %s", got, want)
	}
}

func TestTransactionIsAllOrNothing(t *testing.T) {
	testutil.Requirement(t, "MD-130-5", "R4-10", "MD-130-9")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	s.must("PUT", "/Location/x", `{"resourceType":"Location","id":"x","identifier":[{"value":"same"}]}`)
	s.must("PUT", "/Location/y", `{"resourceType":"Location","id":"y","identifier":[{"value":"same"}]}`)
	versions := s.must("GET", "/_history", "").get("total")
	good := entry("", "POST", "Organization", org("", "Good"), "")
	tests := map[string]struct {
		bad    string
		status int
		says   string
	}{
		"ids that differ":                    {entry("", "PUT", "Organization/b", org("c", "C"), ""), 400, "Entry 1"},
		"broken resource":                    {entry("", "POST", "Organization", `{"resourceType":"Organization","name":7}`, ""), 400, "entry[1].resource.name"},
		"no resource":                        {entry("", "POST", "Organization", "", ""), 400, "no resource"},
		"no request":                         {`{"resource":` + org("", "N") + `}`, 400, "request"},
		"unknown type":                       {entry("", "POST", "Nonsense", `{"resourceType":"Patient"}`, ""), 404, "Nonsense"},
		"stale ifMatch":                      {entry("", "PUT", "Organization/a", org("a", "B"), `"ifMatch":"W/\"9\""`), 412, "version 1"},
		"conditional reference to nothing":   {entry("", "POST", "Location", `{"resourceType":"Location","managingOrganization":{"reference":"Organization?identifier=none"}}`, ""), 412, "No resource"},
		"conditional reference to several":   {entry("", "POST", "Location", `{"resourceType":"Location","partOf":{"reference":"Location?identifier=same"}}`, ""), 412, "Several"},
		"condition without a criterion":      {entry("", "POST", "Location", `{"resourceType":"Location","partOf":{"reference":"Location?"}}`, ""), 412, "criterion"},
		"ifNoneExist that several meet":      {entry("", "POST", "Location", `{"resourceType":"Location"}`, `"ifNoneExist":"identifier=same"`), 412, "Several"},
		"the same resource twice":            {entry("", "PUT", "Organization/a", org("a", "B"), "") + "," + entry("", "DELETE", "Organization/a", "", ""), 400, "Organization/a"},
		"the same by condition":              {entry("", "PUT", "Organization?identifier=urn:test%7Ca", org("", "B"), "") + "," + entry("", "DELETE", "Organization?identifier=urn:test%7Ca", "", "") + "," + entry("", "PUT", "Organization/a", org("a", "B"), ""), 400, "Organization/a"},
		"PUT without an id":                  {entry("", "PUT", "Organization", org("a", "B"), ""), 400, "criteria"},
		"PATCH without a patch":              {entry("", "PATCH", "Organization/a", "", ""), 400, "Parameters"},
		"another server":                     {entry("", "PUT", "http://elsewhere.example/fhir/Organization/a", org("a", "B"), ""), 404, "http"},
		"operation":                          {entry("", "POST", "Organization/$op", "", ""), 501, "transaction"},
		"read of what is not there":          {entry("", "GET", "Organization/none", "", ""), 404, "Organization/none"},
		"history of what is not there":       {entry("", "GET", "Organization/none/_history", "", ""), 404, "Organization/none"},
		"search with a wrong modifier":       {entry("", "GET", "Organization?name:sounds=x", "", ""), 400, "sounds"},
		"a condition that is not form coded": {entry("", "PUT", "Organization?name=%zz", org("a", "B"), ""), 400, "hexadecimal"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("POST", "", bundle("transaction", good, tc.bad))
			if a.status != tc.status || !strings.Contains(a.body, tc.says) {
				t.Errorf("transaction = %d %s, want %d and %q", a.status, a.body, tc.status, tc.says)
			}
			if got := s.must("GET", "/_history?_summary=count", "").get("total"); got != versions {
				t.Fatalf("after it there are %s versions, want %s as before", got, versions)
			}
		})
	}
}

// A transaction that only reads fails, too, when one of its entries does.
func TestTransactionThatOnlyReads(t *testing.T) {
	testutil.Requirement(t, "R4-10")
	s := serve(t, nil)
	s.put("Organization/a", `"name":"A"`)
	s.put("Organization/gone", `"name":"G"`)
	s.must("DELETE", "/Organization/gone", "")
	there := entry("", "GET", "Organization/a", "", "")
	for url, status := range map[string]int{
		"Organization/a/_history/1": 200, "Organization/gone/_history": 200, "Organization?name=none": 200,
		"Organization/none": 404, "Organization/gone": 410, "Organization/a/_history/7": 404, "Organization/none/_history": 404,
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := s.do("POST", "", bundle("transaction", there, entry("", method, url, "", "")))
			if a.status != status || status == 200 && a.get("entry.#") != "2" || status != 200 && !strings.Contains(a.body, "Entry 1") {
				t.Errorf("a transaction with %s %s = %d %s, want %d", method, url, a.status, a.body, status)
			}
		}
	}
}

// A transaction that changes something fails when it reads a version that there is not, or
// that is a deletion; versions that it makes itself are read after that.
func TestTransactionReadsVersions(t *testing.T) {
	testutil.Requirement(t, "R4-10")
	s := serve(t, nil)
	s.put("Organization/a", `"name":"A"`)
	s.put("Organization/gone", `"name":"G"`)
	s.must("DELETE", "/Organization/gone", "")
	for url, status := range map[string]int{
		"a/_history/2": 404, "a/_history/x": 404, "none/_history/1": 404, "gone/_history/2": 410, "b/_history/99": 404,
		"a/_history/1": 200, "gone/_history/1": 200, "b/_history/1": 200, // whichever comes first makes b
	} {
		for _, method := range []string{"GET", "HEAD"} {
			a := s.do("POST", "", bundle("transaction", entry("", "PUT", "Organization/b", org("b", method+url), ""), entry("", method, "Organization/"+url, "", "")))
			if a.status != status || status == 200 && !strings.HasPrefix(a.get("entry.1.response.status"), "200") || status != 200 && !strings.Contains(a.body, "Entry 1") {
				t.Errorf("a transaction with a change and %s %s = %d %s, want %d", method, url, a.status, a.body, status)
			}
			if status == 200 {
				continue
			}
			if kept := s.do("GET", "/Organization/b", ""); strings.Contains(kept.body, url) {
				t.Errorf("%s %s failed, and the change was made: %s", method, url, kept.body)
			}
		}
	}
}

func TestBundlesTakenAndRefused(t *testing.T) {
	testutil.Requirement(t, "MD-130-6", "R4-9", "R4-10")
	s := serve(t, nil)
	tests := map[string]struct {
		body   string
		status int
		typ    string
	}{
		"transaction without entries": {`{"resourceType":"Bundle","type":"transaction"}`, 200, "transaction-response"},
		"batch without entries":       {`{"resourceType":"Bundle","type":"batch"}`, 200, "batch-response"},
		"searchset":                   {`{"resourceType":"Bundle","type":"searchset"}`, 400, ""},
		"no type":                     {`{"resourceType":"Bundle"}`, 400, ""},
		"another resource":            {org("a", "A"), 400, ""},
		"not JSON":                    {`{`, 400, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"", "/"} {
				if a := s.do("POST", path, tc.body); a.status != tc.status || a.get("type") != tc.typ {
					t.Errorf("POST %q = %d %s, want %d %s", path, a.status, a.body, tc.status, tc.typ)
				}
			}
		})
	}
}

func TestBatch(t *testing.T) {
	testutil.Requirement(t, "R4-9", "IOLF-2")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	a := s.must("POST", "", bundle("batch",
		entry("", "GET", "Organization?identifier=urn:test%7Cb", "", ""),
		entry("", "PUT", "Organization/b", org("b", "B"), ""),
		entry("", "PUT", "Organization/b", org("b", "B2"), ""),
		entry("", "PUT", "Organization/c", org("other", "C"), ""),
		entry("", "GET", "/Organization/a/_history", "", ""),
		entry("", "GET", "/Organization/none/_history", "", ""),
		entry("", "GET", s.base+"/Organization/a", "", `"ifNoneMatch":"W/\"1\""`),
		entry("", "POST", "Organization", `{"resourceType":"Organization","name":1}`, ""),
		entry("", "DELETE", "Organization/a?_cascade=delete", "", ""),
		entry("", "GET", "metadata", "", ""),
		entry("", "POST", "Organization/_search?name=b2", "", ""),
		entry("", "POST", "/", `{"resourceType":"Bundle","type":"batch"}`, ""),
		entry("", "HEAD", "Organization/b/_history/1", "", ""),
	), "Prefer: return=representation")
	want := []string{"200 OK", "201 Created", "200 OK", "400 Bad Request", "200 OK", "404 Not Found", "410 Gone", "400 Bad Request",
		"200 OK", "200 OK", "200 OK", "501 Not Implemented", "200 OK"}
	if diff := cmp.Diff(want, a.entries("response.status")); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	for path, want := range map[string]string{
		"type":                                          "batch-response",
		"entry.0.resource.type":                         "searchset",
		"entry.0.resource.entry.0.resource.name":        "B2",
		"entry.1.resource.name":                         "B",
		"entry.1.fullUrl":                               s.base + "/Organization/b",
		"entry.1.response.etag":                         `W/"1"`,
		"entry.2.response.etag":                         `W/"2"`,
		"entry.3.response.outcome.issue.0.code":         "invalid",
		"entry.4.resource.type":                         "history",
		"entry.4.resource.entry.0.request.method":       "DELETE",
		"entry.7.response.outcome.issue.0.expression.0": "Bundle.entry[7].resource.name",
		"entry.9.resource.resourceType":                 "CapabilityStatement",
		"entry.10.resource.total":                       "1",
		"entry.12.resource.name":                        "B",
	} {
		if got := a.get(path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
}

func TestTransactionFromManyClients(t *testing.T) {
	testutil.Requirement(t, "R4-10", "IOLF-4")
	s := serve(t, nil)
	for round := range 8 { // the store may run a transaction again, so one round shows little
		race := fmt.Sprintf("r%d", round)
		body := bundle("transaction",
			entry(uuid1, "PUT", "Organization?identifier=urn:race%7C"+race, `{"resourceType":"Organization","identifier":[{"system":"urn:race","value":"`+race+`"}],"name":"R"}`, ""),
			entry("", "POST", "Location", `{"resourceType":"Location","identifier":[{"value":"`+race+`"}],"managingOrganization":{"reference":"`+uuid1+`"},
				"partOf":{"reference":"Location?identifier=area-`+race+`"}}`, `"ifNoneExist":"identifier=`+race+`"`),
			entry("", "PUT", "Location?identifier=area-"+race, `{"resourceType":"Location","identifier":[{"value":"area-`+race+`"}]}`, ""))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if a := s.do("POST", "", body); a.status != 200 {
					t.Errorf("transaction = %d %s, want 200", a.status, a.body)
				}
			})
		}
		wg.Wait()
		o := s.must("GET", "/Organization?identifier=urn:race%7C"+race, "")
		l := s.must("GET", "/Location?identifier="+race, "")
		area := s.must("GET", "/Location?identifier=area-"+race, "")
		if o.get("total") != "1" || l.get("total") != "1" || area.get("total") != "1" {
			t.Fatalf("8 clients made %s organizations, %s locations and %s areas, want one of each", o.get("total"), l.get("total"), area.get("total"))
		}
		if got, want := l.get("entry.0.resource.managingOrganization.reference"), "Organization/"+o.get("entry.0.resource.id"); got != want {
			t.Errorf("the location is managed by %s, want %s", got, want)
		}
		if got, want := l.get("entry.0.resource.partOf.reference"), "Location/"+area.get("entry.0.resource.id"); got != want {
			t.Errorf("the location is part of %s, want %s", got, want)
		}
	}
}

func TestThousandEntries(t *testing.T) {
	s := serve(t, nil)
	var entries []string
	for i := range 1000 {
		id := fmt.Sprintf("o%d", i)
		entries = append(entries, entry(fmt.Sprintf("urn:uuid:00000000-0000-4000-8000-%012d", i), "PUT", "Organization/"+id,
			fmt.Sprintf(`{"resourceType":"Organization","id":%q,"name":"O","partOf":{"reference":"urn:uuid:00000000-0000-4000-8000-%012d"}}`, id, max(i-1, 0)), ""))
	}
	a := s.must("POST", "", bundle("transaction", entries...))
	if got := len(a.entries("response.status")); got != 1000 {
		t.Errorf("%d entries came back, want 1000", got)
	}
	if got := s.must("GET", "/Organization/o999", "").get("partOf.reference"); got != "Organization/o998" {
		t.Errorf("partOf = %s, want Organization/o998", got)
	}
}
