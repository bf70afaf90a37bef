package main

import (
	"os"
	"path/filepath"
	"testing"

	"masjala/internal/testutil"
)

// A table of the settings file is written on demand, on an idle directory and by a server.
func TestExport(t *testing.T) {
	testutil.Requirement(t, "FRF-7")
	data := t.TempDir()
	settings := `exports:
  - name: sites
    type: Location
    query: status=active&identifier:missing=false&_sort=name
    columns: [name, "Code=identifier.value"]
    to: sites.csv
    schedule: "0 4 * * *"
`
	if err := os.WriteFile(filepath.Join(data, "masjala.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	masjala(t, "import", "facilities", write(t, "facilities.csv", facilitiesCSV), "--data", data) // with a warning
	check := func() {
		t.Helper()
		has(t, done(t, "export", "sites", "--data", data), "sites was written to", "sites.csv")
		got, err := os.ReadFile(filepath.Join(data, "sites.csv"))
		if err != nil {
			t.Fatal(err)
		}
		has(t, string(got), "name,Code\r\n", "Mwangaza Hospital,F-001\r\n", "Tumaini Clinic,F-002\r\n")
		if err := os.Remove(filepath.Join(data, "sites.csv")); err != nil {
			t.Fatal(err)
		}
	}
	check()
	serveProgram(t, data, "--open")
	check()
	if got := masjala(t, "export", "none", "--data", data); got.status != statusFailed {
		t.Errorf("an export that there is not: %d, want %d", got.status, statusFailed)
	}
}

// Lists are written on an idle directory and by a server, and change nothing when they come back.
func TestExportOfLists(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	data := t.TempDir()
	masjala(t, "import", "facilities", write(t, "facilities.csv", facilitiesCSV), "--data", data) // with a warning
	check := func(name string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		has(t, done(t, "export", "facilities", path, "--data", data), "3 rows were written to "+path)
		has(t, done(t, "import", "facilities", path, "--data", data), "facilities  0       0       3          0")
		if rest, err := os.ReadDir(filepath.Dir(path)); err != nil || len(rest) != 1 {
			t.Errorf("beside the list there are %v, %v", rest, err)
		}
	}
	check("list.xlsx")
	has(t, done(t, "export", "workers", filepath.Join(data, "w.csv"), "--data", data), "0 rows were written")
	serveProgram(t, data, "--open")
	check("list.csv")
	check("list.geojson")
	has(t, done(t, "export", "facilities", filepath.Join(data, "w.csv"), "--query", "name=Tumaini", "--data", data, "--json"), `"rows":1`)
	for _, args := range [][]string{{"w.csv", "--query", "colour=red"}, {"w.csv", "--query", "%"}, {"none/w.csv"}} {
		if got := masjala(t, append([]string{"export", "facilities", "--data", data}, args...)...); got.status != statusFailed {
			t.Errorf("%v gives %d, want %d: %s", args, got.status, statusFailed, got.err)
		}
	}
	if got := masjala(t, "export", "facilities", "w.pdf", "--data", data); got.status != statusUsage {
		t.Errorf("a file of no format gives %d", got.status)
	}
}
