package terminology_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

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

// TestCodesAreValidIfExpandedAtRandom holds the answers about codes, in each version of their
// systems and in none, to the expansions of value sets that take from several versions, leave
// some out and import each other.
func TestCodesAreValidIfExpandedAtRandom(t *testing.T) {
	testutil.Requirement(t, "SV-99-1", "SV-97-1")
	r := oddly{rand.New(rand.NewPCG(23, 5))}
	var content []string
	for n := range 2 {
		for _, version := range editions {
			content = append(content, r.edition(n, version))
		}
	}
	const sets = 60
	open := make([]bool, sets) // some include leaves the version open, so that codes of others are valid
	for n := range sets {
		compose := object{}
		var list []object
		for range 1 + r.IntN(3) {
			in := r.part()
			version, _ := in["version"].(string)
			open[n] = open[n] || !slices.Contains(editions, version)
			if n > 0 && r.one(5) {
				other := r.IntN(n)
				in["valueSet"] = []string{fmt.Sprintf("http://example.org/random/vs/%d", other)}
				open[n] = open[n] || open[other]
			}
			list = append(list, in)
		}
		compose["include"] = list
		if r.one(2) {
			compose["exclude"] = []object{r.part()}
		}
		content = append(content, asJSON(object{"resourceType": "ValueSet", "id": fmt.Sprintf("m%d", n), "url": fmt.Sprintf("http://example.org/random/vs/%d", n), "status": "active", "compose": compose}))
	}
	s, _ := service(t, content...)
	members := 0
	for n := range sets {
		members += validIfExpanded(t, s, fmt.Sprintf("m%d", n), open[n])
	}
	if members < 400 {
		t.Errorf("only %d codes are in a value set", members)
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
