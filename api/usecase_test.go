package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/facility"
	"masjala/facility/place"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/workforce"
)

// gather lists the texts at a path of an answer.
func gather(a answer, path string) []string {
	var list []string
	for _, v := range gjson.Get(a.body, path).Array() {
		list = append(list, v.String())
	}
	return list
}

// exchange fills a server with an information exchange: a ministry, its members since some
// day, endpoints, a supply hierarchy, and workers with licences and posts.
func exchange(t *testing.T) *server {
	t.Helper()
	var h *place.Hierarchies
	s := serve(t, func(o *api.Options) {
		h = place.NewHierarchies(o.Store)
		o.Registries = store.NewRegistries(facility.NewRegistry(), workforce.NewRegistry())
		o.Operations = api.HierarchyOperations(api.Directory{Store: o.Store, Hierarchies: h, Now: time.Now})
	})
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	end := func(id, kind string) {
		s.put("Endpoint/"+id, `"status":"active","connectionType":{"system":"urn:ct","code":"`+kind+`"},"payloadType":[{"text":"any"}],"address":"https://`+id+`.example.org"`)
	}
	end("xds", "ihe-xds")
	end("fhir", "hl7-fhir-rest")
	end("hie", "hl7-fhir-rest")
	s.put("Organization/ministry", `"name":"Ministry","endpoint":[{"reference":"Endpoint/xds"},{"reference":"Endpoint/fhir"}]`)
	s.put("Organization/depot", `"name":"Depot"`)
	s.put("Organization/clinic", `"name":"Clinic","partOf":{"reference":"Organization/ministry"}`)
	s.put("Organization/post", `"name":"Post","partOf":{"reference":"Organization/ministry"}`)
	member := func(id, child, kind, from, active string) {
		s.put("OrganizationAffiliation/"+id, `"active":`+active+`,"organization":{"reference":"Organization/`+kind+`"},"participatingOrganization":{"reference":"Organization/`+child+
			`"},"period":{"start":"`+from+`"},"code":[{"coding":[{"system":"urn:kind","code":"`+map[string]string{"ministry": "member", "depot": "supply"}[kind]+`"}]}],"endpoint":[{"reference":"Endpoint/hie"}]`)
	}
	member("old", "post", "ministry", "2015-01-01", "false")
	member("new", "clinic", "ministry", "2018-05", "true")
	member("supply", "clinic", "depot", "2019", "true")
	s.put("Location/clinic", `"status":"active","name":"Clinic","managingOrganization":{"reference":"Organization/clinic"},"hoursOfOperation":[{"daysOfWeek":["mon"],"openingTime":"08:00:00","closingTime":"16:00:00"}]`)
	s.put("Practitioner/amina", `"active":true,"name":[{"family":"Odhiambo","given":["Amina"]}],"identifier":[{"system":"urn:nid","value":"7"}],"qualification":[`+
		`{"identifier":[{"system":"urn:council","value":"N-1"}],"code":{"coding":[{"system":"urn:q","code":"nurse"}]},"period":{"start":"2020","end":"2030"},"issuer":{"reference":"Organization/ministry"}},`+
		`{"identifier":[{"system":"urn:council","value":"M-9"}],"code":{"coding":[{"system":"urn:q","code":"midwife"}]},"period":{"end":"2019"}}]`)
	s.put("Practitioner/juma", `"active":true,"name":[{"family":"Juma"}]`)
	role := func(id, who, where, code, period string) {
		s.put("PractitionerRole/"+id, `"active":true,"practitioner":{"reference":"Practitioner/`+who+`"},"organization":{"reference":"Organization/`+where+`"},"period":`+period+
			`,"location":[{"reference":"Location/clinic"}],"code":[{"coding":[{"system":"urn:cadre","code":"`+code+`"}]}]`)
	}
	role("day", "amina", "clinic", "2221", `{"start":"2024-01-01"}`)
	role("night", "amina", "post", "2222", `{"start":"2024-06-01","end":"2024-12-31"}`)
	role("clerk", "juma", "clinic", "3344", `{"start":"2020"}`)
	return s
}

func TestUseCasesOfSearch(t *testing.T) {
	s := exchange(t)
	tests := map[string]struct{ row, query, want string }{
		"a licence by its number":             {"UC-2", "Practitioner?qualification-identifier=urn:council|N-1", "amina"},
		"a licence of a kind, valid that day": {"UC-2", "Practitioner?identifier=urn:nid|7&qualification-code=urn:q|nurse&qualification-period=ge2026-11-22&qualification-period=le2026-11-22", "amina"},
		"a licence of a kind by its giver":    {"HRH-7", "Practitioner?qualification-code-issuer=urn:q|nurse$ministry", "amina"},
		"a kind that another one gave":        {"HRH-7", "Practitioner?qualification-code-issuer=midwife$Organization/ministry", ""},
		"a licence that holds at a time":      {"UC-2", "Practitioner?qualification-code-period=urn:q|nurse$ap2026-11-23", "amina"},
		"a licence that went on beyond then":  {"UC-2", "Practitioner?qualification-code-period=nurse$ge2025", "amina"},
		"one that has expired, of two":        {"UC-2", "Practitioner?qualification-code-period=midwife$gt2020,midwife$ge2020", ""},
		"one that has expired":                {"UC-2", "Practitioner?qualification-code-period=midwife$eb2020", "amina"},
		"one that another council gave":       {"HRH-7", "Practitioner?qualification-issuer=Organization/depot", ""},
		"one that the ministry gave":          {"HRH-7", "Practitioner?qualification-issuer.name=ministry", "amina"},
		"posts of a worker":                   {"HRH-8", "PractitionerRole?practitioner.identifier=urn:nid|7", "day night"},
		"posts held at a time":                {"HRH-8", "PractitionerRole?practitioner=amina&date=ge2025-02&date=le2025-02", "day"},
		"posts by facility":                   {"HRH-8", "PractitionerRole?organization=clinic", "clerk day"},
		"workers by two posts":                {"HRH-8", "Practitioner?_has:PractitionerRole:practitioner:role=2221&_has:PractitionerRole:practitioner:role=2222", "amina"},
		"members since 2017":                  {"UC-5", "OrganizationAffiliation?primary-organization=ministry&active=true&date=ge2017", "new"},
		"endpoints of an organization":        {"UC-6", "Endpoint?_has:Organization:endpoint:_id=ministry", "fhir xds"},
		"the same with it":                    {"UC-6", "Organization?_id=ministry&_include=Organization:endpoint", "ministry +fhir +xds"},
		"endpoints of what it is part of":     {"MD-NET-4", "Organization?_id=clinic&_include=Organization:partof&_include:iterate=Organization:partof&_include:iterate=Organization:endpoint", "clinic +fhir +ministry +xds"},
		"endpoints of its affiliations":       {"MD-NET-4", "OrganizationAffiliation?participating-organization=clinic&active=true&_include=OrganizationAffiliation:endpoint", "new supply +hie"},
		"what a worker may act for":           {"UC-12", "PractitionerRole?practitioner=amina&active=true&date=ge2026-11&date=le2026-11&_include=PractitionerRole:organization", "day +clinic"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			testutil.Requirement(t, tc.row)
			a := s.must("GET", "/"+tc.query, "", "Prefer: handling=strict")
			var got []string
			for _, e := range gjson.Get(a.body, "entry").Array() {
				got = append(got, strings.Repeat("+", strings.Count(e.Get("search.mode").Str, "include"))+e.Get("resource.id").Str)
			}
			slices.SortFunc(got, func(a, b string) int {
				return strings.Compare(strings.Replace(a, "+", "~", 1), strings.Replace(b, "+", "~", 1))
			})
			if strings.Join(got, " ") != tc.want {
				t.Errorf("%s = %v, want %s", tc.query, got, tc.want)
			}
		})
	}
}

func TestSeveralHierarchiesServed(t *testing.T) {
	testutil.Requirement(t, "UC-4", "FRF-2", "R4-S7")
	s := exchange(t)
	for path, want := range map[string]string{
		"/Organization/ministry/$members":                                   "clinic post",
		"/Organization/depot/$members?hierarchy=urn:kind|supply":            "clinic",
		"/Organization/clinic/$ancestors?hierarchy=partof,member":           "ministry",
		"/Organization/clinic/$ancestors?hierarchy=partof&hierarchy=supply": "depot ministry",
	} {
		got := s.must("GET", strings.ReplaceAll(path, "|", "%7C"), "").entries("resource.id")
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("GET %s = %v, want %s", path, got, want)
		}
	}
}

// A facility keeps its own services and staff by ITI-130, and the public sees when it is open.
func TestFacilityKeepsItsOwn(t *testing.T) {
	testutil.Requirement(t, "UC-7", "UC-8", "MD-91-11")
	s := exchange(t)
	a := s.must("POST", "", bundle("transaction",
		entry("urn:uuid:11111111-1111-4111-8111-111111111111", "POST", "HealthcareService", `{"resourceType":"HealthcareService","active":true,"name":"Vaccination","providedBy":{"reference":"Organization/clinic"},"location":[{"reference":"Location/clinic"}]}`, ""),
		entry("", "PUT", "PractitionerRole/day", `{"resourceType":"PractitionerRole","id":"day","active":true,"practitioner":{"reference":"Practitioner/amina"},"organization":{"reference":"Organization/clinic"},"healthcareService":[{"reference":"urn:uuid:11111111-1111-4111-8111-111111111111"}]}`, ""),
		entry("", "PUT", "Location/clinic", `{"resourceType":"Location","id":"clinic","status":"suspended","name":"Clinic","managingOrganization":{"reference":"Organization/clinic"}}`, "")))
	if got := a.entries("response.status"); !slices.Equal(got, []string{"201 Created", "200 OK", "200 OK"}) {
		t.Fatalf("statuses %v", got)
	}
	if got := s.must("GET", "/PractitionerRole?service.name=vaccination", "").entries("resource.id"); !slices.Equal(got, []string{"day"}) {
		t.Errorf("roles of the new service: %v", got)
	}
	if got := s.must("GET", "/Location?status=suspended", "").entries("resource.id"); !slices.Equal(got, []string{"clinic"}) {
		t.Errorf("closed: %v", got)
	}
	history := s.must("GET", "/Location/clinic/_history", "")
	if got := history.entries("resource.status"); !slices.Equal(got, []string{"suspended", "active"}) || history.get("entry.1.resource.hoursOfOperation.0.openingTime") != "08:00:00" {
		t.Errorf("what it was: %s", history.body)
	}
}

func TestEndpointIsOfOneKind(t *testing.T) {
	testutil.Requirement(t, "MD-NET-3")
	s := exchange(t)
	for name, kind := range map[string]string{"none": ``, "two": `"connectionType":[{"code":"a"},{"code":"b"}],`} {
		if a := s.do("POST", "/Endpoint", `{"resourceType":"Endpoint","status":"active",`+kind+`"payloadType":[{"text":"any"}],"address":"https://a.example.org"}`); a.status < 400 || a.status >= 500 {
			t.Errorf("an Endpoint with %s connection types: %d %s", name, a.status, a.body)
		}
	}
	if got := s.must("GET", "/Organization/ministry", ""); len(gather(got, "endpoint")) != 2 {
		t.Errorf("the ministry has %s", got.body)
	}
}
