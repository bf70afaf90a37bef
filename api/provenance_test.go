package api_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/importers"
	"masjala/importers/facilities"
	"masjala/importers/provenance"
	"masjala/internal/testutil"
	"masjala/store"
)

// imported runs the import of a list of facilities into the store of a server, as the actor clerk.
func imported(t *testing.T, s *server, rows ...string) *importers.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(path, []byte("Code,Name,Phone number,District\n"+strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := importers.Env{Store: s.store, Registries: store.NewRegistries(store.PlainRegistry("Location", "Organization", "HealthcareService", "ConceptMap")), Now: time.Now}
	r, err := facilities.Run(t.Context(), env, importers.Request{File: path, Actor: "clerk", Reason: "asked for by Amina"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	kila  = "7,Kila Clinic,0712000001,Alpha"
	newer = "7,Kila Clinic,0712000002,Alpha"
)

// clinic returns the id of the facility that imports made.
func clinic(s *server) string {
	s.t.Helper()
	id := s.must("GET", "/Location?name=Kila", "").get("entry.0.resource.id")
	if id == "" {
		s.t.Fatal("there is no clinic")
	}
	return id
}

func TestProvenance(t *testing.T) {
	testutil.Requirement(t, "RBAC-3", "MD-130-15", "MFL-7")
	s := serve(t, nil)
	first, second := imported(t, s, kila), imported(t, s, newer)
	id := clinic(s)
	a := s.must("GET", "/Provenance?target=Location/"+id, "")
	for path, want := range map[string]string{
		"type": "searchset", "total": "2", "link.0.url": s.base + "/Provenance?target=Location/" + id,
		"entry.0.search.mode":                                     "match",
		"entry.0.resource.target.0.reference":                     "Location/" + id + "/_history/2",
		"entry.0.resource.entity.1.what.identifier.value":         second.Run,
		"entry.1.resource.entity.1.what.identifier.value":         first.Run,
		"entry.1.resource.entity.0.what.display":                  "list.csv, row 2",
		"entry.1.resource.entity.0.what.identifier.value":         first.Hash,
		"entry.1.resource.agent.0.who.display":                    "clerk",
		"entry.1.resource.reason.0.text":                          "asked for by Amina",
		"entry.0.resource.meta.lastUpdated":                       a.get("entry.0.resource.recorded"),
		"meta.lastUpdated":                                        a.get("entry.0.resource.recorded"),
		"entry.0.resource.activity.coding.0.code":                 "UPDATE",
		"entry.#(resource.activity.coding.0.code==CREATE).search": `{"mode":"match"}`,
	} {
		if got := a.get(path); got != want {
			t.Errorf("%s = %q, want %q", path, got, want)
		}
	}
	read := s.must("GET", strings.TrimPrefix(a.get("entry.0.fullUrl"), s.base), "")
	if read.body != a.get("entry.0.resource") {
		t.Errorf("read as %s\nfound as %s", read.body, a.get("entry.0.resource"))
	}
	if read.header.Get("ETag") != "" || read.header.Get("Last-Modified") != "" {
		t.Errorf("it is told differently to others, yet has the version %s of %s", read.header.Get("ETag"), read.header.Get("Last-Modified"))
	}
	x := s.must("GET", "/Provenance/"+read.get("id"), "", "Accept: application/fhir+xml")
	if !strings.Contains(x.body, "<Provenance xmlns") || !strings.Contains(x.body, `<reference value="Location/`+id+`/_history/2"/>`) {
		t.Errorf("as XML: %s", x.body)
	}
	if x := s.must("GET", "/Provenance?target=Location/"+id+"&_format=xml", ""); !strings.Contains(x.body, "<Bundle") || strings.Count(x.body, "<Provenance") != 2 {
		t.Errorf("search as XML: %s", x.body)
	}
	s.must("DELETE", "/Location/"+id, "", "X-Reason: closed")
	if a := s.must("GET", "/Provenance?target=Location/"+id, ""); a.get("total") != "3" || a.get("entry.0.resource.activity.coding.0.code") != "DELETE" ||
		a.get("entry.0.resource.reason.0.text") != "closed" || a.get("entry.0.resource.agent.0.who.display") != "anonymous" {
		t.Errorf("after it was deleted: %s", a.body)
	}
}

func TestProvenanceParameters(t *testing.T) {
	s := serve(t, nil)
	first := imported(t, s, kila)
	imported(t, s, newer)
	id := clinic(s)
	newest := s.must("GET", "/Provenance?target=Location/"+id, "").get("entry.0.resource")
	at := url.QueryEscape(gjson.Get(newest, "recorded").Str)
	const strict = "Prefer: handling=strict"
	tests := map[string]struct {
		query  string
		status int
		total  string // "": not counted
		rows   int
		header string
	}{
		"type as modifier":                  {"target:Location=" + id, 200, "2", 2, ""},
		"type as modifier and in the value": {"target:Location=Location/" + id, 200, "2", 2, ""},
		"types that differ":                 {"target:Organization=Location/" + id, 200, "0", 0, ""},
		"address of this server":            {"target=" + s.base + "/Location/" + id, 200, "2", 2, ""},
		"address of another":                {"target=http://elsewhere.example/fhir/Location/" + id, 200, "0", 0, ""},
		"a version":                         {"target=Location/" + id + "/_history/1", 200, "1", 1, ""},
		"no version":                        {"target=Location/" + id + "/_history/x", 200, "0", 0, ""},
		"type that is not served":           {"target=Patient/1", 200, "0", 0, ""},
		"id without type":                   {"target=" + id, 400, "", 0, ""},
		"two targets":                       {"target=Location/1,Location/2", 400, "", 0, ""},
		"target twice":                      {"target=Location/1&target=Location/2", 400, "", 0, ""},
		"target twice, once with its type":  {"target=Location/" + id + "&target:Location=2", 400, "", 0, ""},
		"targets, the first elsewhere":      {"target=http://elsewhere.example/fhir/Location/1,Location/" + id, 400, "", 0, ""},
		"target with no such type":          {"target:missing=true", 400, "", 0, ""},
		"target of a name":                  {"target.name=Kila", 400, "", 0, ""},
		"target of a type and a name":       {"target:Location.name=Kila", 400, "", 0, ""},
		"id":                                {"_id=" + gjson.Get(newest, "id").Str, 200, "1", 1, ""},
		"id of none":                        {"_id=none", 200, "0", 0, ""},
		"two ids":                           {"_id=version-1,version-2", 400, "", 0, ""},
		"not an id":                         {"_id:not=version-1", 400, "", 0, ""},
		"from":                              {"target=Location/" + id + "&recorded=ge" + at, 200, "1", 1, ""},
		"after":                             {"target=Location/" + id + "&recorded=gt" + at, 200, "0", 0, ""},
		"before":                            {"target=Location/" + id + "&recorded=lt" + at, 200, "1", 1, ""},
		"until":                             {"target=Location/" + id + "&recorded=le" + at, 200, "2", 2, ""},
		"at":                                {"target=Location/" + id + "&_lastUpdated=" + at, 200, "1", 1, ""},
		"from and before":                   {"target=Location/" + id + "&recorded=ge2020&recorded=lt" + at, 200, "1", 1, ""},
		"before and from":                   {"target=Location/" + id + "&recorded=lt" + at + "&recorded=ge2020-05", 200, "1", 1, ""},
		"zone with a plus":                  {"target=Location/" + id + "&recorded=ge2020-01-01T00:00:00+03:00", 200, "2", 2, ""},
		"in a year long ago":                {"recorded=2019", 200, "0", 0, ""},
		"prefix that is not had":            {"recorded=ap2020", 400, "", 0, ""},
		"whether there is a date":           {"recorded:missing=true", 400, "", 0, ""},
		"two dates":                         {"recorded=2019,2020", 400, "", 0, ""},
		"two imports":                       {"entity:identifier=" + first.Run + ",other", 400, "", 0, ""},
		"no date":                           {"recorded=yesterday", 400, "", 0, ""},
		"import":                            {"entity:identifier=" + provenance.ImportSystem + "%7C" + first.Run, 200, "", 4, ""},
		"import without system":             {"entity:identifier=" + first.Run, 200, "", 4, ""},
		"import and target":                 {"entity:identifier=" + first.Run + "&target=Location/" + id, 200, "", 1, ""},
		"hash":                              {"entity:identifier=" + provenance.HashSystem + "%7C" + first.Hash, 400, "", 0, ""},
		"entity without modifier":           {"entity=Location/1", 400, "", 0, ""},
		"total only":                        {"target=Location/" + id + "&_summary=count", 200, "2", 0, ""},
		"count of nothing":                  {"target=Location/" + id + "&_count=0", 200, "2", 0, ""},
		"wrong count":                       {"_count=x", 400, "", 0, ""},
		"without value":                     {"target=Location/" + id + "&recorded=", 200, "2", 2, ""},
		"unknown, lenient":                  {"target=Location/" + id + "&colour=red", 200, "2", 2, ""},
		"unknown, strict":                   {"target=Location/" + id + "&colour=red", 400, "", 0, strict},
		"known, strict":                     {"target=Location/" + id + "&_count=1&_elements=recorded", 200, "2", 1, strict},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s.t = t
			a := s.do("GET", "/Provenance?"+tc.query, "", tc.header)
			if a.status != tc.status || a.get("total") != tc.total || len(gjson.Get(a.body, "entry").Array()) != tc.rows && a.status == 200 {
				t.Errorf("%d with %d of %q, want %d with %d of %q: %s", a.status, len(gjson.Get(a.body, "entry").Array()), a.get("total"), tc.status, tc.rows, tc.total, a.body)
			}
			posted := s.do("POST", "/Provenance/_search", tc.query, "Content-Type: application/x-www-form-urlencoded", tc.header)
			if posted.status != a.status || posted.get("entry.#.fullUrl") != a.get("entry.#.fullUrl") {
				t.Errorf("by POST %d %s", posted.status, posted.body)
			}
		})
	}
}

// Pages have each version once, and know those before them.
func TestProvenancePages(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "0"))
	for i := range 6 {
		s.must("PUT", "/Organization/a", org("a", fmt.Sprint(i+1)))
	}
	r := imported(t, s, kila)
	for query, want := range map[string]int{"target=Organization/a": 7, "entity:identifier=" + r.Run: 4, "recorded=ge2020": 11} {
		seen := map[string]bool{}
		pages := 0
		for next := s.base + "/Provenance?" + query + "&_count=2"; next != ""; pages++ {
			a := s.must("GET", next, "")
			for _, e := range gjson.Get(a.body, "entry.#.fullUrl").Array() {
				if seen[e.Str] {
					t.Errorf("%s: %s twice", query, e.Str)
				}
				seen[e.Str] = true
			}
			next = a.get(`link.#(relation=="next").url`)
			if pages > 0 && a.get(`link.#(relation=="previous").url`) == "" {
				t.Errorf("%s: page %d does not know the one before", query, pages+1)
			}
		}
		if len(seen) != want || pages != (want+1)/2 {
			t.Errorf("%s: %d on %d pages, want %d", query, len(seen), pages, want)
		}
	}
	next := s.must("GET", "/Provenance?target=Organization/a&_count=2", "").get(`link.#(relation=="next").url`)
	if a := s.do("GET", strings.Replace(next, "Organization/a", "Organization/b", 1), ""); a.status != 400 {
		t.Errorf("the page of another question = %d, want 400", a.status)
	}
}

func TestProvenanceIsReadOnly(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	id := s.must("GET", "/Provenance?target=Organization/a", "").get("entry.0.resource.id")
	for name, tc := range map[string]struct {
		method, path string
		status       int
	}{
		"none":        {"GET", "/Provenance/version-999", 404},
		"no id":       {"GET", "/Provenance/!", 400},
		"other id":    {"GET", "/Provenance/1", 404},
		"create":      {"POST", "/Provenance", 405},
		"update":      {"PUT", "/Provenance/" + id, 405},
		"delete":      {"DELETE", "/Provenance/" + id, 405},
		"history":     {"GET", "/Provenance/_history", 404},
		"versions":    {"GET", "/Provenance/" + id + "/_history", 404},
		"a version":   {"GET", "/Provenance/" + id + "/_history/1", 404},
		"operation":   {"GET", "/Provenance/$meta", 404},
		"lenient":     {"GET", "/Provenance/" + id + "?colour=red", 200},
		"with a part": {"GET", "/Provenance/" + id + "?_elements=target", 200},
	} {
		a := s.do(tc.method, tc.path, map[bool]string{true: `{"resourceType":"Provenance"}`}[tc.method != "GET" && tc.method != "DELETE"])
		if a.status != tc.status {
			t.Errorf("%s: %d %s, want %d", name, a.status, a.body, tc.status)
		}
		if a.status == 405 && a.header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: Allow is %q", name, a.header.Get("Allow"))
		}
	}
	if a := s.do("GET", "/Provenance/"+id+"?colour=red", "", "Prefer: handling=strict"); a.status != 400 {
		t.Errorf("an unknown parameter of a strict read = %d, want 400", a.status)
	}
	if a := s.must("GET", "/Provenance/"+id+"?_elements=target", ""); a.get("entity") != "" || !strings.Contains(a.body, "SUBSETTED") {
		t.Errorf("a part is %s", a.body)
	}
}

// A search of another type brings the Provenance of what it finds.
func TestRevincludeProvenance(t *testing.T) {
	s := serve(t, nil)
	imported(t, s, kila)
	imported(t, s, newer)
	for name, tc := range map[string]struct {
		query    string
		included int
	}{
		"asked for":              {"name=Kila&_revinclude=Provenance:target", 2},
		"with another":           {"name=Kila&_revinclude=Provenance:target&_include=Location:organization", 3},
		"not asked for":          {"name=Kila", 0},
		"asked for by everybody": {"name=Kila&_revinclude=*", 0},
		"of nothing":             {"name=Nobody&_revinclude=Provenance:target", 0},
		"total only":             {"name=Kila&_revinclude=Provenance:target&_summary=count", 0},
	} {
		a := s.must("GET", "/Location?"+tc.query, "", "Prefer: handling=strict")
		if got := len(gjson.Get(a.body, `entry.#(search.mode=="include")#`).Array()); got != tc.included {
			t.Errorf("%s: %d included, want %d: %s", name, got, tc.included, a.body)
		}
		if strings.Contains(tc.query, "Provenance") && !strings.Contains(a.get("link.0.url"), "_revinclude=Provenance:target") {
			t.Errorf("%s: link self is %s", name, a.get("link.0.url"))
		}
	}
	for _, value := range []string{"_include=Provenance:target", "_revinclude=Provenance:agent", "_revinclude:iterate=Provenance:target"} {
		if a := s.do("GET", "/Location?"+value, "", "Prefer: handling=strict"); a.status != 400 {
			t.Errorf("%s = %d, want 400", value, a.status)
		}
	}
}

// In a batch and in a transaction it is asked for as anywhere else.
func TestProvenanceInABundle(t *testing.T) {
	s := serve(t, nil)
	s.must("PUT", "/Organization/a", org("a", "A"))
	for _, typ := range []string{"batch", "transaction"} {
		a := s.must("POST", "", bundle(typ, entry("", "GET", "Provenance?target=Organization/a", "", "")))
		if a.get("entry.0.response.status") != "200 OK" && a.get("entry.0.response.status") != "200" || a.get("entry.0.resource.entry.0.resource.resourceType") != "Provenance" {
			t.Errorf("%s: %s", typ, a.body)
		}
	}
	id := s.must("GET", "/Provenance?target=Organization/a", "").get("entry.0.resource.id")
	for _, typ := range []string{"batch", "transaction"} {
		a := s.must("POST", "", bundle(typ, entry("", "GET", "Provenance/"+id, "", "")))
		if a.get("entry.0.fullUrl") != s.base+"/Provenance/"+id || a.get("entry.0.resource.id") != id {
			t.Errorf("%s by id: %s", typ, a.body)
		}
	}
	for question, status := range map[string]int{"Provenance?target=a": 400, "Provenance/version-999": 404} {
		if a := s.do("POST", "", bundle("transaction", entry("", "DELETE", "Organization/a", "", ""), entry("", "GET", question, "", ""))); a.status != status {
			t.Errorf("a transaction that asks %s = %d %s, want %d", question, a.status, a.body, status)
		}
	}
	if a := s.do("GET", "/Organization/a", ""); a.status != 200 {
		t.Errorf("it was carried out all the same: %d", a.status)
	}
}

// roles knows principals by their tokens.
type roles map[string]api.Principal

func (r roles) Authenticate(_ context.Context, token string) (api.Principal, error) {
	return r[token], nil
}

// A reader learns which list and row, an admin and the clerk also who and why.
func TestWhoIsToldWho(t *testing.T) {
	s := serve(t, func(o *api.Options) {
		o.Authenticate = roles{"r": {Name: "app", Role: api.RoleReader}, "c": {Name: "clerk", Role: api.RoleEditor}, "e": {Name: "other", Role: api.RoleEditor}, "a": {Name: "boss", Role: api.RoleAdmin}}
	})
	imported(t, s, kila)
	for token, want := range map[string]string{"r": "masked", "e": "masked", "c": "clerk", "a": "clerk"} {
		a := s.must("GET", "/Location?name=Kila&_revinclude=Provenance:target", "", "Authorization: Bearer "+token)
		const at = `entry.#(search.mode=="include").resource.`
		told := a.get(at+"agent.0.who.display") + a.get(at+"agent.0.who.extension.0.valueCode")
		if told != want || (a.get(at+"reason.0.text") != "") != (want == "clerk") || a.get(at+"entity.0.what.display") != "list.csv, row 2" {
			t.Errorf("%s is told %q, want %q: %s", token, told, want, a.body)
		}
	}
	if a := s.do("GET", "/Provenance?target=Location/1", ""); a.status != 401 {
		t.Errorf("without a token = %d, want 401", a.status)
	}
}

func TestProvenanceIsDeclared(t *testing.T) {
	testutil.Requirement(t, "MD-A5", "R4-13")
	s := serve(t, nil)
	a := s.must("GET", "/metadata", "")
	const at = `rest.0.resource.#(type=="Provenance").`
	if diff := cmp.Diff(`["read","search-type"]`, a.get(at+"interaction.#.code")); diff != "" {
		t.Errorf("interactions (-want +got)\n%s", diff)
	}
	for _, p := range gjson.Get(a.body, at+"searchParam").Array() {
		value := map[string]string{"_id": "version-1", "_lastUpdated": "2026", "recorded": "2026", "target": "Location/1", "entity:identifier": "x"}
		name := p.Get("name").Str
		if name == "entity" {
			name += ":identifier"
		}
		if a := s.do("GET", "/Provenance?"+name+"="+value[name], "", "Prefer: handling=strict"); a.status != 200 || value[name] == "" {
			t.Errorf("%s = %d, want 200 for a declared parameter", name, a.status)
		}
	}
	for _, r := range gjson.Get(a.body, "rest.0.resource").Array() {
		if has := strings.Contains(r.Get("searchRevInclude").Raw, `"Provenance:target"`); has != (r.Get("type").Str != "Provenance") {
			t.Errorf("%s declares the inclusion of Provenance: %t", r.Get("type").Str, has)
		}
	}
}
