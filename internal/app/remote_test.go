package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/internal/app"
	"masjala/internal/command"
	"masjala/internal/config"
)

// remote serves a program with these settings and returns a client of its commands.
func remote(t *testing.T, c *config.Config) *command.Client {
	t.Helper()
	note, _ := serve(t, open(t, c))
	return &command.Client{URL: note.URL, Token: note.Token, HTTP: client(t, nil)}
}

func file(t *testing.T, name, text string) command.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return command.File{Name: name, Path: path}
}

func TestUploadsAreLimitedAndSweptAway(t *testing.T) {
	c := settings(t)
	c.Limits.Upload = 64 << 10
	runner := remote(t, c)
	tests := map[string]struct {
		call command.Call
		want fhir.Kind
		done bool
	}{
		"a list":            {command.Call{Name: "import-codes", Files: []command.File{file(t, "list.csv", "Code,Display\nA,Alpha\nB,Beta\n")}}, 0, true},
		"more than allowed": {command.Call{Name: "import-codes", Files: []command.File{file(t, "long.csv", "Code,Display\n"+strings.Repeat("A,Alpha\n", 100_000))}}, fhir.TooLarge, false},
		"no such command":   {command.Call{Name: "erase-everything"}, fhir.NotFound, false},
		"two files":         {command.Call{Name: "import-codes", Files: []command.File{file(t, "a.csv", "x"), file(t, "b.csv", "x")}}, fhir.Invalid, false},
		"not a table":       {command.Call{Name: "import-codes", Files: []command.File{file(t, "a.xlsx", "PK\x03\x04nonsense")}}, fhir.Invalid, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			result, err := runner.Run(t.Context(), tc.call, nil)
			switch {
			case tc.done && err != nil:
				t.Errorf("got %v, want that it is done", err)
			case tc.done && !strings.Contains(string(result.Value), `"rows":2`):
				t.Errorf("got %s, want two rows", result.Value)
			case !tc.done && fhir.KindOf(err) != tc.want:
				t.Errorf("got %v, want kind %d", err, tc.want)
			}
		})
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		left, err := os.ReadDir(filepath.Join(c.Data, "scratch"))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d uploads are left in the scratch folder, want none", len(left))
		}
	}
}

// A folder goes to the server as a whole.
func TestFolderIsImportedThroughTheServer(t *testing.T) {
	runner := remote(t, settings(t))
	folder := t.TempDir()
	resource := `{"resourceType":"CodeSystem","url":"http://example.org/colours","status":"active","content":"complete","concept":[{"code":"red","display":"Red"}]}`
	for name, text := range map[string]string{"package.json": `{"name":"colours","version":"1.0.0"}`, "CodeSystem-colours.json": resource} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	result, err := runner.Run(t.Context(), command.Call{Name: "import-package", Files: []command.File{{Name: "colours", Path: folder}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var done app.Imported
	if err := json.Unmarshal(result.Value, &done); err != nil {
		t.Fatal(err)
	}
	if done.Of("CodeSystem").Create != 1 || done.Actor != app.LocalActor || done.File != "colours" {
		t.Errorf("got %d code systems by %q from %q, want 1 by %q from the folder", done.Of("CodeSystem").Create, done.Actor, done.File, app.LocalActor)
	}
	args := json.RawMessage(`{"name":"lookup","type":"CodeSystem","parameters":[{"name":"system","value":"http://example.org/colours"},{"name":"code","value":"red"}]}`)
	answer, err := runner.Run(t.Context(), command.Call{Name: "operation", Args: args}, nil)
	if err != nil || !strings.Contains(string(answer.Value), `"Red"`) {
		t.Errorf("lookup = %s, %v, want the display", answer.Value, err)
	}
}
