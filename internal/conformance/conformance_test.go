package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/testutil"
)

var update = flag.Bool("update", false, "rewrite golden files")

const rows = `# Rows
## 0. How
| Tag | Source |
|---|---|
| R4 | x |

## 1. First
| ID | Level | Requirement (our words) | Acceptance |
|---|---|---|---|
| A-1 | SHALL | read a\|b | check |
| A-2..4 | **SHOULD** | three | check |
| B-2, 6 | MAY | two | check |
| C-W1 | note | prose | check |

| Issue | Question |
|---|---|
| D-1 | not a requirement |

## 12. Contradictions
| ID | Where | Problem |
|---|---|---|
| E-1 | x | y |
`

const events = `
{"Action":"start","Package":"masjala/api"}
FAIL masjala/broken [build failed]
{"Action":"output","Package":"masjala/api","Test":"TestRead","Output":"    read_test.go:1: requirement: A-1 A-2 B-6 E-1\n"}
{"Action":"output","Package":"masjala/api","Test":"TestRead/deleted","Output":"    read_test.go:2: requirement: A-1\n"}
{"Action":"pass","Package":"masjala/api","Test":"TestRead/deleted"}
{"Action":"pass","Package":"masjala/api","Test":"TestRead"}
{"Action":"output","Package":"masjala/api","Test":"TestSkipped","Output":"    requirement: A-3\n"}
{"Action":"skip","Package":"masjala/api","Test":"TestSkipped"}
`

const statementsText = `
statements:
  - ids: [A-3, C-W1]
    status: later
    reason: needs a second engine
  - ids: ["B-*", A-4]
    status: not applicable
    reason: nobody asks
  - ids: [B-6]
    status: later
    partly: true
    reason: half of it stands
`

// files writes the inputs to a folder of their own and returns where they are.
func files(t *testing.T, tests, said string) options {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("reference/spec/requirements.md", rows)
	t.Setenv(testutil.ReferenceVariable, filepath.Join(dir, "reference"))
	return options{tests: write("test.json", tests), statements: write("said.yaml", said), page: filepath.Join(dir, "page.md")}
}

func TestPage(t *testing.T) {
	o := files(t, events, statementsText)
	o.cases = filepath.Join(filepath.Dir(o.page), "cases.json")
	cases := `[{"suite":"crud","id":"1","level":"must","ok":true},{"suite":"crud","id":"2","level":"should","ok":false},{"suite":"crud","id":"3","level":"must","ok":false,"skip":true}]`
	if err := os.WriteFile(o.cases, []byte(cases), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(o); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(o.page)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "page.md")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}

	o.cases = "" // the counts stay when there are no new ones
	if err := run(o); err != nil {
		t.Fatal(err)
	}
	again, err := os.ReadFile(o.page)
	if err != nil || string(again) != string(got) {
		t.Errorf("the page changed without new counts: %v\n%s", err, cmp.Diff(string(got), string(again)))
	}
}

func TestRunFails(t *testing.T) {
	tests := map[string]struct{ tests, said, want string }{
		"a requirement that nobody speaks of": {events, strings.Replace(statementsText, "A-3, ", "", 1), "A-3"},
		"a test that fails":                   {events + `{"Action":"fail","Package":"masjala/api","Test":"TestRead"}`, statementsText, "tests fail that mark A-1 A-2 B-6"},
		"an id that does not exist, marked":   {strings.Replace(events, "A-1 A-2", "A-1 A-2 Z-9", 1), statementsText, "no requirement has the id Z-9"},
		"an id that does not exist, stated":   {events, strings.Replace(statementsText, "A-3", "A-3, Z-8", 1), "no requirement has the id Z-8"},
		"a statement without a reason":        {events, "statements:\n  - ids: [A-3]\n    status: later\n", "a statement needs"},
		"a status of its own":                 {events, "statements:\n  - ids: [A-3]\n    status: soon\n    reason: x\n", "a statement needs"},
		"a key that is not known":             {events, "statement: []\n", "field statement not found"},
		"a run without tests":                 {"{}\n", statementsText, "no test that ended"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			err := run(files(t, tc.tests, tc.said))
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("run = %v, want %q", err, tc.want)
			}
		})
	}
}

func TestIDs(t *testing.T) {
	tests := map[string][]string{
		"A-1": {"A-1"}, "SV-96-1..3": {"SV-96-1", "SV-96-2", "SV-96-3"}, "IOLF-3, 9, 10": {"IOLF-3", "IOLF-9", "IOLF-10"},
		"MD-S-OAF-primary-organization": {"MD-S-OAF-primary-organization"}, "---": nil, "Signature": nil, "": nil,
	}
	for cell, want := range tests {
		if got := ids(cell); !slices.Equal(got, want) {
			t.Errorf("ids(%q) = %v, want %v", cell, got, want)
		}
	}
}

func TestRequirementsOfTheReference(t *testing.T) {
	list, err := readRequirements(filepath.Join(testutil.Reference(t), "spec", "requirements.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, q := range list {
		if seen[q.id] {
			t.Errorf("%s is there twice", q.id)
		}
		seen[q.id] = true
		if q.text == "" && !q.resolution {
			t.Errorf("%s has no text", q.id)
		}
	}
	for _, id := range []string{"TSWF-1", "MD-S-LOC-near", "SV-96-7", "IOLF-16", "APP-2", "HWR-PRO-2"} {
		if !seen[id] {
			t.Errorf("%s is missing", id)
		}
	}
	if len(list) < 418+25 {
		t.Errorf("%d rows, want at least 418 requirements and 25 resolutions", len(list))
	}
}
