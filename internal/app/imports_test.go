package app_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/internal/config"
)

// office is somebody who hands lists in.
type office struct {
	t           *testing.T
	http        *http.Client
	base, token string
}

// offices serves a program with these settings and returns somebody with each role.
func offices(t *testing.T, c *config.Config) (editor, other, admin office) {
	t.Helper()
	a := open(t, c)
	as := func(name, role string) office {
		return office{t: t, http: client(t, nil), token: create(t, a, name, role)}
	}
	editor, other, admin = as("district-7", "editor"), as("district-8", "editor"), as("boss", "admin")
	note, _ := serve(t, a)
	for _, o := range []*office{&editor, &other, &admin} {
		o.base = note.URL
	}
	return editor, other, admin
}

// ask sends a request and returns the answer with its body; headers are pairs.
func (o office) ask(method, path, body string, headers ...string) (*http.Response, []byte) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.base+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	if o.token != "" {
		req.Header.Set("Authorization", "Bearer "+o.token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := o.http.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return res, got
}

// want is ask for an answer of a status, as JSON.
func (o office) want(status int, method, path, body string, headers ...string) gjson.Result {
	o.t.Helper()
	res, got := o.ask(method, path, body, headers...)
	if res.StatusCode != status {
		o.t.Fatalf("%s %s = %d %.400s, want %d", method, path, res.StatusCode, got, status)
	}
	return gjson.ParseBytes(got)
}

// hand hands a list in and returns its address; further parameters may follow the name.
func (o office) hand(kind, name, text string) string {
	o.t.Helper()
	t := o.want(http.StatusAccepted, "POST", "/api/imports?kind="+kind+"&name="+name, text)
	return "/api/imports/" + t.Get("run").Str
}

// until waits until an import is in a state.
func (o office) until(at, state string) gjson.Result {
	o.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		t := o.want(http.StatusOK, "GET", at, "")
		if t.Get("state").Str == state {
			return t
		}
		if s := t.Get("state").Str; time.Now().After(end) || s == "failed" || (s == "done" && state != "undone") {
			o.t.Fatalf("%s is %s, want %s: %s", at, s, state, t.Raw)
		}
	}
}

// apply applies an import when it is planned, and waits until it is done.
func (o office) apply(at string) gjson.Result {
	o.t.Helper()
	o.until(at, "planned")
	o.want(http.StatusAccepted, "POST", at+"/apply", `{"mode":"all-good"}`)
	return o.until(at, "done")
}

// lists are a list of each kind, with what is read and made.
var lists = map[string]struct {
	text, what string
	make       int
	typ        string
}{
	"facilities": {"Code,Name,District\nF1,Kila Clinic,Alpha\nF2,Neema Clinic,Beta\n", "facilities", 2, "Location?name=Kila"},
	"workers":    {"Number,Family name,Given names\n7,Juma,Asha\n8,Otieno,John\n", "workers", 2, "Practitioner?family=Juma"},
	"codes":      {"Code,Display\nA,Alpha\nB,Beta\n", "code lists", 1, "CodeSystem?url=urn:masjala:codes:list"},
	"valuesets":  {"System,Code,Display\nhttp://e.org/a,RN,Nurse\nhttp://e.org/a,MD,Doctor\n", "value sets", 1, "ValueSet?url=urn:masjala:valuesets:list"},
	"expansions": {"System,Code,Display\nhttp://e.org/a,RN,Nurse\nhttp://e.org/a,MD,Doctor\n", "expansions", 1, "ValueSet?url=urn:masjala:valuesets:list"},
	"maps":       {"Source system,Source code,Target system,Target code,Equivalence\nhttp://e.org/a,RN,http://e.org/b,1,equivalent\n", "maps", 1, "ConceptMap?url=urn:masjala:maps:list"},
}

func TestImportOverHTTP(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	for kind, list := range lists {
		t.Run(kind, func(t *testing.T) {
			editor.t = t
			found := func() int64 {
				return editor.want(http.StatusOK, "GET", "/fhir/"+list.typ+"&_summary=count", "").Get("total").Int()
			}
			at := editor.hand(kind, "list.csv", list.text)
			plan := editor.until(at, "planned")
			if n := plan.Get(`report.counts.#(what=="` + list.what + `").create`).Int(); n != int64(list.make) || !plan.Get("report.dryRun").Bool() || plan.Get("report.mapping").Str == "" {
				t.Errorf("the plan makes %d, want %d: %s", n, list.make, plan.Raw)
			}
			if n := found(); n != 0 {
				t.Errorf("the plan wrote %d", n)
			}
			editor.want(http.StatusAccepted, "POST", at+"/apply", `{"mode":"all-good"}`)
			done := editor.until(at, "done")
			if n := done.Get(`report.counts.#(what=="` + list.what + `").create`).Int(); n != int64(list.make) || done.Get("report.run").Str != done.Get("run").Str {
				t.Errorf("done is %s", done.Raw)
			}
			if n := found(); n != 1 {
				t.Errorf("%d are found, want 1", n)
			}
			res, body := editor.ask("GET", at+"/original", "")
			if string(body) != list.text || !strings.Contains(res.Header.Get("Content-Disposition"), "list.csv") {
				t.Errorf("the original is %q, %v", body, res.Header)
			}
			if _, body := editor.ask("GET", at+"/marked", ""); !bytes.HasPrefix(body, []byte("PK")) {
				t.Errorf("the marked list is %.60q", body)
			}
			changes := editor.want(http.StatusOK, "GET", at+"/changes", "").Get("changes")
			if n := len(changes.Array()); n < list.make || changes.Get("0.action").Str != "create" {
				t.Errorf("the changes are %s", changes)
			}
			from := editor.want(http.StatusOK, "GET", "/fhir/"+list.typ+"&_revinclude=Provenance:target", "").Get(`entry.#(search.mode=="include").resource.entity`)
			if file := from.Get("0.what"); !strings.HasPrefix(file.Get("display").Str, "list.csv") || file.Get("identifier.value").Str != done.Get("sha256").Str ||
				from.Get("1.what.identifier.value").Str != done.Get("run").Str {
				t.Errorf("it comes from %s", from)
			}
			if would := editor.want(http.StatusOK, "POST", at+"/undo", `{"dryRun":true}`); would.Get("deleted").Int() == 0 || found() != 1 {
				t.Errorf("the undoing would be %s", would.Raw)
			}
			editor.want(http.StatusAccepted, "POST", at+"/undo", "")
			if undone := editor.until(at, "undone"); undone.Get("undone.deleted").Int() == 0 || found() != 0 {
				t.Errorf("undone is %s", undone.Raw)
			}
			editor.want(http.StatusOK, "POST", at+"/undo", "")
		})
	}
}

func TestImportsThatAreRefused(t *testing.T) {
	c := settings(t)
	c.Limits.Upload = 64 << 10
	editor, other, admin := offices(t, c)
	at := editor.hand("facilities", "list.csv", lists["facilities"].text)
	editor.until(at, "planned")
	tests := map[string]struct {
		who                office
		method, path, body string
		header             []string
		status             int
		say                string
	}{
		"nobody":                    {office{http: editor.http, base: editor.base}, "GET", "/api/imports", "", nil, 401, "Sign in"},
		"nobody with a file":        {office{http: editor.http, base: editor.base}, "POST", "/api/imports?kind=codes&name=x", "Code\nA\n", nil, 401, "Sign in"},
		"another's run":             {other, "GET", at, "", nil, 404, "no import"},
		"another's file":            {other, "GET", at + "/original", "", nil, 404, "no import"},
		"to apply another's":        {other, "POST", at + "/apply", `{"mode":"all-good"}`, nil, 404, "no import"},
		"an unknown run":            {admin, "GET", "/api/imports/none", "", nil, 404, "no import"},
		"no kind":                   {editor, "POST", "/api/imports?name=x.csv", "Code\nA\n", nil, 400, "codes, expansions, facilities"},
		"an unknown kind":           {editor, "POST", "/api/imports?kind=beds&name=x.csv", "Code\nA\n", nil, 400, "beds"},
		"a release":                 {editor, "POST", "/api/imports?kind=rf2&name=x.zip", "Code\nA\n", nil, 400, "rf2"},
		"no name":                   {editor, "POST", "/api/imports?kind=codes", "Code\nA\n", nil, 400, "no name"},
		"a name that leads away":    {editor, "POST", "/api/imports?kind=codes&name=..%2Fx.csv", "Code\nA\n", nil, 400, "name of a file"},
		"no file":                   {editor, "POST", "/api/imports?kind=codes&name=x.csv", "", nil, 400, "no file"},
		"a long reason":             {editor, "POST", "/api/imports?kind=codes&name=x.csv&reason=" + strings.Repeat("x", 1001), "Code\n", nil, 400, "reason"},
		"a mapping that is none":    {editor, "POST", "/api/imports?kind=codes&name=x.csv&mapping=%5B", "Code\nA\n", nil, 400, "mapping"},
		"too large":                 {editor, "POST", "/api/imports?kind=codes&name=x.csv", "Code\n" + strings.Repeat("ABCDEF\n", 20_000), nil, 413, "65536"},
		"a form that is none":       {editor, "POST", "/api/imports?kind=codes", "xx", []string{"Content-Type", "multipart/form-data; boundary=b"}, 400, "no part file"},
		"a count that is none":      {editor, "GET", "/api/imports?count=many", "", nil, 400, "count"},
		"no mode":                   {editor, "POST", at + "/apply", "", nil, 400, "all-or-nothing"},
		"a body that is none":       {editor, "POST", at + "/apply", `{"mode":`, nil, 400, "JSON"},
		"a field that is unknown":   {editor, "POST", at + "/apply", `{"modus":"all-good"}`, nil, 400, "modus"},
		"an earlier version":        {editor, "POST", at + "/apply", `{"mode":"all-good"}`, []string{"If-Match", `"1"`}, 412, "by now"},
		"a version that is none":    {editor, "POST", at + "/apply", `{"mode":"all-good"}`, []string{"If-Match", `"x"`}, 400, "If-Match"},
		"to undo a plan":            {editor, "POST", at + "/undo", "", nil, 409, "is planned"},
		"findings in another form":  {editor, "GET", at + "/findings?format=pdf", "", nil, 406, "pdf"},
		"a place that is none":      {editor, "GET", at + "/findings?after=7x", "", nil, 400, "first page"},
		"a decision without a word": {editor, "POST", at + "/decisions", `{"values":[{"column":"Type"}]}`, nil, 400, "column"},
		"a method that is none":     {editor, "PUT", at, "", nil, 405, "method"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.who.t = t
			res, body := tc.who.ask(tc.method, tc.path, tc.body, tc.header...)
			got := gjson.ParseBytes(body)
			if res.StatusCode != tc.status || got.Get("resourceType").Str != "OperationOutcome" || !strings.Contains(got.Get("issue.0").Raw, tc.say) {
				t.Errorf("%d %s, want %d that says %q", res.StatusCode, body, tc.status, tc.say)
			}
		})
	}
	if n := len(editor.want(200, "GET", "/api/imports", "").Get("imports").Array()); n != 1 {
		t.Errorf("%d imports are listed, want the one that was taken", n)
	}
	if n := len(other.want(200, "GET", "/api/imports", "").Get("imports").Array()); n != 0 {
		t.Errorf("another sees %d", n)
	}
}

// A file that the server cannot keep is not the fault of who sent it.
func TestImportThatCannotBeKept(t *testing.T) {
	c := settings(t)
	editor, _, _ := offices(t, c)
	if err := os.RemoveAll(filepath.Join(c.Data, "imports", "incoming")); err != nil {
		t.Fatal(err)
	}
	got := editor.want(http.StatusInternalServerError, "POST", "/api/imports?kind=codes&name=list.csv", lists["codes"].text)
	if strings.Contains(got.Raw, c.Data) || got.Get("issue.0.code").Str != "exception" {
		t.Errorf("it is refused as %s", got.Raw)
	}
}

// A form has the file and what goes with it.
func TestImportAsAForm(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", `C:\lists\my list.csv`)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(file, lists["codes"].text)
	form.WriteField("kind", "codes")
	form.WriteField("reason", "the yearly list")
	form.Close()
	got := editor.want(http.StatusAccepted, "POST", "/api/imports", body.String(), "Content-Type", form.FormDataContentType())
	if got.Get("file").Str != "my list.csv" || got.Get("kind").Str != "codes" || got.Get("reason").Str != "the yearly list" || got.Get("bytes").Int() != int64(len(lists["codes"].text)) {
		t.Errorf("it was taken as %s", got.Raw)
	}
	at := "/api/imports/" + got.Get("run").Str
	version := editor.until(at, "planned").Get("version").Raw
	editor.want(http.StatusAccepted, "POST", at+"/apply?mode=all-good", "", "If-Match", `"`+version+`"`)
	editor.until(at, "done")
	history := editor.want(http.StatusOK, "GET", "/fhir/CodeSystem?url=urn:masjala:codes:my-list", "")
	if history.Get("total").Int() != 1 {
		t.Errorf("the code system is not there: %s", history.Raw)
	}
}

// A decision on a spelling, with or without what the column means, makes another plan.
func TestDecisionOverHTTP(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	const head = "Code,Name,District,Type\n"
	first := editor.hand("facilities", "list.csv", head+"F1,Kila Clinic,Alpha,Dispensary\n")
	editor.apply(first)
	newCodes := func(plan gjson.Result) int64 { return plan.Get(`report.counts.#(what=="code lists").update`).Int() }
	for spelling, meaning := range map[string]string{"Disp.": `"target":"type",`, "Dispens.": ""} {
		at := editor.hand("facilities", "more.csv", head+"F2,Pwani Clinic,Alpha,"+spelling+"\n")
		if plan := editor.until(at, "planned"); newCodes(plan) != 1 {
			t.Errorf("%s is no new code: %s", spelling, plan.Raw)
		}
		queued := editor.want(http.StatusAccepted, "POST", at+"/decisions", `{"values":[{"column":"Type",`+meaning+`"value":"`+spelling+`","code":"dispensary"}]}`)
		if plan := editor.until(at, "planned"); newCodes(plan) != 0 || plan.Get("version").Int() <= queued.Get("version").Int() {
			t.Errorf("%s is still a new code: %s", spelling, plan.Raw)
		}
		editor.want(http.StatusBadRequest, "POST", at+"/decisions", `{"values":[{"column":"Type","target":"area","value":"x","code":"no such area"}]}`)
	}
}

// Readers have no part in imports, and an editor none in those of another, at any address.
func TestWhoMayImport(t *testing.T) {
	a := open(t, settings(t))
	people := map[string]office{}
	for name, role := range map[string]string{"reader": "reader", "owner": "editor", "editor": "editor", "admin": "admin"} {
		people[name] = office{t: t, http: client(t, nil), token: create(t, a, name, role)}
	}
	note, _ := serve(t, a)
	for name, who := range people {
		who.base = note.URL
		people[name] = who
	}
	at := people["owner"].hand("codes", "list.csv", lists["codes"].text)
	people["owner"].until(at, "planned")
	for _, address := range [][2]string{
		{"GET", at}, {"GET", at + "/findings"}, {"GET", at + "/findings?format=csv"}, {"GET", at + "/marked"}, {"GET", at + "/changes"}, {"GET", at + "/original"},
		{"DELETE", at + "/original"}, {"POST", at + "/decisions"}, {"POST", at + "/apply?mode=all-good"}, {"POST", at + "/undo?dryRun=true"}, {"POST", at + "/undo"}, {"POST", at + "/cancel"},
	} {
		people["reader"].want(http.StatusForbidden, address[0], address[1], "")
		people["editor"].want(http.StatusNotFound, address[0], address[1], "")
	}
	people["reader"].want(http.StatusForbidden, "GET", "/api/imports", "")
	people["reader"].want(http.StatusForbidden, "POST", "/api/imports?kind=codes&name=list.csv", lists["codes"].text)
	for _, name := range []string{"owner", "admin"} {
		if got := people[name].want(http.StatusOK, "GET", at, ""); got.Get("version").Int() != 3 || got.Get("state").Str != "planned" {
			t.Errorf("after what others tried %s sees %s", name, got.Raw)
		}
	}
}
