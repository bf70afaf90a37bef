package api_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

// labels are the profiles, tags and security labels of a resource, as codes.
func (a answer) labels() string {
	var all []string
	for _, path := range []string{"meta.profile", "meta.tag.#.code", "meta.security.#.code"} {
		for _, l := range gjson.Get(a.body, path).Array() {
			all = append(all, l.Str)
		}
	}
	return strings.Join(all, " ")
}

func TestUpdatesKeepLabels(t *testing.T) {
	testutil.Requirement(t, "R4-20")
	const first = `"meta":{"source":"urn:s","profile":["urn:p"],"tag":[{"system":"urn:t","code":"x"}],"security":[{"code":"R"}]},"name":"A"`
	tests := map[string]struct {
		method, path, body, want string
	}{
		"an update that names none":     {"PUT", "/Organization/a", `{"resourceType":"Organization","id":"a","name":"B"}`, "urn:p x R"},
		"one that names others":         {"PUT", "/Organization/a", `{"resourceType":"Organization","id":"a","meta":{"tag":[{"system":"urn:t","code":"y"}],"profile":["urn:q"]},"name":"B"}`, "urn:q urn:p y x R"},
		"one that names the same":       {"PUT", "/Organization/a", `{"resourceType":"Organization","id":"a",` + strings.Replace(first, `"A"`, `"B"`, 1) + `}`, "urn:p x R"},
		"a conditional update":          {"PUT", "/Organization?name=a", `{"resourceType":"Organization","name":"B"}`, "urn:p x R"},
		"one in a transaction":          {"POST", "", bundle("transaction", entry("", "PUT", "Organization/a", `{"resourceType":"Organization","id":"a","name":"B"}`, "")), "urn:p x R"},
		"a patch that takes them away":  {"PATCH", "/Organization/a", `[{"op":"remove","path":"/meta/tag"},{"op":"replace","path":"/name","value":"B"}]`, "urn:p R"},
		"one of what is deleted before": {"POST", "", bundle("batch", entry("", "DELETE", "Organization/a", "", ""), entry("", "PUT", "Organization/a", org("a", "B"), "")), ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			s.put("Organization/a", first)
			media := ""
			if tc.method == "PATCH" {
				media = "Content-Type: application/json-patch+json"
			}
			s.must(tc.method, tc.path, tc.body, media)
			a := s.must("GET", "/Organization/a", "")
			if got := a.labels(); got != tc.want || a.get("name") != "B" {
				t.Errorf("labels of %s are %q, want %q", a.body, got, tc.want)
			}
			if found := s.must("GET", "/Organization?_tag=x", "").get("total"); (found == "1") != strings.Contains(tc.want, "x") {
				t.Errorf("the tag x finds %s", found)
			}
		})
	}
}

func TestLargeTransactionKeepsLabels(t *testing.T) {
	testutil.Requirement(t, "R4-20")
	s := serve(t, nil)
	var first, second []string
	for i := range 60 { // more than a transaction is tried again
		id := string(rune('a'+i%26)) + string(rune('a'+i/26))
		first = append(first, entry("", "PUT", "Organization/"+id, `{"resourceType":"Organization","id":"`+id+`","meta":{"tag":[{"code":"x"}]},"name":"A"}`, ""))
		second = append(second, entry("", "PUT", "Organization/"+id, org(id, "B"), ""))
	}
	s.must("POST", "", bundle("transaction", first...))
	s.must("POST", "", bundle("transaction", second...))
	if a := s.must("GET", "/Organization?_tag=x&name=b&_count=0", ""); a.get("total") != "60" {
		t.Errorf("%s Organizations kept their tag, want 60", a.get("total"))
	}
}

func TestPartsDoNotReplaceTheWhole(t *testing.T) {
	testutil.Requirement(t, "R4-S13", "R4-5")
	s := serve(t, nil)
	s.put("Organization/a", `"name":"A","active":true,"meta":{"tag":[{"code":"x"}]}`)
	part := s.must("GET", "/Organization/a?_elements=name", "").body
	for name, a := range map[string]answer{
		"an update":            s.do("PUT", "/Organization/a", part),
		"a conditional update": s.do("PUT", "/Organization?name=a", part),
		"a transaction":        s.do("POST", "", bundle("transaction", entry("", "PUT", "Organization/a", part, ""))),
	} {
		if a.status != 422 {
			t.Errorf("%s with a part = %d %s, want 422", name, a.status, a.body)
		}
	}
	if a := s.must("GET", "/Organization/a", ""); a.get("active") != "true" || a.get("meta.versionId") != "1" {
		t.Errorf("afterwards it is %s", a.body)
	}
}
