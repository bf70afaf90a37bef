package api_test

import (
	"testing"

	"masjala/internal/testutil"
)

func TestLabelsOfAResource(t *testing.T) {
	testutil.Requirement(t, "R4-S18")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", `{"resourceType":"Organization","id":"a","meta":{"source":"http://example.org/s","tag":[{"system":"urn:t","code":"x","display":"X"}]},"name":"A"}`)
	meta := func(members string) string {
		return `{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{` + members + `}}]}`
	}
	check := func(a answer, wants map[string]string) {
		t.Helper()
		for path, want := range wants {
			if got := a.get("parameter.0.valueMeta." + path); got != want {
				t.Errorf("%s = %q in %s, want %q", path, got, a.body, want)
			}
		}
	}
	check(s.must("GET", "/Organization/a/$meta", ""), map[string]string{"versionId": "1", "source": "http://example.org/s", "tag.#": "1", "tag.0.code": "x"})
	check(s.must("POST", "/Organization/a/$meta-add", meta(`"tag":[{"system":"urn:t","code":"x"},{"system":"urn:t","code":"y"}],"profile":["http://example.org/p"],"security":[{"code":"R"}]`)),
		map[string]string{"versionId": "2", "tag.#": "2", "tag.0.display": "X", "tag.1.code": "y", "profile.0": "http://example.org/p", "security.0.code": "R", "source": "http://example.org/s"})
	check(s.must("POST", "/Organization/a/$meta-add", meta(`"profile":["http://example.org/p"]`)), map[string]string{"versionId": "2", "profile.#": "1"})
	if a := s.must("GET", "/Organization?_tag=urn:t|y&_profile=http://example.org/p", ""); a.get("total") != "1" || a.get("entry.0.resource.name") != "A" {
		t.Errorf("a search by the new labels gives %s", a.body)
	}
	check(s.must("POST", "/Organization/a/$meta-delete", meta(`"tag":[{"system":"urn:t","code":"x"},{"system":"urn:u","code":"y"}],"profile":["http://example.org/none"]`)),
		map[string]string{"versionId": "3", "tag.#": "1", "tag.0.code": "y", "profile.#": "1"})
	if a := s.must("GET", "/Organization?_tag=x", ""); a.get("total") != "0" {
		t.Errorf("a search by a removed label gives %s", a.body)
	}
	check(s.must("GET", "/Organization/a/$meta", ""), map[string]string{"versionId": "3"})
	refused := map[string]struct {
		method, path, body string
		status             int
	}{
		"not there":    {"GET", "/Organization/none/$meta", "", 404},
		"by GET":       {"GET", "/Organization/a/$meta-add", "", 405},
		"nothing sent": {"POST", "/Organization/a/$meta-add", "", 400},
		"another type": {"POST", "/Organization/a/$meta-add", org("b", "B"), 400},
		"no meta":      {"POST", "/Organization/a/$meta-delete", `{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"y"}]}`, 400},
	}
	for name, tc := range refused {
		if a := s.do(tc.method, tc.path, tc.body); a.status != tc.status || a.get("resourceType") != "OperationOutcome" {
			t.Errorf("%s: %d %s, want %d", name, a.status, a.body, tc.status)
		}
	}
	if a := s.must("GET", "/metadata", ""); a.get(`rest.0.resource.#(type=="Location").operation.#(name=="meta-add").definition`) == "" {
		t.Error("the CapabilityStatement does not declare $meta-add")
	}
}

func TestLabelsNeedAnEditor(t *testing.T) {
	s := serve(t, signedIn)
	s.must("PUT", "/Organization/a", org("a", "A"), "Authorization: Bearer editor")
	for role, want := range map[string]int{"reader": 403, "editor": 200} {
		a := s.do("POST", "/Organization/a/$meta-add", `{"resourceType":"Parameters","parameter":[{"name":"meta","valueMeta":{"tag":[{"code":"x"}]}}]}`, "Authorization: Bearer "+role)
		if a.status != want {
			t.Errorf("a %s gets %d %s, want %d", role, a.status, a.body, want)
		}
	}
}

func TestLabelsInUse(t *testing.T) {
	testutil.Requirement(t, "R4-S18")
	s := serve(t, nil)
	if a := s.must("GET", "/$meta", ""); a.get("resourceType") != "Parameters" || a.get("parameter") != "" {
		t.Errorf("of an empty server: %s", a.body)
	}
	s.put("Organization/a", `"name":"A","meta":{"tag":[{"system":"urn:t","code":"x","display":"X"},{"code":"z"}],"profile":["urn:p"],"source":"urn:s"}`)
	s.put("Organization/b", `"name":"B","meta":{"tag":[{"system":"urn:t","code":"x"}],"security":[{"system":"urn:c","code":"R"}]}`)
	s.put("Location/c", `"name":"C","meta":{"profile":["urn:p","urn:q"]}`)
	s.put("Location/d", `"name":"D","meta":{"tag":[{"system":"urn:t","code":"gone"}]}`)
	s.must("DELETE", "/Location/d", "")
	for path, want := range map[string]string{
		"/$meta": `["urn:p","urn:q"] ["z","x"] ["R"]`, "/Organization/$meta": `["urn:p"] ["z","x"] ["R"]`, "/Location/$meta": `["urn:p","urn:q"]  `, "/Practitioner/$meta": "  ",
	} {
		a := s.must("GET", path, "")
		got := a.get("parameter.0.valueMeta.profile") + " " + a.get("parameter.0.valueMeta.tag.#.code") + " " + a.get("parameter.0.valueMeta.security.#.code")
		if got != want {
			t.Errorf("GET %s = %q in %s, want %q", path, got, a.body, want)
		}
		if a.get("parameter.0.valueMeta.source") != "" {
			t.Errorf("GET %s tells a source: %s", path, a.body)
		}
	}
}
