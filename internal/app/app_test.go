package app_test

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/internal/app"
	"masjala/internal/command"
	"masjala/internal/config"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// fasthttp has workers for the whole process, and one per server that ends within ten seconds.
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp/stackless.funcWorker"),
	)
}

// settings are those of a program with a data directory of its own on a free port.
func settings(t *testing.T) *config.Config {
	t.Helper()
	c := config.Default()
	c.Data, c.Listen = t.TempDir(), "127.0.0.1:0"
	return c
}

func options(purpose string) app.Options {
	return app.Options{Purpose: purpose, Version: "test", Log: slog.New(slog.DiscardHandler)}
}

func open(t *testing.T, c *config.Config) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), c, options("a test"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// serve serves a until the test ends, or stop is called, which waits.
func serve(t *testing.T, a *app.App) (note app.Announcement, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan app.Announcement, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, func(n app.Announcement) { ready <- n }) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	}
	t.Cleanup(stop)
	select {
	case note = <-ready:
	case err := <-ended:
		stopped = true
		t.Fatalf("Serve: %v", err)
	}
	return note, stop
}

func TestDirectoryIsForOneProcess(t *testing.T) {
	c := settings(t)
	first := open(t, c)
	_, err := app.Open(t.Context(), c, options("another"))
	if fhir.KindOf(err) != fhir.Busy || !strings.Contains(err.Error(), "a test") {
		t.Errorf("got %v, want Busy with what the holder does", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := app.Open(t.Context(), c, options("another"))
	if err != nil {
		t.Fatalf("after the first is closed: %v", err)
	}
	second.Close()
}

func TestOpenRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	source := func(change func(*config.Source)) func(*config.Config) {
		return func(c *config.Config) {
			s := config.Source{Name: "nation", URL: "https://registry.example.org/fhir", Rule: "upstream"}
			change(&s)
			c.Sync.Sources = append(c.Sync.Sources, s)
		}
	}
	tests := map[string]struct {
		change func(*config.Config)
		kind   fhir.Kind
		say    string
	}{
		"no directory":         {func(c *config.Config) { c.Data = filepath.Join(c.Data, "absent") }, fhir.NotFound, "no data directory"},
		"a file":               {func(c *config.Config) { c.Data = file }, fhir.Invalid, "not a data directory"},
		"source with no name":  {source(func(s *config.Source) { s.Name = "" }), fhir.Invalid, "name"},
		"source with no URL":   {source(func(s *config.Source) { s.URL = "registry" }), fhir.Invalid, "nation"},
		"source with bad cron": {source(func(s *config.Source) { s.Schedule = "often" }), fhir.Invalid, "often"},
		"source with bad zone": {source(func(s *config.Source) { s.Schedule, s.Timezone = "0 2 * * *", "Mars" }), fhir.Invalid, "Mars"},
		"source with bad rule": {source(func(s *config.Source) { s.Rule = "mine" }), fhir.Invalid, "mine"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := settings(t)
			tc.change(c)
			_, err := app.Open(t.Context(), c, options("a test"))
			if fhir.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.say) {
				t.Errorf("got %v, want kind %d with %q", err, tc.kind, tc.say)
			}
		})
	}
}

// A directory whose opening failed half-way must be free again.
func TestFailedOpenLetsGo(t *testing.T) {
	c := settings(t)
	c.Sync.Sources = []config.Source{{Name: "nation"}}
	if _, err := app.Open(t.Context(), c, options("a test")); err == nil {
		t.Fatal("got no error for a source without address")
	}
	c.Sync.Sources = nil
	open(t, c)
}

func TestCommandsRefuseWhatTheyDoNotKnow(t *testing.T) {
	a := open(t, settings(t))
	tests := map[string]struct {
		call command.Call
		kind fhir.Kind
	}{
		"an unknown command":   {command.Call{Name: "format-disk"}, fhir.NotFound},
		"an unknown argument":  {command.Call{Name: "token-list", Args: json.RawMessage(`{"loud":true}`)}, fhir.Invalid},
		"arguments of no kind": {command.Call{Name: "token-list", Args: json.RawMessage(`[]`)}, fhir.Invalid},
		"no file":              {command.Call{Name: "import-facilities"}, fhir.Invalid},
		"a broken mapping":     {command.Call{Name: "import-facilities", Files: make([]command.File, 1), Args: json.RawMessage(`{"map":"{"}`)}, fhir.Invalid},
		"an unknown operation": {command.Call{Name: "operation", Args: json.RawMessage(`{"name":"erase","type":"CodeSystem"}`)}, fhir.NotFound},
		"a format of no name":  {command.Call{Name: "export-list", Args: json.RawMessage(`{"kind":"facilities","format":"XLSX"}`), Give: nowhere}, fhir.Invalid},
		"a file that is gone":  {command.Call{Name: "import-facilities", Files: []command.File{{Name: "a.xlsx", Path: "/no/such/a.xlsx"}}}, fhir.Invalid},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := a.Run(t.Context(), tc.call, nil); fhir.KindOf(err) != tc.kind {
				t.Errorf("got %v, want kind %d", err, tc.kind)
			}
		})
	}
}

// nowhere gives no file to write to.
func nowhere(string) (io.WriteCloser, error) { return nil, fs.ErrPermission }

func TestEveryCommandNeedsARole(t *testing.T) {
	a := open(t, settings(t))
	for name, want := range map[string]string{"operation": "reader", "import-codes": "editor", "import-values": "editor", "sync-run": "editor", "token-create": "admin", "doctor": "admin"} {
		if got, err := a.Needs(name); err != nil || string(got) != want {
			t.Errorf("Needs(%s) = %q, %v, want %q", name, got, err, want)
		}
	}
	if _, err := a.Needs("nothing"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}

// Personal data must not be readable by others, even in a directory that they may enter.
func TestFilesAreForTheOwner(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes say nothing about access there")
	}
	c := settings(t)
	if err := os.Chmod(c.Data, 0o755); err != nil {
		t.Fatal(err)
	}
	open(t, c)
	for _, name := range []string{"masjala.db", "masjala.db-wal", "masjala.lock"} {
		info, err := os.Stat(filepath.Join(c.Data, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v, want none for others", name, info.Mode().Perm())
		}
	}
}

func TestExportsAreNotCalledLikeLists(t *testing.T) {
	for name, want := range map[string]string{"sites": "", "facilities": "needs another name", "maps": "needs another name", "si tes": "letters, digits"} {
		c := settings(t)
		c.Exports = []config.Export{{Name: name, Type: "Location", Columns: []string{"id"}, To: "a.csv"}}
		a, err := app.Open(t.Context(), c, options("a test"))
		if err == nil {
			err = a.Close()
		}
		if (err == nil) != (want == "") || err != nil && (fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), want)) {
			t.Errorf("an export called %q gives %v", name, err)
		}
	}
}
