package api_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"masjala/api"
	"masjala/internal/testutil"
)

func TestFormatOfAnswers(t *testing.T) {
	testutil.Requirement(t, "Z-6b", "R4-14")
	s := serve(t, nil)
	fhirJSON, plainJSON, fhirXML := "application/fhir+json; charset=utf-8", "application/json; charset=utf-8", "application/fhir+xml; charset=utf-8"
	tests := map[string]struct {
		query, accept string
		status        int
		label         string
	}{
		"no wish":                            {"", "", 200, fhirJSON},
		"anything":                           {"", "*/*", 200, fhirJSON},
		"FHIR JSON":                          {"", "application/fhir+json", 200, fhirJSON},
		"JSON":                               {"", "application/json", 200, fhirJSON},
		"JSON in upper case":                 {"", "Application/FHIR+JSON", 200, fhirJSON},
		"a FHIR version":                     {"", "application/fhir+json; fhirVersion=4.0", 200, fhirJSON},
		"another FHIR version":               {"", "application/fhir+json; fhirVersion=5.0", 406, fhirJSON},
		"several, the second can be made":    {"", "application/pdf, application/fhir+json;q=0.5", 200, fhirJSON},
		"the one that can be made has q0":    {"", "application/pdf, application/fhir+json;q=0", 406, fhirJSON},
		"anything but the usual":             {"", "*/*, application/fhir+json;q=0", 200, fhirXML},
		"anything, and both formats have q0": {"", "*/*, application/fhir+json;q=0, application/fhir+xml;q=0", 406, fhirJSON},
		"a format refused by its other name": {"", "application/*, application/json;q=0.0", 200, fhirXML},
		"a browser":                          {"", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 200, plainJSON},
		"a browser that asks for FHIR":       {"?_format=json", "text/html", 200, fhirJSON},
		"XML":                                {"", "application/fhir+xml", 200, fhirXML},
		"XML by its short name":              {"?_format=xml", "", 200, fhirXML},
		"XML wished for more":                {"", "application/fhir+json;q=0.5, application/fhir+xml", 200, fhirXML},
		"nothing that can be made":           {"", "application/pdf", 406, fhirJSON},
		"_format wins":                       {"?_format=json", "application/fhir+xml", 200, fhirJSON},
		"_format as media type":              {"?_format=application/fhir%2Bjson", "", 200, fhirJSON},
		"_format with a plus as blank":       {"?_format=application/fhir+json", "", 200, fhirJSON},
		"_format that cannot be made":        {"?_format=turtle", "application/fhir+json", 406, fhirJSON},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", "/metadata"+tc.query, "", "Accept: "+tc.accept)
			if a.status != tc.status || a.header.Get("Content-Type") != tc.label {
				t.Errorf("GET metadata%s, Accept %q = %d as %s, want %d as %s", tc.query, tc.accept, a.status, a.header.Get("Content-Type"), tc.status, tc.label)
			}
		})
	}
}

func TestSeveralAcceptHeaders(t *testing.T) {
	testutil.Requirement(t, "Z-6b", "R4-14")
	s := serve(t, nil)
	a := s.must("GET", "/metadata", "", "Accept: application/pdf", "Accept: application/fhir+xml")
	if got := a.header.Get("Content-Type"); got != "application/fhir+xml; charset=utf-8" {
		t.Errorf("two headers Accept are answered as %s, want the format of the second", got)
	}
	a = s.must("POST", "/Location/_search", "name=a", "Content-Type: application/x-www-form-urlencoded", "Accept: application/pdf", "Accept: application/fhir+xml")
	if got := a.header.Get("Content-Type"); got != "application/fhir+xml; charset=utf-8" {
		t.Errorf("a form with two headers Accept is answered as %s, want the format of the second", got)
	}
}

func TestFormatThatCannotBeMadeInIHE(t *testing.T) {
	testutil.Requirement(t, "MD-90-12")
	s := serve(t, func(o *api.Options) { o.IHEStrict = true })
	if a := s.do("GET", "/metadata", "", "Accept: application/pdf"); a.status != 400 {
		t.Errorf("a format that cannot be made = %d, want 400 as ITI-90 says", a.status)
	}
}

func TestFormatsOfBodies(t *testing.T) {
	testutil.Requirement(t, "R4-14")
	s := serve(t, nil)
	for mediaType, status := range map[string]int{
		"application/fhir+json": 201, "application/json": 201, "application/fhir+json; charset=UTF-8": 201, "text/json": 201,
		"application/fhir+json; fhirVersion=4.0": 201, "application/fhir+json;charset=latin1": 415, "text/plain": 415, "application/octet-stream": 415,
	} {
		if a := s.do("POST", "/Organization", org("", "A"), "Content-Type: "+mediaType); a.status != status {
			t.Errorf("POST as %s = %d, want %d", mediaType, a.status, status)
		}
	}
}

func TestPretty(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	if body := s.must("GET", "/Organization/a?_pretty=true", "").body; !strings.Contains(body, "\n  \"id\": \"a\"") {
		t.Errorf("_pretty=true gives %s, want lines", body)
	}
}

func TestCompression(t *testing.T) {
	testutil.Requirement(t, "R4-15")
	s := serve(t, nil)
	long := strings.Repeat("long ", 1000)
	s.must("PUT", "/Organization/long", org("long", long))
	s.must("PUT", "/Organization/short", org("short", "s"))
	a := s.do("GET", "/Organization/long", "", "Accept-Encoding: gzip")
	if a.header.Get("Content-Encoding") != "gzip" || a.header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("Content-Encoding %q, Vary %q, want gzip", a.header.Get("Content-Encoding"), a.header.Get("Vary"))
	}
	z, err := gzip.NewReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(z); err != nil || !strings.Contains(string(b), long) {
		t.Errorf("unpacked %d bytes, %v, want the resource", len(b), err)
	}
	for path, header := range map[string]string{"/Organization/short": "gzip", "/Organization/long": "identity"} {
		if a := s.do("GET", path, "", "Accept-Encoding: "+header); a.header.Get("Content-Encoding") != "" {
			t.Errorf("GET %s with Accept-Encoding %s is compressed, want it plain", path, header)
		}
	}
}
