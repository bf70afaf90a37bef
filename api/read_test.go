package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"masjala/internal/testutil"
)

func TestRead(t *testing.T) {
	testutil.Requirement(t, "MD-90-10", "MD-90-11", "R4-1", "R4-2", "R4-3", "R4-19", "Z-7a", "MD-A7")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "One"))
	s.must("PUT", "/Organization/a", org("a", "Two"))
	s.must("PUT", "/Organization/gone", org("gone", "Gone"))
	s.must("DELETE", "/Organization/gone", "")
	modified := s.do("GET", "/Organization/a", "").header.Get("Last-Modified")
	before := time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat)

	tests := map[string]struct {
		path   string
		header string
		status int
		has    string
	}{
		"current version":                  {"/Organization/a", "", 200, `"name":"Two"`},
		"with a slash at the end":          {"/Organization/a/", "", 200, `"name":"Two"`},
		"former version":                   {"/Organization/a/_history/1", "", 200, `"name":"One"`},
		"version that is not there":        {"/Organization/a/_history/3", "", 404, `"code":"not-found"`},
		"version that is no number":        {"/Organization/a/_history/one", "", 404, `"code":"not-found"`},
		"version with leading zero":        {"/Organization/a/_history/01", "", 404, `"code":"not-found"`},
		"id that never was":                {"/Organization/never", "", 404, `"code":"not-found"`},
		"id in other case":                 {"/Organization/A", "", 404, `"code":"not-found"`},
		"id too long":                      {"/Organization/" + strings.Repeat("a", 65), "", 400, `"code":"invalid"`},
		"id with odd characters":           {"/Organization/a%20b", "", 400, `"code":"invalid"`},
		"deleted":                          {"/Organization/gone", "", 410, `"code":"deleted"`},
		"version before the deletion":      {"/Organization/gone/_history/1", "", 200, `"name":"Gone"`},
		"version that is the deletion":     {"/Organization/gone/_history/2", "", 410, `"code":"deleted"`},
		"type not served":                  {"/Patient/a", "", 404, `"code":"not-supported"`},
		"type that R4 does not have":       {"/Nonsense/a", "", 404, `"code":"not-supported"`},
		"more path than there is":          {"/Organization/a/b/c", "", 404, `"code":"not-found"`},
		"entity tag the client has":        {"/Organization/a", `If-None-Match: W/"2"`, 304, ""},
		"one of several entity tags":       {"/Organization/a", `If-None-Match: "7", "2"`, 304, ""},
		"former entity tag":                {"/Organization/a", `If-None-Match: W/"1"`, 200, `"Two"`},
		"not modified since the last time": {"/Organization/a", "If-Modified-Since: " + modified, 304, ""},
		"modified since":                   {"/Organization/a", "If-Modified-Since: " + before, 200, `"Two"`},
		"since a time that is none":        {"/Organization/a", "If-Modified-Since: yesterday", 200, `"Two"`},
		"elements that are not named":      {"/Organization/a?_elements=&_summary=", "", 200, `"name":`},
		"only some elements":               {"/Organization/a?_elements=name", "", 200, `"SUBSETTED"`},
		"only the summary":                 {"/Organization/a?_summary=true", "", 200, `"SUBSETTED"`},
		"summary of an unknown kind":       {"/Organization/a?_summary=short", "", 400, `_summary`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", tc.path, "", tc.header)
			if a.status != tc.status || !strings.Contains(a.body, tc.has) {
				t.Errorf("GET %s (%s) = %d %s, want %d and %s", tc.path, tc.header, a.status, a.body, tc.status, tc.has)
			}
			if tc.status == 304 && (a.body != "" || a.header.Get("ETag") != `W/"2"`) {
				t.Errorf("304 came with body %q and ETag %q, want no body and the ETag", a.body, a.header.Get("ETag"))
			}
		})
	}
}

func TestReadHeaders(t *testing.T) {
	testutil.Requirement(t, "R4-1", "R4-15")
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "Ngonyamo"))
	get, head := s.do("GET", "/Organization/a", ""), s.do("HEAD", "/Organization/a", "")
	if got := get.header.Get("ETag"); got != `W/"1"` {
		t.Errorf("ETag = %s, want W/\"1\"", got)
	}
	if _, err := http.ParseTime(get.header.Get("Last-Modified")); err != nil {
		t.Errorf("Last-Modified: %v", err)
	}
	if got := get.header.Get("Content-Type"); got != "application/fhir+json; charset=utf-8" {
		t.Errorf("Content-Type = %s, want that of FHIR JSON", got)
	}
	if head.status != 200 || head.body != "" {
		t.Errorf("HEAD = %d with body %q, want 200 without", head.status, head.body)
	}
	for _, name := range []string{"ETag", "Last-Modified", "Content-Type", "Content-Length"} {
		if head.header.Get(name) != get.header.Get(name) {
			t.Errorf("HEAD has %s %q, GET %q, want the same", name, head.header.Get(name), get.header.Get(name))
		}
	}
	if a := s.do("HEAD", "/Organization/b", ""); a.status != 404 || a.body != "" {
		t.Errorf("HEAD of nothing = %d %q, want 404 without a body", a.status, a.body)
	}
}

func TestSubsets(t *testing.T) {
	testutil.Requirement(t, "R4-S13")
	s := serve(t, nil)
	s.must("PUT", "/Location/l", `{"resourceType":"Location","id":"l","meta":{"tag":[{"code":"mine"}]},
		"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">L</div>"},
		"status":"active","name":"L","_name":{"id":"n"},"telecom":[{"system":"phone","value":"1"}],
		"position":{"longitude":1,"latitude":2},"hoursOfOperation":[{"allDay":true}]}`)
	s.must("PUT", "/CodeSystem/c", `{"resourceType":"CodeSystem","id":"c","url":"http://c","status":"active","content":"complete","concept":[{"code":"a"}]}`)
	tests := map[string]struct {
		query       string
		with, lacks []string
	}{
		"some elements":      {"Location?_id=l&_elements=name,position", []string{`"name":"L"`, `"_name"`, `"position"`, `"mine"`, `"SUBSETTED"`}, []string{`"telecom"`, `"hours`}},
		"mandatory elements": {"CodeSystem?_id=c&_elements=url", []string{`"url":"http://c"`, `"status":"active"`, `"content":"complete"`}, []string{`"concept"`}},
		"summary":            {"Location?_id=l&_summary=true", []string{`"name":"L"`, `"status"`, `"SUBSETTED"`}, []string{`"position"`, `"telecom"`, `"div"`}},
		"text only":          {"Location?_id=l&_summary=text", []string{`"div"`, `"SUBSETTED"`}, []string{`"name"`, `"position"`}},
		"data only":          {"Location?_id=l&_summary=data", []string{`"name":"L"`, `"telecom"`, `"position"`}, []string{`"div"`}},
		"no summary":         {"Location?_id=l&_summary=false", []string{`"name":"L"`, `"telecom"`, `"div"`}, []string{`SUBSETTED`}},
		"count":              {"Location?_id=l&_summary=count", []string{`"total":1`}, []string{`"entry"`, `"next"`}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			body := s.must("GET", "/"+tc.query, "").body
			for _, w := range tc.with {
				if !strings.Contains(body, w) {
					t.Errorf("%s lacks %s: %s", tc.query, w, body)
				}
			}
			for _, w := range tc.lacks {
				if strings.Contains(body, w) {
					t.Errorf("%s has %s, want it left out: %s", tc.query, w, body)
				}
			}
		})
	}
}
