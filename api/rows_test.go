package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
)

// rows are the search rows of IHE and OpenHIE: what each query finds among the resources of
// directory below, matches only unless it asks for more.
var rows = map[string]map[string]string{
	"MD-S-ORG-active":     {"Organization?active=true": "clinic ministry", "Organization?active=false": "closed"},
	"MD-S-ORG-identifier": {"Organization?identifier=urn:mfl|1": "clinic", "Organization?identifier=1": "clinic", "Organization?identifier=urn:mfl|": "clinic closed", "Organization?identifier=urn:other|1": ""},
	"MD-S-ORG-name": {"Organization?name=kituo": "clinic", "Organization?name=ELIMU": "clinic", "Organization?name=tuo": "",
		"Organization?name:contains=tuo": "clinic", "Organization?name:exact=Kituo cha Élan": "clinic", "Organization?name:exact=kituo cha Élan": "", "Organization?name=kituo cha elan": "clinic"},
	"MD-S-ORG-type":   {"Organization?type=" + mcsdTypes + "|facility": "clinic closed", "Organization?type=dispensary": "clinic", "Organization?type=" + mcsdTypes + "|jurisdiction": ""},
	"MD-S-ORG-partof": {"Organization?partof=Organization/ministry": "clinic closed", "Organization?partof=ministry": "clinic closed", "Organization?partof=clinic": ""},

	"MD-S-LOC-identifier":   {"Location?identifier=urn:mfl|1": "site", "Location?identifier=9": ""},
	"MD-S-LOC-name":         {"Location?name=kituo": "site", "Location?name=old": "site", "Location?name:contains=ARD": "ward", "Location?name:exact=Ward": "ward", "Location?name:exact=ward": ""},
	"MD-S-LOC-organization": {"Location?organization=Organization/clinic": "site", "Location?organization=clinic": "site", "Location?organization=nobody": ""},
	"MD-S-LOC-status":       {"Location?status=active,suspended": "site ward", "Location?status=suspended": "ward", "Location?status=inactive": ""},
	"MD-S-LOC-type":         {"Location?type=" + mcsdTypes + "|jurisdiction": "ward", "Location?type=facility": "site"},
	"MD-S-LOC-partof":       {"Location?partof=Location/ward": "site", "Location?partof=site": ""},
	"MD-S-LOC-near":         {"Location?near=-1.28|36.82|30|km": "site", "Location?near=-1.28|36.82|100|m": "", "Location?near=0|0|1|km": ""},

	"MD-S-PRA-active":     {"Practitioner?active=true": "amina", "Practitioner?active=false": ""},
	"MD-S-PRA-identifier": {"Practitioner?identifier=urn:licence|N-7": "amina", "Practitioner?identifier=urn:licence|N-8": ""},
	"MD-S-PRA-name":       {"Practitioner?name=odhiambo": "amina juma", "Practitioner?name=amina": "amina", "Practitioner?name=dr": "amina", "Practitioner?name:contains=hiam": "amina juma", "Practitioner?name:exact=Amina": "amina", "Practitioner?name:exact=amina": ""},
	"MD-S-PRA-given":      {"Practitioner?given=ami": "amina", "Practitioner?given=odhiambo": "", "Practitioner?given:contains=min": "amina", "Practitioner?given:exact=Amina": "amina"},
	"MD-S-PRA-family":     {"Practitioner?family=odh": "amina juma", "Practitioner?family=amina": "", "Practitioner?family:contains=ambo": "amina juma", "Practitioner?family:exact=Odhiambo": "amina juma"},

	"MD-S-PRR-active":       {"PractitionerRole?active=true": "nurse", "PractitionerRole?active=false": ""},
	"MD-S-PRR-location":     {"PractitionerRole?location=Location/site": "nurse", "PractitionerRole?location=ward": "nurse"},
	"MD-S-PRR-organization": {"PractitionerRole?organization=Organization/clinic": "nurse", "PractitionerRole?organization=ministry": ""},
	"MD-S-PRR-practitioner": {"PractitionerRole?practitioner=Practitioner/amina": "nurse", "PractitionerRole?practitioner=juma": ""},
	"MD-S-PRR-role":         {"PractitionerRole?role=urn:cadre|2221": "nurse", "PractitionerRole?role=2211": ""},
	"MD-S-PRR-service":      {"PractitionerRole?service=HealthcareService/maternity": "nurse", "PractitionerRole?service=x": ""},
	"MD-S-PRR-specialty":    {"PractitionerRole?specialty=urn:specialty|midwifery": "nurse", "PractitionerRole?specialty=surgery": ""},

	"MD-S-HCS-active":       {"HealthcareService?active=true": "maternity", "HealthcareService?active=false": ""},
	"MD-S-HCS-identifier":   {"HealthcareService?identifier=urn:svc|5": "maternity", "HealthcareService?identifier=6": ""},
	"MD-S-HCS-location":     {"HealthcareService?location=Location/site": "maternity", "HealthcareService?location=ward": ""},
	"MD-S-HCS-name":         {"HealthcareService?name=mater": "maternity", "HealthcareService?name:contains=NITY": "maternity", "HealthcareService?name:exact=Maternity": "maternity", "HealthcareService?name:exact=maternity": ""},
	"MD-S-HCS-organization": {"HealthcareService?organization=clinic": "maternity", "HealthcareService?organization=ministry": ""},
	"MD-S-HCS-service-type": {"HealthcareService?service-type=urn:svctype|124": "maternity", "HealthcareService?service-type=125": ""},

	"MD-S-END-identifier":   {"Endpoint?identifier=urn:end|1": "hie", "Endpoint?identifier=2": ""},
	"MD-S-END-organization": {"Endpoint?organization=Organization/ministry": "hie", "Endpoint?organization=clinic": ""},
	"MD-S-END-status":       {"Endpoint?status=active": "hie", "Endpoint?status=off": ""},

	"MD-S-OAF-active":                     {"OrganizationAffiliation?active=true": "member", "OrganizationAffiliation?active=false": ""},
	"MD-S-OAF-date":                       {"OrganizationAffiliation?date=ge2017": "member", "OrganizationAffiliation?date=2016": "", "OrganizationAffiliation?date=ap2017": "member", "OrganizationAffiliation?date=le2017": "member", "OrganizationAffiliation?date=le2016": "", "OrganizationAffiliation?date=lt2016": "", "OrganizationAffiliation?date=gt2019": ""},
	"MD-S-OAF-identifier":                 {"OrganizationAffiliation?identifier=urn:aff|1": "member", "OrganizationAffiliation?identifier=2": ""},
	"MD-S-OAF-participating-organization": {"OrganizationAffiliation?participating-organization=clinic": "member", "OrganizationAffiliation?participating-organization=ministry": ""},
	"MD-S-OAF-primary-organization":       {"OrganizationAffiliation?primary-organization=Organization/ministry": "member", "OrganizationAffiliation?primary-organization=clinic": ""},
	"MD-S-OAF-role":                       {"OrganizationAffiliation?role=urn:role|HIE": "member", "OrganizationAffiliation?role=agency": ""},

	"CSD-W8": {"Location?identifier=urn:local|A-17": "site", "Practitioner?identifier=urn:licence|N-7": "amina"},
	"HWRF-2": {"Practitioner?name=amina": "amina", "PractitionerRole?practitioner.name=amina": "nurse"},
	"HWWF-3": {"PractitionerRole?location=site&role=2221": "nurse"},
	"R4-S10": {"PractitionerRole?practitioner.name=amina": "nurse", "PractitionerRole?organization.partof=ministry": "nurse", "PractitionerRole?location.organization.name=kituo": "nurse",
		"PractitionerRole?practitioner:Practitioner.given=juma": "", "Location?organization.partof.name=ministry": "site", "Location?organization.type=dispensary&status=active": "site"},
	"R4-S11": {"Practitioner?_has:PractitionerRole:practitioner:organization=clinic": "amina", "Practitioner?_has:PractitionerRole:practitioner:role=2211": "",
		"Organization?_has:PractitionerRole:organization:practitioner.name=amina": "clinic", "Organization?_has:Location:organization:_has:PractitionerRole:location:role=2221": "clinic"},
	"R4-S12": {"PractitionerRole?_id=nurse&_include=PractitionerRole:organization&_include:iterate=Organization:partof": "nurse +clinic +ministry",
		"PractitionerRole?_id=nurse&_include=PractitionerRole:location:Location": "nurse +site +ward", "Location?_include=Location:partof": "site ward",
		"Organization?_id=clinic&_revinclude=Location:organization&_revinclude:iterate=PractitionerRole:location": "clinic +nurse +site"},
	"R4-S17": {"?_type=Organization,Location&_id=clinic,site,amina": "clinic site", "?_type=Practitioner&_tag=urn:t|x": "juma", "?_type=Location&_id=clinic": ""},
	"R4-S18": {"Practitioner?_id=juma,amina": "amina juma", "Practitioner?_tag=urn:t|x": "juma", "Practitioner?_tag=y": "", "Practitioner?_profile=http://a.example/profile": "juma",
		"Practitioner?_security=urn:s|R": "juma", "Practitioner?_security=N": "", "Practitioner?_source=urn:src": "juma", "Practitioner?_source=urn:sr": ""},
	"R4-S9":   {"ValueSet?url=http://a.example/vs/wards": "wards", "ValueSet?url=http://a.example/vs": "", "ValueSet?url:below=http://a.example/vs": "wards"},
	"TSWF-4":  {"ConceptMap?target-system=http://a.example/cs/who": "map", "ConceptMap?target-system=http://a.example/cs/local": ""},
	"TSWF-5":  {"CodeSystem?publisher:contains=inistr": "local", "CodeSystem?publisher:contains=HL7": ""},
	"TSWF-6":  {"ValueSet?publisher:contains=WHO": "wards", "ValueSet?publisher:contains=HL7": ""},
	"SV-ID-1": {"ValueSet?identifier=urn:ietf:rfc:3986|urn:oid:1.2.3": "wards", "ValueSet?identifier=urn:ietf:rfc:3986|urn:oid:1.2.4": ""},
	"SV-95-1": shared("ValueSet", "wards", map[string]string{"ValueSet?reference=http://a.example/cs/local": "wards", "ValueSet?reference=http://a.example/cs/who": ""}),
	"SV-96-1": shared("CodeSystem", "local", map[string]string{"CodeSystem?system=http://a.example/codesystem/local": "local"}),
	"SV-100-1": shared("ConceptMap", "map", map[string]string{"ConceptMap?source-system=http://a.example/cs/local": "map", "ConceptMap?target-system=http://a.example/cs/who": "map",
		"ConceptMap?source-uri=http://a.example/vs/wards": "map", "ConceptMap?target-uri=http://a.example/vs/other": "map", "ConceptMap?target-uri=http://a.example/vs/wards": ""}),
	"SV-95-3": texts("ValueSet", "wards"), "SV-96-3": texts("CodeSystem", "local"), "SV-100-3": texts("ConceptMap", "map"),
	"SV-95-4": times("ValueSet", "wards"), "SV-96-4": times("CodeSystem", "local"), "SV-100-4": times("ConceptMap", "map"),
	"MD-90-5": times("Location", "site ward"),

	"MD-I-1": {"Organization?_id=ministry&_include=Organization:endpoint": "ministry +hie"},
	"MD-I-2": {"Organization?_id=clinic&_revinclude=Location:organization": "clinic +site"},
	"MD-I-3": {"Organization?_id=clinic&_revinclude=OrganizationAffiliation:participating-organization": "clinic +member"},
	"MD-I-4": {"Organization?_id=ministry&_revinclude=OrganizationAffiliation:primary-organization": "ministry +member"},
	"MD-I-5": {"Location?_id=site&_include=Location:organization": "site +clinic"},
	"MD-I-6": {"PractitionerRole?_id=nurse&_include=PractitionerRole:practitioner": "nurse +amina"},
	"MD-I-7": {"OrganizationAffiliation?_id=member&_include=OrganizationAffiliation:endpoint": "member +hie"},
}

const mcsdTypes = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"

// shared are the parameters that SVCM asks for on each of its types, beside more.
func shared(typ, id string, more map[string]string) map[string]string {
	all := map[string]string{"?_id=" + id: id, "?_id=nobody": "", "?status=active": id, "?status=draft": "", "?identifier=urn:ietf:rfc:3986|urn:oid:1.2.3": id,
		"?name=N" + id: id, "?title=The": id, "?description=About": id, "?version=1.0": id, "?version=2.0": "",
		"?url=http://a.example/" + strings.ToLower(typ) + "/" + id: id, "?url=http://a.example/": ""}
	if typ == "ValueSet" {
		delete(all, "?url=http://a.example/valueset/wards")
		all["?url=http://a.example/vs/wards"] = id
	}
	out := map[string]string{}
	for q, want := range all {
		out[typ+q] = want
	}
	for q, want := range more {
		out[q] = want
	}
	return out
}

// texts are :contains and :exact on the string parameters of SVCM.
func texts(typ, id string) map[string]string {
	return map[string]string{
		typ + "?name:contains=" + id[1:]: id, typ + "?name:exact=N" + id: id, typ + "?name:exact=n" + id: "",
		typ + "?title:contains=TITLE": id, typ + "?title:exact=The Title": id, typ + "?title:exact=The": "",
		typ + "?description:contains=codes": id, typ + "?description:exact=About codes": id, typ + "?description:exact=about codes": "",
	}
}

// times are the prefixes of _lastUpdated against times long gone and far ahead.
func times(typ, ids string) map[string]string {
	return map[string]string{
		typ + "?_lastUpdated=gt2001-01-01": ids, typ + "?_lastUpdated=lt2001-01-01": "", typ + "?_lastUpdated=ge2001-01-01": ids,
		typ + "?_lastUpdated=le9998": ids, typ + "?_lastUpdated=sa9998": "", typ + "?_lastUpdated=eb9998": ids, typ + "?_lastUpdated=sa2001": ids, typ + "?_lastUpdated=eb2001": "",
	}
}

// directory are the resources that rows search.
var directory = []string{
	`{"resourceType":"Endpoint","id":"hie","identifier":[{"system":"urn:end","value":"1"}],"status":"active","connectionType":{"code":"hl7-fhir-rest"},"payloadType":[{"text":"any"}],"address":"http://hie.example","managingOrganization":{"reference":"Organization/ministry"}}`,
	`{"resourceType":"Organization","id":"ministry","active":true,"name":"Ministry","endpoint":[{"reference":"Endpoint/hie"}]}`,
	`{"resourceType":"Organization","id":"clinic","active":true,"name":"Kituo cha Élan","alias":["Elimu Post"],"identifier":[{"system":"urn:mfl","value":"1"}],"type":[{"coding":[{"system":"` + mcsdTypes + `","code":"facility"}]},{"coding":[{"system":"urn:kind","code":"dispensary"}]}],"partOf":{"reference":"Organization/ministry"}}`,
	`{"resourceType":"Organization","id":"closed","active":false,"name":"Closed","identifier":[{"system":"urn:mfl","value":"2"}],"type":[{"coding":[{"system":"` + mcsdTypes + `","code":"facility"}]}],"partOf":{"reference":"Organization/ministry"}}`,
	`{"resourceType":"Location","id":"ward","status":"suspended","name":"Ward","type":[{"coding":[{"system":"` + mcsdTypes + `","code":"jurisdiction"}]}]}`,
	`{"resourceType":"Location","id":"site","status":"active","name":"Kituo","alias":["Old Post"],"identifier":[{"system":"urn:mfl","value":"1"},{"system":"urn:local","value":"A-17"}],"type":[{"coding":[{"system":"` + mcsdTypes + `","code":"facility"}]}],"position":{"longitude":36.9,"latitude":-1.30},"managingOrganization":{"reference":"Organization/clinic"},"partOf":{"reference":"Location/ward"}}`,
	`{"resourceType":"HealthcareService","id":"maternity","active":true,"identifier":[{"system":"urn:svc","value":"5"}],"name":"Maternity","providedBy":{"reference":"Organization/clinic"},"type":[{"coding":[{"system":"urn:svctype","code":"124"}]}],"location":[{"reference":"Location/site"}]}`,
	`{"resourceType":"Practitioner","id":"amina","active":true,"identifier":[{"system":"urn:licence","value":"N-7"}],"name":[{"family":"Odhiambo","given":["Amina"],"prefix":["Dr"]}]}`,
	`{"resourceType":"Practitioner","id":"juma","meta":{"source":"urn:src","profile":["http://a.example/profile"],"security":[{"system":"urn:s","code":"R"}],"tag":[{"system":"urn:t","code":"x"}]},"name":[{"family":"Odhiambo","given":["Juma"]}]}`,
	`{"resourceType":"PractitionerRole","id":"nurse","active":true,"practitioner":{"reference":"Practitioner/amina"},"organization":{"reference":"Organization/clinic"},"code":[{"coding":[{"system":"urn:cadre","code":"2221"}]}],"specialty":[{"coding":[{"system":"urn:specialty","code":"midwifery"}]}],"location":[{"reference":"Location/site"},{"reference":"Location/ward"}],"healthcareService":[{"reference":"HealthcareService/maternity"}]}`,
	`{"resourceType":"OrganizationAffiliation","id":"member","active":true,"identifier":[{"system":"urn:aff","value":"1"}],"period":{"start":"2016-06-01","end":"2018"},"organization":{"reference":"Organization/ministry"},"participatingOrganization":{"reference":"Organization/clinic"},"code":[{"coding":[{"system":"urn:role","code":"HIE"}]}],"endpoint":[{"reference":"Endpoint/hie"}]}`,
	`{"resourceType":"CodeSystem","id":"local","url":"http://a.example/codesystem/local","version":"1.0","name":"Nlocal","title":"The Title","description":"About codes","publisher":"Ministry","identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"}],"status":"active","content":"complete","concept":[{"code":"a"}]}`,
	`{"resourceType":"ValueSet","id":"wards","url":"http://a.example/vs/wards","version":"1.0","name":"Nwards","title":"The Title","description":"About codes","publisher":"The WHO office","identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"}],"status":"active","compose":{"include":[{"system":"http://a.example/cs/local"}]}}`,
	`{"resourceType":"ConceptMap","id":"map","url":"http://a.example/conceptmap/map","version":"1.0","name":"Nmap","title":"The Title","description":"About codes","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:oid:1.2.3"},"status":"active","sourceUri":"http://a.example/vs/wards","targetUri":"http://a.example/vs/other","group":[{"source":"http://a.example/cs/local","target":"http://a.example/cs/who","element":[{"code":"a","target":[{"code":"b","equivalence":"equal"}]}]}]}`,
}

func TestRows(t *testing.T) {
	s := serve(t, nil)
	for _, text := range directory {
		r, err := fhir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s.must("PUT", "/"+r.Ref(), text)
	}
	for id, queries := range rows {
		t.Run(id, func(t *testing.T) {
			testutil.Requirement(t, id)
			for query, want := range queries {
				a := s.must("GET", "/"+strings.ReplaceAll(query, " ", "%20"), "")
				if got := found(a); got != want {
					t.Errorf("%s finds %q, want %q", query, got, want)
				}
				matches := len(slices.DeleteFunc(strings.Fields(want), func(id string) bool { return id[0] == '+' }))
				if got := a.get("total"); got != fmt.Sprint(matches) {
					t.Errorf("%s: total = %s, want %d", query, got, matches)
				}
			}
		})
	}
}

// Order, and pages that neither repeat nor leave out.
func TestRowsInOrder(t *testing.T) {
	testutil.Requirement(t, "R4-S14")
	s := serve(t, nil)
	for i, name := range []string{"B", "C", "A", "C", "B"} {
		s.must("PUT", fmt.Sprint("/Organization/o", i), fmt.Sprintf(`{"resourceType":"Organization","id":"o%d","name":%q,"identifier":[{"system":"urn:n","value":"%d"}]}`, i, name, 9-i))
	}
	for query, want := range map[string]string{
		"_sort=name,identifier":  "o2 o4 o0 o3 o1",
		"_sort=-name,identifier": "o3 o1 o4 o0 o2",
		"_sort=identifier":       "o4 o3 o2 o1 o0",
		"_sort=_lastUpdated":     "o0 o1 o2 o3 o4",
		"_sort=-_lastUpdated":    "o4 o3 o2 o1 o0",
		"_sort=-_id":             "o4 o3 o2 o1 o0",
	} {
		var got []string
		for next := "/Organization?_count=2&" + query; next != "" && len(got) < 10; {
			a := s.must("GET", next, "")
			got = append(got, a.entries("resource.id")...)
			next = a.get(`link.#(relation=="next").url`)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s gives %s, want %s", query, text, want)
		}
	}
}

// What a client of SVCM relies on beside searches.
func TestTerminologyResources(t *testing.T) {
	s := serve(t, nil)
	for _, text := range directory {
		r, err := fhir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		s.must("PUT", "/"+r.Ref(), text)
	}
	for row, ref := range map[string]string{"95": "ValueSet/wards", "96": "CodeSystem/local", "100": "ConceptMap/map"} {
		t.Run(ref, func(t *testing.T) {
			testutil.Requirement(t, "SV-"+row+"-5", "SV-"+row+"-6")
			if a := s.must("GET", "/"+ref, ""); a.status != 200 || a.get("status") != "active" {
				t.Errorf("GET %s = %d %s", ref, a.status, a.body)
			}
			if a := s.do("GET", "/"+ref, "", "Accept: application/pdf"); a.status < 400 || a.status > 499 {
				t.Errorf("GET %s as PDF = %d, want a refusal", ref, a.status)
			}
		})
	}
}

// What registries owe to those who follow them: changes since an instant, old versions,
// deletions as such, and nothing without access.
func TestUpdatesOfCareServices(t *testing.T) {
	testutil.Requirement(t, "HWWF-2", "HWWF-4", "HWRF-5", "HWRF-6", "CSD-W1", "CSD-W3", "MD-90-13")
	s := serve(t, nil)
	person := func(family string) string {
		return `{"resourceType":"Practitioner","id":"p","name":[{"family":"` + family + `"}]}`
	}
	s.must("PUT", "/Practitioner/p", person("Before"))
	s.must("PUT", "/Location/l", `{"resourceType":"Location","id":"l","name":"L"}`)
	since := s.must("GET", "/Practitioner/p", "").get("meta.lastUpdated")
	s.must("PUT", "/Practitioner/p", person("After"))
	s.must("PUT", "/Organization/o", org("o", "O"))
	s.must("DELETE", "/Location/l", "")
	changed := s.must("GET", "/Practitioner/p", "").get("meta.lastUpdated")
	for path, want := range map[string]string{
		"/Practitioner/_history?_since=" + changed: "PUT Practitioner/p",
		"/Practitioner/_history?_since=" + since:   "PUT Practitioner/p, PUT Practitioner/p",
		"/Practitioner/p/_history":                 "PUT Practitioner/p, PUT Practitioner/p",
		"/Location/_history?_since=" + changed:     "DELETE Location/l",
		"/Location/_history":                       "DELETE Location/l, PUT Location/l",
		"/Organization/_history?_since=" + since:   "PUT Organization/o",
		"/PractitionerRole/_history":               "",
	} {
		a := s.must("GET", path, "")
		var got []string
		for i, method := range a.entries("request.method") {
			got = append(got, method+" "+a.get(fmt.Sprintf("entry.%d.request.url", i)))
		}
		if text := strings.Join(got, ", "); text != want || a.get("type") != "history" {
			t.Errorf("%s tells of %q, want %q", path, text, want)
		}
	}
	if a := s.must("GET", "/Practitioner/p/_history/1", ""); a.get("name.0.family") != "Before" {
		t.Errorf("the first version is %s", a.body)
	}
	if a := s.do("GET", "/Location/l", ""); a.status != 410 || a.get("issue.0.code") != "deleted" {
		t.Errorf("GET of what was deleted = %d %s, want 410", a.status, a.body)
	}
}

func TestNoAccessIsSaid(t *testing.T) {
	testutil.Requirement(t, "CSD-W5")
	s := serve(t, signedIn)
	for header, want := range map[string]string{"": "401 login", "Authorization: Bearer reader": "403 forbidden"} {
		a := s.do("PUT", "/Organization/a", org("a", "A"), header)
		if got := fmt.Sprint(a.status, " ", a.get("issue.0.code")); got != want {
			t.Errorf("PUT with %q = %s, want %s", header, got, want)
		}
	}
}

// A message that the layer in between sends again changes nothing more.
func TestReplaysAreSafe(t *testing.T) {
	testutil.Requirement(t, "IOLF-4", "IOLF-11", "IOLF-6")
	s := serve(t, nil)
	message := bundle("transaction",
		entry("urn:uuid:1f0b5f4e-9d0e-4e5e-8f0e-0c6a2f3b4c5d", "POST", "Organization", org("", "Once"), `"ifNoneExist":"name:exact=Once"`),
		entry("", "PUT", "Organization/two", org("two", "Two"), ""))
	for range 3 {
		s.must("POST", "", message)
	}
	if got := s.must("GET", "/Organization?_summary=count", "").get("total"); got != "2" {
		t.Errorf("%s organizations after three replays, want 2", got)
	}
	a := s.must("GET", "/Organization/two", "")
	if got := s.do("GET", "/Organization/two", "", "If-None-Match: "+a.header.Get("ETag")); got.status != 304 {
		t.Errorf("GET with its ETag = %d, want 304", got.status)
	}
}

// found lists the ids of a searchset in order of the alphabet, those included after a plus.
func found(a answer) string {
	var matches, included []string
	for i, mode := range a.entries("search.mode") {
		id := a.get(fmt.Sprintf("entry.%d.resource.id", i))
		if mode == "match" {
			matches = append(matches, id)
		} else {
			included = append(included, "+"+id)
		}
	}
	slices.Sort(matches)
	slices.Sort(included)
	return strings.Join(append(matches, included...), " ")
}
