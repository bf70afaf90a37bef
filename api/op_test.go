package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/terminology"
)

const (
	colours = `{"resourceType":"CodeSystem","id":"colours","url":"http://example.org/cs/colours","version":"1","name":"Colours","status":"active","content":"complete","caseSensitive":true,
"concept":[{"code":"warm","display":"Warm","concept":[{"code":"red","display":"Red","designation":[{"language":"fr","value":"Rouge"}]},{"code":"pink","display":"Pink"}]},{"code":"blue","display":"Blue"}]}`
	warmSet = `{"resourceType":"ValueSet","id":"warm","url":"http://example.org/vs/warm","version":"1","status":"active",
"compose":{"include":[{"system":"http://example.org/cs/colours","filter":[{"property":"concept","op":"is-a","value":"warm"}]}]}}`
	paints = `{"resourceType":"ConceptMap","id":"paints","url":"http://example.org/cm/paints","status":"active","group":[{"source":"http://example.org/cs/colours","target":"http://example.org/cs/paints",
"element":[{"code":"red","target":[{"code":"P1","equivalence":"equivalent"}]},{"code":"blue","target":[{"code":"P2","equivalence":"equivalent","dependsOn":[{"property":"http://example.org/p/gloss","value":"matt"}]}]}]}]}`
)

// serveCodes starts a server with a terminology service and some content.
func serveCodes(t testing.TB, more ...func(*api.Options)) *server {
	t.Helper()
	var codes *terminology.Service
	s := serve(t, func(o *api.Options) {
		for _, set := range more {
			set(o)
		}
		var err error
		if codes, err = terminology.New(terminology.Options{Store: o.Store, Dir: t.TempDir()}); err != nil {
			t.Fatal(err)
		}
		o.Registries = store.NewRegistries(codes)
		o.Operations = api.TerminologyOperations(codes, "token editor")
		o.TerminologyCapabilities = codes.Capabilities
	})
	t.Cleanup(func() {
		if err := codes.Close(); err != nil {
			t.Error(err)
		}
	})
	for path, body := range map[string]string{"/CodeSystem/colours": colours, "/ValueSet/warm": warmSet, "/ConceptMap/paints": paints} {
		s.must("PUT", path, body, "Authorization: Bearer editor")
	}
	return s
}

// parametersOf makes a Parameters resource.
func parametersOf(list ...string) string {
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
}

func TestOperationsOnCodes(t *testing.T) {
	testutil.Requirement(t, "SV-97-1", "SV-97-3", "SV-98-1", "SV-99-1", "SV-99-2")
	s := serveCodes(t)
	const system = "http://example.org/cs/colours"
	q := func(pairs ...string) string {
		v := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return "?" + v.Encode()
	}
	form := "Content-Type: application/x-www-form-urlencoded"
	coding := `{"name":"coding","valueCoding":{"system":"` + system + `","code":"red"}}`
	concept := `{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"system":"urn:x","code":"y"},{"system":"` + system + `","code":"red"}]}}`
	dependency := `{"name":"dependency","part":[{"name":"element","valueUri":"http://example.org/p/gloss"},{"name":"concept","valueCodeableConcept":{"coding":[{"code":"matt"}]}}]}`
	tests := map[string]struct {
		method, path, body string
		headers            []string
		see, want          string
	}{
		"lookup":                     {"GET", "/CodeSystem/$lookup" + q("system", system, "code", "red"), "", nil, `parameter.#(name=="display").valueString`, "Red"},
		"lookup, escaped dollar":     {"GET", "/CodeSystem/%24lookup" + q("system", system, "code", "red"), "", nil, `parameter.#(name=="display").valueString`, "Red"},
		"lookup by form":             {"POST", "/CodeSystem/$lookup", q("system", system, "code", "red")[1:], []string{form}, `parameter.#(name=="display").valueString`, "Red"},
		"lookup by coding":           {"POST", "/CodeSystem/$lookup", parametersOf(coding), nil, `parameter.#(name=="display").valueString`, "Red"},
		"lookup in a language":       {"GET", "/CodeSystem/$lookup" + q("system", system, "code", "red"), "", []string{"Accept-Language: fr"}, `parameter.#(name=="display").valueString`, "Rouge"},
		"displayLanguage wins":       {"GET", "/CodeSystem/$lookup" + q("system", system, "code", "red", "displayLanguage", "en"), "", []string{"Accept-Language: fr"}, `parameter.#(name=="display").valueString`, "Red"},
		"lookup, two properties":     {"GET", "/CodeSystem/$lookup" + q("system", system, "code", "red", "property", "parent", "property", "inactive"), "", nil, `parameter.#(name=="property")#.part.0.valueCode`, `["inactive","parent"]`},
		"validate in system":         {"GET", "/CodeSystem/$validate-code" + q("url", system, "code", "red"), "", nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"validate on the instance":   {"GET", "/CodeSystem/colours/$validate-code" + q("code", "green"), "", nil, `parameter.#(name=="result").valueBoolean`, "false"},
		"validate a concept":         {"POST", "/CodeSystem/$validate-code", parametersOf(`{"name":"url","valueUri":"`+system+`"}`, concept), nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"validate in set":            {"GET", "/ValueSet/$validate-code" + q("url", "http://example.org/vs/warm", "system", system, "code", "red"), "", nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"validate in set, no member": {"GET", "/ValueSet/warm/$validate-code" + q("system", system, "code", "blue"), "", nil, `parameter.#(name=="result").valueBoolean`, "false"},
		"validate in a set sent":     {"POST", "/ValueSet/$validate-code", parametersOf(`{"name":"valueSet","resource":`+warmSet+`}`, coding), nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"infer the system":           {"POST", "/ValueSet/warm/$validate-code", parametersOf(`{"name":"code","valueCode":"pink"}`, `{"name":"inferSystem","valueBoolean":true}`), nil, `parameter.#(name=="system").valueUri`, system},
		"abstract as text":           {"GET", "/CodeSystem/$validate-code" + q("url", system, "code", "warm", "abstract", "false"), "", nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"expand":                     {"GET", "/ValueSet/$expand" + q("url", "http://example.org/vs/warm", "excludeNested", "true"), "", nil, "expansion.contains.#.code", `["warm","red","pink"]`},
		"expand, nested":             {"GET", "/ValueSet/$expand" + q("url", "http://example.org/vs/warm"), "", nil, "expansion.contains.0.contains.#.code", `["red","pink"]`},
		"expand the instance":        {"GET", "/ValueSet/warm/$expand" + q("count", "1", "offset", "2"), "", nil, "expansion.contains.#.code", `["pink"]`},
		"expand a set sent":          {"POST", "/ValueSet/$expand", warmSet, nil, "expansion.total", "3"},
		"expand by Parameters":       {"POST", "/ValueSet/$expand", parametersOf(`{"name":"url","valueUri":"http://example.org/vs/warm"}`, `{"name":"count","valueInteger":1}`, `{"name":"filter","valueString":"pi"}`), nil, "expansion.contains.#.code", `["pink"]`},
		"empty filter":               {"GET", "/ValueSet/warm/$expand" + q("filter", ""), "", nil, "expansion.total", "3"},
		"echo of parameters":         {"GET", "/ValueSet/warm/$expand" + q("count", "1", "activeOnly", "true"), "", nil, `expansion.parameter.#(name=="activeOnly").valueBoolean`, "true"},
		"post-coordinated, misspelt": {"GET", "/ValueSet/warm/$expand" + q("excludePostCoordinate", "true"), "", nil, `expansion.parameter.#(name=="excludePostCoordinated").valueBoolean`, "true"},
		"force-system-version shown": {"GET", "/ValueSet/warm/$expand" + q("force-system-version", system+"|1"), "", nil, `expansion.parameter.#(name=="force-system-version").valueUri`, system + "|1"},
		"subsumes":                   {"GET", "/CodeSystem/$subsumes" + q("system", system, "codeA", "warm", "codeB", "red"), "", nil, "parameter.0.valueCode", "subsumes"},
		"subsumes, instance":         {"GET", "/CodeSystem/colours/$subsumes" + q("codeA", "red", "codeB", "warm"), "", nil, "parameter.0.valueCode", "subsumed-by"},
		"translate":                  {"GET", "/ConceptMap/$translate" + q("url", "http://example.org/cm/paints", "system", system, "code", "red"), "", nil, `parameter.#(name=="match").part.#(name=="concept").valueCoding.code`, "P1"},
		"translate, all maps":        {"GET", "/ConceptMap/$translate" + q("system", system, "code", "red"), "", nil, `parameter.#(name=="match").part.#(name=="source").valueUri`, "http://example.org/cm/paints"},
		"translate, dependency":      {"POST", "/ConceptMap/paints/$translate", parametersOf(`{"name":"coding","valueCoding":{"system":"`+system+`","code":"blue"}}`, dependency), nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"translate back":             {"GET", "/ConceptMap/paints/$translate" + q("system", "http://example.org/cs/paints", "code", "P1", "reverse", "true"), "", nil, `parameter.#(name=="match").part.#(name=="concept").valueCoding.code`, "red"},
		"translate by a map sent":    {"POST", "/ConceptMap/$translate", parametersOf(`{"name":"conceptMap","resource":`+paints+`}`, coding), nil, `parameter.#(name=="result").valueBoolean`, "true"},
		"unknown names do no harm":   {"GET", "/CodeSystem/$lookup" + q("system", system, "code", "red", "foo", "bar"), "", nil, `parameter.#(name=="display").valueString`, "Red"},
		"terminology capabilities":   {"GET", "/metadata" + q("mode", "terminology"), "", nil, "codeSystem.0.uri", system},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s.t = t
			a := s.must(tc.method, tc.path, tc.body, tc.headers...)
			if got := a.get(tc.see); got != tc.want {
				t.Errorf("%s = %q, want %q\n%s", tc.see, got, tc.want, a.body)
			}
		})
	}
}

func TestOperationsRefuse(t *testing.T) {
	testutil.Requirement(t, "SV-97-2", "SV-97-5", "SV-98-3")
	s := serveCodes(t)
	const system = "http%3A%2F%2Fexample.org%2Fcs%2Fcolours"
	lookup := "/CodeSystem/$lookup?system=" + system
	tests := map[string]struct {
		method, path, body string
		status             int
		words              string
	}{
		"unknown code":         {"GET", lookup + "&code=rde", "", 404, "red"},
		"no code":              {"GET", lookup, "", 400, "code"},
		"empty code":           {"GET", lookup + "&code=", "", 400, "Parameter code is empty"},
		"code twice":           {"GET", lookup + "&code=red&code=blue", "", 400, "Parameter code is there 2 times"},
		"coding in an address": {"GET", lookup + "&coding=red", "", 400, "Parameter coding cannot be written in an address"},
		"no operation here":    {"GET", "/CodeSystem/colours/$lookup?code=red", "", 404, "$lookup"},
		"negative count":       {"GET", "/ValueSet/warm/$expand?count=-1", "", 400, "Parameter count takes a whole number"},
		"count in words":       {"GET", "/ValueSet/warm/$expand?count=two", "", 400, "not"},
		"a large count":        {"GET", "/ValueSet/warm/$expand?count=99999999999", "", 400, "Parameter count"},
		"offset in words":      {"GET", "/ValueSet/warm/$expand?offset=two", "", 400, "Parameter offset"},
		"boolean in words":     {"GET", "/ValueSet/warm/$expand?activeOnly=maybe", "", 400, "true or false"},
		"context":              {"GET", "/ValueSet/warm/$expand?context=urn:x", "", 501, "context"},
		"useSupplement":        {"GET", "/ValueSet/warm/$expand?useSupplement=urn:x", "", 404, "Required supplement not found: urn:x"},
		"unknown set":          {"GET", "/ValueSet/$expand?url=urn:none", "", 404, "urn:none"},
		"unknown instance":     {"GET", "/ValueSet/none/$expand", "", 404, "none"},
		"another resource":     {"POST", "/ValueSet/$expand", colours, 400, "takes a Parameters resource"},
		"coding of a string":   {"POST", "/CodeSystem/$lookup", parametersOf(`{"name":"coding","valueString":"red"}`), 400, "valueCoding"},
		"code of a Coding":     {"POST", "/CodeSystem/$lookup", parametersOf(`{"name":"code","valueCoding":{"code":"red"}}`), 400, "simple value"},
		"set that is none":     {"POST", "/ValueSet/$expand", parametersOf(`{"name":"valueSet","valueString":"x"}`), 400, "takes a resource"},
		"concept of nothing":   {"POST", "/ValueSet/warm/$validate-code", parametersOf(`{"name":"codeableConcept","valueCodeableConcept":{"text":"red"}}`), 400, "no coding"},
		"concept that is none": {"POST", "/CodeSystem/$validate-code", parametersOf(`{"name":"codeableConcept","valueCodeableConcept":{"coding":[{"cod":"red"}]}}`), 400, `CodeableConcept.coding[0] has no element "cod"`},
		"dependency in parts":  {"POST", "/ConceptMap/paints/$translate", parametersOf(`{"name":"coding","valueCoding":{"code":"red"}}`, `{"name":"dependency","part":[{"name":"element","valueUri":"urn:x"}]}`), 400, "element and concept"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s.t = t
			a := s.do(tc.method, tc.path, tc.body)
			if a.status != tc.status || !strings.Contains(a.get("issue.0.details.text"), tc.words) {
				t.Errorf("%d, want %d that says %q: %s", a.status, tc.status, tc.words, a.body)
			}
		})
	}
}

func TestExpansionIsNotSentTwice(t *testing.T) {
	testutil.Requirement(t, "TSWF-3")
	s := serveCodes(t)
	const path = "/ValueSet/warm/$expand?count=2"
	first := s.must("GET", path, "")
	tag := first.header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if again := s.do("GET", path, "", "If-None-Match: "+tag); again.status != 304 || again.body != "" {
		t.Errorf("status %d with %d bytes, want 304 and none", again.status, len(again.body))
	}
	s.must("PUT", "/CodeSystem/colours", strings.Replace(colours, `"Red"`, `"Crimson"`, 1))
	if changed := s.do("GET", path, "", "If-None-Match: "+tag); changed.status != 200 || changed.get("expansion.contains.1.display") != "Crimson" {
		t.Errorf("status %d after a change: %s", changed.status, changed.body)
	}
}

func TestBatchOfQuestions(t *testing.T) {
	testutil.Requirement(t, "TX-7")
	s := serveCodes(t)
	ask := func(list ...string) string {
		return `{"name":"validation","resource":` + parametersOf(list...) + `}`
	}
	coding := func(code string) string {
		return `{"name":"coding","valueCoding":{"system":"http://example.org/cs/colours","code":"` + code + `"}}`
	}
	answer := s.must("POST", "/ValueSet/$batch-validate-code", parametersOf(
		`{"name":"url","valueUri":"http://example.org/vs/warm"}`,
		ask(coding("red")), ask(coding("blue")), ask(`{"name":"nothing","valueString":"x"}`)))
	got := gjson.Get(answer.body, `parameter.#.resource.parameter.#(name=="result").valueBoolean`).String()
	if got != "[true,false]" || gjson.Get(answer.body, "parameter.2.resource.resourceType").Str != "OperationOutcome" {
		t.Errorf("answer %s", answer.body)
	}
}

func TestTranslateInTheTermsOfR5(t *testing.T) {
	s := serveCodes(t)
	for name, list := range map[string][]string{
		"forward": {`{"name":"sourceSystem","valueUri":"http://example.org/cs/colours"}`, `{"name":"sourceCode","valueCode":"red"}`, `{"name":"targetSystem","valueUri":"http://example.org/cs/paints"}`},
		"reverse": {`{"name":"sourceSystem","valueUri":"http://example.org/cs/colours"}`, `{"name":"targetCode","valueCode":"P1"}`, `{"name":"targetSystem","valueUri":"http://example.org/cs/paints"}`},
	} {
		answer := s.must("POST", "/ConceptMap/$translate", parametersOf(list...))
		match := gjson.Get(answer.body, `parameter.#(name=="match").part`)
		if match.Get(`#(name=="concept").valueCoding.code`).Str != "P1" || match.Get(`#(name=="originMap").valueCanonical`).Str != "http://example.org/cm/paints" {
			t.Errorf("%s: %s", name, answer.body)
		}
		if code := match.Get(`#(name=="source").valueCoding.code`).Str; (code == "red") != (name == "reverse") {
			t.Errorf("%s: source %q in %s", name, code, answer.body)
		}
	}
}
