package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/internal/testutil"
)

func TestOnlySomeTypesAreServed(t *testing.T) {
	testutil.Requirement(t, "MD-A7", "CSD-W7")
	full := serve(t, nil)
	s := serve(t, func(o *api.Options) {
		o.Store = full.store // it holds what others serve
		o.Types = []string{"Location", "Practitioner"}
		o.Operations = []api.Operation{
			{Name: "lookup", Types: []string{"CodeSystem"}, Level: api.AtType},
			{Name: "near", Types: []string{"Organization", "Location"}, Level: api.AtInstance, Own: &api.Definition{Title: "Near"}},
		}
	})
	full.put("Organization/o", `"name":"O"`)
	full.put("Location/l", `"name":"L","managingOrganization":{"reference":"Organization/o"}`)
	full.must("PUT", "/CodeSystem/c", `{"resourceType":"CodeSystem","id":"c","status":"active","content":"complete"}`)
	for path, want := range map[string]int{
		"/Location/l": 200, "/Location?organization.name=o": 200, "/Organization/o": 404, "/Organization?name=o": 404, "/Organization/_history": 404,
		"/?_type=Location": 200, "/?_type=Organization": 404, "/_history?_type=Organization": 404, "/CodeSystem/$lookup": 404,
	} {
		a := s.do("GET", path, "")
		if a.status != want || want == 404 && a.get("issue.0.code") != "not-supported" {
			t.Errorf("GET %s = %d %s, want %d", path, a.status, a.body, want)
		}
	}
	for _, condition := range []string{"_has:HealthcareService:location:active=true", "partof._has:HealthcareService:location:active=true", "_has:Location:partof:_has:HealthcareService:location:active=true"} {
		if a := s.do("GET", "/Location?"+condition, ""); a.status != 400 || !strings.Contains(a.body, "HealthcareService") {
			t.Errorf("a search by what is not served, %s = %d %s, want 400", condition, a.status, a.body)
		}
		if a := s.do("DELETE", "/Location?"+condition, ""); a.status != 400 {
			t.Errorf("a deletion by what is not served, %s = %d %s, want 400", condition, a.status, a.body)
		}
	}
	s.must("GET", "/Location?_has:Location:partof:name=x", "")
	if a := s.do("PUT", "/Organization/p", org("p", "P")); a.status != 404 {
		t.Errorf("PUT of a type that is not served = %d, want 404", a.status)
	}
	for path, want := range map[string]string{"/": "Location", "/_history": "Location", "/Location?_include=Location:organization": "Location", "/?_id=o,l,c": "Location"} {
		if got := strings.Join(s.must("GET", path, "").entries("resource.resourceType"), " "); got != want {
			t.Errorf("GET %s shows %s, want %s", path, got, want)
		}
	}
	if got := s.must("GET", "/_history?_count=0", "").get("total"); got != "1" {
		t.Errorf("the history counts %s versions, want 1", got)
	}
	a := s.must("GET", "/metadata", "")
	if got := a.get("rest.0.resource.#.type"); got != `["Location","Practitioner","Provenance"]` {
		t.Errorf("the statement lists %s", got)
	}
	if names := gjson.Get(a.body, `rest.0.resource.#(type=="Location").operation.#.name`).String(); !strings.Contains(names, "near") || strings.Contains(names, "lookup") {
		t.Errorf("operations of Location: %s", names)
	}
	var claimed []string
	for _, c := range gjson.Get(a.body, "instantiates").Array() {
		claimed = append(claimed, c.Str)
	}
	if slices.ContainsFunc(claimed, func(c string) bool { return strings.Contains(c, "terminology") || strings.Contains(c, "SVCM") }) || len(claimed) != 4 {
		t.Errorf("claimed: %q, want what is said of directories", claimed)
	}
}
