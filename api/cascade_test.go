package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/internal/testutil"
)

// put stores a resource of a type and id with some members.
func (s *server) put(ref, members string) {
	s.t.Helper()
	typ, id, _ := strings.Cut(ref, "/")
	s.must("PUT", "/"+ref, `{"resourceType":"`+typ+`","id":"`+id+`",`+members+`}`)
}

// care fills a server with an organization, what belongs to it, and what only names it.
func care(s *server) {
	s.put("Organization/a", `"name":"A"`)
	s.put("Organization/b", `"name":"B","partOf":{"reference":"Organization/a"}`)
	s.put("Location/b", `"name":"B","managingOrganization":{"reference":"Organization/b"}`)
	s.put("Location/ward", `"name":"Ward","partOf":{"reference":"Location/b"}`)
	s.put("Practitioner/p", `"name":[{"family":"P"}],"qualification":[{"code":{"text":"x"},"issuer":{"reference":"Organization/a"}}]`)
	s.put("PractitionerRole/r", `"practitioner":{"reference":"Practitioner/p"},"organization":{"reference":"Organization/b"}`)
	s.put("PractitionerRole/other", `"practitioner":{"reference":"Practitioner/p"},"location":[{"reference":"Location/ward"}]`)
}

func TestDeleteWithWhatBelongs(t *testing.T) {
	testutil.Requirement(t, "R4-8")
	s := serve(t, nil)
	care(s)
	a := s.must("DELETE", "/Organization/a?_cascade=delete", "")
	var told []string
	for _, i := range gjson.Get(a.body, "issue.#.details.text").Array() {
		told = append(told, i.Str)
	}
	slices.Sort(told[1:])
	want := []string{"Organization/a was deleted.", "Location/b was deleted with it.", "Location/ward was deleted with it.",
		"Organization/b was deleted with it.", "PractitionerRole/r was deleted with it."}
	if !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
	for ref, status := range map[string]int{
		"Organization/a": 410, "Organization/b": 410, "Location/b": 410, "Location/ward": 410, "PractitionerRole/r": 410,
		"Practitioner/p": 200, "PractitionerRole/other": 200,
	} {
		if got := s.do("GET", "/"+ref, ""); got.status != status {
			t.Errorf("GET %s = %d, want %d", ref, got.status, status)
		}
	}
	newest := s.must("GET", "/_history?_count=5", "")
	if at := newest.entries("response.lastModified"); slices.ContainsFunc(at, func(o string) bool { return o != at[0] }) {
		t.Errorf("the deletions are of %v, want one commit", at)
	}
}

func TestDeleteWithWhatBelongsElsewhere(t *testing.T) {
	testutil.Requirement(t, "R4-8", "R4-10", "MD-130-7")
	tests := map[string]struct {
		method, path, body string
		status             int
		gone               string // ids of the Organizations that are gone
	}{
		"by criteria":            {"DELETE", "/Organization?name=a&_cascade=delete", "", 200, "a b"},
		"not wanted":             {"DELETE", "/Organization/a?_cascade=none", "", 200, "a"},
		"not said":               {"DELETE", "/Organization/a", "", 200, "a"},
		"what is not there":      {"DELETE", "/Organization/none?_cascade=delete", "", 200, ""},
		"another word":           {"DELETE", "/Organization/a?_cascade=yes", "", 400, ""},
		"no criteria":            {"DELETE", "/Organization?_cascade=delete", "", 412, ""},
		"in a transaction":       {"POST", "", bundle("transaction", entry("", "DELETE", "Organization/a?_cascade=delete", "", ""), entry("", "DELETE", "Organization/b", "", "")), 200, "a b"},
		"in a batch by criteria": {"POST", "", bundle("batch", entry("", "DELETE", "Organization?name=a&_cascade=delete", "", "")), 200, "a b"},
		"and made again":         {"POST", "", bundle("transaction", entry("", "DELETE", "Organization/a?_cascade=delete", "", ""), entry("", "PUT", "Organization/b", org("b", "B"), "")), 200, "a"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			care(s)
			if a := s.do(tc.method, tc.path, tc.body); a.status != tc.status {
				t.Fatalf("%s %s = %d %s, want %d", tc.method, tc.path, a.status, a.body, tc.status)
			}
			var gone []string
			for _, id := range []string{"a", "b"} {
				if s.do("GET", "/Organization/"+id, "").status == 410 {
					gone = append(gone, id)
				}
			}
			if got := strings.Join(gone, " "); got != tc.gone {
				t.Errorf("gone: %q, want %q", got, tc.gone)
			}
		})
	}
}

func TestTooMuchBelongs(t *testing.T) {
	testutil.Requirement(t, "R4-8")
	s := serve(t, nil)
	s.put("Organization/a", `"name":"A"`)
	entries := make([]string, 1001)
	for i := range entries {
		entries[i] = entry("", "PUT", fmt.Sprintf("Location/l%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"l%d","name":"L","managingOrganization":{"reference":"Organization/a"}}`, i), "")
	}
	s.must("POST", "", bundle("transaction", entries...))
	if a := s.do("DELETE", "/Organization/a?_cascade=delete", ""); a.status != 422 || a.get("issue.0.code") != "too-costly" {
		t.Errorf("1,001 Locations belong to it: %d %s, want 422", a.status, a.body)
	}
	if a := s.must("GET", "/Location?_count=0", ""); a.get("total") != "1001" {
		t.Errorf("afterwards there are %s Locations, want all", a.get("total"))
	}
	s.must("DELETE", "/Location/l7", "")
	if a := s.must("DELETE", "/Organization/a?_cascade=delete", "", "Prefer: return=minimal"); a.status != 204 {
		t.Errorf("with 1,000: %d, want 204", a.status)
	}
	if a := s.must("GET", "/Location?_count=0", ""); a.get("total") != "0" {
		t.Errorf("afterwards there are %s Locations, want none", a.get("total"))
	}
}

func TestTypesThatAreNotDeleted(t *testing.T) {
	testutil.Requirement(t, "MD-130-4", "MD-91-11")
	s := serve(t, func(o *api.Options) { o.Keep = []string{"Location"} })
	care(s)
	for name, tc := range map[string]struct {
		method, path, body string
		status             int
	}{
		"by id":              {"DELETE", "/Location/b", "", 405},
		"by criteria":        {"DELETE", "/Location?name=b", "", 405},
		"in a transaction":   {"POST", "", bundle("transaction", entry("", "DELETE", "Location/b", "", "")), 405},
		"with what it is of": {"DELETE", "/Organization/b?_cascade=delete", "", 409},
	} {
		a := s.do(tc.method, tc.path, tc.body)
		if a.status != tc.status {
			t.Errorf("%s: %d %s, want %d", name, a.status, a.body, tc.status)
		}
		if allow := a.header.Get("Allow"); a.status == 405 && tc.method == "DELETE" && (strings.Contains(allow, "DELETE") || !strings.Contains(allow, "PUT")) {
			t.Errorf("%s: Allow is %q", name, allow)
		}
	}
	if a := s.must("POST", "", bundle("batch", entry("", "DELETE", "Location/b", "", ""))); !strings.HasPrefix(a.get("entry.0.response.status"), "405") {
		t.Errorf("in a batch: %s, want 405", a.body)
	}
	s.must("GET", "/Location/b", "")
	s.must("DELETE", "/Organization/b", "")
	a := s.must("GET", "/metadata", "")
	if got := a.get("rest.0.documentation"); !strings.Contains(got, "_cascade=delete") {
		t.Errorf("the statement says nothing of _cascade: %s", got)
	}
	for typ, want := range map[string]string{"Location": "not-supported", "Organization": "single"} {
		of := `rest.0.resource.#(type=="` + typ + `")`
		if got := a.get(of + ".conditionalDelete"); got != want {
			t.Errorf("conditionalDelete of %s is %s, want %s", typ, got, want)
		}
		if got := a.get(of+`.interaction.#(code=="delete").code`) != ""; got != (typ == "Organization") {
			t.Errorf("the statement lists delete of %s: %v", typ, got)
		}
	}
}
