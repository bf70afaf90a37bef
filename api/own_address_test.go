package api_test

import (
	"testing"

	"masjala/internal/testutil"
)

// A client may refer to what it read here by the address it read it from.
func TestReferencesByTheAddressOfThisServer(t *testing.T) {
	testutil.Requirement(t, "R4-S6")
	s := serve(t, nil)
	s.do("PUT", "/Organization/ministry", `{"resourceType":"Organization","id":"ministry","name":"Ministry"}`)
	sent := `{"resourceType":"Location","id":"clinic","name":"Clinic","status":"active","managingOrganization":{"reference":"` + s.base + `/Organization/ministry"}}`
	if a := s.do("PUT", "/Location/clinic", sent); a.status != 201 {
		t.Fatalf("PUT = %d: %s", a.status, a.body)
	}
	for query, want := range map[string]string{
		"organization=ministry":                                 "1",
		"organization=Organization/ministry":                    "1",
		"organization=" + s.base + "/Organization/ministry":     "1",
		"organization.name=mini":                                "1",
		"organization=other":                                    "0",
		"organization=http://other.example/fhir/Organization/1": "0",
	} {
		if a := s.do("GET", "/Location?"+query, ""); a.get("total") != want {
			t.Errorf("%s finds %s, want %s", query, a.get("total"), want)
		}
	}
	if a := s.do("GET", "/Location?_include=Location:organization", ""); a.get("entry.1.resource.id") != "ministry" {
		t.Errorf("the organization is not included: %s", a.body)
	}
	if a := s.do("GET", "/Location/clinic", ""); a.get("managingOrganization.reference") != s.base+"/Organization/ministry" {
		t.Errorf("the reference is not kept as it was sent: %s", a.body)
	}
}
