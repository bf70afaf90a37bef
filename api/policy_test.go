package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"masjala/api"
	"masjala/internal/testutil"
	"masjala/store"
)

const (
	siteTypes    = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"
	facilityType = `{"coding":[{"system":"` + siteTypes + `","code":"facility"}]}`
	areaType     = `{"coding":[{"system":"` + siteTypes + `","code":"jurisdiction"}]}`
	clinicType   = `{"coding":[{"system":"http://example.org/kinds","code":"clinic"}]}`
)

// site is a Location of types with further members.
func site(id, types, more string) string {
	return `{"resourceType":"Location","id":"` + id + `","status":"active","name":"A","type":[` + types + `]` + more + `}`
}

// typed is an Organization of a type.
func typed(id, typ string) string {
	return `{"resourceType":"Organization","id":"` + id + `","name":"A","type":[` + typ + `]}`
}

func managedBy(id string) string {
	return `,"managingOrganization":{"reference":"Organization/` + id + `"}`
}

func TestPolicyOfAWrite(t *testing.T) {
	testutil.Requirement(t, "MD-130-9", "MD-130-12", "MD-90-14", "MD-130-11", "Z-9", "Z-10")
	nameless := `{"resourceType":"Location","id":"l","status":"active","type":[` + clinicType + `]}`
	tests := map[string]struct {
		policy store.Policy
		prefer string
		body   string
		status int
		want   string // "severity expression" of the issues beyond the first, or of all when refused
	}{
		"warn, nobody asks":                 {store.Warn, "", nameless, 201, ""},
		"warn, somebody asks":               {store.Warn, "return=OperationOutcome", nameless, 201, "warning Location.name"},
		"warn, somebody is strict":          {store.Warn, "handling=strict", nameless, 422, "error Location.name"},
		"warn, a warning and strict":        {store.Warn, "handling=strict", site("l", clinicType, `,"identifier":[{"value":"1"}]`), 422, "error Location.identifier[0]"},
		"warn, right and strict":            {store.Warn, "handling=strict", site("l", clinicType, ""), 201, ""},
		"reject":                            {store.Reject, "", nameless, 422, "error Location.name"},
		"reject, right":                     {store.Reject, "", site("l", clinicType, ""), 201, ""},
		"reject, a warning":                 {store.Reject, "return=OperationOutcome", site("l", clinicType, `,"identifier":[{"value":"1"}]`), 201, "warning Location.identifier[0]"},
		"off":                               {store.Off, "return=OperationOutcome", nameless, 201, ""},
		"off, and strict":                   {store.Off, "handling=strict", nameless, 201, ""},
		"a facility of one type":            {store.Reject, "", site("l", facilityType, managedBy("site")), 422, "error Location.type"},
		"a facility and its organization":   {store.Reject, "handling=strict", site("l", facilityType+","+clinicType, managedBy("site")), 201, ""},
		"a facility managed by an area":     {store.Reject, "", site("l", facilityType+","+clinicType, managedBy("area")), 422, "error Location.managingOrganization"},
		"the same where nobody asks":        {store.Warn, "", site("l", facilityType+","+clinicType, managedBy("area")), 201, ""},
		"the same where somebody asks":      {store.Warn, "return=OperationOutcome", site("l", facilityType+","+clinicType, managedBy("area")), 201, "warning Location.managingOrganization"},
		"an area managed by a facility":     {store.Warn, "handling=strict", site("l", areaType, managedBy("site")), 422, "error Location.managingOrganization"},
		"an area and its organization":      {store.Warn, "handling=strict", site("l", areaType, managedBy("area")), 201, ""},
		"an area whose manager is not here": {store.Reject, "", site("l", areaType, managedBy("elsewhere")), 201, ""},
		"the same, and somebody asks":       {store.Off, "return=OperationOutcome", site("l", areaType, managedBy("elsewhere")), 201, "warning Location.managingOrganization"},
		"the same, and somebody is strict":  {store.Off, "handling=strict", site("l", areaType, managedBy("elsewhere")), 422, "error Location.managingOrganization"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *api.Options) { o.Registries.Enforce(map[string]store.Policy{"Location": tc.policy}) })
			s.must("PUT", "/Organization/site", typed("site", facilityType))
			s.must("PUT", "/Organization/area", typed("area", areaType))
			a := s.do("PUT", "/Location/l", tc.body, "Prefer: "+tc.prefer)
			if a.status != tc.status {
				t.Fatalf("PUT = %d %s, want %d", a.status, a.body, tc.status)
			}
			first := 0
			if a.status < 300 {
				first = 1
			}
			var got []string
			for n := first; a.get(fmt.Sprintf("issue.%d", n)) != ""; n++ {
				got = append(got, a.get(fmt.Sprintf("issue.%d.severity", n))+" "+a.get(fmt.Sprintf("issue.%d.expression.0", n)))
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("issues %q, want %q: %s", got, tc.want, a.body)
			}
			if read := s.do("GET", "/Location/l", ""); (read.status == 200) != (tc.status == 201) {
				t.Errorf("GET afterwards = %d", read.status)
			}
		})
	}
}

func TestPolicyInABundle(t *testing.T) {
	testutil.Requirement(t, "MD-130-9", "MD-130-11")
	s := serve(t, func(o *api.Options) { o.Registries.Enforce(map[string]store.Policy{"Location": store.Reject}) })
	entry := func(body, url string) string {
		return `{"resource":` + body + `,"request":{"method":"PUT","url":"` + url + `"}}`
	}
	bundle := func(typ string) string {
		return `{"resourceType":"Bundle","type":"` + typ + `","entry":[` + entry(typed("a", clinicType), "Organization/a") + `,` +
			entry(`{"resourceType":"Location","id":"l","mode":"kind"}`, "Location/l") + `]}`
	}
	a := s.do("POST", "/", bundle("transaction"))
	if a.status != 422 || a.get("issue.#") != "3" || a.get("issue.1.expression.0") != "Bundle.entry[1].resource.name" {
		t.Errorf("transaction = %d %s, want 422 with three issues in entry 1", a.status, a.body)
	}
	if a := s.do("GET", "/Organization/a", ""); a.status != 404 {
		t.Errorf("the other entry was stored: %d", a.status)
	}
	a = s.do("POST", "/", bundle("batch"))
	if a.get("entry.0.response.status") != "201 Created" || a.get("entry.1.response.status") != "422 Unprocessable Entity" {
		t.Errorf("batch = %s, want 201 and 422", a.body)
	}
}

func TestStrictTransactionIsOfITI130(t *testing.T) {
	testutil.Requirement(t, "MD-130-8")
	bundle := `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":` + typed("a", clinicType) + `,"request":{"method":"PUT","url":"Organization/a"}},
		{"request":{"method":"GET","url":"Organization?name=x"}}]}`
	for name, strict := range map[string]bool{"handling=lenient": false, "handling=strict": true} {
		s := serve(t, nil)
		if a := s.do("POST", "/", bundle, "Prefer: "+name); (a.status == 422) != strict {
			t.Errorf("with %s: %d %s", name, a.status, a.body)
		}
		stored := s.do("GET", "/Organization/a", "").status == 200
		if stored == strict {
			t.Errorf("with %s: stored is %v", name, stored)
		}
	}
	s := serve(t, func(o *api.Options) { o.IHEStrict = true })
	if a := s.do("POST", "/", bundle); a.status != 422 {
		t.Errorf("a strict server: %d %s, want 422", a.status, a.body)
	}
	s.must("POST", "/", strings.Replace(bundle, "transaction", "batch", 1), "Prefer: handling=strict")
}

func TestReferencesThatAreChecked(t *testing.T) {
	testutil.Requirement(t, "MD-130-11")
	s := serve(t, func(o *api.Options) { o.CheckReferences = true })
	s.must("PUT", "/Organization/a", org("a", "A"))
	s.must("PUT", "/Organization/gone", org("gone", "A"))
	s.must("DELETE", "/Organization/gone", "")
	role := func(ref string) string {
		return `{"resourceType":"PractitionerRole","id":"r","code":[{"text":"x"}],"organization":{"reference":"` + ref + `"}}`
	}
	tests := map[string]struct {
		ref  string
		fine bool
	}{
		"one that is here":             {"Organization/a", true},
		"one with a version":           {"Organization/a/_history/1", true},
		"one by its address":           {s.base + "/Organization/a", true},
		"itself":                       {"PractitionerRole/r", true},
		"another server's":             {"http://other.example.org/fhir/Organization/x", true},
		"a name":                       {"urn:oid:1.2.3", true},
		"one that never was":           {"Organization/x", false},
		"one that was deleted":         {"Organization/gone", false},
		"one by its address, not here": {s.base + "/Organization/x", false},
		"a type that is not served":    {"Group/x", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("PUT", "/PractitionerRole/r", role(tc.ref))
			switch {
			case tc.fine && a.status >= 300:
				t.Errorf("PUT = %d %s, want it stored", a.status, a.body)
			case !tc.fine && (a.status != 422 || a.get("issue.0.expression.0") != "PractitionerRole.organization" || a.get("issue.0.code") != "not-found"):
				t.Errorf("PUT = %d %s, want 422 that names the path", a.status, a.body)
			}
		})
	}
}

func TestReferencesWithinATransaction(t *testing.T) {
	testutil.Requirement(t, "MD-130-11")
	s := serve(t, func(o *api.Options) { o.CheckReferences = true })
	s.must("PUT", "/Organization/old", org("old", "A"))
	entry := func(method, url, body string) string {
		if body != "" {
			body = `"resource":` + body + `,`
		}
		return `{` + body + `"request":{"method":"` + method + `","url":"` + url + `"}}`
	}
	bundle := func(entries ...string) string {
		return `{"resourceType":"Bundle","type":"transaction","entry":[` + strings.Join(entries, ",") + `]}`
	}
	part := func(of string) string {
		return `{"resourceType":"Organization","id":"part","name":"P","partOf":{"reference":"Organization/` + of + `"}}`
	}
	s.must("POST", "/", bundle(entry("PUT", "Organization/part", part("new")), entry("PUT", "Organization/new", org("new", "N"))))
	a := s.do("POST", "/", bundle(entry("PUT", "Organization/part", part("old")), entry("DELETE", "Organization/old", "")))
	if a.status != http.StatusUnprocessableEntity || a.get("issue.0.expression.0") != "Bundle.entry[0].resource.partOf" {
		t.Errorf("a reference to what the same transaction deletes: %d %s, want 422", a.status, a.body)
	}
	if got := s.must("GET", "/Organization/part", "").get("partOf.reference"); got != "Organization/new" {
		t.Errorf("part of %s, want that nothing was changed", got)
	}
}

func TestReferencesAreKeptOtherwise(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", `{"resourceType":"Organization","id":"a","name":"A","partOf":{"reference":"Organization/none"}}`)
}
