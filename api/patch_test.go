package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"

	"masjala/internal/testutil"
)

const jsonPatch = "Content-Type: application/json-patch+json"

func TestPatch(t *testing.T) {
	testutil.Requirement(t, "R4-7", "MD-130-16")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", `{"resourceType":"Organization","id":"a","identifier":[{"system":"urn:test","value":"a"}],"name":"A","active":true}`)
	a := s.must("PATCH", "/Organization/a", `[{"op":"replace","path":"/name","value":"B"},{"op":"remove","path":"/active"}]`, jsonPatch)
	if a.status != 200 || a.get("name") != "B" || a.get("active") != "" || a.get("meta.versionId") != "2" || a.header.Get("ETag") != `W/"2"` {
		t.Errorf("JSON Patch = %d %s %v", a.status, a.body, a.header)
	}
	a = s.must("PATCH", "/Organization/a", `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Organization"},{"name":"name","valueString":"alias"},{"name":"value","valueString":"C"}]}]}`)
	if a.get("alias.0") != "C" || a.get("meta.versionId") != "3" {
		t.Errorf("FHIRPath Patch = %s", a.body)
	}
	a = s.must("PATCH", "/Organization/a", `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/><part><name value="type"/><valueCode value="delete"/></part><part><name value="path"/><valueString value="Organization.alias[0]"/></part></parameter></Parameters>`,
		"Content-Type: application/fhir+xml")
	if a.get("alias") != "" {
		t.Errorf("FHIRPath Patch in XML = %s", a.body)
	}
	a = s.must("PATCH", "/Organization/a", `<diff xmlns="http://hl7.org/fhir"><replace sel="Organization/name/@value">D</replace></diff>`, "Content-Type: application/xml-patch+xml")
	if a.get("name") != "D" || a.get("identifier.0.value") != "a" {
		t.Errorf("XML Patch = %s", a.body)
	}
	a = s.must("PATCH", "/Organization?identifier=urn:test%7Ca", `[{"op":"add","path":"/active","value":false}]`, jsonPatch)
	if a.get("active") != "false" {
		t.Errorf("conditional patch = %s", a.body)
	}
	if found := s.must("GET", "/Organization?active=false", ""); found.get("total") != "1" {
		t.Errorf("a search does not see the patch: %s", found.body)
	}
}

func TestPatchRefuses(t *testing.T) {
	testutil.Requirement(t, "R4-7")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	s.must("PUT", "/Organization/b", org("b", "A"))
	s.must("PUT", "/Organization/gone", org("gone", "G"))
	s.must("DELETE", "/Organization/gone", "")
	tests := map[string]struct {
		path, body, header string
		status             int
	}{
		"what never was":              {"/Organization/none", `[]`, jsonPatch, 404},
		"what was deleted":            {"/Organization/gone", `[]`, jsonPatch, 410},
		"a condition nothing meets":   {"/Organization?name=zzz", `[]`, jsonPatch, 404},
		"a condition that two meet":   {"/Organization?name=a", `[]`, jsonPatch, 412},
		"no patch":                    {"/Organization/a", `{"op":"add"}`, jsonPatch, 400},
		"a test that fails":           {"/Organization/a", `[{"op":"replace","path":"/name","value":"X"},{"op":"test","path":"/name","value":"Y"}]`, jsonPatch, 422},
		"a result that is invalid":    {"/Organization/a", `[{"op":"replace","path":"/name","value":7}]`, jsonPatch, 422},
		"a result R4 does not define": {"/Organization/a", `[{"op":"add","path":"/salary","value":7}]`, jsonPatch, 422},
		"another id":                  {"/Organization/a", `[{"op":"replace","path":"/id","value":"c"}]`, jsonPatch, 422},
		"a stale If-Match":            {"/Organization/a", `[]`, `If-Match: W/"9"`, 412},
		"a resource instead":          {"/Organization/a", org("a", "B"), "", 400},
		"an XML Patch of no place":    {"/Organization/a", `<diff><remove sel="Organization/partOf"/></diff>`, "Content-Type: application/xml-patch+xml", 422},
		"an XML Patch that is none":   {"/Organization/a", `<diff><remove/></diff>`, "Content-Type: application/xml-patch+xml", 400},
		"a form":                      {"/Organization/a", `name=B`, "Content-Type: application/x-www-form-urlencoded", 415},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			headers := []string{tc.header}
			if strings.HasPrefix(tc.header, "If-Match") {
				headers = append(headers, jsonPatch)
			}
			if a := s.do("PATCH", tc.path, tc.body, headers...); a.status != tc.status {
				t.Errorf("PATCH %s = %d %s, want %d", tc.path, a.status, a.body, tc.status)
			}
		})
	}
	if a := s.must("GET", "/Organization/a", ""); a.get("meta.versionId") != "1" {
		t.Errorf("refused patches changed the resource: %s", a.body)
	}
}

func TestPatchesAtTheSameTimeAllCount(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if a := s.do("PATCH", "/Organization/a", fmt.Sprintf(`[{"op":"add","path":"/alias","value":["%d"]}]`, i), jsonPatch); a.status != 200 && a.status != 409 {
				t.Errorf("PATCH = %d %s", a.status, a.body)
			}
		})
	}
	all.Wait()
	list := s.must("GET", "/Organization/a/_history", "")
	if v := list.get("entry.0.resource.meta.versionId"); v != list.get("total") {
		t.Errorf("version %s of %s: %s", v, list.get("total"), list.body)
	}
}

func TestPatchInBundles(t *testing.T) {
	testutil.Requirement(t, "R4-7", "R4-10")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	binary := `{"resourceType":"Binary","contentType":"application/json-patch+json","data":"` + base64.StdEncoding.EncodeToString([]byte(`[{"op":"replace","path":"/name","value":"B"}]`)) + `"}`
	parameters := `{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Organization.name"},{"name":"value","valueString":"C"}]}]}`
	ofXML := `{"resourceType":"Binary","contentType":"application/xml-patch+xml","data":"` + base64.StdEncoding.EncodeToString([]byte(`<diff><replace sel="Organization/name/@value">X</replace></diff>`)) + `"}`
	for patch, kind := range map[string]string{binary: "transaction", parameters: "batch", ofXML: "batch"} {
		a := s.must("POST", "", `{"resourceType":"Bundle","type":"`+kind+`","entry":[{"resource":`+patch+`,"request":{"method":"PATCH","url":"Organization/a"}}]}`)
		if got := a.get("entry.0.response.status"); got != "200 OK" {
			t.Errorf("%s with a PATCH: %s", kind, a.body)
		}
	}
	failed := s.do("POST", "", `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":`+org("n", "N")+`,"request":{"method":"PUT","url":"Organization/n"}},{"resource":`+parameters+`,"request":{"method":"PATCH","url":"Organization/none"}}]}`)
	if failed.status != 404 {
		t.Errorf("a transaction with a PATCH of what is not there = %d %s, want 404", failed.status, failed.body)
	}
	if a := s.do("GET", "/Organization/n", ""); a.status != 404 {
		t.Errorf("the other entry was done: %d", a.status)
	}
}
