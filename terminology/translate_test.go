package terminology_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

const counts = `{"resourceType":"CodeSystem","id":"counts","url":"http://example.org/cs/counts","version":"1","status":"active","content":"complete","concept":[{"code":"4","display":"Four"},{"code":"2","display":"Two"},{"code":"?","display":"Unknown"}]}`

// cm makes a ConceptMap from animals to counts with some groups.
func cm(id, more string, elements ...string) string {
	return fmt.Sprintf(`{"resourceType":"ConceptMap","id":%q,"url":"http://example.org/cm/%s","version":"1","status":"active",
"sourceUri":"http://example.org/vs/all-animals","targetUri":"http://example.org/vs/counts","group":[
{"source":"http://example.org/cs/animals","target":"http://example.org/cs/counts","element":[%s]%s}]}`, id, id, strings.Join(elements, ","), more)
}

func element(code string, targets ...string) string {
	return fmt.Sprintf(`{"code":%q,"target":[%s]}`, code, strings.Join(targets, ","))
}

func to(code, equivalence, more string) string {
	return fmt.Sprintf(`{"code":%q,"equivalence":%q%s}`, code, equivalence, more)
}

var maps = []string{
	animals, counts,
	cm("legs", "", element("dog", to("4", "equivalent", "")), element("bat", to("2", "wider", ""), to("4", "disjoint", "")),
		element("fish", `{"equivalence":"unmatched","comment":"none at all"}`), element("hen", to("2", "equivalent", ""))),
	cm("fixed", `,"unmapped":{"mode":"fixed","code":"?"}`, element("dog", to("4", "equal", ""))),
	cm("same", `,"unmapped":{"mode":"provided"}`, element("dog", to("4", "equal", ""))),
	cm("chain", `,"unmapped":{"mode":"other-map","url":"http://example.org/cm/legs"}`, element("dog", to("2", "narrower", ""))),
	cm("round", `,"unmapped":{"mode":"other-map","url":"http://example.org/cm/round"}`, element("dog", to("4", "equal", ""))),
	cm("lost", `,"unmapped":{"mode":"other-map","url":"http://example.org/cm/none"}`, element("dog", to("4", "equal", ""))),
	cm("when", "", element("bat", to("2", "equivalent", `,"dependsOn":[{"property":"http://example.org/p/counted","system":"http://example.org/cs/what","value":"legs"}],
"product":[{"property":"http://example.org/p/wings","system":"http://example.org/cs/counts","value":"2","display":"Two"}]`))),
}

func TestTranslate(t *testing.T) {
	testutil.Requirement(t, "TSWF-8", "TSF-13", "SV-101-1", "SV-101-2", "SV-101-3", "SV-101-4")
	s, _ := service(t, maps...)
	of := func(id, code string) terminology.TranslateRequest {
		return terminology.TranslateRequest{URL: "http://example.org/cm/" + id, System: animalURL, Code: code}
	}
	with := func(r terminology.TranslateRequest, change func(*terminology.TranslateRequest)) terminology.TranslateRequest {
		change(&r)
		return r
	}
	type request = terminology.TranslateRequest
	depends := []terminology.Dependency{{Element: "http://example.org/p/counted", Concept: []terminology.Coding{{System: "http://example.org/cs/what", Code: "legs"}}}}
	tests := map[string]struct {
		req    request
		result bool
		want   string // equivalence:code of each match
	}{
		"one":                   {of("legs", "dog"), true, "equivalent:4"},
		"two, one not":          {of("legs", "bat"), true, "wider:2 disjoint:4"},
		"unmatched":             {of("legs", "fish"), false, "unmatched:"},
		"not in the map":        {of("legs", "puppy"), false, ""},
		"of another system":     {with(of("legs", "dog"), func(r *request) { r.System = "http://x" }), false, ""},
		"on the instance":       {request{ID: "legs", System: animalURL, Code: "dog"}, true, "equivalent:4"},
		"by canonical":          {request{URL: "http://example.org/cm/legs|1", System: animalURL, Code: "dog"}, true, "equivalent:4"},
		"coding":                {request{URL: "http://example.org/cm/legs", Coding: &terminology.Coding{System: animalURL, Code: "dog"}}, true, "equivalent:4"},
		"concept":               {request{URL: "http://example.org/cm/legs", Concept: []terminology.Coding{{System: "http://x", Code: "1"}, {System: animalURL, Code: "dog"}}}, true, "equivalent:4"},
		"fixed":                 {of("fixed", "bat"), true, "inexact:?"},
		"not fixed when mapped": {of("fixed", "dog"), true, "equal:4"},
		"provided":              {of("same", "bat"), true, "equal:bat"},
		"other map":             {of("chain", "bat"), true, "wider:2 disjoint:4"},
		"own map first":         {of("chain", "dog"), true, "narrower:2"},
		"target system":         {with(of("legs", "dog"), func(r *request) { r.TargetSystem = "http://example.org/cs/counts" }), true, "equivalent:4"},
		"other target system":   {with(of("legs", "dog"), func(r *request) { r.TargetSystem = "http://x" }), false, ""},
		"reverse":               {request{URL: "http://example.org/cm/legs", System: "http://example.org/cs/counts", Code: "2", Reverse: true}, true, "narrower:bat equivalent:hen"},
		"reverse, none":         {request{URL: "http://example.org/cm/legs", System: "http://example.org/cs/counts", Code: "?", Reverse: true}, false, ""},
		"between value sets":    {request{Source: "http://example.org/vs/all-animals", Target: "http://example.org/vs/counts", System: animalURL, Code: "hen"}, true, "inexact:? equivalent:2 equal:hen"},
		"depends, not met":      {of("when", "bat"), false, ""},
		"depends, met":          {with(of("when", "bat"), func(r *request) { r.Dependencies = depends }), true, "equivalent:2"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := s
			if name == "between value sets" { // one of the maps there leads nowhere
				s, _ = service(t, maps[0], maps[1], maps[2], maps[3], maps[4])
			}
			out, err := s.Translate(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range out.Matches {
				code := ""
				if m.Concept != nil {
					code = m.Concept.Code
				}
				got = append(got, m.Equivalence+":"+code)
			}
			if strings.Join(got, " ") != tc.want || out.Result != tc.result {
				t.Errorf("got %t %q, want %t %q", out.Result, got, tc.result, tc.want)
			}
			if (out.Message == "") != out.Result {
				t.Errorf("message %q with result %t", out.Message, out.Result)
			}
		})
	}
}

func TestTranslateShows(t *testing.T) {
	s, _ := service(t, maps...)
	out, err := s.Translate(t.Context(), terminology.TranslateRequest{ID: "when", System: animalURL, Code: "bat",
		Dependencies: []terminology.Dependency{{Element: "http://example.org/p/counted", Concept: []terminology.Coding{{System: "http://example.org/cs/what", Code: "legs"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"resourceType":"Parameters","parameter":[{"name":"result","valueBoolean":true},{"name":"match","part":[{"name":"equivalence","valueCode":"equivalent"},` +
		`{"name":"concept","valueCoding":{"system":"http://example.org/cs/counts","code":"2","display":"Two"}},` +
		`{"name":"product","part":[{"name":"element","valueUri":"http://example.org/p/wings"},{"name":"concept","valueCoding":{"system":"http://example.org/cs/counts","code":"2","display":"Two"}}]},` +
		`{"name":"source","valueUri":"http://example.org/cm/when|1"}]}]}`
	if got := string(out.JSON()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	out, err = s.Translate(t.Context(), terminology.TranslateRequest{ID: "legs", System: animalURL, Code: "fish"})
	if err != nil || !strings.Contains(out.Message, "none at all") {
		t.Errorf("message %q, %v, want the comment of the map", out.Message, err)
	}
}

func TestTranslateRefused(t *testing.T) {
	s, _ := service(t, maps...)
	type request = terminology.TranslateRequest
	tests := map[string]struct {
		req   request
		kind  fhir.Kind
		words string
	}{
		"unknown map":   {request{URL: "http://example.org/cm/none", System: animalURL, Code: "dog"}, fhir.NotFound, "http://example.org/cm/none"},
		"unknown id":    {request{ID: "none", System: animalURL, Code: "dog"}, fhir.NotFound, "none"},
		"no code":       {request{ID: "legs"}, fhir.Invalid, "one of code"},
		"no system":     {request{ID: "legs", Code: "dog"}, fhir.Invalid, "system"},
		"maps in a row": {request{ID: "round", System: animalURL, Code: "bat"}, fhir.Unprocessable, "http://example.org/cm/round"},
		"map to none":   {request{ID: "lost", System: animalURL, Code: "bat"}, fhir.NotFound, "http://example.org/cm/none"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := s.Translate(t.Context(), tc.req)
			wantError(t, err, tc.kind, tc.words)
		})
	}
	for name, more := range map[string]string{
		"fixed without code":    `,"unmapped":{"mode":"fixed"}`,
		"other map without url": `,"unmapped":{"mode":"other-map"}`,
		"unknown mode":          `,"unmapped":{"mode":"guess"}`,
	} {
		t.Run(name, func(t *testing.T) {
			s, st := service(t)
			wantError(t, tryPut(t, s, st, cm("bad", more, element("dog", to("4", "equal", "")))), fhir.Unprocessable, "unmapped")
		})
	}
	s, st := service(t)
	wantError(t, tryPut(t, s, st, cm("bad", "", element("dog", to("4", "same-as", "")))), fhir.Unprocessable, "equivalence")
}
