package api_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

// TestSVCMRepository asks each transaction of a Terminology Repository once (ITI-95 to
// ITI-101), and holds the CapabilityStatement to what they need.
func TestSVCMRepository(t *testing.T) {
	testutil.Requirement(t, "SV-A1", "SV-A2", "SV-A4", "TX-16")
	s := serveCodes(t)
	tests := map[string]struct{ path, see, want string }{
		"ITI-95":            {"/ValueSet?url=http://example.org/vs/warm", "entry.0.resource.id", "warm"},
		"ITI-95, version":   {"/ValueSet?url=http://example.org/vs/warm&version=1", "entry.0.resource.id", "warm"},
		"ITI-95, no such":   {"/ValueSet?url=http://example.org/vs/warm&version=2", "total", "0"},
		"ITI-95, summary":   {"/ValueSet?url=http://example.org/vs/warm&_summary=true", "entry.0.resource.compose", ""},
		"ITI-95, by id":     {"/ValueSet/warm", "url", "http://example.org/vs/warm"},
		"ITI-96":            {"/CodeSystem?system=http://example.org/cs/colours", "entry.0.resource.id", "colours"},
		"ITI-96, by id":     {"/CodeSystem/colours", "name", "Colours"},
		"ITI-97":            {"/ValueSet/$expand?url=http://example.org/vs/warm", "expansion.total", "3"},
		"ITI-98":            {"/CodeSystem/$lookup?system=http://example.org/cs/colours&code=pink", `parameter.#(name=="display").valueString`, "Pink"},
		"ITI-99, value set": {"/ValueSet/$validate-code?url=http://example.org/vs/warm&system=http://example.org/cs/colours&code=blue", `parameter.#(name=="result").valueBoolean`, "false"},
		"ITI-99, system":    {"/CodeSystem/$validate-code?url=http://example.org/cs/colours&code=blue", `parameter.#(name=="result").valueBoolean`, "true"},
		"ITI-100":           {"/ConceptMap?url=http://example.org/cm/paints", "entry.0.resource.id", "paints"},
		"ITI-101": {"/ConceptMap/$translate?url=http://example.org/cm/paints&system=http://example.org/cs/colours&code=red&source=&target=",
			`parameter.#(name=="result").valueBoolean`, "true"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", strings.TrimSuffix(tc.path, "&source=&target="), "")
			if a.status != 200 || a.get(tc.see) != tc.want {
				t.Errorf("GET %s = %d, %s = %q, want 200 and %q", tc.path, a.status, tc.see, a.get(tc.see), tc.want)
			}
		})
	}
	statement := s.must("GET", "/metadata", "").body
	names := func(path string) []string {
		var out []string
		for _, v := range gjson.Get(statement, path).Array() {
			out = append(out, v.Str)
		}
		return out
	}
	for typ, want := range map[string]struct{ params, operations []string }{
		"ValueSet":   {[]string{"_id", "_lastUpdated", "name", "identifier", "url", "version", "title", "status", "description", "reference"}, []string{"expand", "validate-code"}},
		"CodeSystem": {[]string{"_id", "_lastUpdated", "name", "identifier", "url", "version", "title", "status", "description", "system"}, []string{"lookup", "validate-code"}},
		"ConceptMap": {[]string{"_id", "_lastUpdated", "name", "identifier", "url", "version", "title", "status", "description", "source-system", "source-uri", "target-system", "target-uri"}, []string{"translate"}},
	} {
		at := `rest.0.resource.#(type=="` + typ + `").`
		for _, p := range want.params {
			if !slices.Contains(names(at+"searchParam.#.name"), p) {
				t.Errorf("the statement does not list the parameter %s of %s", p, typ)
			}
		}
		for _, o := range want.operations {
			if !slices.Contains(names(at+"operation.#.name"), o) {
				t.Errorf("the statement does not list $%s of %s", o, typ)
			}
		}
	}
	if gjson.Get(statement, "rest.0.security.service.#").Int() == 0 {
		t.Error("the statement does not say how callers sign in")
	}
}

// TestParametersOfLaterReleases asks with the names that R5 and the ecosystem gave parameters.
func TestParametersOfLaterReleases(t *testing.T) {
	testutil.Requirement(t, "TS-STD-2")
	s := serveCodes(t)
	s.must("PUT", "/CodeSystem/more", `{"resourceType":"CodeSystem","id":"more","url":"http://example.org/cs/more","version":"1","name":"More","status":"active","content":"supplement",
		"supplements":"http://example.org/cs/colours","concept":[{"code":"red","designation":[{"language":"sw","value":"Nyekundu"}]}]}`)
	const system, set = "http://example.org/cs/colours", "http://example.org/vs/warm"
	tests := map[string]struct{ path, see, want string }{
		"useSupplement":          {"/CodeSystem/$lookup?system=" + system + "&code=red&useSupplement=http://example.org/cs/more", `parameter.#(name=="used-supplement").valueCanonical`, "http://example.org/cs/more|1"},
		"property of $expand":    {"/ValueSet/$expand?url=" + set + "&property=definition&count=1", "expansion.contains.0.code", "warm"},
		"inferSystem":            {"/ValueSet/$validate-code?url=" + set + "&code=red&inferSystem=true", `parameter.#(name=="system").valueUri`, system},
		"sourceCode":             {"/ConceptMap/$translate?url=http://example.org/cm/paints&sourceCode=red&sourceSystem=" + system, `parameter.#(name=="match").part.#(name=="originMap").valueCanonical`, "http://example.org/cm/paints"},
		"force-valueset-version": {"/ValueSet/$expand?url=" + set + "&force-valueset-version=" + set + "|1&count=0", "expansion.total", "3"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", tc.path, "")
			if a.status != 200 || a.get(tc.see) != tc.want {
				t.Errorf("GET %s = %d, %s = %q, want %q\n%s", tc.path, a.status, tc.see, a.get(tc.see), tc.want, a.body)
			}
		})
	}
}
