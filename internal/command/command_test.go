package command_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/internal/command"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type runFunc func(ctx context.Context, call command.Call, report func(command.Progress)) (command.Result, error)

func (f runFunc) Run(ctx context.Context, call command.Call, report func(command.Progress)) (command.Result, error) {
	return f(ctx, call, report)
}

// serve starts a server of the given runner and returns a client of it.
func serve(t *testing.T, runner command.Runner) *command.Client {
	t.Helper()
	dir := t.TempDir() // before the server, so that it is removed after the server has stopped
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer secret" {
			w.WriteHeader(http.StatusUnauthorized)
			io.WriteString(w, `{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Sign in."}]}`)
			return
		}
		name := strings.TrimPrefix(r.URL.Path, "/api/commands/")
		place, err := os.MkdirTemp(dir, "")
		if err != nil {
			t.Error(err)
		}
		call, err := command.Receive(name, r.Header.Get("Content-Type"), r.Body, place)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"issue":[{"details":{"text":%q}}]}`, err)
			return
		}
		http.NewResponseController(w).Flush()
		command.Serve(r.Context(), bufio.NewWriter(flusher{w}), runner, call)
	}))
	t.Cleanup(s.Close)
	return &command.Client{URL: s.URL + "/", Token: "secret", HTTP: s.Client()}
}

type flusher struct{ http.ResponseWriter }

func (f flusher) Write(p []byte) (int, error) {
	n, err := f.ResponseWriter.Write(p)
	http.NewResponseController(f.ResponseWriter).Flush()
	return n, err
}

func TestFilesAndFoldersArrive(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sheet := write("list.xlsx", strings.Repeat("sheet", 100_000))
	write("package/package.json", "{}")
	write("package/other/deep.json", `{"a":1}`)
	got := map[string]string{}
	client := serve(t, runFunc(func(_ context.Context, call command.Call, _ func(command.Progress)) (command.Result, error) {
		got["name"], got["args"] = call.Name, string(call.Args)
		for _, f := range call.Files {
			err := filepath.WalkDir(f.Path, func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				text, err := os.ReadFile(path)
				rel, _ := filepath.Rel(filepath.Dir(f.Path), path)
				got[f.Name+": "+filepath.ToSlash(rel)] = string(text)
				return err
			})
			if err != nil {
				return command.Result{}, err
			}
		}
		return command.Result{Value: json.RawMessage(`{"done":true}`), Problems: true}, nil
	}))
	result, err := client.Run(t.Context(), command.Call{
		Name: "import", Args: json.RawMessage(`{"dryRun":true}`),
		Files: []command.File{{Name: "my/list.xlsx", Path: sheet}, {Name: "package", Path: filepath.Join(dir, "package")}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if string(result.Value) != `{"done":true}` || !result.Problems {
		t.Errorf("got %s, problems %t, want what the runner returned", result.Value, result.Problems)
	}
	want := map[string]string{
		"name": "import", "args": `{"dryRun":true}`,
		"list.xlsx: list.xlsx":             strings.Repeat("sheet", 100_000),
		"package: package/package.json":    "{}",
		"package: package/other/deep.json": `{"a":1}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestProgressArrives(t *testing.T) {
	heard := make(chan struct{})
	client := serve(t, runFunc(func(_ context.Context, _ command.Call, report func(command.Progress)) (command.Result, error) {
		report(command.Progress{Step: "writing", Done: 3, Total: 9, Unit: "rows"})
		<-heard
		return command.Result{}, nil
	}))
	var got command.Progress
	result, err := client.Run(t.Context(), command.Call{Name: "x"}, func(p command.Progress) {
		if got == (command.Progress{}) {
			got = p
			close(heard)
		}
	})
	if want := (command.Progress{Step: "writing", Done: 3, Total: 9, Unit: "rows"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err != nil || string(result.Value) != "{}" {
		t.Errorf("got %s, %v, want an empty object", result.Value, err)
	}
}

func TestErrorsKeepTheirKind(t *testing.T) {
	tests := map[string]struct {
		err        error
		kind       fhir.Kind
		text, path string
	}{
		"for a user":      {fhir.Errorf(fhir.Unprocessable, "no column is a name").At("Sheet1!A1"), fhir.Unprocessable, "no column is a name", "Sheet1!A1"},
		"wrapped":         {fmt.Errorf("import: %w", fhir.Errorf(fhir.Full, "the disk is full")), fhir.Full, "the disk is full", ""},
		"not for a user":  {errors.New("secret path"), fhir.Internal, "The server could not finish the command; its log says why.", ""},
		"with its reason": {fhir.Errorf(fhir.Conflict, "taken").Because(errors.New("secret")), fhir.Conflict, "taken", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			client := serve(t, runFunc(func(context.Context, command.Call, func(command.Progress)) (command.Result, error) {
				return command.Result{}, tc.err
			}))
			_, err := client.Run(t.Context(), command.Call{Name: "x"}, nil)
			var got *fhir.Error
			if !errors.As(err, &got) || got.Kind != tc.kind || got.Error() != tc.text || got.Path != tc.path {
				t.Errorf("got %#v, want kind %d, text %q, path %q", err, tc.kind, tc.text, tc.path)
			}
		})
	}
}

func TestEveryKindHasItsOwnName(t *testing.T) {
	seen := map[string]fhir.Kind{}
	for kind := fhir.Internal; kind <= fhir.Full; kind++ {
		f := command.FailureOf(fhir.Errorf(kind, "text"))
		if other, taken := seen[f.Kind]; taken || f.Kind == "" {
			t.Errorf("kind %d is called %q as kind %d is", kind, f.Kind, other)
		}
		seen[f.Kind] = kind
		if got := fhir.KindOf(f.Err()); got != kind {
			t.Errorf("kind %d comes back as %d", kind, got)
		}
	}
}

func TestRefusalsAreErrorsWithTheirText(t *testing.T) {
	client := serve(t, nil)
	client.Token = "wrong"
	_, err := client.Run(t.Context(), command.Call{Name: "x"}, nil)
	if fhir.KindOf(err) != fhir.Unauthenticated || err.Error() != "Sign in." {
		t.Errorf("wrong token: got %v, want Unauthenticated with the server's text", err)
	}
	client.URL = "http://127.0.0.1:1"
	if _, err = client.Run(t.Context(), command.Call{Name: "x"}, nil); fhir.KindOf(err) != fhir.Busy {
		t.Errorf("no server: got %v, want Busy", err)
	}
	client.URL = "::"
	if _, err = client.Run(t.Context(), command.Call{Name: "x"}, nil); fhir.KindOf(err) != fhir.Invalid {
		t.Errorf("no address: got %v, want Invalid", err)
	}
}

func TestFileThatCannotBeReadIsNamed(t *testing.T) {
	client := serve(t, nil)
	call := command.Call{Name: "x", Files: []command.File{{Name: "gone.xlsx", Path: filepath.Join(t.TempDir(), "gone.xlsx")}}}
	_, err := client.Run(t.Context(), call, nil)
	if fhir.KindOf(err) != fhir.NotFound || !strings.Contains(err.Error(), "gone.xlsx") {
		t.Errorf("got %v, want NotFound with the name", err)
	}
}

func TestServerThatDiesIsBusy(t *testing.T) {
	client := serve(t, runFunc(func(context.Context, command.Call, func(command.Progress)) (command.Result, error) {
		panic(http.ErrAbortHandler)
	}))
	if _, err := client.Run(t.Context(), command.Call{Name: "x"}, nil); fhir.KindOf(err) != fhir.Busy {
		t.Errorf("got %v, want Busy", err)
	}
}

func TestCommandEndsWhenTheClientLeaves(t *testing.T) {
	started, ended := make(chan struct{}), make(chan struct{})
	client := serve(t, runFunc(func(ctx context.Context, _ command.Call, _ func(command.Progress)) (command.Result, error) {
		close(started)
		<-ctx.Done()
		close(ended)
		return command.Result{}, ctx.Err()
	}))
	ctx, leave := context.WithCancel(t.Context())
	go func() {
		<-started
		leave()
	}()
	if _, err := client.Run(ctx, command.Call{Name: "x"}, nil); err == nil {
		t.Error("got no error, want one")
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the command goes on although nobody waits for it")
	}
}

func TestReceiveRefuses(t *testing.T) {
	const form = "multipart/form-data; boundary=x"
	part := func(disposition, content string) string {
		return "--x\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n--x--\r\n"
	}
	tests := map[string]struct {
		contentType, body string
		want              fhir.Kind
	}{
		"JSON":                    {"application/json", "{}", fhir.UnsupportedMedia},
		"no boundary":             {"multipart/form-data", "", fhir.UnsupportedMedia},
		"half a form":             {form, "--x\r\nContent-Disposition: form-data; name=args\r\n\r\n{", fhir.Invalid},
		"args that are not JSON":  {form, part("name=args", "{"), fhir.Invalid},
		"args without end":        {form, part("name=args", `"`+strings.Repeat("a", 4<<20)+`"`), fhir.TooLarge},
		"an unknown field":        {form, part("name=other", ""), fhir.Invalid},
		"a folder that is no tar": {form, part(`name=folder; filename="a"`, strings.Repeat("z", 600)), fhir.Invalid},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := command.Receive("x", tc.contentType, strings.NewReader(tc.body), t.TempDir())
			if fhir.KindOf(err) != tc.want {
				t.Errorf("got %v, want kind %d", err, tc.want)
			}
		})
	}
}
