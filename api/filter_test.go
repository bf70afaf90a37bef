package api_test

import (
	"net/url"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

func TestSearchByFilter(t *testing.T) {
	testutil.Requirement(t, "R4-S16", "FRF-9")
	s := serveDirectory(t)
	s.must("PUT", "/CodeSystem/colours", colours)
	s.must("PUT", "/ValueSet/warm", warmSet)
	s.must("PUT", "/Organization/o", `{"resourceType":"Organization","id":"o","name":"Ministry","active":true,"type":[{"coding":[{"system":"http://example.org/cs/colours","code":"red"}]}]}`)
	for id, more := range map[string]string{
		"a": `"name":"North Clinic","status":"active","managingOrganization":{"reference":"Organization/o"}`,
		"b": `"name":"South Clinic","status":"suspended"`,
		"c": `"name":"North Hospital","status":"inactive","managingOrganization":{"reference":"Organization/o"}`,
	} {
		s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`",`+more+`}`)
	}
	tests := map[string]string{
		`name co "clinic" and status eq active`:                                        "a",
		`status eq active or status eq inactive`:                                       "a c",
		`not (status eq active)`:                                                       "b c",
		`organization.name sw "mini" and not (name ew hospital)`:                       "a",
		`organization[type in ValueSet/warm].active eq true and status ne active`:      "c",
		`organization pr false or name eq "north hospital"`:                            "b c",
		`organization re ` + s.base + `/Organization/o and (name co n or name co "q")`: "a c",
	}
	for filter, want := range tests {
		a := s.must("GET", "/Location?_sort=_id&_filter="+url.QueryEscape(filter), "")
		if got := strings.Join(a.entries("resource.id"), " "); got != want {
			t.Errorf("%s finds %q, want %q", filter, got, want)
		}
		if a.get("total") == "" || !strings.Contains(a.get(`link.#(relation=="self").url`), "_filter=") {
			t.Errorf("%s: total or self link are missing in %s", filter, a.body)
		}
	}
	a := s.do("GET", "/Location?_filter="+url.QueryEscape(`name co "clinic`), "")
	if a.status != 400 || !strings.Contains(a.get("issue.0.details.text")+a.get("issue.0.diagnostics"), "character 9") {
		t.Errorf("an unfinished filter = %d %s, want 400 that says where", a.status, a.body)
	}
	if a := s.must("GET", "/metadata", ""); a.get(`rest.0.resource.#(type=="Location").searchParam.#(name=="_filter").type`) != "special" {
		t.Error("the CapabilityStatement does not declare _filter")
	}
}
