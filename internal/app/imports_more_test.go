package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

const clinicMap = "kind: facilities\ncolumns:\n  - column: Nr\n    target: id\n    system: urn:nr\n  - column: Who\n    target: name\n"

// Mappings that lists were imported with are listed, shown and forgotten, each editor's own and all by an admin.
func TestMappingsOverHTTP(t *testing.T) {
	editor, other, admin := offices(t, settings(t))
	const text = "Nr,Who\n1,Kila Clinic\n"
	first := editor.hand("facilities", "a.csv&mapping="+url.QueryEscape(clinicMap), text)
	run := editor.until(first, "planned").Get("run").Str
	if got := editor.want(http.StatusOK, "GET", "/api/imports/mappings", "").Get("mappings").Raw; got != "[]" {
		t.Errorf("a plan is remembered: %s", got)
	}
	editor.apply(first)
	got := editor.want(http.StatusOK, "GET", "/api/imports/mappings", "").Get("mappings")
	if got.Get("#").Int() != 1 || got.Get("0.run").Str != run || got.Get("0.actor").Str != "district-7" || got.Get("0.headings").Raw != `["Nr","Who"]` || got.Get("0.mapping").Exists() {
		t.Fatalf("remembered are %s", got.Raw)
	}
	at := "/api/imports/mappings/" + got.Get("0.id").Str
	if was := editor.until(editor.hand("facilities", "b.csv", text), "planned").Get("report.mappingOf").Str; was != run {
		t.Errorf("the next list is taken as in %q, want %s", was, run)
	}
	if got := editor.until(editor.hand("facilities", "c.csv&forgetMapping=true", text), "failed").Get("report.mappingOf").Str; got != "" {
		t.Errorf("a list that is to be looked at anew is taken as in %s", got)
	}
	if got := admin.want(http.StatusOK, "GET", at, ""); !strings.Contains(got.Get("mapping").Str, "urn:nr") {
		t.Errorf("an admin sees %s", got.Raw)
	}
	if got := other.want(http.StatusOK, "GET", "/api/imports/mappings", "").Get("mappings").Raw; got != "[]" {
		t.Errorf("another editor sees %s", got)
	}
	for _, method := range []string{"GET", "DELETE"} {
		other.want(http.StatusNotFound, method, at, "")
		editor.want(http.StatusNotFound, method, "/api/imports/mappings/facilities-0", "")
	}
	editor.want(http.StatusNoContent, "DELETE", at, "")
	editor.want(http.StatusNotFound, "DELETE", at, "")
}

// What should be decided is given as a table, and taken filled in.
func TestDecisionTableOverHTTP(t *testing.T) {
	editor, other, _ := offices(t, settings(t))
	const head = "Code,Name,District\n"
	first := editor.hand("facilities", "list.csv", head+"F1,Kila Clinic,Kilifi\nF2,Neema Clinic,Kilifi\n")
	editor.apply(first)
	at := editor.hand("facilities", "more.csv", head+"F3,Pwani Clinic,Kilify\n")
	editor.until(at, "planned")
	if got := editor.want(http.StatusOK, "GET", at+"/decisions", ""); got.Get("open").Int() != 1 || got.Get("values.0.value").Str != "Kilify" {
		t.Errorf("open is %s", got.Raw)
	}
	res, table := editor.ask("GET", at+"/decisions?format=csv", "")
	if !strings.Contains(res.Header.Get("Content-Disposition"), "more-decisions.csv") {
		t.Errorf("the table is %v", res.Header)
	}
	if _, book := editor.ask("GET", at+"/decisions", "", "Accept", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"); !bytes.HasPrefix(book, []byte("PK")) {
		t.Errorf("the workbook is %.40q", book)
	}
	editor.want(http.StatusNotAcceptable, "GET", at+"/decisions?format=pdf", "")
	other.want(http.StatusNotFound, "GET", at+"/decisions", "")
	editor.want(http.StatusBadRequest, "POST", at+"/decisions", string(table), "Content-Type", "text/csv")
	filled := strings.Replace(string(table), ",,area,", ",yes,area,", 1)
	editor.want(http.StatusPreconditionFailed, "POST", at+"/decisions", filled, "Content-Type", "text/csv", "If-Match", `"77"`)
	editor.want(http.StatusAccepted, "POST", at+"/decisions", filled, "Content-Type", "text/csv; charset=utf-8")
	if got := editor.until(at, "planned").Get(`report.values.#(value=="Kilify").state`).Str; got != "decided" {
		t.Errorf("the district is %q", got)
	}
	editor.want(http.StatusBadRequest, "POST", at+"/decisions", "a,b\n1,2\n", "Content-Type", "text/csv")
}

// Decisions on spellings need no list; those on rows do.
func TestDecisionsWithoutAList(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	first := editor.hand("facilities", "list.csv", "Code,Name,District\nF1,Kila Clinic,Kilifi\n")
	editor.apply(first)
	got := editor.want(http.StatusOK, "POST", "/api/imports/decisions", `{"values":[{"kind":"facilities","column":"District","value":"Kilfi","code":"Kilifi"}]}`)
	if got.Get("aliases").Int() != 1 || got.Get("values.0.display").Str != "Kilifi" {
		t.Errorf("kept %s", got.Raw)
	}
	for body, want := range map[string]string{
		`{}`: "nothing was decided",
		`{"twins":[{"kind":"facilities","row":2,"decision":"same"}]}`: "only with the list",
		`{"conflicts":[{"row":2,"decision":"here"}]}`:                 "only with the list",
		`{"values":[{"column":"District","value":"x","code":"y"}]}`:   "of which kind",
		`{"mapping":"x"}`: "mapping",
	} {
		if res, got := editor.ask("POST", "/api/imports/decisions", body); res.StatusCode != http.StatusBadRequest || !strings.Contains(string(got), want) {
			t.Errorf("%s = %d %s, want %q", body, res.StatusCode, got, want)
		}
	}
}

// All rows that seem to be stored are decided about at once.
func TestLikelyOverHTTP(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	first := editor.hand("facilities", "list.csv", "Code,Name,District,Lat,Long\nF1,Gede Dispensary,Kilifi,-3.3070,40.0170\n")
	editor.apply(first)
	at := editor.hand("facilities", "partner.csv", "Partner id,Name,District,Lat,Long\nP1,Zahanati ya Gede,Kilifi,-3.3071,40.0171\n")
	if got := editor.until(at, "planned").Get("report.twins.0.held"); !got.Bool() {
		t.Fatalf("held is %s", got.Raw)
	}
	editor.want(http.StatusBadRequest, "POST", at+"/decisions", `{"likely":"perhaps"}`)
	editor.want(http.StatusAccepted, "POST", at+"/decisions", `{"likely":"same"}`)
	if got := editor.until(at, "planned").Get(`report.counts.#(what=="facilities")`); got.Get("update").Int() != 1 || got.Get("held").Int() != 0 {
		t.Errorf("planned is %s", got.Raw)
	}
}

// An editor gets empty workbooks, too.
func TestTemplateOverHTTP(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	res, book := editor.ask("GET", "/api/imports/template?kind=facilities&lang=sw", "")
	if res.StatusCode != http.StatusOK || !bytes.HasPrefix(book, []byte("PK")) || !strings.Contains(res.Header.Get("Content-Disposition"), "facilities.xlsx") {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
	for query, want := range map[string]string{"kind=codes": "templates of facilities", "": "templates of facilities", "kind=workers&lang=xx": "xx", "kind=workers&valueSet=http://x": "valueSet"} {
		if res, got := editor.ask("GET", "/api/imports/template?"+query, ""); res.StatusCode != http.StatusBadRequest || !strings.Contains(string(got), want) {
			t.Errorf("%s = %d %s, want %q", query, res.StatusCode, got, want)
		}
	}
}

// A list that should have all is compared with what is here, and told so by a field or a parameter.
func TestCompleteOverHTTP(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	first := editor.hand("facilities", "list.csv", lists["facilities"].text)
	editor.apply(first)
	const part = "Code,Name,District\nF1,Kila Clinic,Alpha\n"
	at := editor.hand("facilities", "all.csv&complete=true", part)
	form := "--x\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nfacilities\r\n--x\r\nContent-Disposition: form-data; name=\"complete\"\r\n\r\ntrue\r\n" +
		"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"all.csv\"\r\n\r\n" + part + "\r\n--x--\r\n"
	byForm := "/api/imports/" + editor.want(http.StatusAccepted, "POST", "/api/imports", form, "Content-Type", "multipart/form-data; boundary=x").Get("run").Str
	for _, at := range []string{at, byForm} {
		if got := editor.until(at, "planned").Get("report.missing"); got.Get("first.#.name").Raw != `["Neema Clinic"]` {
			t.Errorf("missing is %s", got.Raw)
		}
	}
}
