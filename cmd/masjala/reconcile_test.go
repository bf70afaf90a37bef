package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
)

const (
	registryList = "MFL code,Name,Facility type,District,Lat,Long,Phone number,Status\n" +
		"M1,Gede Dispensary,Dispensary,Kilifi,-3.3070,40.0170,0712000001,Operational\n" +
		"M2,Mtwapa Health Centre,Health Centre,Kilifi,-3.95,39.74,0712000002,Operational\n" +
		"M3,Vitengeni Dispensary,Dispensary,Kilifi,-3.45,39.70,0712000003,Operational\n" +
		"M4,Ganze Clinic,Clinic,Kilifi,-3.53,39.60,0712000004,Closed\n" +
		"M5,Bamba Clinic,Clinic,Kilifi,-3.54,39.51,0712000005,Operational\n"
	masterList = "MFL code,Name,Facility type,District,Lat,Long,Phone number,Status\n" +
		"M1,Gede Dispensary,Dispensary,Kilifi,-3.3070,40.0170,0712000001,Operational\n" +
		"M2,Mtwapa Hospital,Health Centre,Kilifi,-3.95,39.74,0712000009,Operational\n" +
		"M8,Zahanati ya Vitengeni,Dispensary,Kilifi,-3.4501,39.7001,0712000003,Operational\n" +
		"M9,Shimoni Clinic,Clinic,Kwale,-4.65,39.38,0712000010,Operational\n"
)

// The registry is compared with a master list of somebody else: what is new there, what it says otherwise, what it
// lacks, and what is probably here under another number. Nothing is changed by that.
func TestReconcileWithAnExternalList(t *testing.T) {
	testutil.Requirement(t, "FRF-14")
	data, findings := t.TempDir(), filepath.Join(t.TempDir(), "differences.csv")
	done(t, "import", "facilities", write(t, "registry.csv", registryList), "--data", data)
	before := exported(t, data)
	master := write(t, "master.csv", masterList)
	got := masjala(t, "import", "facilities", master, "--data", data, "--dry-run", "--complete", "--issues", findings, "--json")
	if got.status != statusProblems {
		t.Errorf("%+v", got)
	}
	r := gjson.Parse(got.out)
	c := r.Get(`counts.#(what=="facilities")`)
	if c.Get("create").Int() != 1 || c.Get("update").Int() != 1 || c.Get("unchanged").Int() != 1 || c.Get("held").Int() != 1 {
		t.Errorf("counts %s", c.Raw)
	}
	if got := r.Get(`samples.#(action=="create")#.name`).Raw; !strings.Contains(got, `"Shimoni Clinic"`) {
		t.Errorf("new are %s", got)
	}
	changed := r.Get(`samples.#(action=="update")#.changes`).Raw
	for _, want := range []string{"Mtwapa Health Centre", "Mtwapa Hospital", "0712000009"} {
		if !strings.Contains(changed, want) {
			t.Errorf("changed is %s, want %q", changed, want)
		}
	}
	if got := r.Get("twins.#.stored").Raw; got != `["Vitengeni Dispensary"]` {
		t.Errorf("here under another number is %s", got)
	}
	if got := r.Get("missing"); got.Get("count").Int() != 1 || got.Get("first.0.name").Str != "Bamba Clinic" || got.Get("run").Exists() {
		t.Errorf("missing is %s", got.Raw)
	}
	text, err := os.ReadFile(findings)
	if err != nil || !strings.Contains(string(text), "Bamba Clinic") || !strings.Contains(string(text), "Vitengeni Dispensary") {
		t.Errorf("findings %s, %v", text, err)
	}
	has(t, masjala(t, "import", "facilities", master, "--data", data, "--dry-run", "--complete").out, "1 are here, and no row of the list means them")
	if after := exported(t, data); after != before {
		t.Errorf("the registry was changed:\n%s\n%s", before, after)
	}
	if own := masjala(t, "import", "facilities", write(t, "own.csv", before), "--data", data, "--dry-run", "--complete", "--json"); gjson.Get(own.out, "missing").Exists() {
		t.Errorf("the registry lacks of itself: %s", gjson.Get(own.out, "missing").Raw)
	}
	if got := masjala(t, "import", "facilities", master, "--data", data, "--json"); gjson.Get(got.out, "missing").Exists() {
		t.Errorf("a list that is not said to be complete lacks %s", gjson.Get(got.out, "missing").Raw)
	}
}

// exported is the list of all facilities that is stored.
func exported(t *testing.T, data string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.csv")
	done(t, "export", "facilities", out, "--data", data)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A list of workers is compared in the same way; of codes there is no whole.
func TestReconcileWorkers(t *testing.T) {
	data := t.TempDir()
	done(t, "import", "workers", write(t, "first.csv", "Staff number,Family name,Given names\n7,Juma,Asha\n8,Otieno,John\n"), "--data", data)
	got := masjala(t, "import", "workers", write(t, "council.csv", "Staff number,Family name,Given names\n8,Otieno,John\n"), "--data", data, "--dry-run", "--complete", "--json")
	if m := gjson.Get(got.out, "missing"); m.Get("count").Int() != 1 || !strings.Contains(m.Get("first.0.name").Str, "Juma") {
		t.Errorf("missing is %s", m.Raw)
	}
	if got := masjala(t, "import", "codes", write(t, "codes.csv", "Code,Display\nA,Alpha\n"), "--data", data, "--complete"); got.status != statusUsage {
		t.Errorf("%+v", got)
	}
}
