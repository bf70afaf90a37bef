package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

// district makes a nation with facilities, workers in posts there and services.
func district(t *testing.T) *server {
	t.Helper()
	s := serve(t, nil)
	var list []string
	add := func(typ, id, more string) {
		list = append(list, entry("", "PUT", typ+"/"+id, `{"resourceType":"`+typ+`","id":"`+id+`"`+more+`}`, ""))
	}
	for _, p := range [][3]string{{"nation", ""}, {"north", "nation"}, {"kila", "north"}, {"south", "nation"},
		{"clinic", "kila", "36.8,-1.2"}, {"post", "north", "36.9,-1.3"}, {"hospital", "south", "39.6,-4.0"}} {
		more := `,"name":"` + p[0] + `"`
		if p[1] != "" {
			more += `,"partOf":{"reference":"Location/` + p[1] + `"}`
		}
		if lon, lat, ok := strings.Cut(p[2], ","); ok {
			more += `,"position":{"longitude":` + lon + `,"latitude":` + lat + `},"managingOrganization":{"reference":"Organization/` + p[0] + `"}`
			add("Organization", p[0], `,"name":"`+p[0]+`"`)
		}
		add("Location", p[0], more)
	}
	for _, r := range [][3]string{{"r1", "clinic", "nurse"}, {"r2", "post", "nurse"}, {"r3", "post", "clerk"}, {"r4", "hospital", "nurse"}, {"r5", "kila", "nurse"}} {
		add("PractitionerRole", r[0], `,"location":[{"reference":"Location/`+r[1]+`"}],"organization":{"reference":"Organization/`+r[1]+`"},`+
			`"code":[{"coding":[{"system":"urn:cadre","code":"`+r[2]+`"}]}],"specialty":[{"coding":[{"system":"urn:s","code":"`+r[2]+`-s"}]}],"telecom":[{"system":"phone","value":"+2547`+r[0]+`"}]`)
	}
	add("HealthcareService", "h1", `,"location":[{"reference":"Location/clinic"}],"type":[{"coding":[{"system":"urn:t","code":"vaccination"}]}]`)
	s.must("POST", "", bundle("transaction", list...))
	return s
}

// An area's workers, facilities and services in one search each (alerting).
func TestSearchByArea(t *testing.T) {
	testutil.Requirement(t, "CSD-W10", "R4-S7", "UC-1")
	s := district(t)
	tests := map[string]struct{ query, want string }{
		"roles of facilities below an area":      {"PractitionerRole?role=nurse&location.partof:below=Location/north", "r1 r2 r5"},
		"the same without the type":              {"PractitionerRole?role=nurse&location.partof:below=north", "r1 r2 r5"},
		"roles below an area, itself included":   {"PractitionerRole?role=urn:cadre|nurse&location:below=Location/kila", "r1 r5"},
		"all roles below an area":                {"PractitionerRole?location:below=north", "r1 r2 r3 r5"},
		"roles below the nation":                 {"PractitionerRole?role=nurse&location.partof:below=Location/nation", "r1 r2 r4 r5"},
		"roles in two areas":                     {"PractitionerRole?role=nurse&location:below=kila,south", "r1 r4 r5"},
		"roles in an area with nobody":           {"PractitionerRole?location:below=nowhere", ""},
		"facilities below an area":               {"Location?partof:below=north", "clinic kila post"},
		"areas above a facility":                 {"Location?partof:above=kila", "clinic kila north post south"},
		"services below an area":                 {"HealthcareService?location:below=north", "h1"},
		"roles by service below an area":         {"HealthcareService?service-type=vaccination&location.partof:below=nation", "h1"},
		"facilities with such a role":            {"Location?partof:below=north&_has:PractitionerRole:location:role=nurse", "clinic kila post"},
		"a specialty near":                       {"PractitionerRole?specialty=urn:s|nurse-s&location.near=-1.2|36.8|30|km", "r1 r2"},
		"a specialty nearer":                     {"PractitionerRole?specialty=urn:s|nurse-s&location.near=-1.2|36.8|1|km", "r1"},
		"facilities near with a specialty":       {"Location?near=-1.2|36.8|30|km&_has:PractitionerRole:location:specialty=nurse-s", "clinic post"},
		"organizations of facilities of an area": {"Organization?_has:Location:organization:partof:below=north", "clinic post"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.must("GET", "/"+tc.query, "", "Prefer: handling=strict")
			got := a.entries("resource.id")
			slices.Sort(got)
			if strings.Join(got, " ") != tc.want {
				t.Errorf("%s = %v, want %s", tc.query, got, tc.want)
			}
		})
	}
	a := s.must("GET", "/PractitionerRole?role=nurse&location:below=kila&_include=PractitionerRole:location", "")
	if a.get(`entry.0.resource.telecom.0.value`) == "" || !strings.Contains(a.body, `"search":{"mode":"include"}`) {
		t.Errorf("the roles come without telecom or places: %s", a.body)
	}
}

func TestDistancesOfNear(t *testing.T) {
	testutil.Requirement(t, "MD-S-LOC-near", "MD-A4")
	s := district(t)
	tests := map[string]struct{ distance, says string }{
		"km": {"30", "15.723 km"}, "m": {"30000", "15723 m"}, "cm": {"3000000", "1572300 cm"}, "dam": {"3000", "1572.3 dam"}, "Mm": {"0.03", "0.015723 Mm"},
		"[mi_i]": {"18.7", "9.7698 [mi_i]"}, "[nmi_i]": {"16.2", "8.4897 [nmi_i]"}, "[ft_i]": {"98430", "51585 [ft_i]"}, "miles": {"18.7", "15723 m"}, "": {"30", "15.723 km"},
	}
	for unit, tc := range tests {
		a := s.must("GET", "/Location?near="+url.QueryEscape("-1.2|36.8|"+tc.distance+"|"+unit), "", "Prefer: handling=strict")
		if got := a.entries("resource.id"); !slices.Equal(got, []string{"clinic", "post"}) {
			t.Errorf("near in %s = %v", unit, got)
			continue
		}
		const far = `entry.1.search.extension.#(url=="http://hl7.org/fhir/StructureDefinition/location-distance").valueDistance`
		if got := a.get(far+".value") + " " + a.get(far+".code"); got != tc.says || a.get(far+".system") != "http://unitsofmeasure.org" {
			t.Errorf("near in %s says %s, want %s", unit, got, tc.says)
		}
	}
	if a := s.do("GET", "/Location?near=-1.2|36.8|30|leagues", "", "Prefer: handling=strict"); a.status != 400 {
		t.Errorf("an unknown unit = %d, want 400", a.status)
	}
}
