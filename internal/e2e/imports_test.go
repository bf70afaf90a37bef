package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

// desk asks a server about imports, as an admin.
func desk(t *testing.T, s *server, method, path, body string) gjson.Result {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(s.base, "/fhir")+"/api/imports"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode > 299 {
		t.Fatalf("%s %s = %d %s %v", method, path, res.StatusCode, got, err)
	}
	return gjson.ParseBytes(got)
}

// reached waits until an import is in a state.
func reached(t *testing.T, s *server, run, state string) gjson.Result {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		got := desk(t, s, "GET", "/"+run, "")
		if got.Get("state").Str == state {
			return got
		}
		if time.Now().After(end) || got.Get("state").Str == "failed" {
			t.Fatalf("the import is %s, want %s", got.Raw, state)
		}
	}
}

// clinics is a list of n facilities in ten districts, one in a hundred without a name.
func clinics(n int) string {
	var b strings.Builder
	b.WriteString("Code,Name,District,Type,Phone\n")
	for i := range n {
		name := fmt.Sprintf("Clinic number %d", i)
		if i%100 == 99 {
			name = ""
		}
		fmt.Fprintf(&b, "C%05d,%s,District %d,Dispensary,07120%05d\n", i, name, i%10, i)
	}
	return b.String()
}

// A server that is killed while it plans, and again while it writes, comes to the same end as
// one that is not.
func TestImportOutlivesKills(t *testing.T) {
	testutil.Requirement(t, "IMP-1", "IMP-2")
	const n = 2500
	list, data, calm := clinics(n), t.TempDir(), t.TempDir()
	s := start(t, data)
	run := desk(t, s, "POST", "?kind=facilities&name=clinics.csv", list).Get("run").Str
	s.kill() // while it plans, or before
	s = start(t, data)
	plan := reached(t, s, run, "planned")
	desk(t, s, "POST", "/"+run+"/apply", `{"mode":"all-good"}`)
	count := func() int64 { return get(t, s.base+"/Location?_summary=count").Get("total").Int() }
	for end := time.Now().Add(time.Minute); count() < 20; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nothing was written in a minute")
		}
	}
	s.kill()
	s = start(t, data)
	state, some := desk(t, s, "GET", "/"+run, "").Get("state").Str, count()
	if state == "done" || some >= n {
		t.Logf("the kill came late: %s with %d", state, some)
	}
	done := reached(t, s, run, "done")
	if got, want := done.Get("report.counts").Raw, plan.Get("report.counts").Raw; got != want {
		t.Errorf("it did %s, but planned %s", got, want)
	}
	path := filepath.Join(t.TempDir(), "clinics.csv")
	if err := os.WriteFile(path, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := gjson.ParseBytes(masjala(t, "import", "facilities", path, "--data", calm, "--json"))
	if got, want := done.Get("report.counts").Raw, whole.Get("counts").Raw; got != want {
		t.Errorf("with kills it did %s, without %s", got, want)
	}
	other := start(t, calm)
	if got, want := states(t, s), states(t, other); got != want {
		t.Error("what is stored differs from what an import without kills stores")
	}
	again := gjson.ParseBytes(masjala(t, "import", "facilities", path, "--data", data, "--json")) // through the server
	if c := again.Get(`counts.#(what=="facilities")`); c.Get("create").Int()+c.Get("update").Int() > 0 {
		t.Errorf("the list again: %s", c.Raw)
	}
	desk(t, s, "POST", "/"+run+"/undo", "")
	reached(t, s, run, "undone")
	if left := count(); left != 0 {
		t.Errorf("%d locations are left after it was undone", left)
	}
}

// states is every Location with its content, without times.
func states(t *testing.T, s *server) string {
	t.Helper()
	var b strings.Builder
	for _, page := range walk(t, s.base+"/Location?_count=1000&_sort=_id") {
		for _, e := range page.Get("entry.#.resource").Array() {
			fmt.Fprintln(&b, e.Get("id").Str, e.Get("meta.versionId").Str, e.Get("name").Raw, e.Get("partOf").Raw, e.Get("identifier").Raw, e.Get("telecom").Raw, e.Get("type").Raw)
		}
	}
	return b.String()
}
