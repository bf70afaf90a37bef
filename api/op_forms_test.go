package api_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir/xml"
	"masjala/internal/testutil"
)

// TestOperationsInEveryForm asks each question about codes by GET and by POST, in JSON and in
// XML, of the type and of an instance where R4 has that.
func TestOperationsInEveryForm(t *testing.T) {
	testutil.Requirement(t, "SV-95-2", "TS-STD-1")
	s := serveCodes(t)
	s.must("PUT", "/ValueSet/all", `{"resourceType":"ValueSet","id":"all","url":"http://example.org/vs/all","status":"active","compose":{"include":[{"system":"http://example.org/cs/colours"}]}}`)
	const system = "http://example.org/cs/colours"
	tests := map[string]struct {
		paths []string
		query string            // parameters that an address can hold
		more  map[string]string // of one path only
		posts string            // where an address cannot hold them: Parameters
		check string            // path of the answer that must exist
	}{
		"lookup":   {[]string{"/CodeSystem/$lookup"}, "system=" + system + "&code=red", nil, "", `parameter.#(name=="display")`},
		"expand":   {[]string{"/ValueSet/$expand", "/ValueSet/warm/$expand"}, "count=2", map[string]string{"/ValueSet/$expand": "url=http://example.org/vs/warm"}, "", "expansion.contains.1.code"},
		"in a set": {[]string{"/ValueSet/$validate-code", "/ValueSet/warm/$validate-code"}, "code=red&system=" + system, map[string]string{"/ValueSet/$validate-code": "url=http://example.org/vs/warm"}, "", `parameter.#(name=="result")`},
		"in a system": {[]string{"/CodeSystem/$validate-code", "/CodeSystem/colours/$validate-code"}, "code=red",
			map[string]string{"/CodeSystem/$validate-code": "url=" + system}, "", `parameter.#(name=="result")`},
		"subsumes":  {[]string{"/CodeSystem/$subsumes", "/CodeSystem/colours/$subsumes"}, "codeA=warm&codeB=red", map[string]string{"/CodeSystem/$subsumes": "system=" + system}, "", `parameter.#(valueCode=="subsumes")`},
		"translate": {[]string{"/ConceptMap/$translate", "/ConceptMap/paints/$translate"}, "code=red&system=" + system, map[string]string{"/ConceptMap/$translate": "url=http://example.org/cm/paints"}, "", `parameter.#(name=="match")`},
		"compare":   {[]string{"/ValueSet/$compare", "/ValueSet/warm/$compare"}, "otherUrl=http://example.org/vs/all", map[string]string{"/ValueSet/$compare": "thisUrl=http://example.org/vs/warm"}, "", `parameter.#(valueCode=="subset")`},
		"matches":   {[]string{"/CodeSystem/$find-matches", "/CodeSystem/colours/$find-matches"}, "exact=true&property=parent|warm", map[string]string{"/CodeSystem/$find-matches": "system=" + system}, "", `parameter.#(name=="match")`},
		"closure": {[]string{"/$closure", "/ConceptMap/$closure"}, "", nil,
			`{"name":"name","valueString":"tab"}`, "version"},
		"versions": {[]string{"/$versions"}, "", nil, "", "parameter.0"},
	}
	for name, tc := range tests {
		for _, path := range tc.paths {
			t.Run(name+" "+path, func(t *testing.T) {
				query := strings.Trim(tc.query+"&"+tc.more[path], "&")
				forms := map[string]answer{}
				if tc.posts == "" {
					forms["GET"] = s.do("GET", path+"?"+query, "")
					forms["GET, XML"] = s.do("GET", path+"?"+query, "", "Accept: application/fhir+xml")
					forms["form"] = s.do("POST", path, query, "Content-Type: application/x-www-form-urlencoded")
				}
				list := asParameters(t, query)
				if tc.posts != "" {
					list = append(list, tc.posts)
				}
				if len(list) > 0 {
					body := parametersOf(list...)
					forms["POST"] = s.do("POST", path, body)
					encoded, err := xml.Append(nil, []byte(body))
					if err != nil {
						t.Fatal(err)
					}
					forms["POST, XML"] = s.do("POST", path, string(encoded), "Content-Type: application/fhir+xml", "Accept: application/fhir+xml")
				}
				for form, a := range forms {
					body := a.body
					if strings.HasSuffix(form, "XML") {
						decoded, err := xml.ToJSON([]byte(body))
						if err != nil {
							t.Fatalf("%s: %v: %s", form, err, body)
						}
						body = string(decoded)
					}
					if a.status != 200 || !gjson.Get(body, tc.check).Exists() {
						t.Errorf("%s = %d %s, want 200 with %s", form, a.status, body, tc.check)
					}
				}
			})
		}
	}
}

// asParameters turns a query into parameters of the types that the operations have.
func asParameters(t *testing.T, query string) []string {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for name, list := range values {
		v := list[0]
		switch name {
		case "count":
			out = append(out, `{"name":"count","valueInteger":`+v+`}`)
		case "exact":
			out = append(out, `{"name":"exact","valueBoolean":`+v+`}`)
		case "property":
			code, value, _ := strings.Cut(v, "|")
			out = append(out, `{"name":"property","part":[{"name":"code","valueCode":"`+code+`"},{"name":"value","valueCode":"`+value+`"}]}`)
		case "url", "system", "otherUrl", "thisUrl":
			out = append(out, `{"name":"`+name+`","valueUri":"`+v+`"}`)
		default:
			out = append(out, `{"name":"`+name+`","valueCode":"`+v+`"}`)
		}
	}
	return out
}

func TestClosureNeedsAnEditor(t *testing.T) {
	s := serveCodes(t)
	if a := s.do("GET", "/$closure?name=a", ""); a.status != 405 {
		t.Errorf("GET = %d, want 405: it changes the table", a.status)
	}
	add := parametersOf(`{"name":"name","valueString":"a"}`, `{"name":"concept","valueCoding":{"system":"http://example.org/cs/colours","code":"red"}}`)
	if a := s.do("POST", "/$closure", add); a.status != 404 {
		t.Errorf("a table that was never begun = %d, want 404", a.status)
	}
	s.must("POST", "/$closure", parametersOf(`{"name":"name","valueString":"a"}`))
	s.must("POST", "/$closure", add)
	a := s.must("POST", "/$closure", parametersOf(`{"name":"name","valueString":"a"}`, `{"name":"concept","valueCoding":{"system":"http://example.org/cs/colours","code":"warm"}}`))
	if a.get("group.0.element.0.code") != "red" || a.get("group.0.element.0.target.0.code") != "warm" {
		t.Errorf("closure = %s, want red below warm", a.body)
	}
	for _, version := range []string{"9", "first"} {
		if a := s.do("POST", "/$closure", parametersOf(`{"name":"name","valueString":"a"}`, `{"name":"version","valueString":"`+version+`"}`)); a.status != 404 {
			t.Errorf("version %s = %d, want 404", version, a.status)
		}
	}
	if a := s.must("POST", "/$closure", parametersOf(`{"name":"name","valueString":"a"}`, `{"name":"version","valueString":"0"}`)); a.get("group.0.element.#") != "1" {
		t.Errorf("all since 0 = %s, want the one entry", a.body)
	}
}
