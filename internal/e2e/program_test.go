package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// The programs that tests run, built by TestMain: the one under test, and the one that
// compares two servers.
var binary, comparer string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "e2e-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary, comparer = filepath.Join(dir, "masjala"), filepath.Join(dir, "compare")
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "masjala/cmd/masjala", "masjala/internal/e2e/compare")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// masjala runs one command and returns its standard output. Exit status 3 (done, some rows
// need a look) is as good as 0.
func masjala(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 3 {
		err = nil
	}
	if err != nil {
		t.Fatalf("masjala %v: %v\n%s", args, err, errs.Bytes())
	}
	return out.Bytes()
}

// server is a running program.
type server struct {
	base  string // FHIR base address
	token string // of an admin, as long as it runs
	cmd   *exec.Cmd
	done  chan struct{}
}

// start starts a server on a data directory; the test's end stops it. Its address comes from
// server.json.
func start(t *testing.T, data string, args ...string) *server {
	t.Helper()
	return startAs(t, exec.Command(binary), data, args...)
}

// startAs is start by another command that takes the arguments of the program.
func startAs(t *testing.T, cmd *exec.Cmd, data string, args ...string) *server {
	t.Helper()
	os.Remove(filepath.Join(data, "server.json"))
	s := &server{cmd: cmd, done: make(chan struct{})}
	log := &bytes.Buffer{}
	cmd.Args = append(cmd.Args, append([]string{"serve", "--data", data, "--listen", "127.0.0.1:0", "--open"}, args...)...)
	s.cmd.Stderr = log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		s.cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(s.stop)
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.done:
			t.Fatalf("the server ended: %s", log)
		default:
		}
		var known struct{ URL, Token string }
		text, err := os.ReadFile(filepath.Join(data, "server.json"))
		if err != nil || json.Unmarshal(text, &known) != nil || known.URL == "" {
			continue
		}
		if res, err := http.Get(known.URL + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				s.base, s.token = known.URL+"/fhir", known.Token
				return s
			}
		}
	}
	t.Fatal("the server was not ready in 30 s")
	return nil
}

// stop ends the server in peace.
func (s *server) stop() {
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		s.kill()
	}
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	s.cmd.Process.Kill()
	<-s.done
}

// get fetches a JSON document.
func get(t *testing.T, url string) gjson.Result {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s = %d %s", url, res.StatusCode, body)
	}
	return gjson.ParseBytes(body)
}

// walk fetches a Bundle and those its next links lead to.
func walk(t *testing.T, url string) []gjson.Result {
	t.Helper()
	var pages []gjson.Result
	for url != "" {
		page := get(t, url)
		pages = append(pages, page)
		url = page.Get(`link.#(relation=="next").url`).String()
	}
	return pages
}
