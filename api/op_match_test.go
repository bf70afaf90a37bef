package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/api"
	facilitymatch "masjala/facility/match"
	"masjala/internal/testutil"
	workermatch "masjala/workforce/match"
)

func matching(t *testing.T) *server {
	return serve(t, func(o *api.Options) {
		facilities := facilitymatch.NewFinder(o.Store)
		o.Operations = api.MatchOperations(map[string]api.Matcher{
			"Location": facilities, "Organization": facilities, "Practitioner": workermatch.NewFinder(o.Store),
		}, func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) })
	})
}

func TestMatch(t *testing.T) {
	testutil.Requirement(t, "MT-1", "MT-2")
	s := matching(t)
	for _, body := range []string{
		`{"resourceType":"Location","id":"kilifi","name":"Kilifi County","alias":["Kilifi"]}`,
		`{"resourceType":"Location","id":"lamu","name":"Lamu County"}`,
		`{"resourceType":"Location","id":"hc","name":"Mtwapa Health Centre","partOf":{"reference":"Location/kilifi"},"position":{"latitude":-3.95,"longitude":39.74}}`,
		`{"resourceType":"Location","id":"disp","name":"Mtwapa Dispensary","partOf":{"reference":"Location/kilifi"},"position":{"latitude":-3.951,"longitude":39.741}}`,
		`{"resourceType":"Location","id":"far","name":"Mtwapa Health Centre","partOf":{"reference":"Location/lamu"},"position":{"latitude":-2.27,"longitude":40.9}}`,
		`{"resourceType":"Location","id":"ward3","name":"Kisauni Ward 3 Clinic","partOf":{"reference":"Location/kilifi"},"position":{"latitude":-4.02,"longitude":39.68}}`,
		`{"resourceType":"Organization","id":"mission","name":"St. Mary's Mission Hospital","identifier":[{"system":"urn:mfl","value":"H-100"}]}`,
		`{"resourceType":"Organization","id":"other","name":"Coast General Hospital","identifier":[{"system":"urn:mfl","value":"H-200"}]}`,
		`{"resourceType":"Practitioner","id":"amina","name":[{"family":"Odhiambo","given":["Amina","Wanjiru"]}],"birthDate":"1984-03-12","gender":"female","qualification":[{"code":{"text":"nurse"},"identifier":[{"system":"urn:council","value":"N/77"}]}]}`,
		`{"resourceType":"Practitioner","id":"aminata","name":[{"family":"Odhiambo","given":["Grace"]}],"birthDate":"1990-01-01","gender":"female"}`,
	} {
		r := gjson.Parse(body)
		s.must("PUT", "/"+r.Get("resourceType").Str+"/"+r.Get("id").Str, body)
	}
	tests := map[string]struct {
		typ, resource, more string
		ids, grade          string // of all entries; of the first
		explained           string // part of the first explanation
	}{
		"a facility spelled and placed a little differently": {"Location", `"name":"Mtuapa H/C","partOf":{"reference":"Location/kilifi"},"position":{"latitude":-3.9502,"longitude":39.7401}`, "", "hc disp", "probable", "20 m apart"},
		"its neighbour of another kind":                      {"Location", `"name":"MTWAPA DISP.","partOf":{"reference":"Location/kilifi"},"position":{"latitude":-3.951,"longitude":39.741}`, `,{"name":"count","valueInteger":1}`, "disp", "certain", "both dispensary"},
		"the same name in another county":                    {"Location", `"name":"Mtwapa Health Center","partOf":{"display":"Lamu"},"position":{"latitude":-2.271,"longitude":40.901}`, `,{"name":"count","valueInteger":1}`, "far", "certain", "same name"},
		"another number":                                     {"Location", `"name":"Kisauni Ward 4 Clinic"`, "", "", "", ""},
		"nothing like it":                                    {"Location", `"name":"Zzyzx Clinic"`, "", "", "", ""},
		"a saint in another language, with its code":         {"Organization", `"name":"Hôpital Sainte Mary","identifier":[{"system":"urn:mfl","value":"H-100"}]`, "", "mission", "certain", "same identifier H-100"},
		"only what is certain":                               {"Organization", `"name":"Saint Mary Hosp"`, `,{"name":"onlyCertainMatches","valueBoolean":true}`, "", "", ""},
		"a person with names in another order":               {"Practitioner", `"name":[{"text":"Dr. ODHIAMBO Amina W."}],"birthDate":"1984-12-03","gender":"female"`, "", "amina", "certain", "day and month of birth swapped"},
		"a person by licence":                                {"Practitioner", `"name":[{"family":"Otieno","given":["Amina"]}],"identifier":[{"system":"urn:council","value":"N/77"}]`, "", "amina", "probable", "same identifier N/77"},
		"another person of the family":                       {"Practitioner", `"name":[{"family":"Odhiambo","given":["Peter"]}],"birthDate":"1971-05-05","gender":"male"`, "", "", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.must("POST", "/"+tc.typ+"/$match", `{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"`+tc.typ+`",`+tc.resource+`}}`+tc.more+`]}`)
			ids := ""
			for _, e := range gjson.Get(a.body, "entry").Array() {
				ids = strings.TrimSpace(ids + " " + e.Get("resource.id").Str)
				t.Log(e.Get("search").Raw)
			}
			if ids != tc.ids {
				t.Fatalf("matches %q, want %q", ids, tc.ids)
			}
			first := gjson.Get(a.body, "entry.0.search")
			if got := first.Get(`extension.#(url%"*match-grade").valueCode`).Str; got != tc.grade {
				t.Errorf("grade %q, want %q", got, tc.grade)
			}
			if got := first.Get(`extension.#(url%"*explanation").valueString`).Str; !strings.Contains(got, tc.explained) {
				t.Errorf("explanation %q, want %q in it", got, tc.explained)
			}
			if a.get("type") != "searchset" || ids != "" && (first.Get("mode").Str != "match" || first.Get("score").Num <= 0 || first.Get("score").Num > 1) {
				t.Errorf("%s", a.body)
			}
		})
	}
}

func TestMatchRefuses(t *testing.T) {
	s := matching(t)
	tests := map[string]struct{ path, body string }{
		"no resource":         {"/Location/$match", `{"resourceType":"Parameters"}`},
		"another type":        {"/Location/$match", parametersOf(`{"name":"resource","resource":{"resourceType":"Organization","name":"x"}}`)},
		"not a resource":      {"/Location/$match", parametersOf(`{"name":"resource","valueString":"x"}`)},
		"a count in words":    {"/Location/$match", parametersOf(`{"name":"resource","resource":{"resourceType":"Location","name":"x"}}`, `{"name":"count","valueString":"many"}`)},
		"a body of two types": {"/Location/$match", `{"resourceType":"Practitioner"}`},
	}
	for name, tc := range tests {
		if a := s.do("POST", tc.path, tc.body); a.status != 400 || a.get("resourceType") != "OperationOutcome" {
			t.Errorf("%s = %d %s", name, a.status, a.body)
		}
	}
	if a := s.do("POST", "/Location/$match", `{"resourceType":"Location","name":"Whole body"}`); a.status != 200 || a.get("total") != "0" {
		t.Errorf("a resource as the whole body = %d %s", a.status, a.body)
	}
	if a := s.must("GET", "/OperationDefinition/match", ""); a.get("code") != "match" || a.get("resource.#") != "3" {
		t.Errorf("the definition = %s", a.body)
	}
}
