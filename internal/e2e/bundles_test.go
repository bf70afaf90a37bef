package e2e_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

const (
	one = "urn:uuid:11111111-1111-4111-8111-111111111111"
	two = "urn:uuid:22222222-2222-4222-8222-222222222222"
)

func orgWith(more string) string { return `{"resourceType":"Organization","name":"O",` + more + `}` }

// Transactions that have to be refused as a whole, and leave nothing.
func TestTransactionsThatAreRefused(t *testing.T) {
	testutil.Requirement(t, "MD-130-5", "MD-130-9", "R4-10")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(orgNamed("a", "Twin"), orgNamed("b", "Twin"))
	good := request("", "PUT", "Organization/good", orgNamed("good", "Good"), "")
	for name, tc := range map[string]struct {
		entries []string
		status  []int
	}{
		"the same target twice":                      {[]string{request("", "PUT", "Organization/x", orgNamed("x", "1"), ""), request("", "PUT", "Organization/x", orgNamed("x", "2"), "")}, []int{400, 409, 422}},
		"a target put and deleted":                   {[]string{request("", "PUT", "Organization/x", orgNamed("x", "1"), ""), request("", "DELETE", "Organization/x", "", "")}, []int{400, 409, 422}},
		"the same target by id and by condition":     {[]string{request("", "PUT", "Organization/a", orgNamed("a", "1"), ""), request("", "PUT", "Organization?identifier=urn:w|a", orgNamed("a", "2"), "")}, []int{400, 409, 412, 422}},
		"the same fullUrl twice":                     {[]string{request(one, "POST", "Organization", orgWith(`"active":true`), ""), request(one, "POST", "Organization", orgWith(`"active":false`), "")}, []int{400, 422}},
		"a reference to an entry that is not there":  {[]string{request(one, "POST", "Organization", orgWith(`"partOf":{"reference":"`+two+`"}`), "")}, []int{400, 404, 412, 422}},
		"a condition that several meet":              {[]string{request("", "PUT", "Organization?name=twin", orgWith(`"active":true`), "")}, []int{412}},
		"a reference by a condition that several do": {[]string{request("", "POST", "Organization", orgWith(`"partOf":{"reference":"Organization?name=twin"}`), "")}, []int{412}},
		"a reference by a condition that none does":  {[]string{request("", "POST", "Organization", orgWith(`"partOf":{"reference":"Organization?name=nobody"}`), "")}, []int{412}},
		"a version that is not there":                {[]string{request("", "PUT", "Organization/a", orgNamed("a", "1"), `,"ifMatch":"W/\"9\""`)}, []int{412}},
		"an entry without a request":                 {[]string{`{"resource":` + orgNamed("x", "1") + `}`}, []int{400, 422}},
		"a method nobody knows":                      {[]string{request("", "FETCH", "Organization/x", "", "")}, []int{400, 405, 422}},
		"an address of another server":               {[]string{request("", "PUT", "http://elsewhere.example/fhir/Organization/x", orgNamed("x", "1"), "")}, []int{400, 404, 422}},
		"an address of another type":                 {[]string{request("", "PUT", "Location/x", orgNamed("x", "1"), "")}, []int{400, 422}},
		"a type that is not served":                  {[]string{request("", "PUT", "Patient/x", `{"resourceType":"Patient","id":"x"}`, "")}, []int{400, 404, 422}},
		"a resource that breaks a rule":              {[]string{request("", "PUT", "Organization/x", `{"resourceType":"Organization","id":"x"}`, "")}, []int{422}},
		"a PUT without a resource":                   {[]string{request("", "PUT", "Organization/x", "", "")}, []int{400, 422}},
		"a read of what is not there":                {[]string{request("", "GET", "Organization/nobody", "", "")}, []int{404}},
		"a bundle within":                            {[]string{request("", "POST", "", bundleOf("batch"), "")}, []int{400, 404, 405, 422, 501}},
	} {
		for _, order := range [][]string{append([]string{good}, tc.entries...), append(append([]string{}, tc.entries...), good)} {
			r := c.do("POST", "", bundleOf("transaction", order...))
			if ok := fmt.Sprint(tc.status); !strings.Contains(ok, fmt.Sprint(r.status)) {
				t.Errorf("%s = %d %.400s, want %v", name, r.status, r.body, tc.status)
			}
			if r := c.do("GET", "/Organization/good", ""); r.status != 404 {
				t.Fatalf("%s left something", name)
			}
		}
	}
	if total := c.must("GET", "/_history?_count=0", "").get("total"); total != "2" {
		t.Errorf("after all that were refused there are %s versions, want 2", total)
	}
}

// What refers to entries of the same transaction is rewritten wherever it stands, and
// nothing else is.
func TestReferencesWithinATransaction(t *testing.T) {
	testutil.Requirement(t, "MD-130-7", "R4-10")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(orgNamed("here", "Here"))
	r := c.transaction(
		request(one, "POST", "Organization", `{"resourceType":"Organization","name":"One","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"`+two+`\">two</a> `+two+`</div>"},"contained":[{"resourceType":"Organization","id":"in","name":"In","partOf":{"reference":"`+two+`"}}],
			"extension":[{"url":"http://e/ref","valueReference":{"reference":"`+two+`","display":"`+two+`"}},{"url":"http://e/uri","valueUri":"`+two+`"},{"url":"http://e/string","valueString":"`+two+`"},{"url":"http://e/in","valueReference":{"reference":"#in"}}],"partOf":{"reference":"`+two+`"}}`, ""),
		request(two, "POST", "Organization", orgWith(`"partOf":{"reference":"Organization?identifier=urn:w|here"}`), ""),
		request("", "POST", "Location", `{"resourceType":"Location","name":"L","managingOrganization":{"reference":"http://other.example/fhir/Organization/7"},"partOf":{"reference":"Location?identifier=urn:l|1"}}`, ""),
		request("http://other.example/fhir/Organization/7", "POST", "Organization", orgWith(`"active":true`), ""),
		request("", "PUT", "Location?identifier=urn:l|1", `{"resourceType":"Location","name":"L1","identifier":[{"system":"urn:l","value":"1"}]}`, ""),
	)
	var refs []string
	for _, location := range r.list("entry.#.response.location") {
		path := cutVersion(location)
		refs = append(refs, path[strings.LastIndex(strings.TrimSuffix(path, "/"+path[strings.LastIndexByte(path, '/')+1:]), "/")+1:])
	}
	get := func(ref string) string { return c.must("GET", "/"+ref, "").body }
	first := get(refs[0])
	for path, want := range map[string]string{
		"partOf.reference": refs[1], "contained.0.partOf.reference": refs[1], "extension.0.valueReference.reference": refs[1], "extension.0.valueReference.display": two, "extension.2.valueString": two, "extension.3.valueReference.reference": "#in",
	} {
		if got := gjson.Get(first, path).String(); got != want {
			t.Errorf("%s = %s, want %s", path, got, want)
		}
	}
	if div := gjson.Get(first, "text.div").String(); !strings.Contains(div, `href="`+refs[1]+`"`) && !strings.Contains(div, `/`+refs[1]+`"`) {
		t.Errorf("the link of the narrative is %s, want %s", div, refs[1])
	}
	if got := gjson.Get(get(refs[1]), "partOf.reference").String(); got != "Organization/here" {
		t.Errorf("the reference by condition = %s", got)
	}
	place := get(refs[2])
	if got := gjson.Get(place, "managingOrganization.reference").String(); got != refs[3] {
		t.Errorf("the reference to another server's address that is an entry = %s, want %s", got, refs[3])
	}
	if got := gjson.Get(place, "partOf.reference").String(); got != refs[4] {
		t.Errorf("the reference by a condition that an entry meets = %s, want %s", got, refs[4])
	}
}

// Many clients at the same thing: one creates, one wins a version, all are told.
func TestManyAtTheSameThing(t *testing.T) {
	testutil.Requirement(t, "R4-4", "R4-5", "R4-6", "IOLF-4")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(orgNamed("v", "V"))
	race := func(n int, do func(i int) (reply, error)) map[int]int {
		var mu sync.Mutex
		var all sync.WaitGroup
		statuses := map[int]int{}
		for i := range n {
			all.Go(func() {
				r, err := do(i)
				mu.Lock()
				defer mu.Unlock()
				if statuses[r.status]++; err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		return statuses
	}
	for name, tc := range map[string]struct {
		do   func(i int) (reply, error)
		want string
	}{
		"conditional creates": {func(int) (reply, error) {
			return c.try("POST", "/Organization", `{"resourceType":"Organization","name":"C","identifier":[{"system":"urn:race","value":"1"}]}`, "If-None-Exist: identifier=urn:race|1")
		}, "map[200:15 201:1]"},
		"conditional updates": {func(i int) (reply, error) {
			return c.try("PUT", "/Organization?identifier=urn:race|2", fmt.Sprintf(`{"resourceType":"Organization","name":"U%d","identifier":[{"system":"urn:race","value":"2"}]}`, i))
		}, "map[200:15 201:1]"},
		"updates of one version": {func(i int) (reply, error) {
			return c.try("PUT", "/Organization/v", orgNamed("v", fmt.Sprint("V", i)), `If-Match: W/"1"`)
		}, "map[200:1 412:15]"},
		"conditional creates in transactions": {func(int) (reply, error) {
			return c.try("POST", "", bundleOf("transaction", request("", "POST", "Organization", `{"resourceType":"Organization","name":"T","identifier":[{"system":"urn:race","value":"3"}]}`, `,"ifNoneExist":"identifier=urn:race|3"`)))
		}, "map[200:16]"},
		"creates by PUT where there must be none": {func(i int) (reply, error) {
			return c.try("PUT", "/Organization/fresh", orgNamed("fresh", fmt.Sprint("F", i)), "If-None-Match: *")
		}, "map[201:1 412:15]"},
	} {
		if got := fmt.Sprint(race(16, tc.do)); got != tc.want {
			t.Errorf("16 %s = %s, want %s", name, got, tc.want)
		}
	}
	for value, want := range map[string]string{"1": "1", "2": "1", "3": "1"} {
		if r := c.must("GET", "/Organization?identifier=urn:race|"+value, ""); r.get("total") != want {
			t.Errorf("there are %s of urn:race|%s, want %s", r.get("total"), value, want)
		}
	}
}

// Pages, totals and parts of answers at their edges.
func TestEdgesOfAnswers(t *testing.T) {
	testutil.Requirement(t, "R4-S2", "R4-S13", "R4-S14", "R4-S15", "R4-S17", "R4-12", "MD-91-8")
	t.Parallel()
	c := newClient(t, start(t, t.TempDir()))
	c.put(rulesDirectory...)
	c.must("DELETE", "/Organization/wild", "")
	for path, want := range map[string]map[string]string{
		"/Organization?_count=0":                                           {"total": "9", "entry.#": "", `link.#(relation=="next").url`: ""},
		"/Organization?_summary=count":                                     {"total": "9", "entry.#": ""},
		"/Organization?_count=3":                                           {"total": "9", "entry.#": "3"},
		"/Organization?_count=99999":                                       {"total": "9", "entry.#": "9"},
		"/Organization?_count=3&_total=none":                               {"total": "", "entry.#": "3"},
		"/Organization?_total=accurate&name=nobody":                        {"total": "0", "entry.#": ""},
		"/Organization?_id=comma&_include=Organization:partof&_count=1":    {"total": "1", "entry.#": "2", "entry.1.search.mode": "include"},
		"/Organization?_id=comma&_elements=name":                           {"entry.0.resource.name": "Able, Baker", "entry.0.resource.identifier": "", `entry.0.resource.meta.tag.#(code=="SUBSETTED").code`: "SUBSETTED"},
		"/Organization?_id=comma&_elements=Organization.name":              {"entry.0.resource.name": "Able, Baker"},
		"/Organization?_id=comma&_elements=name,nonsense":                  {"entry.0.resource.name": "Able, Baker"},
		"/Organization?_id=comma&_sort=name,-_id,_lastUpdated":             {"total": "1"},
		"/Organization?_sort=name&_count=1":                                {"entry.0.resource.id": "comma"},
		"/Organization?_sort=-name&_count=100":                             {"entry.8.resource.id": "hidden"}, // without the value: last, both ways
		"/Organization?_sort=name&_count=100":                              {"entry.8.resource.id": "hidden"},
		"/Location?near=10|179.99|100|km&_count=1":                         {"entry.0.resource.id": "ward", "total": "2"},
		"/?_type=Organization,Location&_id=comma,site&_sort=_id":           {"total": "2", "entry.0.resource.id": "comma"},
		"/Organization/wild/_history":                                      {"total": "2", "entry.0.request.method": "DELETE", "entry.0.response.etag": `W/"2"`, "entry.1.resource.name": "100% _full_ *star*"},
		"/Organization/_history?_count=0":                                  {"total": "11", "entry.#": ""},
		"/Organization/_history?_since=2099-01-01T00:00:00Z":               {"total": "0", "entry.#": ""},
		"/Organization/_history?_since=1999-01-01T00:00:00+03:00&_count=1": {"total": "11", "entry.#": "1"},
		"/Organization/_history?_since=1999-01-01T00:00:00%2B03:00":        {"total": "11"},
		"/Organization/_history?_since=":                                   {"total": "11"},
		"/Organization/_history?_at=1999":                                  {"total": "0"},
		"/_history?_count=2":                                               {"entry.#": "2", "entry.0.request.method": "DELETE"},
		"/Organization/comma?_elements=name":                               {"name": "Able, Baker", "identifier": ""},
		"/Organization/comma?_summary=data":                                {"name": "Able, Baker"},
	} {
		r := c.do("GET", path, "")
		if r.status != 200 {
			t.Errorf("GET %s = %d %s", path, r.status, r.diagnostics())
			continue
		}
		for at, value := range want {
			if got := r.get(at); got != value {
				t.Errorf("GET %s: %s = %q, want %q", path, at, got, value)
			}
		}
	}
	for _, path := range []string{"/Organization/_history?_since=foo", "/Organization/_history?_count=x", "/Organization/_history?_at=ge2020", "/Organization/_history?_since=2020-13-01", "/Organization/nobody/_history", "/Nonsense/_history"} {
		if r := c.do("GET", path, ""); r.status < 400 || r.status >= 500 {
			t.Errorf("GET %s = %d", path, r.status)
		}
	}
	// A link of one search does not do for another.
	next := c.must("GET", "/Organization?_count=2&_sort=name", "").get(`link.#(relation=="next").url`)
	_, cursor, _ := strings.Cut(next, "_cursor=")
	for _, path := range []string{"/Organization?_count=2&_cursor=" + cursor, "/Organization?_count=2&_sort=name&_cursor=" + cursor[:len(cursor)/2], "/Organization/_history?_cursor=" + cursor} {
		if r := c.do("GET", path, ""); r.status != 400 && r.status != 410 {
			t.Errorf("GET %s = %d %.200s, want it refused", path, r.status, r.body)
		}
	}
}
