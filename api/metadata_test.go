package api_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

func TestCapabilityStatement(t *testing.T) {
	testutil.Requirement(t, "Z-3", "MD-A5", "R4-13", "MD-90-4")
	s := serve(t, func(o *api.Options) {
		o.Operations = []api.Operation{{Name: "echo", Definition: "http://example.org/echo", Types: []string{"ValueSet"}, Level: api.AtType | api.AtSystem}}
	})
	a := s.must("GET", "/metadata", "")
	for path, want := range map[string]string{
		"resourceType": "CapabilityStatement", "kind": "instance", "fhirVersion": "4.0.1", "status": "active",
		"implementation.url": s.base, "url": s.base + "/metadata", "software.version": "test",
		"rest.0.mode": "server", "rest.0.security.cors": "true", "rest.0.operation.0.name": "echo",
		`rest.0.resource.#(type=="ValueSet").operation.0.definition`: "http://example.org/echo",
		`rest.0.resource.#(type=="Location").operation.#`:            "4",
		`rest.0.resource.#(type=="Location").operation.0.name`:       "validate",
		`rest.0.resource.#(type=="Location").conditionalDelete`:      "single",
		`rest.0.resource.#(type=="Location").versioning`:             "versioned-update",
	} {
		if got := a.get(path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	contains := func(path string, want ...string) {
		t.Helper()
		var have []string
		for _, v := range gjson.Get(a.body, path).Array() {
			have = append(have, v.String())
		}
		for _, w := range want {
			if !slices.Contains(have, w) {
				t.Errorf("%s lacks %s: %v", path, w, have)
			}
		}
	}
	contains("rest.0.interaction.#.code", "transaction", "batch", "history-system", "search-system")
	contains("instantiates", "https://profiles.ihe.net/ITI/mCSD/CapabilityStatement/IHE.mCSD.Directory.Update")
	contains("format", "application/fhir+json", "json")
	contains("rest.0.resource.#.type", search.Types()...)
	for _, typ := range search.Types() {
		at := `rest.0.resource.#(type=="` + typ + `").`
		contains(at+"interaction.#.code", "read", "vread", "update", "delete", "history-instance", "history-type", "create", "search-type")
		for _, p := range search.Parameters(typ) {
			contains(at+"searchParam.#.name", p.Name)
		}
	}
	contains(`rest.0.resource.#(type=="Organization").searchRevInclude`, "Location:organization", "OrganizationAffiliation:primary-organization")
	contains(`rest.0.resource.#(type=="Organization").searchInclude`, "Organization:endpoint")
}

// What is declared is answered, and what is not declared is not.
func TestCapabilitiesAreReal(t *testing.T) {
	testutil.Requirement(t, "MD-A5")
	s := serve(t, nil)
	a := s.must("GET", "/metadata", "")
	for _, r := range gjson.Get(a.body, "rest.0.resource").Array() {
		typ := r.Get("type").Str
		for _, p := range r.Get("searchParam").Array() {
			if p.Get("type").Str != "string" {
				continue
			}
			if a := s.do("GET", "/"+typ+"?"+p.Get("name").Str+"=x", "", "Prefer: handling=strict"); a.status != 200 {
				t.Errorf("%s?%s=x = %d, want 200 for a declared parameter", typ, p.Get("name").Str, a.status)
			}
		}
		for _, inc := range r.Get("searchInclude").Array() {
			if a := s.do("GET", "/"+typ+"?_include="+inc.Str, "", "Prefer: handling=strict"); a.status != 200 {
				t.Errorf("%s?_include=%s = %d, want 200 for a declared include", typ, inc.Str, a.status)
			}
		}
	}
}

func TestMetadataModes(t *testing.T) {
	testutil.Requirement(t, "R4-13")
	without := serve(t, nil)
	with := serve(t, func(o *api.Options) {
		o.TerminologyCapabilities = func(context.Context) ([]byte, error) {
			return []byte(`{"resourceType":"TerminologyCapabilities","status":"active","date":"2026-01-01","kind":"instance"}`), nil
		}
	})
	for name, tc := range map[string]struct {
		s      *server
		mode   string
		status int
		typ    string
	}{
		"full":                     {with, "full", 200, "CapabilityStatement"},
		"normative":                {with, "normative", 200, "CapabilityStatement"},
		"terminology":              {with, "terminology", 200, "TerminologyCapabilities"},
		"terminology, none served": {without, "terminology", 501, "OperationOutcome"},
		"unknown":                  {with, "partial", 400, "OperationOutcome"},
	} {
		if a := tc.s.do("GET", "/metadata?mode="+tc.mode, ""); a.status != tc.status || a.get("resourceType") != tc.typ {
			t.Errorf("%s: mode=%s = %d %s, want %d %s", name, tc.mode, a.status, a.get("resourceType"), tc.status, tc.typ)
		}
	}
}

func TestStatementNamesTheBaseOfEachClient(t *testing.T) {
	s := serve(t, nil)
	for _, host := range []string{"one.example", "two.example:8080"} {
		if got := s.must("GET", "/metadata", "", "Host: "+host).get("implementation.url"); got != "http://"+host+"/fhir" {
			t.Errorf("for %s implementation.url = %s", host, got)
		}
	}
	if got := s.must("GET", "/metadata", "").body; strings.Contains(got, "urn:masjala:base") {
		t.Error("the statement shows the mark that stands for the base")
	}
}
