package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"masjala/importers"
	"masjala/internal/testutil"
)

const facilitiesCSV = `Facility code,Facility name,Region,District,Facility type,Latitude,Longitude,Status
F-001,Mwangaza Hospital,North,Alpha,Hospital,-1.25,36.80,Operational
F-002,Tumaini Clinic,North,Beta,Clinic,-1.30,36.85,Operational
F-003,Amani Dispensary,South,Gamma,Dispensary,,,Closed
`

const codesCSV = `Code,Display,Parent,Definition
NUR,Nurse,,Licensed nurse
RN,Registered nurse,NUR,Nurse with a diploma
MW,Midwife,,Licensed for care around birth
`

// Each command line is run on an idle data directory and beside a running server; what it
// prints and returns must be the same.
func TestCommandsDoTheSameHereAndInTheServer(t *testing.T) {
	facilities, codes := write(t, "facilities.csv", facilitiesCSV), write(t, "cadres.csv", codesCSV)
	lines := [][]string{
		{"token", "list", "--json"},
		{"import", "codes", codes, "--json"},
		{"import", "codes", codes, "--json"},
		{"import", "facilities", facilities, "--dry-run", "--json"},
		{"import", "facilities", facilities, "--json"},
		{"import", "facilities", facilities},
		{"lookup", "urn:masjala:codes:cadres", "RN", "--json"},
		{"lookup", "urn:masjala:codes:cadres", "RN"},
		{"lookup", "urn:masjala:codes:cadres", "XX"},
		{"validate", "urn:masjala:codes:cadres", "NUR"},
		{"validate", "urn:masjala:codes:cadres", "XX"},
		{"validate", "urn:masjala:codes:cadres", "RN", "--value-set", "urn:masjala:codes:cadres:all", "--json"},
		{"expand", "urn:masjala:codes:cadres:all"},
		{"expand", "urn:masjala:codes:cadres:all", "--filter", "mid", "--count", "1"},
		{"subsumes", "urn:masjala:codes:cadres", "NUR", "RN"},
		{"translate", "urn:masjala:codes:cadres", "RN", "--map", "http://example.org/none"},
		{"sync", "list", "--json"},
		{"sync", "status"},
		{"sync", "run", "nowhere"},
		{"token", "revoke", "nobody"},
		{"import", "facilities", codes, "--map", write(t, "map.yaml", "kind: facilities\ncolums: []\n")},
	}
	idle, served := t.TempDir(), t.TempDir()
	done(t, "token", "create", "--role", "reader", "--name", "a", "--data", idle)
	done(t, "token", "create", "--role", "reader", "--name", "a", "--data", served)
	serveProgram(t, served, "--open")
	for _, line := range lines {
		t.Run(strings.Join(line[:2], " "), func(t *testing.T) {
			here := masjala(t, append(line, "--data", idle)...)
			there := masjala(t, append(line, "--data", served)...)
			if here.status != there.status {
				t.Errorf("%v: status %d here, %d in the server\n%s\n%s", line, here.status, there.status, here.err, there.err)
			}
			if diff := cmp.Diff(steady(here.out), steady(there.out)); diff != "" {
				t.Errorf("%v prints something else in the server:\n%s", line, diff)
			}
			if diff := cmp.Diff(steady(here.err), steady(there.err)); diff != "" {
				t.Errorf("%v complains otherwise in the server:\n%s", line, diff)
			}
		})
	}
}

// steady takes out of a result what no two runs have in common: identities, times, seconds.
func steady(text string) string {
	var v any
	if json.Unmarshal([]byte(text), &v) == nil {
		data, _ := json.Marshal(stripped(v))
		return string(data)
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if at := strings.Index(line, " in 0."); at > 0 {
			lines[i] = line[:at] + line[at+len(" in 0.0 s"):]
		}
	}
	return strings.Join(lines, "\n")
}

func stripped(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"run", "started", "seconds", "created", "resource"} {
			delete(v, key)
		}
		for key := range v {
			v[key] = stripped(v[key])
		}
	case []any:
		for i := range v {
			v[i] = stripped(v[i])
		}
	}
	return v
}

func TestExitStatuses(t *testing.T) {
	data := t.TempDir()
	bad := write(t, "facilities.csv", "Facility code,Facility name,Region,Latitude,Longitude\nF-1,Good,North,1.5,36\nF-2,,North,95,36\n")
	done(t, "import", "codes", write(t, "cadres.csv", codesCSV), "--data", data)
	tests := map[string]struct {
		args []string
		want int
		say  string
	}{
		"done":                   {[]string{"version"}, statusDone, ""},
		"help":                   {[]string{"--help"}, statusDone, ""},
		"no such command":        {[]string{"imprt"}, statusUsage, `did you mean "masjala import"?`},
		"no such subcommand":     {[]string{"import", "facilty"}, statusUsage, `there is no command "masjala import facilty"`},
		"no such flag":           {[]string{"version", "--loud"}, statusUsage, "unknown flag"},
		"too few arguments":      {[]string{"lookup", "a"}, statusUsage, "takes the URI of a code system and a code"},
		"no run to undo":         {[]string{"import", "undo"}, statusUsage, "takes a run of masjala import runs"},
		"two runs to list":       {[]string{"import", "runs", "a", "b"}, statusUsage, "takes a run at most"},
		"no such run":            {[]string{"import", "runs", "a"}, statusFailed, "there was no import \"a\""},
		"no such role":           {[]string{"token", "create", "--role", "root", "--name", "x"}, statusUsage, "there is no role"},
		"a flag that is missing": {[]string{"token", "create", "--name", "x"}, statusUsage, "needs --role and --name"},
		"no such file":           {[]string{"import", "facilities", "absent.xlsx"}, statusUsage, "there is no file absent.xlsx"},
		"a wrong setting":        {[]string{"serve", "--listen", "nowhere"}, statusUsage, "is not an address with a port"},
		"open to the world":      {[]string{"serve", "--open", "--listen", "0.0.0.0:0"}, statusUsage, "needs a loopback address"},
		"not found":              {[]string{"lookup", "urn:masjala:codes:cadres", "XX"}, statusFailed, "XX"},
		"a code that is wrong":   {[]string{"validate", "urn:masjala:codes:cadres", "XX"}, statusProblems, ""},
		"rows that need a look":  {[]string{"import", "facilities", bad}, statusProblems, ""},
		"no server there":        {[]string{"token", "list", "--server", "http://127.0.0.1:1"}, statusFailed, "cannot be reached"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := masjala(t, append(tc.args, "--data", data)...)
			if got.status != tc.want {
				t.Errorf("status %d, want %d\n%s%s", got.status, tc.want, got.out, got.err)
			}
			has(t, got.err, tc.say)
			if tc.want == statusFailed || tc.want == statusUsage {
				if got.out != "" {
					t.Errorf("it failed but printed a result: %s", got.out)
				}
			}
		})
	}
}

func TestDataDirectoryThatIsNotThere(t *testing.T) {
	got := masjala(t, "lookup", "a", "b", "--data", filepath.Join(t.TempDir(), "absent"))
	if got.status != statusFailed {
		t.Errorf("status %d, want %d", got.status, statusFailed)
	}
	has(t, got.err, "there is no data directory", "--data")
}

func TestImportFiles(t *testing.T) {
	testutil.Requirement(t, "FRF-8")
	data, folder := t.TempDir(), t.TempDir()
	list, saved, issues := write(t, "facilities.csv", facilitiesCSV), filepath.Join(folder, "map.yaml"), filepath.Join(folder, "issues.csv")
	first := masjala(t, "import", "facilities", list, "--data", data, "--json", "--save-map", saved, "--issues", issues)
	report := object(t, first.out)
	if report["rows"] != 3.0 {
		t.Errorf("got %v rows, want 3", report["rows"])
	}
	forOwner(t, issues)
	for path, want := range map[string]string{saved: "Facility name", issues: "Sheet,Row,Column,Value,Severity,Reason,Proposed fix,Rule"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		has(t, string(text), want)
	}
	again := object(t, masjala(t, "import", "facilities", list, "--data", data, "--json", "--map", saved).out)
	for _, c := range again["counts"].([]any) {
		counts := c.(map[string]any)
		if counts["create"] != 0.0 || counts["update"] != 0.0 {
			t.Errorf("the same list again with its own mapping: %v, want nothing created or updated", counts)
		}
	}
}

// A list comes back as a workbook with what became of each row, the same from a running server; imported
// again it changes nothing.
func TestImportMarksTheList(t *testing.T) {
	testutil.Requirement(t, "FRF-8")
	data, folder := t.TempDir(), t.TempDir()
	list := write(t, "facilities.csv", facilitiesCSV+"F-004,,South,Gamma,Clinic,,,Closed\n")
	back := func(name, file string) [][]string {
		t.Helper()
		path := filepath.Join(folder, name)
		masjala(t, "import", "facilities", file, "--data", data, "--marked", path)
		forOwner(t, path)
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := f.GetRows(f.GetSheetList()[0])
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	statuses := func(rows [][]string) []string {
		var out []string
		at := slices.Index(rows[0], importers.StatusHeading)
		for _, r := range rows[1:] {
			out = append(out, r[at])
		}
		return out
	}
	first := back("first.xlsx", list)
	if got, want := statuses(first), []string{"new", "new", "new", "not imported"}; !slices.Equal(got, want) {
		t.Errorf("statuses %q, want %q", got, want)
	}
	if id := first[1][slices.Index(first[0], importers.IDHeading)]; id == "" {
		t.Error("the row of a new facility has no id")
	}
	serveProgram(t, data)
	if got, want := statuses(back("second.xlsx", filepath.Join(folder, "first.xlsx"))), []string{"unchanged", "unchanged", "unchanged", "not imported"}; !slices.Equal(got, want) {
		t.Errorf("the marked list again: %q, want %q", got, want)
	}
}

func TestImportIsUndone(t *testing.T) {
	data := t.TempDir()
	list := write(t, "facilities.csv", facilitiesCSV)
	imported := object(t, masjala(t, "import", "facilities", list, "--data", data, "--json").out)
	run := imported["run"].(string)
	has(t, done(t, "import", "runs", "--data", data), run, "facilities.csv", "done")
	has(t, done(t, "import", "runs", run, "--data", data, "--count", "2"), "create", "facilities.csv", "--after 0-2")
	has(t, done(t, "import", "runs", run, "--data", data, "--after", "0-2", "--json"), `"resource":"Location/`, `"row":2`)
	copied := filepath.Join(t.TempDir(), "copy.csv")
	has(t, done(t, "import", "original", run, copied, "--data", data), "facilities.csv")
	if text, err := os.ReadFile(copied); err != nil || string(text) != facilitiesCSV {
		t.Errorf("the list as it was given is %q, %v", text, err)
	}
	if again := masjala(t, "import", "original", run, copied, "--data", data); again.status == statusDone {
		t.Error("a file was written over")
	}
	has(t, done(t, "import", "undo", run, "--data", data, "--dry-run"), "nothing changed", "0 left as they are")
	serveProgram(t, data)
	has(t, done(t, "import", "undo", run, "--data", data), "undone", "0 as before, 0 left as they are")
	has(t, done(t, "import", "runs", "--data", data), "undone ")
	again := masjala(t, "import", "undo", run, "--data", data)
	if again.status != statusFailed {
		t.Errorf("undone twice: status %d, want %d", again.status, statusFailed)
	}
	has(t, again.err, "was undone on")
	none := masjala(t, "import", "undo", "nonsense", "--data", data)
	if none.status != statusFailed {
		t.Errorf("a run that never was: status %d, want %d", none.status, statusFailed)
	}
	has(t, none.err, "there was no import")
}

func TestTokenWorksOverHTTP(t *testing.T) {
	data := t.TempDir()
	s := serveProgram(t, data)
	token := strings.TrimSpace(done(t, "token", "create", "--role", "admin", "--name", "boss", "--data", data))
	there := []string{"--server", s.serving.URL, "--json"}
	if got := masjala(t, append([]string{"token", "list"}, there...)...); got.status != statusFailed {
		t.Errorf("without a token: status %d, want %d", got.status, statusFailed)
	}
	has(t, done(t, append([]string{"token", "list", "--token", token}, there...)...), `"boss"`)
	reader := strings.TrimSpace(done(t, append([]string{"token", "create", "--role", "reader", "--name", "r", "--token", token}, there[:2]...)...))
	got := masjala(t, append([]string{"token", "list", "--token", reader}, there...)...)
	if got.status != statusFailed {
		t.Errorf("a reader lists tokens: status %d, want %d", got.status, statusFailed)
	}
	has(t, got.err, "admin")
	done(t, "token", "revoke", "boss", "--data", data)
	if got := masjala(t, append([]string{"token", "list", "--token", token}, there...)...); got.status != statusFailed {
		t.Errorf("a revoked token: status %d, want %d", got.status, statusFailed)
	}
}

func TestOpenServerStillWantsATokenForCommands(t *testing.T) {
	s := serveProgram(t, t.TempDir(), "--open")
	got := masjala(t, "token", "create", "--role", "admin", "--name", "x", "--server", s.serving.URL)
	if got.status != statusFailed {
		t.Errorf("status %d, want %d: a web page could do that", got.status, statusFailed)
	}
}

func TestServerJSON(t *testing.T) {
	data := t.TempDir()
	s := serveProgram(t, data, "--open")
	path := filepath.Join(data, "server.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("server.json has the mode %v, want 0600", info.Mode().Perm())
	}
	s.stop(t)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("after the end of the server: %v, want that the file is gone", err)
	}
	s = serveProgram(t, data, "--open")
	s.kill()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("after a kill: %v, want that the file is left behind", err)
	}
	done(t, "token", "create", "--role", "reader", "--name", "x", "--data", data)
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("after the next command: %v, want that the stale file is gone", err)
	}
}

func TestSecondServerIsRefused(t *testing.T) {
	data := t.TempDir()
	serveProgram(t, data, "--open")
	got := masjala(t, "serve", "--open", "--listen", "127.0.0.1:0", "--data", data)
	if got.status != statusFailed {
		t.Errorf("status %d, want %d", got.status, statusFailed)
	}
	has(t, got.err, "is in use by process", "masjala serve")
}

func TestDoctorFindsOpenDoors(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about access there")
	}
	data := t.TempDir()
	if err := os.Chmod(data, 0o700); err != nil {
		t.Fatal(err)
	}
	has(t, done(t, "doctor", "--data", data), "ok", "database", "concepts")
	if err := os.Chmod(data, 0o755); err != nil {
		t.Fatal(err)
	}
	got := masjala(t, "doctor", "--data", data, "--json")
	if got.status != statusProblems {
		t.Errorf("status %d, want %d", got.status, statusProblems)
	}
	has(t, got.out, `"name":"permissions","ok":false`)
}

func TestSyncThatCannotReachItsSourceFails(t *testing.T) {
	data := t.TempDir()
	settings := "sync: {sources: [{name: nation, url: \"http://127.0.0.1:1/fhir\", timeout: 1s}]}\n"
	if err := os.WriteFile(filepath.Join(data, "masjala.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	got := masjala(t, "sync", "run", "nation", "--data", data, "--json")
	if got.status != statusFailed {
		t.Errorf("status %d, want %d", got.status, statusFailed)
	}
	has(t, got.err, "nation", "was not followed to the end")
	has(t, object(t, got.out)["error"].(string), "127.0.0.1:1")
	status := masjala(t, "sync", "status", "--data", data)
	if status.status != statusProblems {
		t.Errorf("sync status: %d, want %d", status.status, statusProblems)
	}
	has(t, status.out, "broke off")
}
