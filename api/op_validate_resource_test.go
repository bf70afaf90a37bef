package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"masjala/api"
	"masjala/facility"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/workforce"
)

// asked is a Parameters for $validate.
func asked(resource string, parts ...string) string {
	if resource != "" {
		parts = append(parts, `{"name":"resource","resource":`+resource+`}`)
	}
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(parts, ",") + `]}`
}

func mode(m string) string { return `{"name":"mode","valueCode":"` + m + `"}` }

// told lists "severity code expression" of the issues of an OperationOutcome.
func told(a answer) []string {
	var list []string
	for n := 0; a.get(fmt.Sprintf("issue.%d", n)) != ""; n++ {
		at := fmt.Sprintf("issue.%d.", n)
		list = append(list, strings.TrimSpace(a.get(at+"severity")+" "+a.get(at+"code")+" "+a.get(at+"expression.0")))
	}
	slices.Sort(list)
	return list
}

func TestValidate(t *testing.T) {
	testutil.Requirement(t, "MD-130-9", "Z-10", "MD-90-7")
	s := serve(t, func(o *api.Options) {
		o.Registries = store.NewRegistries(facility.NewRegistry(), workforce.NewRegistry())
	})
	s.must("PUT", "/Organization/site", typed("site", facilityType))
	s.must("PUT", "/Organization/area", typed("area", areaType))
	s.must("PUT", "/Organization/plain", `{"resourceType":"Organization","id":"plain","name":"A"}`)
	s.must("PUT", "/Organization/gone", typed("gone", clinicType))
	s.must("DELETE", "/Organization/gone", "")
	const profiles = "https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD."
	const fine = "information informational"
	good := `{"resourceType":"Organization","name":"A","type":[` + clinicType + `]}`
	profile := func(name string) string { return `{"name":"profile","valueUri":"` + name + `"}` }
	tests := map[string]struct {
		method, path, body string
		want               []string
	}{
		"a good one":                       {"POST", "/Organization/$validate", good, []string{fine}},
		"a good one in Parameters":         {"POST", "/Organization/$validate", asked(good), []string{fine}},
		"one of no type":                   {"POST", "/Organization/$validate", `{"resourceType":"Organization","name":"A"}`, []string{"error required Organization.type"}},
		"an element that is none":          {"POST", "/Organization/$validate", `{"resourceType":"Organization","nome":"A"}`, []string{"error structure Organization"}},
		"the same in Parameters":           {"POST", "/Organization/$validate", asked(`{"resourceType":"Organization","nome":"A"}`), []string{"error structure Organization"}},
		"a value of another type":          {"POST", "/Organization/$validate", `{"resourceType":"Organization","name":5}`, []string{"error structure Organization.name"}},
		"broken JSON":                      {"POST", "/Organization/$validate", `{"resourceType":"Organization",`, []string{"error structure Organization"}},
		"a code that is none":              {"POST", "/Location/$validate", strings.Replace(site("l", clinicType, ""), "active", "open", 1), []string{"error code-invalid Location.status"}},
		"another type":                     {"POST", "/Organization/$validate", site("l", clinicType, ""), []string{"error invalid resourceType"}},
		"two sorts of findings":            {"POST", "/Location/$validate", `{"resourceType":"Location","name":"A","status":"open"}`, []string{"error code-invalid Location.status", "error required Location.type"}},
		"part of itself":                   {"POST", "/Location/$validate", site("l", clinicType, `,"partOf":{"reference":"Location/l"}`), []string{"error processing Location.partOf", "warning not-found Location.partOf"}},
		"a reference to nothing":           {"POST", "/Location/$validate", site("l", clinicType, managedBy("x")), []string{"warning not-found Location.managingOrganization"}},
		"half of another pair":             {"POST", "/Location/$validate", site("l", facilityType+","+clinicType, managedBy("area")), []string{"error business-rule Location.managingOrganization"}},
		"a pair":                           {"POST", "/Location/$validate", site("l", facilityType+","+clinicType, managedBy("site")), []string{fine}},
		"a profile asked for":              {"POST", "/Location/$validate", asked(site("l", clinicType, ""), profile(profiles+"LocationDistance|4.0.0")), []string{"error required Location.position"}},
		"a profile in the address":         {"POST", "/Location/$validate?profile=" + profiles + "LocationDistance", site("l", clinicType, ""), []string{"error required Location.position"}},
		"the general profile alone":        {"POST", "/Location/$validate", asked(site("l", facilityType, ""), profile(profiles+"Location")), []string{fine}},
		"the profile of R4":                {"POST", "/Location/$validate", asked(`{"resourceType":"Location","mode":"kind"}`, profile("http://hl7.org/fhir/StructureDefinition/Location")), []string{fine}},
		"a profile that nobody knows":      {"POST", "/Location/$validate", asked(site("l", clinicType, ""), profile("http://example.org/p")), []string{"error not-supported"}},
		"a claim that nobody knows":        {"POST", "/Location/$validate", site("l", clinicType, `,"meta":{"profile":["http://example.org/p"]}`), []string{"warning not-supported Location.meta.profile[0]"}},
		"the stored one":                   {"GET", "/Organization/plain/$validate", "", []string{"error required Organization.type"}},
		"the stored one by POST":           {"POST", "/Organization/site/$validate", asked("", mode("profile"), profile(profiles+"FacilityOrganization")), []string{fine}},
		"the stored one, another profile":  {"GET", "/Organization/area/$validate?profile=" + profiles + "FacilityOrganization", "", []string{"error required Organization.type"}},
		"to be created":                    {"POST", "/Organization/$validate", asked(good, mode("create")), []string{fine}},
		"to be created, with a new id":     {"POST", "/Organization/$validate", asked(typed("new", clinicType), mode("create")), []string{fine}},
		"to be created, with an id in use": {"POST", "/Organization/$validate?mode=create", typed("site", clinicType), []string{"error duplicate Organization.id"}},
		"to be created, one deleted":       {"POST", "/Organization/$validate?mode=create", typed("gone", clinicType), []string{fine}},
		"to be updated":                    {"POST", "/Organization/site/$validate", asked(typed("site", facilityType), mode("update")), []string{fine}},
		"to be updated, with another id":   {"POST", "/Organization/site/$validate", asked(typed("area", facilityType), mode("update")), []string{"error value Organization.id"}},
		"to be updated, without an id":     {"POST", "/Organization/site/$validate", asked(good, mode("update")), []string{"error required Organization.id"}},
		"to be updated, not there":         {"POST", "/Organization/x/$validate", asked(typed("x", clinicType), mode("update")), []string{fine}},
		"to be deleted":                    {"POST", "/Organization/site/$validate", asked("", mode("delete")), []string{fine}},
		"to be deleted, whatever is sent":  {"POST", "/Organization/site/$validate?mode=delete", `{"resourceType":"Organization"}`, []string{fine}},
		"to be deleted, not there":         {"GET", "/Organization/x/$validate?mode=delete", "", []string{"error not-found"}},
		"to be deleted twice":              {"GET", "/Organization/gone/$validate?mode=delete", "", []string{"error deleted"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(tc.method, tc.path, tc.body)
			if a.status != 200 || a.get("resourceType") != "OperationOutcome" || !slices.Equal(told(a), tc.want) {
				t.Errorf("%s %s = %d %v, want 200 %v\n%s", tc.method, tc.path, a.status, told(a), tc.want, a.body)
			}
		})
	}
	if a := s.do("POST", "/Organization/$validate", good); a.get("issue.0.details.text") != "All OK" {
		t.Errorf("%s, want All OK", a.body)
	}
	if a := s.must("GET", "/Organization?_summary=count", ""); a.get("total") != "3" {
		t.Errorf("%s organizations, want 3: nothing is stored", a.get("total"))
	}
}

func TestValidateReadsXML(t *testing.T) {
	s := serve(t, nil)
	for body, want := range map[string]string{
		`<Practitioner xmlns="http://hl7.org/fhir"><name><family value="A"/></name></Practitioner>`: "information informational",
		`<Practitioner xmlns="http://hl7.org/fhir"><active value="true"/></Practitioner>`:           "error required Practitioner.name",
		`<Practitioner xmlns="http://hl7.org/fhir"><active value="true"/>`:                          "error invalid",
	} {
		a := s.do("POST", "/Practitioner/$validate", body, "Content-Type: application/fhir+xml")
		if got := told(a); a.status != 200 || len(got) != 1 || !strings.HasPrefix(got[0], want) {
			t.Errorf("%s = %d %v, want 200 %s", body, a.status, got, want)
		}
	}
}

func TestValidateCannotTell(t *testing.T) {
	s := serve(t, nil)
	tests := map[string]struct {
		method, path, body, header string
		status                     int
	}{
		"nothing sent":           {"POST", "/Organization/$validate", "", "", 400},
		"GET of a type":          {"GET", "/Organization/$validate", "", "", 400},
		"Parameters of nothing":  {"POST", "/Organization/$validate", asked("", mode("create")), "", 400},
		"Parameters in disorder": {"POST", "/Organization/$validate", `{"resourceType":"Parameters","parameter":[{"nome":"mode"},{"name":"resource","resource":{"resourceType":"Organization","name":"A"}}]}`, "", 400},
		"an unknown mode":        {"POST", "/Organization/$validate?mode=guess", org("a", "A"), "", 400},
		"an update of no id":     {"POST", "/Organization/$validate?mode=update", org("a", "A"), "", 400},
		"a deletion of a type":   {"GET", "/Organization/$validate?mode=delete", "", "", 400},
		"one that is not there":  {"GET", "/Organization/x/$validate", "", "", 404},
		"a type not served":      {"POST", "/Nonsense/$validate", org("a", "A"), "", 404},
		"Turtle":                 {"POST", "/Organization/$validate", "[]", "Content-Type: text/turtle", 415},
		"the system":             {"POST", "/$validate", org("a", "A"), "", 404},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.do(tc.method, tc.path, tc.body, tc.header); a.status != tc.status {
				t.Errorf("%s %s = %d %s, want %d", tc.method, tc.path, a.status, a.body, tc.status)
			}
		})
	}
}

func TestValidateInABatch(t *testing.T) {
	s := serve(t, nil)
	a := s.must("POST", "/", `{"resourceType":"Bundle","type":"batch","entry":[
		{"resource":{"resourceType":"Practitioner","active":true},"request":{"method":"POST","url":"Practitioner/$validate"}}]}`)
	if got := a.get("entry.0.resource.issue.0.expression.0"); got != "Practitioner.name" {
		t.Errorf("%s, want an OperationOutcome that blames Practitioner.name", a.body)
	}
}

func TestValidateIsDeclared(t *testing.T) {
	testutil.Requirement(t, "R4-13")
	s := serve(t, nil)
	a := s.must("GET", "/metadata", "")
	all, some := a.get(`rest.0.resource.#(type!="Provenance")#|#`), a.get(`rest.0.resource.#(operation.#(name=="validate"))#|#`)
	if some != all || all == "0" {
		t.Errorf("%s types of %s declare validate, want all that are stored", some, all)
	}
}
