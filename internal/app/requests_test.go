package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"masjala/internal/command"
)

// Commands over HTTP leave a line each in the log of requests, once they have answered, and
// so do those that are refused.
func TestCommandsAreInTheLogOfRequests(t *testing.T) {
	c := settings(t)
	c.Log.Requests = filepath.Join(c.Data, "requests.log")
	a := open(t, c)
	token := create(t, a, "officer", "reader")
	note, _ := serve(t, a)
	runner := &command.Client{URL: note.URL, Token: token, HTTP: client(t, nil)}
	if _, err := runner.Run(t.Context(), command.Call{Name: "sync-list", Args: json.RawMessage(`{}`)}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := runner.Run(t.Context(), command.Call{Name: "token-list"}, nil); err == nil {
		t.Fatal("a reader may list tokens")
	}
	want := []string{`"path":"/api/commands/sync-list","status":200`, `"actor":"officer"`, `"path":"/api/commands/token-list","status":403`}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		text, err := os.ReadFile(c.Log.Requests)
		if err != nil {
			t.Fatal(err)
		}
		missing := ""
		for _, w := range want {
			if !strings.Contains(string(text), w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the log lacks %s:\n%s", missing, text)
		}
	}
}
