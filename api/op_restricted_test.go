package api_test

import (
	"testing"

	"masjala/internal/testutil"
)

// TestRestrictedValueSetsOverHTTP asks about a value set that only some callers may use, and
// about one that all may.
func TestRestrictedValueSetsOverHTTP(t *testing.T) {
	testutil.Requirement(t, "SV-A7")
	const restricted = `{"resourceType":"ValueSet","id":"secret","meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]},
		"url":"http://example.org/vs/secret","status":"active","compose":{"include":[{"system":"http://example.org/cs/colours"}]}}`
	closed := serveCodes(t, signedIn)
	closed.must("PUT", "/ValueSet/secret", restricted, "Authorization: Bearer editor")
	open := serveCodes(t)
	open.must("PUT", "/ValueSet/secret", restricted)
	tests := map[string]struct {
		server              *server
		token               string
		restricted, allOpen int
	}{
		"nobody signs in here":      {open, "", 401, 200},
		"without a token":           {closed, "", 401, 401},
		"a reader":                  {closed, "reader", 403, 200},
		"one that is cleared":       {closed, "editor", 200, 200},
		"an admin":                  {closed, "admin", 200, 200},
		"with a token nobody knows": {closed, "thief", 401, 401},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var header []string
			if tc.token != "" {
				header = append(header, "Authorization: Bearer "+tc.token)
			}
			for path, want := range map[string]int{
				"/ValueSet/$expand?url=http://example.org/vs/secret": tc.restricted,
				"/ValueSet/secret/$expand":                           tc.restricted,
				"/ValueSet/$validate-code?url=http://example.org/vs/secret&system=http://example.org/cs/colours&code=red":            tc.restricted,
				"/ValueSet/$compare?thisUrl=http://example.org/vs/warm&otherUrl=http://example.org/vs/secret":                        tc.restricted,
				"/ValueSet/$expand?url=http://example.org/vs/warm":                                                                   tc.allOpen,
				"/ValueSet/$validate-code?url=http://example.org/vs/warm&system=http://example.org/cs/colours&code=red&explain=true": tc.allOpen,
			} {
				if a := tc.server.do("GET", path, "", header...); a.status != want {
					t.Errorf("GET %s = %d, want %d", path, a.status, want)
				}
			}
		})
	}
	b := parametersOf(`{"name":"validation","resource":` + parametersOf(`{"name":"url","valueUri":"http://example.org/vs/secret"}`, `{"name":"system","valueUri":"http://example.org/cs/colours"}`, `{"name":"code","valueCode":"red"}`) + `}`)
	if a := closed.do("POST", "/ValueSet/$batch-validate-code", b, "Authorization: Bearer reader"); a.get("parameter.0.resource.issue.0.code") != "forbidden" {
		t.Errorf("among many questions = %s, want forbidden", a.body)
	}
}
