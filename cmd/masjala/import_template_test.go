package main

import (
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"masjala/internal/testutil"
)

// A template is made on an idle directory and by a server.
func TestTemplate(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	data := t.TempDir()
	masjala(t, "import", "facilities", write(t, "facilities.csv", facilitiesCSV), "--data", data) // with a warning
	check := func(kind, lang, heading string) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "empty.xlsx")
		has(t, done(t, "import", "template", kind, path, "--lang", lang, "--data", data), "columns to fill in")
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := f.GetCellValue(f.GetSheetName(0), "A1"); err != nil || got != heading {
			t.Errorf("the first heading is %q, %v; want %q", got, err, heading)
		}
	}
	check("facilities", "sw", "Jina la kituo")
	serveProgram(t, data, "--open")
	check("workers", "fr", "Matricule")
	path := filepath.Join(t.TempDir(), "empty.xlsx")
	has(t, done(t, "import", "template", "facilities", path, "--data", data, "--json"), `"heading":"Facility name","required":true`)
	for _, args := range [][]string{{"--lang", "tlh"}, {"--value-set", "type=urn:none"}, {"--value-set", "name=urn:none"}} {
		if got := masjala(t, append([]string{"import", "template", "facilities", path, "--data", data}, args...)...); got.status != statusFailed {
			t.Errorf("%v gives %d, want %d", args, got.status, statusFailed)
		}
	}
	if got := masjala(t, "import", "template", "facilities", "a.csv", "--data", data); got.status != statusUsage {
		t.Errorf("a file that is no workbook gives %d, want %d", got.status, statusUsage)
	}
}
