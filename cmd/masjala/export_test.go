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
