package api_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/testutil"
)

func TestHistory(t *testing.T) {
	testutil.Requirement(t, "MD-91-1", "MD-91-4", "MD-91-5", "MD-91-15", "R4-12")
	s := serve(t, nil)
	id := s.must("POST", "/Location", `{"resourceType":"Location","name":"One"}`).get("id")
	s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`","name":"Two"}`)
	s.must("DELETE", "/Location/"+id, "")
	s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`","name":"Three"}`)
	s.must("DELETE", "/Location/"+id, "")
	s.must("PUT", "/Organization/o", org("o", "O"))

	a := s.must("GET", "/Location/"+id+"/_history", "")
	for what, pair := range map[string][2][]string{
		"methods":  {a.entries("request.method"), {"DELETE", "PUT", "DELETE", "PUT", "POST"}},
		"urls":     {a.entries("request.url"), {"Location/" + id, "Location/" + id, "Location/" + id, "Location/" + id, "Location"}},
		"statuses": {a.entries("response.status"), {"200 OK", "201 Created", "200 OK", "200 OK", "201 Created"}},
		"etags":    {a.entries("response.etag"), {`W/"5"`, `W/"4"`, `W/"3"`, `W/"2"`, `W/"1"`}},
		"names":    {a.entries("resource.name"), {"Three", "Two", "One"}},
	} {
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	if got := len(a.entries("response.lastModified")); got != 5 {
		t.Errorf("%d entries have lastModified, want 5", got)
	}
	if got, want := a.get("meta.lastUpdated"), s.must("GET", "/Organization/o", "").get("meta.lastUpdated"); got != want {
		t.Errorf("meta.lastUpdated = %s, want that of the newest version anywhere, %s", got, want)
	}
	for path, total := range map[string]string{
		"/Location/_history": "5", "/Organization/_history": "1", "/_history": "6", "/Endpoint/_history": "0",
		"/_history?_type=Organization,Endpoint": "1", "/Organization/o/_history": "1", "/Location/_history?_count=0": "5",
	} {
		if a := s.must("GET", path, ""); a.get("total") != total || a.get("type") != "history" {
			t.Errorf("GET %s: type %s, total %s, want history and %s", path, a.get("type"), a.get("total"), total)
		}
	}
}

func TestHistoryOfParts(t *testing.T) {
	testutil.Requirement(t, "R4-S13", "R4-S3")
	s := serve(t, nil)
	s.must("PUT", "/Location/a", `{"resourceType":"Location","id":"a","name":"A","description":"long","telecom":[{"system":"phone","value":"1"}]}`)
	for path, leftOut := range map[string]string{
		"/Location/_history?_elements=name": "description", "/Location/a/_history?_summary=true": "telecom", "/_history?_summary=text": "name",
	} {
		a := s.must("GET", path, "")
		if a.get("entry.0.resource."+leftOut) != "" || a.get("entry.0.resource.meta.tag.0.code") != "SUBSETTED" {
			t.Errorf("GET %s = %s, want no %s, and the tag SUBSETTED", path, a.body, leftOut)
		}
		if self := a.get(`link.#(relation=="self").url`); !strings.HasSuffix(self, path) {
			t.Errorf("the link self of %s is %s", path, self)
		}
	}
	if a := s.must("GET", "/Location/_history?_summary=count", ""); a.get("total") != "1" || len(a.entries("fullUrl")) != 0 {
		t.Errorf("the count of a history = %s, want a total without entries", a.body)
	}
	refused := map[string]string{
		"/Location/_history?_summary=some": "", "/Location/_history?_sort=name": "Prefer: handling=strict",
		"/Location/a?_count=1": "Prefer: handling=strict", "/Location/a/_history/1?name=x": "Prefer: handling=strict",
	}
	for path, header := range refused {
		if a := s.do("GET", path, "", header); a.status != 400 {
			t.Errorf("GET %s with %q = %d, want 400", path, header, a.status)
		}
	}
	s.must("GET", "/Location/a?_elements=name&_format=json&_pretty=true", "", "Prefer: handling=strict")
	s.must("GET", "/Location/a?_count=1", "", "Prefer: handling=lenient")
}

func TestHistorySince(t *testing.T) {
	testutil.Requirement(t, "MD-91-2", "MD-91-8", "MD-91-18", "R4-12")
	s := serve(t, nil)
	s.must("PUT", "/Location/a", `{"resourceType":"Location","id":"a","name":"A"}`)
	s.must("PUT", "/Location/b", `{"resourceType":"Location","id":"b","name":"B"}`)
	last := s.must("GET", "/Location/_history", "").get("meta.lastUpdated")
	at, err := time.Parse(time.RFC3339, last)
	if err != nil {
		t.Fatal(err)
	}
	nairobi := time.FixedZone("", 3*3600)
	tests := map[string]struct {
		since  string
		status int
		total  string
	}{
		"the mark of the page before": {last, 200, "1"},
		"in another zone":             {at.In(nairobi).Format("2006-01-02T15:04:05.000-07:00"), 200, "1"},
		"with microseconds":           {at.Format("2006-01-02T15:04:05.000") + "000+00:00", 200, "1"},
		"without a zone":              {at.Format("2006-01-02T15:04:05.000000"), 200, "1"},
		"a microsecond later":         {at.Format("2006-01-02T15:04:05.000") + "001+00:00", 200, "0"},
		"a plus that became a blank":  {at.Format("2006-01-02T15:04:05.000") + " 00:00", 200, "1"},
		"a day long ago":              {"2001-01-01", 200, "2"},
		"nothing":                     {"", 200, "2"},
		"a time to come":              {"2100-01-01T00:00:00Z", 200, "0"},
		"not a time":                  {"yesterday", 400, ""},
		"a day that does not exist":   {"2020-02-30", 400, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do("GET", "/Location/_history?_since="+url.QueryEscape(tc.since), "")
			if a.status != tc.status || a.get("total") != tc.total {
				t.Errorf("_since=%s = %d with %s, want %d with %s", tc.since, a.status, a.get("total"), tc.status, tc.total)
			}
			if tc.status == 400 && !strings.Contains(a.body, "_since") {
				t.Errorf("the error does not name _since: %s", a.body)
			}
		})
	}
}

func TestHistoryPages(t *testing.T) {
	testutil.Requirement(t, "MD-91-9")
	s := serve(t, nil)
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`"}`)
	}
	var ids []string
	next := s.base + "/Location/_history?_count=2&_since=2001-01-01"
	for n := 0; next != "" && n < 5; n++ {
		a := s.must("GET", next, "")
		ids = append(ids, a.entries("resource.id")...)
		next = a.get(`link.#(relation=="next").url`)
		s.must("PUT", "/Location/new", `{"resourceType":"Location","id":"new"}`) // the walk goes on undisturbed
	}
	if diff := cmp.Diff([]string{"e", "d", "c", "b", "a"}, ids); diff != "" {
		t.Errorf("all pages (-want +got):\n%s", diff)
	}
}

func TestHistoryRefuses(t *testing.T) {
	testutil.Requirement(t, "MD-91-8", "Z-7a")
	s := serve(t, nil)
	s.must("PUT", "/Location/a", `{"resourceType":"Location","id":"a"}`)
	for path, status := range map[string]int{
		"/Location/none/_history": 404, "/Patient/_history": 404, "/_history?_type=Patient": 404,
		"/Location/_history?_count=x": 400, "/Location/_history?_at=soon": 400, "/Location/_history?_cursor=%20": 400,
		"/Location/_history?_count=99999999999999999999": 200, "/Location/_history?colour=red": 200,
		"/Location/a/_history?_at=2001": 200, "/Location/_history/": 200,
		"/Location/a/_history?_at=2001-01-01T00:00:00+03:00": 200, "/Location/a/_history?_at=2001-01-01T00:00:00%2B03:00": 200,
	} {
		if a := s.do("GET", path, ""); a.status != status {
			t.Errorf("GET %s = %d %s, want %d", path, a.status, a.body, status)
		}
	}
	if a := s.do("GET", "/Location/_history?colour=red", "", "Prefer: handling=strict"); a.status != 400 {
		t.Errorf("unknown parameter in strict = %d, want 400", a.status)
	}
	if a := s.do("POST", "/Location/_history", ""); a.status != 405 || a.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST of a history = %d, Allow %q, want 405 and GET, HEAD", a.status, a.header.Get("Allow"))
	}
}
