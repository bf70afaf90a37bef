package api_test

import (
	"testing"

	"masjala/api"
	"masjala/internal/testutil"
)

func TestCrosswalk(t *testing.T) {
	testutil.Requirement(t, "CSD-W9")
	s := serve(t, func(o *api.Options) { o.Operations = api.CrosswalkOperations(o.Store) })
	s.must("PUT", "/Location/a", `{"resourceType":"Location","id":"a","identifier":[{"system":"urn:mfl","value":"100"},{"system":"urn:hmis","value":"Q\"7"}]}`)
	s.must("PUT", "/Practitioner/p", `{"resourceType":"Practitioner","id":"p","identifier":[{"system":"urn:payroll","value":"77"}],"qualification":[{"code":{"text":"nurse"},"identifier":[{"system":"urn:council","value":"N/1"}]}]}`)
	tests := map[string]struct {
		method, path, body string
		status             int
		see, want          string
	}{
		"known":             {"GET", "/Location/$crosswalk?from=urn:mfl%7C100&to=urn:hmis", "", 200, `parameter.0.part.#(name=="to").valueIdentifier.value`, `Q"7`},
		"who carries it":    {"GET", "/Location/$crosswalk?from=urn:mfl%7C100&to=urn:hmis", "", 200, `parameter.0.part.#(name=="holder").valueReference.reference`, "Location/a"},
		"not known":         {"GET", "/Location/$crosswalk?from=urn:mfl%7C101&to=urn:hmis", "", 200, `parameter.0.valueIdentifier.value`, "101"},
		"several in a body": {"POST", "/Location/$crosswalk", parametersOf(`{"name":"from","valueString":"urn:mfl|100"}`, `{"name":"from","valueString":"urn:mfl|1"}`, `{"name":"to","valueUri":"urn:hmis"}`), 200, `parameter.#.name`, `["mapped","unmapped"]`},
		"a licence":         {"GET", "/Practitioner/$crosswalk?from=urn:council%7CN/1&to=urn:payroll", "", 200, `parameter.0.part.#(name=="to").valueIdentifier.value`, "77"},
		"no system":         {"GET", "/Location/$crosswalk?from=100&to=urn:hmis", "", 400, "issue.0.severity", "error"},
		"no from":           {"GET", "/Location/$crosswalk?to=urn:hmis", "", 400, "issue.0.severity", "error"},
		"no to":             {"GET", "/Location/$crosswalk?from=urn:mfl%7C100", "", 400, "issue.0.severity", "error"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(tc.method, tc.path, tc.body)
			if a.status != tc.status || a.get(tc.see) != tc.want {
				t.Errorf("%s %s = %d %s, want %d and %q", tc.method, tc.path, a.status, a.body, tc.status, tc.want)
			}
		})
	}
	a := s.must("GET", "/OperationDefinition/crosswalk", "")
	if got := a.get(`parameter.#(name=="mapped").part.#.use`); got != `["out","out","out"]` || a.get(`parameter.#(name=="mapped").type`) != "" {
		t.Errorf("the definition = %s", a.body)
	}
}
