package terminology_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// editions are the versions of the code systems of random members, the highest last.
var editions = []string{"1.0.0", "1.2.0", "2.0.0"}

// edition is a version of a code system with some of its codes.
func (r oddly) edition(n int, version string) string {
	var codes []object
	for i := range 8 {
		if r.one(3) {
			continue
		}
		codes = append(codes, object{"code": randomCode(i), "display": randomCode(i) + " of " + version, "property": []object{{"code": "color", "valueCode": r.of("red", "blue")}}})
	}
	return asJSON(object{"resourceType": "CodeSystem", "id": fmt.Sprintf("e%d-%s", n, version), "url": randomSystem(n), "version": version, "status": "active", "content": "complete",
		"caseSensitive": true, "property": []object{{"code": "color", "type": "code"}}, "concept": codes})
}

func asJSON(o object) string {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// part is an include or exclude of a code system in one version, or in any.
func (r oddly) part() object {
	in := object{"system": randomSystem(r.IntN(2))}
	r.maybe(in, "version", r.of("", "1.0.0", "1.2.0", "2.0.0", "1.x"))
	switch r.IntN(3) {
	case 0:
		var list []object
		for range 1 + r.IntN(4) {
			list = append(list, object{"code": randomCode(r.IntN(8))})
		}
		in["concept"] = list
	case 1:
		in["filter"] = []object{{"property": "color", "op": "=", "value": r.of("red", "blue")}}
	}
	return in
}

// randomMembers are code systems in editions, and value sets that take from several of them, leave
// some out and import each other. open tells of each set whether some include leaves the version
// open, so that codes of others are valid.
func randomMembers(r oddly, sets int) (content []string, open []bool) {
	for n := range 2 {
		for _, version := range editions {
			content = append(content, r.edition(n, version))
		}
	}
	open = make([]bool, sets)
	for n := range sets {
		compose := object{}
		var list []object
		for range 1 + r.IntN(3) {
			in := r.part()
			version, _ := in["version"].(string)
			open[n] = open[n] || !slices.Contains(editions, version)
			if n > 0 && r.one(5) {
				other := r.IntN(n)
				in["valueSet"] = []string{memberSet(other)}
				open[n] = open[n] || open[other]
			}
			list = append(list, in)
		}
		compose["include"] = list
		if r.one(2) {
			compose["exclude"] = []object{r.part()}
		}
		content = append(content, asJSON(object{"resourceType": "ValueSet", "id": fmt.Sprintf("m%d", n), "url": memberSet(n), "status": "active", "compose": compose}))
	}
	return content, open
}

func memberSet(n int) string { return fmt.Sprintf("http://example.org/random/vs/%d", n) }

// TestCodesAreValidIfExpandedAtRandom holds the answers about codes, in each version of their
// systems and in none, to the expansions of value sets.
func TestCodesAreValidIfExpandedAtRandom(t *testing.T) {
	testutil.Requirement(t, "SV-99-1", "SV-97-1")
	content, open := randomMembers(oddly{rand.New(rand.NewPCG(23, 5))}, 60)
	s, _ := service(t, content...)
	members := 0
	for n := range open {
		members += validIfExpanded(t, s, fmt.Sprintf("m%d", n), open[n])
	}
	if members < 400 {
		t.Errorf("only %d codes are in a value set", members)
	}
}

// TestExpansionsAreTheSameWhereverTheSetIsAtRandom expands value sets that are stored, that are
// sent, that are brought along with all they need to a server that has nothing, and page by page.
func TestExpansionsAreTheSameWhereverTheSetIsAtRandom(t *testing.T) {
	testutil.Requirement(t, "SV-97-1", "TX-3")
	content, open := randomMembers(oddly{rand.New(rand.NewPCG(29, 5))}, 30)
	full, _ := service(t, content...)
	bare, _ := service(t)
	var brought []*fhir.Resource
	for _, text := range content {
		r, err := fhir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		brought = append(brought, r)
	}
	listed := func(s *terminology.Service, req terminology.ExpandRequest) []string {
		x, err := s.Expand(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, c := range gjson.GetBytes(x.JSON(), "expansion.contains").Array() {
			out = append(out, c.Raw)
		}
		return out
	}
	for n := range open {
		stored := terminology.SetRef{URL: memberSet(n)}
		want := listed(full, terminology.ExpandRequest{SetRef: stored})
		var pages []string
		for offset := 0; ; offset += 3 {
			page := listed(full, terminology.ExpandRequest{SetRef: stored, Offset: offset, Count: count(3)})
			if len(page) == 0 {
				break
			}
			pages = append(pages, page...)
		}
		for how, got := range map[string][]string{
			"sent":    listed(full, terminology.ExpandRequest{SetRef: terminology.SetRef{ValueSet: brought[len(brought)-len(open)+n]}}),
			"brought": listed(bare, terminology.ExpandRequest{SetRef: stored, Common: terminology.Common{Resources: brought}}),
			"paged":   pages,
		} {
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("set %d, %s (-stored +%s):\n%s", n, how, how, diff)
			}
		}
	}
}

// validIfExpanded compares the answers about a value set with its expansion, and returns how
// many codes that has. Codes in a version that the expansion does not show may be valid in one
// that takes from any version.
func validIfExpanded(t *testing.T, s *terminology.Service, id string, open bool) int {
	t.Helper()
	ref := terminology.SetRef{ID: id}
	x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: ref})
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]string{}
	for _, p := range gjson.GetBytes(x.JSON(), `expansion.parameter.#(name=="used-codesystem")#.valueUri`).Array() {
		url, version, _ := strings.Cut(p.Str, "|")
		used[url] = version
	}
	members := map[terminology.Coding]bool{}
	for _, c := range gjson.GetBytes(x.JSON(), "expansion.contains").Array() {
		m := terminology.Coding{System: c.Get("system").Str, Code: c.Get("code").Str}
		members[m] = true
		if m.Version = c.Get("version").Str; m.Version == "" {
			m.Version = used[m.System]
		}
		members[m] = true
	}
	for n := range 2 {
		for i := range 8 {
			for _, version := range append([]string{""}, editions...) {
				c := terminology.Coding{System: randomSystem(n), Version: version, Code: randomCode(i)}
				v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: ref, Coding: &c})
				if err != nil {
					t.Fatal(err)
				}
				if got, want := v.Result, members[c]; got != want && !(got && open && version != "") {
					t.Errorf("%s: %+v is valid %v, want %v: %s", id, c, got, want, v.Message)
				}
			}
		}
	}
	return len(members)
}
