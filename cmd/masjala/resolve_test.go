package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"masjala/internal/testutil"
)

// putLocation stores a Location on an open server.
func putLocation(t *testing.T, base, name string) {
	t.Helper()
	body := fmt.Sprintf(`{"resourceType":"Location","id":"a","name":%q}`, name)
	req, err := http.NewRequest("PUT", base+"/Location/a", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode >= 300 {
		t.Fatalf("PUT %s = %s", base, res.Status)
	}
}

// What was changed on both sides waits until somebody decides at the command line.
func TestConflictIsDecidedByACommand(t *testing.T) {
	testutil.Requirement(t, "SYN-3", "MD-91-14")
	above := serveProgram(t, t.TempDir(), "--open")
	base := above.serving.URL + "/fhir"
	data := t.TempDir()
	settings := fmt.Sprintf("sync: {sources: [{name: nation, url: %q, rule: hold}]}\n", base)
	if err := os.WriteFile(filepath.Join(data, "masjala.yaml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	putLocation(t, base, "First")
	here := serveProgram(t, data, "--open")
	done(t, "sync", "run", "nation", "--data", data)
	putLocation(t, base, "There")
	putLocation(t, here.serving.URL+"/fhir", "Here")
	got := masjala(t, "sync", "run", "nation", "--data", data)
	if got.status != statusProblems {
		t.Errorf("a run with a conflict ended with %d, want %d\n%s%s", got.status, statusProblems, got.out, got.err)
	}
	for _, line := range [][]string{
		{"sync", "resolve", "nation", "Location/none", "--keep", "local"},
		{"sync", "resolve", "nation", "Location/a"},
		{"sync", "resolve", "nowhere", "Location/a", "--keep", "local"},
	} {
		if got := masjala(t, append(line, "--data", data)...); got.status == 0 {
			t.Errorf("%v ended well: %s", line, got.out)
		}
	}
	has(t, done(t, "sync", "resolve", "nation", "Location/a", "--keep", "upstream", "--data", data), "upstream version of Location/a")
	has(t, masjala(t, "sync", "run", "nation", "--data", data).out, "settled Location/a", "the upstream version was taken")
	res, err := http.Get(here.serving.URL + "/fhir/Location/a")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var body bytes.Buffer
	if _, err := body.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	has(t, body.String(), `"name":"There"`)
	has(t, done(t, "sync", "status", "nation", "--data", data), "done")
}
