package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/testutil"
)

func TestSearchset(t *testing.T) {
	testutil.Requirement(t, "MD-90-1", "MD-90-7", "R4-S1", "R4-S2", "R4-S12", "R4-S15")
	s := serve(t, nil)
	for i := range 5 {
		s.must("PUT", fmt.Sprintf("/Location/l%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"l%d","name":"Clinic %d","status":"active","managingOrganization":{"reference":"Organization/o"}}`, i, i))
	}
	s.must("PUT", "/Organization/o", org("o", "O"))
	a := s.must("GET", "/Location?name=clinic&_count=2&_include=Location:organization&colour=red&_format=json", "")
	for path, want := range map[string]string{
		"type": "searchset", "total": "5", "entry.#": "3", "link.0.relation": "self", "link.1.relation": "first", "link.2.relation": "next",
		"link.0.url":            s.base + "/Location?name=clinic&_count=2&_include=Location:organization",
		"entry.0.fullUrl":       s.base + "/Location/l4",
		"entry.0.search.mode":   "match",
		"entry.2.search.mode":   "include",
		"entry.2.resource.name": "O",
		"meta.lastUpdated":      s.must("GET", "/Organization/o", "").get("meta.lastUpdated"),
	} {
		if got := a.get(path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	var ids []string
	for pages := 0; ; pages++ {
		for i, mode := range a.entries("search.mode") {
			if mode == "match" {
				ids = append(ids, a.get(fmt.Sprintf("entry.%d.resource.id", i)))
			}
		}
		next := a.get(`link.#(relation=="next").url`)
		if next == "" || pages > 5 {
			break
		}
		if !strings.HasPrefix(next, s.base+"/Location?") {
			t.Fatalf("next = %s, want an address of this search", next)
		}
		a = s.must("GET", next, "")
	}
	if diff := cmp.Diff([]string{"l4", "l3", "l2", "l1", "l0"}, ids); diff != "" {
		t.Errorf("all pages (-want +got):\n%s", diff)
	}
}

func TestSearchByPost(t *testing.T) {
	testutil.Requirement(t, "MD-90-1", "R4-S1")
	s := serve(t, nil)
	for _, id := range []string{"a", "b", "c"} {
		s.must("PUT", "/Organization/"+id, org(id, "Clinic "+id))
	}
	const form = "Content-Type: application/x-www-form-urlencoded"
	tests := map[string]struct {
		path, body, header string
		status             int
		total              string
	}{
		"form":                      {"/Organization/_search", "name=clinic+a", form, 200, "1"},
		"form and query":            {"/Organization/_search?name=clinic", "_id=b", form, 200, "1"},
		"form with a charset":       {"/Organization/_search", "name=clinic", form + "; charset=utf-8", 200, "3"},
		"no body":                   {"/Organization/_search?name=clinic", "", "", 200, "3"},
		"of several types":          {"/_search", "_type=Organization,Location&_id=a,b", form, 200, "2"},
		"format in the form":        {"/Organization/_search", "_format=pdf", form, 406, ""},
		"JSON":                      {"/Organization/_search", "{}", "", 415, ""},
		"form that is not UTF-8":    {"/Organization/_search", "name=%ff", form, 400, ""},
		"unknown in strict":         {"/Organization/_search", "colour=red", form, 200, "3"},
		"value that is not allowed": {"/Organization/_search", "_lastUpdated=never", form, 400, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("POST", tc.path, tc.body, tc.header)
			if a.status != tc.status || a.get("total") != tc.total {
				t.Errorf("POST %s %q = %d, total %s, want %d and %s: %s", tc.path, tc.body, a.status, a.get("total"), tc.status, tc.total, a.body)
			}
		})
	}
	first := s.must("POST", "/Organization/_search", "name=clinic&_count=2", form)
	if second := s.must("GET", first.get("link.2.url"), ""); second.get("entry.#") != "1" {
		t.Errorf("the second page of a POST has %s entries, want 1", second.get("entry.#"))
	}
	if a := s.do("GET", "/Organization/_search?name=clinic", ""); a.get("total") != "3" {
		t.Errorf("GET of _search finds %s, want 3", a.get("total"))
	}
}

func TestSearchRefuses(t *testing.T) {
	testutil.Requirement(t, "MD-90-8", "R4-S3", "Z-7a")
	s := serve(t, nil)
	strict := "Prefer: handling=strict"
	tests := map[string]struct {
		query, header string
		status        int
	}{
		"unknown parameter, lenient":   {"Organization?colour=red", "", 200},
		"unknown parameter, strict":    {"Organization?colour=red", strict, 400},
		"parameter in another case":    {"Organization?NAME=x", strict, 400},
		"unknown modifier":             {"Organization?name:sounds=x", "", 400},
		"bad date":                     {"Organization?_lastUpdated=xyz", "", 400},
		"bad count":                    {"Organization?_count=-1", "", 400},
		"percent sign alone":           {"Organization?name=100%", "", 400},
		"bytes that are not UTF-8":     {"Organization?name=%ff%fe", "", 400},
		"cursor that was tampered":     {"Organization?_cursor=zzz", "", 400},
		"type that is not served":      {"Patient?name=x", "", 404},
		"text that looks like SQL":     {"Organization?name=%27%3B%20drop%20table%20resource%3B--", "", 200},
		"a zero byte":                  {"Organization?name=a%00b", "", 200},
		"a long query":                 {"Organization?name=" + strings.Repeat("a", 4000), "", 200},
		"a query beyond what is taken": {"Organization?name=" + strings.Repeat("a", 60_000), "", 431},
		"two thousand values":          {"Organization?_id=" + strings.Repeat("a,", 2000) + "b", "", 400},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.do("GET", "/"+tc.query, "", tc.header); a.status != tc.status {
				t.Errorf("GET %.80s = %d %.300s, want %d", tc.query, a.status, a.body, tc.status)
			}
		})
	}
}

func TestDistanceIsTold(t *testing.T) {
	testutil.Requirement(t, "MD-A4", "MD-S-LOC-near")
	s := serve(t, nil)
	s.must("PUT", "/Location/l", `{"resourceType":"Location","id":"l","name":"L","position":{"longitude":36.80,"latitude":-1.20}}`)
	a := s.must("GET", "/Location?near="+url.QueryEscape("-1.20|36.81|5|km"), "")
	const ext = "entry.0.search.extension.0."
	if got := a.get(ext + "url"); got != "http://hl7.org/fhir/StructureDefinition/location-distance" {
		t.Fatalf("extension = %q, want the distance: %s", got, a.body)
	}
	if got := a.get(ext + "valueDistance.value"); got != "1.112" {
		t.Errorf("distance = %s m, want 1112", got)
	}
}

func TestLinksEscapeWhatTheyCarry(t *testing.T) {
	s := serve(t, nil)
	query := "name=" + url.QueryEscape(`a&b="c" ü+%|`) + "&_count=1"
	self := s.must("GET", "/Organization?"+query, "").get("link.0.url")
	u, err := url.Parse(self)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Query().Get("name"); got != `a&b="c" ü+%|` {
		t.Errorf("the self link carries %q", got)
	}
}
