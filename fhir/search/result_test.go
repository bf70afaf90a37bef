package search_test

import (
	"math"
	"strings"
	"testing"

	"masjala/fhir/search"
	"masjala/internal/testutil"

	"github.com/google/go-cmp/cmp"
)

// shape writes a condition in one line: parameters with their types, modifiers and
// texts or codes.
func shape(c *search.Condition) string {
	if c.Has != nil {
		return "has(" + c.Has.Type + "." + c.Has.Ref.Name + ": " + shape(&c.Has.Cond) + ")"
	}
	s := c.Param.Name
	if c.Param.Type != "" {
		s = c.Param.Type + "." + s
	}
	if c.Modifier != search.None {
		s += ":" + string(c.Modifier)
	}
	for _, l := range c.Chain {
		s += "->" + l.Type + "(" + shape(&l.Cond) + ")"
	}
	for i, v := range c.Values {
		s += []string{"=", ","}[min(i, 1)] + v.Text + v.Code + v.RefID
	}
	return s
}

func TestParseChains(t *testing.T) {
	testutil.Requirement(t, "R4-S10", "R4-S11")
	tests := map[string]struct{ request, want string }{
		"one step":                  {"Location?organization.name=x", "Location.organization->Organization(Organization.name=x)"},
		"one step with its type":    {"Location?organization:Organization.type=x", "Location.organization->Organization(Organization.type=x)"},
		"two steps":                 {"Location?organization.partof.name=x", "Location.organization->Organization(Organization.partof->Organization(Organization.name=x))"},
		"modifier at the end":       {"PractitionerRole?practitioner.family:exact=X", "PractitionerRole.practitioner->Practitioner(Practitioner.family:exact=X)"},
		"common parameter":          {"Location?organization._id=x", "Location.organization->Organization(_id=x)"},
		"hierarchy at the end":      {"Location?organization.partof:below=x", "Location.organization->Organization(Organization.partof:below=x)"},
		"reverse":                   {"Organization?_has:Location:organization:status=active", "has(Location.organization: Location.status=active)"},
		"reverse with modifier":     {"Organization?_has:Location:organization:name:contains=x", "has(Location.organization: Location.name:contains=x)"},
		"reverse, nested":           {"Organization?_has:HealthcareService:organization:_has:PractitionerRole:service:role=n", "has(HealthcareService.organization: has(PractitionerRole.service: PractitionerRole.role=n))"},
		"reverse, then forward":     {"Practitioner?_has:PractitionerRole:practitioner:location.name=x", "has(PractitionerRole.practitioner: PractitionerRole.location->Location(Location.name=x))"},
		"forward, then reverse":     {"Location?organization._has:HealthcareService:organization:active=true", "Location.organization->Organization(has(HealthcareService.organization: HealthcareService.active=true))"},
		"reverse with alternatives": {"Practitioner?_has:PractitionerRole:practitioner:role=a,b", "has(PractitionerRole.practitioner: PractitionerRole.role=a,b)"},
		"six steps":                 {"Location?partof.partof.partof.partof.partof.name=x", "Location.partof" + strings.Repeat("->Location(Location.partof", 4) + "->Location(Location.name=x)" + strings.Repeat(")", 4)},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := mustParse(t, tc.request)
			if len(q.Where) != 1 || shape(&q.Where[0]) != tc.want {
				t.Errorf("%s: got %s, want %s", tc.request, shape(&q.Where[0]), tc.want)
			}
		})
	}
}

func TestParseJoinsRepeatsByAnd(t *testing.T) {
	testutil.Requirement(t, "R4-S1")
	q := mustParse(t, "Organization?type=a&type=b,c&active=true&name:missing=false&_lastUpdated=ge2020&_lastUpdated=lt2021")
	var got []string
	for i := range q.Where {
		got = append(got, shape(&q.Where[i]))
	}
	want := []string{"Organization.type=a", "Organization.type=b,c", "Organization.active=true", "Organization.name:missing", "_lastUpdated=", "_lastUpdated="}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("conditions differ (-want +got):\n%s", diff)
	}
	if q.Where[3].Missing {
		t.Error("missing=false is read as true")
	}
}

// include writes an include in one line.
func include(i search.Include) string {
	s := i.Source
	if i.Reverse {
		s = "<" + s
	}
	if i.Iterate {
		s = "*" + s
	}
	if i.Param != nil {
		s += ":" + i.Param.Name
	}
	return s + ":" + i.Target
}

func TestParseIncludes(t *testing.T) {
	testutil.Requirement(t, "R4-S12")
	tests := map[string]struct{ query, want string }{
		"plain":                      {"_include=Organization:endpoint", "Organization:endpoint:"},
		"with its target":            {"_include=Organization:partof:Organization", "Organization:partof:Organization"},
		"a target it never has":      {"_include=Organization:partof:Location", "Organization:partof:Location"},
		"all of a type":              {"_include=Organization:*", "Organization:"},
		"all":                        {"_include=*", "*:"},
		"iterate":                    {"_include:iterate=Organization:partof", "*Organization:partof:"},
		"iterate as it was called":   {"_include:recurse=Organization:partof", "*Organization:partof:"},
		"of another type":            {"_include:iterate=Location:partof", "*Location:partof:"},
		"reverse":                    {"_revinclude=Location:organization", "<Location:organization:"},
		"reverse as IHE spells it":   {"_revInclude=Location:organization", "<Location:organization:"},
		"reverse, iterate":           {"_revinclude:iterate=Organization:partof", "*<Organization:partof:"},
		"reverse, all":               {"_revinclude=*", "<*:"},
		"reverse, all of a type":     {"_revinclude=PractitionerRole:*", "<PractitionerRole:"},
		"a canonical that refers on": {"_include=ConceptMap:source", "ConceptMap:source:"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := mustParse(t, "Organization?"+tc.query)
			if len(q.Includes) != 1 || include(q.Includes[0]) != tc.want {
				t.Errorf("%s: got %v, want %s", tc.query, q.Includes, tc.want)
			}
		})
	}
}

// Provenance is no type of a store: a search only says that it is wanted.
func TestParseIncludesProvenance(t *testing.T) {
	q := mustParse(t, "Organization?_revinclude=Provenance:target")
	if !q.Provenance || len(q.Includes) > 0 || len(q.Used) != 1 {
		t.Errorf("got %+v", q)
	}
	for _, query := range []string{"_include=Provenance:target", "_revinclude=Provenance:agent", "_revinclude:iterate=Provenance:target", "_revinclude=*"} {
		q, err := parse(t, "Organization?"+query, false)
		if err != nil || q.Provenance {
			t.Errorf("%s asks for Provenance: %+v, %v", query, q, err)
		}
	}
}

func TestParseShapesTheAnswer(t *testing.T) {
	testutil.Requirement(t, "R4-S13", "R4-S14", "R4-S15")
	type result struct {
		Count          int
		Total          search.TotalMode
		Sort, Elements []string
		Summary        string
		Cursor         string
		Types          []string
	}
	tests := map[string]struct {
		request string
		want    result
	}{
		"nothing":                    {"Location?_format=json", result{Count: 20}},
		"count":                      {"Location?_count=5", result{Count: 5}},
		"count of none":              {"Location?_count=0", result{Count: 0}},
		"count beyond the most":      {"Location?_count=201", result{Count: 200}},
		"count beyond any integer":   {"Location?_count=99999999999999999999999", result{Count: 200}},
		"the last count counts":      {"Location?_count=5&_count=7", result{Count: 7}},
		"total none":                 {"Location?_total=none", result{Count: 20, Total: search.TotalNone}},
		"total estimate":             {"Location?_total=estimate", result{Count: 20, Total: search.TotalEstimate}},
		"sort by two":                {"Location?_sort=status,-name", result{Count: 20, Sort: []string{"status", "-name"}}},
		"sort over two parameters":   {"Location?_sort=-_lastUpdated&_sort=_id", result{Count: 20, Sort: []string{"-_lastUpdated", "_id"}}},
		"summary":                    {"Location?_summary=data", result{Count: 20, Summary: "data"}},
		"summary by count":           {"Location?_summary=count&_count=9", result{Count: 0, Summary: "count"}},
		"elements":                   {"Location?_elements=name,Location.type,,identifier", result{Count: 20, Elements: []string{"name", "type", "identifier"}}},
		"cursor":                     {"Location?_cursor=abc", result{Count: 20, Cursor: "abc"}},
		"types of a system search":   {"?_type=Location,Organization", result{Count: 20, Types: []string{"Location", "Organization"}}},
		"system search of all types": {"?_id=1", result{Count: 20}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := mustParse(t, tc.request)
			got := result{Count: q.Count, Total: q.Total, Elements: q.Elements, Summary: q.Summary, Cursor: q.Cursor, Types: q.Types}
			for _, k := range q.Sort {
				got.Sort = append(got.Sort, strings.Repeat("-", map[bool]int{true: 1}[k.Desc])+k.Param.Name)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", tc.request, diff)
			}
		})
	}
}

func TestParseDefaultsOfCount(t *testing.T) {
	q, err := search.Parse(search.Request{Type: "Location"})
	if err != nil || q.Count != 50 {
		t.Errorf("without sizes: count %d, %v; want 50", q.Count, err)
	}
	q, err = search.Parse(search.Request{Type: "Location", Pairs: []search.Pair{{Name: "_count", Value: "5000"}}})
	if err != nil || q.Count != 1000 {
		t.Errorf("without sizes, 5000 asked for: count %d, %v; want 1000", q.Count, err)
	}
}

func TestUsedMakesTheSelfLink(t *testing.T) {
	testutil.Requirement(t, "R4-S2")
	q, err := parse(t, "Location?name=caf%C3%A9%20%26%20co&colour=red&type=http://s|a,b&_sort=colour,-name&_format=json&_cursor=x&_count=3&organization.name=%2B%3D%23", false)
	if err != nil {
		t.Fatal(err)
	}
	got := string(search.AppendQuery([]byte("?"), q.Used))
	want := "?name=caf%C3%A9%20%26%20co&type=http://s%7Ca,b&_sort=-name&_count=3&organization.name=%2B%3D%23"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if back := pairs(t, got[1:]); !cmp.Equal(back, q.Used) {
		t.Errorf("decoded again it is %v, want %v", back, q.Used)
	}
	if want := []search.Pair{{Name: "colour", Value: "red"}, {Name: "_sort", Value: "colour"}}; !cmp.Equal(q.Ignored, want) {
		t.Errorf("ignored %v, want %v", q.Ignored, want)
	}
}

func TestUnitsOfDistance(t *testing.T) {
	for unit, metres := range map[string]float64{"km": 1000, "m": 1, "[mi_i]": 1609.344, "[mi_us]": 1609.347, "[nmi_i]": 1852, "[ft_i]": 0.3048, "": 1000} {
		v := mustParse(t, "Location?near=0|0|10|"+unit).Where[0].Values[0]
		if math.Abs(v.Radius-10*metres) > 0.1 {
			t.Errorf("10 %s are %v m, want %v", unit, v.Radius, 10*metres)
		}
	}
}

func TestParseSearchesOverTypes(t *testing.T) {
	testutil.Requirement(t, "R4-S17")
	tests := map[string]struct{ request, want string }{
		"a parameter all have":                {"?_type=Location,Organization&name=x", "Location.name=x"},
		"the types may come later":            {"?identifier=x&_type=Endpoint,Location", "Endpoint.identifier=x"},
		"one type":                            {"?_type=Location&near=1|2", "Location.near="},
		"a common parameter":                  {"?_tag=x", "_tag=x"},
		"a chain all have":                    {"?_type=Location,Endpoint&organization.name=x", "Location.organization->Organization(Organization.name=x)"},
		"_has of one of them":                 {"?_type=Location,Organization&_has:Endpoint:organization:status=off", "has(Endpoint.organization: Endpoint.status=off)"},
		"_has without types":                  {"?_has:Endpoint:organization:status=off", "has(Endpoint.organization: Endpoint.status=off)"},
		"a parameter one has not":             {"?_type=Location,Practitioner&status=active", ""},
		"a parameter they have differently":   {"?_type=Location,Endpoint&status=active", ""},
		"a reference to different types":      {"?_type=Location,Organization&partof=1", ""},
		"a parameter of a type, without type": {"?name=x", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := parse(t, tc.request, false)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if len(q.Where) > 0 {
				got = shape(&q.Where[0])
			}
			if got != tc.want || (len(q.Ignored) > 0) != (tc.want == "") {
				t.Errorf("%s: got %q, ignored %v; want %q", tc.request, got, q.Ignored, tc.want)
			}
		})
	}
	if _, err := parse(t, "?_type=Location,Practitioner&_has:Endpoint:organization:status=off", false); err == nil {
		t.Error("_has through a reference to none of the types is taken")
	}
}
