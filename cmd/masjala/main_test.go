package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram is the variable that makes the test binary be the program itself.
const asProgram = "MASJALA_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// program is the real program in a process of its own.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// outcome is what a command line came to.
type outcome struct {
	status   int
	out, err string
}

// masjala runs a command line to its end.
func masjala(t *testing.T, args ...string) outcome {
	t.Helper()
	cmd := program(t.Context(), args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if exit := (*exec.ExitError)(nil); !asExit(err, &exit) {
			t.Fatalf("masjala %v: %v", args, err)
		}
	}
	return outcome{status: cmd.ProcessState.ExitCode(), out: out.String(), err: errs.String()}
}

func asExit(err error, exit **exec.ExitError) (ok bool) {
	*exit, ok = err.(*exec.ExitError)
	return ok
}

// done runs a command line that must succeed and returns what it printed.
func done(t *testing.T, args ...string) string {
	t.Helper()
	o := masjala(t, args...)
	if o.status != statusDone {
		t.Fatalf("masjala %v: status %d, want %d\n%s%s", args, o.status, statusDone, o.out, o.err)
	}
	return o.out
}

// server is a running `masjala serve`.
type server struct {
	cmd     *exec.Cmd
	serving serving
	stderr  *bytes.Buffer
}

// serveProgram starts a server on a data directory and waits until it is ready. It is
// stopped at the end of the test.
func serveProgram(t *testing.T, data string, args ...string) *server {
	t.Helper()
	s := &server{stderr: &bytes.Buffer{}}
	s.cmd = program(context.Background(), append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--data", data}, args...)...)
	s.cmd.Stderr = s.stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(t) })
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the server said nothing: %v\n%s", err, s.stderr)
	}
	if err := json.Unmarshal(line, &s.serving); err != nil || !s.serving.Ready {
		t.Fatalf("the server said %s (%v), want that it is ready", line, err)
	}
	return s
}

// stop ends the server as an operator would, and fails when it does not end well.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if s.cmd.ProcessState != nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(30*time.Second, func() { s.cmd.Process.Kill() })
	defer late.Stop()
	if err := s.cmd.Wait(); err != nil {
		t.Errorf("the server ended with %v\n%s", err, s.stderr)
	}
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// write makes a file in a new folder.
func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// object reads one JSON object.
func object(t *testing.T, text string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("not one JSON object: %v\n%s", err, text)
	}
	return v
}

func has(t *testing.T, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("got\n%s\nwant it to have %q", text, want)
		}
	}
}
