package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	facilitymatch "masjala/facility/match"
	"masjala/internal/testutil"
	workermatch "masjala/workforce/match"
)

func reconciling(t *testing.T, change func(*api.Options)) *server {
	s := serve(t, func(o *api.Options) {
		facilities := facilitymatch.NewFinder(o.Store)
		o.Reconcile = map[string]api.Matcher{"Location": facilities, "Organization": facilities, "Practitioner": workermatch.NewFinder(o.Store)}
		change(o)
	})
	return s
}

// reconcile asks the service below the server's root.
func (s *server) reconcile(method, path, form string, header ...string) (int, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, strings.TrimSuffix(s.base, "/fhir")+"/reconcile"+path, strings.NewReader(form))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestReconciliation(t *testing.T) {
	testutil.Requirement(t, "MT-2")
	s := reconciling(t, func(*api.Options) {})
	for _, body := range []string{
		`{"resourceType":"Location","id":"hc","name":"Mtwapa Health Centre","address":{"district":"Kilifi"},"position":{"latitude":-3.95,"longitude":39.74},"identifier":[{"system":"urn:mfl","value":"H-1"}]}`,
		`{"resourceType":"Location","id":"disp","name":"Mtwapa Dispensary","address":{"district":"Kilifi"},"position":{"latitude":-3.951,"longitude":39.743}}`,
		`{"resourceType":"Practitioner","id":"amina","name":[{"family":"Odhiambo <b>","given":["Amina"]}],"birthDate":"1984-03-12"}`,
	} {
		r := gjson.Parse(body)
		s.must("PUT", "/"+r.Get("resourceType").Str+"/"+r.Get("id").Str, body)
	}
	status, manifest := s.reconcile("GET", "", "")
	if status != 200 || gjson.Get(manifest, "versions.0").Str != "0.2" || gjson.Get(manifest, "defaultTypes.#").Int() != 3 || !strings.HasSuffix(gjson.Get(manifest, "view.url").Str, "/fhir/{{id}}") {
		t.Errorf("manifest %d %s", status, manifest)
	}
	queries := `{"a":{"query":"Mtuapa H/C","type":"Location","properties":[{"pid":"district","v":"Kilifi"},{"pid":"latitude","v":-3.9501},{"pid":"longitude","v":"39.7401"}]},
		"b":{"query":"MTWAPA DISP","limit":1},
		"c":{"query":"odhiambo amina","type":{"id":"Practitioner"},"properties":[{"pid":"birthDate","v":"1984-03-12"}]},
		"d":{"query":"Zzyzx"},"e":{"query":" "},"f":{"query":"Kwanza","properties":[{"pid":"identifier","v":["urn:mfl|H-1"]},{"pid":"elsewhere","v":null}]}}`
	for _, ask := range []func() (int, string){
		func() (int, string) { return s.reconcile("POST", "", url.Values{"queries": {queries}}.Encode()) },
		func() (int, string) { return s.reconcile("GET", "?queries="+url.QueryEscape(queries), "") },
	} {
		status, answer := ask()
		for path, want := range map[string]string{
			"a.result.0.id": "Location/hc", "a.result.0.name": "Mtwapa Health Centre", "a.result.0.type.0.id": "Location",
			"b.result.0.id": "Location/disp", "b.result.#": "1", "c.result.0.id": "Practitioner/amina", "d.result.#": "0", "e.result.#": "0",
		} {
			if got := gjson.Get(answer, path).String(); status != 200 || got != want {
				t.Errorf("%d: %s = %q, want %q in %s", status, path, got, want, answer)
			}
		}
		if score := gjson.Get(answer, "a.result.0.score").Num; score <= 50 || score > 100 || !gjson.Get(answer, "a.result.0.match").IsBool() {
			t.Errorf("score %v in %s", score, answer)
		}
	}
	if _, answer := s.reconcile("GET", "/suggest/entity?prefix=mtwapa", ""); gjson.Get(answer, "result.#").Int() != 2 {
		t.Errorf("suggested %s", answer)
	}
	if status, page := s.reconcile("GET", "/preview?id=Practitioner/amina", ""); status != 200 || strings.Contains(page, "<b>") || !strings.Contains(page, "Amina Odhiambo &lt;b&gt;") {
		t.Errorf("preview %d %s", status, page)
	}
}

func TestReconciliationRefuses(t *testing.T) {
	s := reconciling(t, func(o *api.Options) { o.Authenticate = tokens{} })
	if status, _ := s.reconcile("GET", "", ""); status != 401 {
		t.Errorf("without a token: %d", status)
	}
	many := ""
	for i := range 201 {
		many += fmt.Sprintf(`"q%d":{"query":"x"},`, i)
	}
	open := reconciling(t, func(o *api.Options) { o.Types = []string{"Location"} })
	tests := map[string]struct {
		method, path, form string
		status             int
	}{
		"no JSON":                      {"POST", "", "queries=x", 400},
		"no form":                      {"POST", "", "queries=%zz", 400},
		"too many":                     {"POST", "", url.Values{"queries": {"{" + strings.TrimSuffix(many, ",") + "}"}}.Encode(), 413},
		"a preview of nothing":         {"GET", "/preview?id=Location/none", "", 404},
		"a preview of another type":    {"GET", "/preview?id=Practitioner/amina", "", 404},
		"a preview without an id":      {"GET", "/preview", "", 404},
		"a type that is not served":    {"POST", "", url.Values{"queries": {`{"a":{"query":"x","type":"Practitioner"}}`}}.Encode(), 200},
		"a method that there is not":   {"DELETE", "", "", 405},
		"an address that there is not": {"GET", "/extend", "", 404},
	}
	for name, tc := range tests {
		if status, body := open.reconcile(tc.method, tc.path, tc.form); status != tc.status {
			t.Errorf("%s: %d %s, want %d", name, status, body, tc.status)
		}
	}
}
