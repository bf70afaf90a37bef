package api_test

import (
	"strings"
	"testing"

	"masjala/fhir/xml"
	"masjala/internal/testutil"
)

// TestXMLEverywhere writes and reads in XML by each interaction and compares what comes back
// with what JSON gives.
func TestXMLEverywhere(t *testing.T) {
	testutil.Requirement(t, "Z-6a", "Z-6b", "MD-90-2", "MD-91-3", "MD-130-1", "MD-130-2", "SV-95-2", "SV-96-2", "SV-100-2")
	s := serve(t, nil)
	const sends, wants = "Content-Type: application/fhir+xml", "Accept: application/fhir+xml"
	created := s.must("POST", "/Location", `<Location xmlns="http://hl7.org/fhir"><name value="A &amp; B"/><position><longitude value="36.8200"/><latitude value="-1.2800"/></position></Location>`, sends, wants)
	if created.status != 201 || !strings.Contains(created.body, `<latitude value="-1.2800"`) {
		t.Errorf("create = %d %s", created.status, created.body)
	}
	s.must("PUT", "/Organization/o", `<Organization xmlns="http://hl7.org/fhir"><id value="o"/><name value="O"/></Organization>`, sends)
	s.must("POST", "", `<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><fullUrl value="urn:uuid:0d0b1b3a-6a2d-4b0e-9d5f-1f5b5a0c7e11"/><resource><Organization><name value="T"/></Organization></resource>`+
		`<request><method value="POST"/><url value="Organization"/></request></entry></Bundle>`, sends, wants)
	for name, path := range map[string]string{
		"read": "/Organization/o", "vread": "/Organization/o/_history/1", "instance history": "/Organization/o/_history", "type history": "/Organization/_history?_count=10",
		"system history": "/_history", "search": "/Organization?name=t&_include=Organization:partof", "elements": "/Location?_elements=name", "summary": "/Location?_summary=count",
		"what is not there": "/Organization/none", "what is not understood": "/Organization?name:sounds=x",
	} {
		t.Run(name, func(t *testing.T) {
			a, b := s.do("GET", path, "", wants), s.do("GET", path, "")
			if a.status != b.status || a.header.Get("Content-Type") != "application/fhir+xml; charset=utf-8" {
				t.Fatalf("GET %s = %d as %s, want %d as XML", path, a.status, a.header.Get("Content-Type"), b.status)
			}
			want, err := xml.Append(nil, []byte(b.body))
			if err != nil {
				t.Fatal(err)
			}
			if got := plain(a.body); got != plain(string(want)) {
				t.Errorf("GET %s in XML:\n%s\nin JSON:\n%s", path, got, plain(string(want)))
			}
		})
	}
	found := s.must("POST", "/Organization/_search", "name=o", "Content-Type: application/x-www-form-urlencoded", wants)
	if !strings.Contains(found.body, `<type value="searchset"`) {
		t.Errorf("POST _search in XML: %s", found.body)
	}
	gone := s.must("DELETE", "/Organization/o", "", wants)
	if !strings.Contains(gone.body, "<OperationOutcome") {
		t.Errorf("DELETE in XML: %s", gone.body)
	}
}

// plain leaves out what differs between two answers of the same content: their links say how
// they were asked for.
func plain(s string) string { return strings.ReplaceAll(s, "_format=xml", "") }
