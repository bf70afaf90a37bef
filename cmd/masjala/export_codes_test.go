package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"masjala/internal/testutil"
)

const (
	systemCSV    = "System,Code,Display,Parent,Kiswahili,Property beds (integer)\nhttp://e.org/cadres,NUR,Nurse,,Muuguzi,\n,RN,Registered nurse,NUR,,12\n,NA,Nurse aide,NUR,,\n"
	valueSetCSV  = "Value set URL,System,Code,Display\nhttp://e.org/core,http://e.org/cadres,NUR,\nhttp://e.org/core,http://e.org/cadres,RN,\n"
	valueSetJSON = `{"resourceType":"ValueSet","id":"json","url":"http://e.org/core","version":"json","status":"active","compose":{"include":[{"system":"http://e.org/cadres","concept":[{"code":"NUR"},{"code":"RN"}]}]}}`
	valueSetXML  = `<ValueSet xmlns="http://hl7.org/fhir"><id value="xml"/><url value="http://e.org/core"/><version value="xml"/><status value="active"/><compose><include><system value="http://e.org/cadres"/><concept><code value="NUR"/></concept><concept><code value="RN"/></concept></include></compose></ValueSet>`
	frozenCSV    = "Value set URL,System,Code,Display\nhttp://e.org/frozen,http://nowhere.org,Z,Zed\nhttp://e.org/frozen,http://e.org/cadres,RN,\n"
	mapCSV       = "Map URL,Source system,Source code,Target system,Target code,Equivalence\nhttp://e.org/map,http://e.org/cadres,RN,http://isco.org,2221,plus large\n"
)

// What tables bring in answers questions, goes out as tables, and comes back without a change, on
// an idle directory and through a server.
func TestTermsOutAndIn(t *testing.T) {
	testutil.Requirement(t, "TSF-2", "TSF-5", "TSF-6", "TSF-7", "TSF-8", "TSF-9", "TSF-10")
	data := t.TempDir()
	imports := func(kind, name, text string) {
		t.Helper()
		done(t, "import", kind, write(t, name, text), "--data", data)
	}
	imports("codes", "cadres.csv", systemCSV)
	imports("valuesets", "core.csv", valueSetCSV)
	imports("expansions", "frozen.csv", frozenCSV)
	imports("maps", "map.csv", mapCSV)
	answers := func() {
		t.Helper()
		has(t, done(t, "lookup", "http://e.org/cadres", "NA", "--data", data), "Nurse aide")
		frozen := done(t, "expand", "http://e.org/frozen", "--data", data)
		has(t, frozen, "Zed", "RN")
		if strings.Index(frozen, "Zed") > strings.Index(frozen, "RN") {
			t.Errorf("the frozen list lost its order:\n%s", frozen)
		}
		done(t, "validate", "http://nowhere.org", "Z", "--value-set", "http://e.org/frozen", "--data", data)
		has(t, done(t, "translate", "http://e.org/cadres", "RN", "--map", "http://e.org/map", "--data", data), "2221", "wider")
	}
	answers()
	out := t.TempDir()
	around := func() {
		t.Helper()
		for kind, url := range map[string]string{"codes": "http://e.org/cadres", "valuesets": "http://e.org/core|1.0.0", "expansions": "http://e.org/frozen", "maps": "http://e.org/map"} {
			for _, ending := range []string{".csv", ".xlsx"} {
				file := filepath.Join(out, kind+ending)
				has(t, done(t, "export", kind, url, file, "--data", data), "rows were written to")
				got := object(t, done(t, "import", kind, file, "--data", data, "--json"))
				if counts := got["counts"].([]any)[0].(map[string]any); counts["unchanged"] != 1.0 {
					t.Errorf("%s of %s: %v", kind, ending, got)
				}
			}
		}
	}
	around()
	serving := serveProgram(t, data, "--open")
	around()
	answers()

	// A definition says the same as a table, as JSON and as XML.
	for format, body := range map[string]string{"json": valueSetJSON, "xml": valueSetXML} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, serving.serving.FHIR+"/ValueSet/"+format, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/fhir+"+format)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusCreated {
			t.Fatalf("PUT as %s: %s", format, res.Status)
		}
		if a, b := done(t, "expand", "http://e.org/core|1.0.0", "--data", data), done(t, "expand", "http://e.org/core|"+format, "--data", data); a != b {
			t.Errorf("the table has\n%s\nand %s has\n%s", a, format, b)
		}
	}
	if o := masjala(t, "export", "valuesets", "http://e.org/core", filepath.Join(out, "x.csv"), "--data", data); o.status != statusFailed || !strings.Contains(o.err, "say which version") {
		t.Errorf("one of three versions: status %d, %s", o.status, o.err)
	}
	has(t, done(t, "export", "expansions", "http://e.org/core|xml", filepath.Join(out, "x.csv"), "--data", data), "2 rows were written to")
}

func TestTermsThatCannotBeWritten(t *testing.T) {
	data := t.TempDir()
	done(t, "import", "codes", write(t, "cadres.csv", systemCSV), "--data", data)
	for name, tc := range map[string]struct {
		args []string
		want int
		says string
	}{
		"nothing of that URL": {[]string{"maps", "http://e.org/none", "x.csv"}, statusFailed, "there is no ConceptMap"},
		"no such expansion":   {[]string{"expansions", "http://e.org/none", "x.csv"}, statusFailed, "http://e.org/none"},
		"another format":      {[]string{"codes", "http://e.org/cadres", "x.geojson"}, statusFailed, "xlsx or csv"},
		"no format":           {[]string{"codes", "http://e.org/cadres", "x.txt"}, statusUsage, "x.txt"},
		"no file":             {[]string{"codes", "http://e.org/cadres"}, statusUsage, "the file to write"},
	} {
		t.Run(name, func(t *testing.T) {
			o := masjala(t, append(append([]string{"export"}, tc.args...), "--data", data)...)
			if o.status != tc.want || !strings.Contains(o.err, tc.says) {
				t.Errorf("status %d, want %d: %s", o.status, tc.want, o.err)
			}
		})
	}
}
