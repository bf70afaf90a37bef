package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"masjala/api"
	"masjala/fhir/search"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/terminology"
)

// sets shows a terminology service to searches.
type sets struct{ *terminology.Service }

func (s sets) Members(ctx context.Context, valueSet string, limit int) (list []search.Coding, err error) {
	ref := terminology.SetRef{URL: valueSet}
	if id, ok := strings.CutPrefix(valueSet, "ValueSet/"); ok {
		ref = terminology.SetRef{ID: id}
	}
	err = s.Service.Members(ctx, ref, limit, func(system, code string) {
		list = append(list, search.Coding{System: system, Code: code})
	})
	return list, err
}

func (s sets) Kin(ctx context.Context, code search.Coding, below bool, limit int) (list []search.Coding, err error) {
	err = s.Service.Kin(ctx, code.System, code.Code, below, limit, func(system, code string) {
		list = append(list, search.Coding{System: system, Code: code})
	})
	return list, err
}

// serveDirectory starts a server with a directory and a terminology service.
func serveDirectory(t *testing.T) *server {
	t.Helper()
	var codes *terminology.Service
	s := serve(t, func(o *api.Options) {
		var err error
		if codes, err = terminology.New(terminology.Options{Store: o.Store, Dir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		o.Registries = store.NewRegistries(codes, store.PlainRegistry("Organization", "Location"))
		o.ValueSets = sets{codes}
	})
	t.Cleanup(func() {
		if err := codes.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSearchByValueSet(t *testing.T) {
	testutil.Requirement(t, "R4-S5")
	s := serveDirectory(t)
	s.must("PUT", "/CodeSystem/colours", colours)
	s.must("PUT", "/ValueSet/warm", warmSet)
	s.must("PUT", "/ValueSet/open", `{"resourceType":"ValueSet","id":"open","url":"http://example.org/vs/open","status":"active",
"compose":{"include":[{"system":"http://hl7.org/fhir/location-status","concept":[{"code":"active"},{"code":"suspended"}]}]}}`)
	large := []string{}
	for i := range 10_001 {
		large = append(large, fmt.Sprintf(`{"code":"c%d"}`, i))
	}
	s.must("PUT", "/ValueSet/large", `{"resourceType":"ValueSet","id":"large","url":"http://example.org/vs/large","status":"active",
"compose":{"include":[{"system":"http://example.org/cs/large","concept":[`+strings.Join(large, ",")+`]}]}}`)
	for id, code := range map[string]string{"a": "red", "b": "blue", "c": ""} {
		kind := ""
		if code != "" {
			kind = `,"type":[{"coding":[{"system":"http://example.org/cs/colours","code":"` + code + `"}]}]`
		}
		s.must("PUT", "/Organization/"+id, `{"resourceType":"Organization","id":"`+id+`","name":"`+id+`"`+kind+`}`)
		s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`","status":"`+map[string]string{"a": "active", "b": "inactive", "c": "suspended"}[id]+
			`","managingOrganization":{"reference":"Organization/`+id+`"}}`)
	}
	tests := map[string]string{
		"/Organization?type:in=http://example.org/vs/warm":                                             "a",
		"/Organization?type:in=http://example.org/vs/warm|1":                                           "a",
		"/Organization?type:in=ValueSet/warm":                                                          "a",
		"/Organization?type:in=" + s.base + "/ValueSet/warm":                                           "a",
		"/Organization?type:not-in=ValueSet/warm":                                                      "b c",
		"/Organization?type:not-in=ValueSet/warm&type:missing=false":                                   "b",
		"/Organization?type:in=ValueSet/open":                                                          "",
		"/Organization?type:not-in=ValueSet/open":                                                      "a b c",
		"/Organization?type:in=ValueSet/open,ValueSet/warm":                                            "a",
		"/Location?status:in=ValueSet/open":                                                            "a c",
		"/Location?status:in=ValueSet/warm":                                                            "",
		"/Location?organization.type:in=ValueSet/warm":                                                 "a",
		"/Organization?_has:Location:organization:status:in=http://example.org/vs/open":                "a c",
		"/Organization?_has:Location:organization:status:in=ValueSet/open&type:not-in=ValueSet%2Fwarm": "c",
	}
	for path, want := range tests {
		a := s.must("GET", path+"&_sort=_id", "")
		if got := strings.Join(a.entries("resource.id"), " "); got != want {
			t.Errorf("GET %s finds %q, want %q", path, got, want)
		}
	}
	refused := map[string]int{
		"/Organization?type:in=http://example.org/vs/none": 400,
		"/Organization?type:in=ValueSet/none":              400,
		"/Organization?type:in=warm":                       400,
		"/Organization?name:in=ValueSet/warm":              400,
		"/Organization?type:in=ValueSet/large":             422,
	}
	for path, want := range refused {
		if a := s.do("GET", path, ""); a.status != want || a.get("resourceType") != "OperationOutcome" {
			t.Errorf("GET %s = %d %s, want %d", path, a.status, a.body, want)
		}
	}
	if a := s.do("PUT", "/Organization?type:in=ValueSet/warm", org("", "New")); a.status != 501 {
		t.Errorf("a conditional update by value set = %d %s, want 501", a.status, a.body)
	}
}

func TestSearchByValueSetWithoutTerminology(t *testing.T) {
	testutil.Requirement(t, "R4-S5")
	s := serve(t, nil)
	if a := s.do("GET", "/Organization?type:in=ValueSet/warm", ""); a.status != 501 {
		t.Errorf("a search by value set = %d %s, want 501", a.status, a.body)
	}
}

func TestSearchAboveAndBelowCodes(t *testing.T) {
	testutil.Requirement(t, "R4-S5")
	s := serveDirectory(t)
	s.must("PUT", "/CodeSystem/colours", colours)
	for id, code := range map[string]string{"a": "red", "b": "blue", "c": "warm", "d": "pink"} {
		s.must("PUT", "/Organization/"+id, `{"resourceType":"Organization","id":"`+id+`","name":"`+id+`","meta":{"tag":[{"system":"http://example.org/cs/colours","code":"`+code+`"}]},
"type":[{"coding":[{"system":"http://example.org/cs/colours","code":"`+code+`"}]}]}`)
		s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`","name":"`+id+`","managingOrganization":{"reference":"Organization/`+id+`"}}`)
	}
	const system = "http://example.org/cs/colours|"
	tests := map[string]string{
		"/Organization?type:below=" + system + "warm":                   "a c d",
		"/Organization?type:below=" + system + "red":                    "a",
		"/Organization?type:below=" + system + "red," + system + "blue": "a b",
		"/Organization?type:above=" + system + "red":                    "a c",
		"/Organization?type:above=" + system + "warm":                   "c",
		"/Organization?type:below=" + system + "green":                  "",
		"/Organization?_tag:below=" + system + "warm":                   "a c d",
		"/Location?organization.type:below=" + system + "warm":          "a c d",
		"/Organization?_filter=type ss " + system + "warm":              "a c d",
		"/Organization?_filter=not (type sb " + system + "red)":         "b d",
	}
	for path, want := range tests {
		a := s.must("GET", strings.ReplaceAll(path, " ", "%20")+"&_sort=_id", "")
		if got := strings.Join(a.entries("resource.id"), " "); got != want {
			t.Errorf("GET %s finds %q, want %q", path, got, want)
		}
	}
	for path, want := range map[string]int{
		"/Organization?type:below=warm":                           400,
		"/Organization?type:below=" + system:                      400,
		"/Organization?type:above=http://example.org/cs/none|red": 400,
		"/Organization?identifier:below=urn:x|1":                  400,
	} {
		if a := s.do("GET", path, ""); a.status != want || a.get("resourceType") != "OperationOutcome" {
			t.Errorf("GET %s = %d %s, want %d", path, a.status, a.body, want)
		}
	}
}
