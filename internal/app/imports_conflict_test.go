package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// What was changed here and in the list is decided column by column, or for a whole row.
func TestConflictsOverHTTP(t *testing.T) {
	editor, _, _ := offices(t, settings(t))
	const head = "Code,Name,Phone number,Email\n"
	editor.apply(editor.hand("facilities", "list.csv", head+"F1,Kila Clinic,0712000001,a@example.org\n"))
	facility := func() gjson.Result {
		return editor.want(http.StatusOK, "GET", "/fhir/Location?identifier=F1", "").Get("entry.0.resource")
	}
	was := facility()
	changed := strings.NewReplacer("0712000001", "0712000009", "a@example.org", "z@example.org").Replace(was.Raw)
	editor.want(http.StatusOK, "PUT", "/fhir/Location/"+was.Get("id").Str, changed, "Content-Type", "application/fhir+json")
	at := editor.hand("facilities", "list.csv", head+"F1,Kila Clinic,0712000002,b@example.org\n")
	plan := editor.until(at, "planned")
	if got := plan.Get("report.conflicts.#.columns.0").Raw; got != `["Phone number","Email"]` {
		t.Fatalf("in conflict are %s", plan.Raw)
	}
	for body, want := range map[string]string{
		`{"conflicts":[{"row":2,"column":"Town","decision":"here"}]}`:           "Phone number, Email",
		`{"conflicts":[{"row":2,"decision":"theirs"}]}`:                         "list or here",
		`{"conflicts":[{"row":9,"decision":"list"}]}`:                           "no conflict",
		`{"conflicts":[{"key":"x","field":"y","row":9,"decision":"list"}]}`:     "state",
		`{"conflicts":[{"row":2,"decision":"here"},{"row":3,"decision":"xx"}]}`: "list or here",
	} {
		if res, got := editor.ask("POST", at+"/decisions", body); res.StatusCode != http.StatusBadRequest || !strings.Contains(string(got), want) {
			t.Errorf("%s = %d %s, want %q", body, res.StatusCode, got, want)
		}
	}
	editor.want(http.StatusAccepted, "POST", at+"/decisions", `{"conflicts":[{"decision":"here"},{"row":2,"column":"Phone number","decision":"list"}]}`)
	if c := editor.apply(at).Get(`report.counts.#(what=="facilities")`); c.Get("conflict").Int() != 0 || c.Get("update").Int() != 1 {
		t.Errorf("applied: %s", c.Raw)
	}
	if got := facility().Get("telecom.#.value").Raw; got != `["0712000002","z@example.org"]` {
		t.Errorf("the facility has %s", got)
	}
}
