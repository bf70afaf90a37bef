package api_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/fhir/search"
	"masjala/fhir/xml"
	"masjala/store"
	"masjala/store/sqlite"
)

// server is a whole server on a store of its own, reached over loopback.
type server struct {
	t     testing.TB
	api   *api.Server
	store store.Store
	base  string // "http://127.0.0.1:…/fhir"
	log   *bytes.Buffer
	http  *http.Client
}

// serve starts a server; change may alter its options.
func serve(t testing.TB, change func(*api.Options)) *server {
	t.Helper()
	return serveOn(t, func(ln net.Listener) net.Listener { return ln }, change)
}

// serveOn starts a server on a listener made of one of loopback.
func serveOn(t testing.TB, wrap func(net.Listener) net.Listener, change func(*api.Options)) *server {
	t.Helper()
	st, err := sqlite.Open(t.TempDir(), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, store: st, log: &bytes.Buffer{}, http: &http.Client{Transport: &http.Transport{}, Timeout: 20 * time.Second}}
	opt := api.Options{
		Store: st, Registries: store.NewRegistries(store.PlainRegistry(search.Types()...)), Version: "test",
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
	}
	if change != nil {
		change(&opt)
	}
	s.api = api.New(opt)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + ln.Addr().String() + "/fhir"
	done := make(chan error, 1)
	go func() { done <- s.api.Listen(wrap(ln)) }()
	t.Cleanup(func() {
		s.http.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.api.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown = %v, want no error", err)
		}
		if err := <-done; err != nil {
			t.Errorf("Listen = %v after Shutdown, want no error", err)
		}
		if err := st.Close(); err != nil {
			t.Errorf("Close = %v, want no error", err)
		}
	})
	return s
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// get returns a value of the body by its gjson path.
func (a answer) get(path string) string { return gjson.Get(a.body, path).String() }

// do sends a request. Headers are given as "Name: value"; path is below the base or absolute.
func (s *server) do(method, path, body string, headers ...string) answer {
	s.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = s.base + path
	}
	req, err := http.NewRequest(method, path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range headers {
		name, value, ok := strings.Cut(h, ": ")
		if !ok {
			continue
		}
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Add(name, value)
	}
	if body != "" && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/fhir+json")
	}
	res, err := s.http.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	a := answer{res.StatusCode, res.Header, string(b)}
	s.valid(method, path, a)
	return a
}

// valid checks what holds for every answer below the base: a body is one valid resource,
// and that of a failure an OperationOutcome that shows nothing of the inside (Z-7).
func (s *server) valid(method, path string, a answer) {
	s.t.Helper()
	if a.body == "" || !strings.HasPrefix(path, s.base) || a.header.Get("Content-Encoding") != "" {
		return
	}
	body, err := []byte(a.body), error(nil)
	if strings.Contains(a.header.Get("Content-Type"), "xml") {
		body, err = xml.ToJSON(body)
	}
	var r *fhir.Resource
	if err == nil {
		r, err = fhir.Parse(body)
	}
	if err == nil {
		err = profile.Check(r)
	}
	if err != nil {
		s.t.Errorf("%s %s: the answer is not a valid resource: %v\n%s", method, path, err, a.body)
		return
	}
	if a.status >= 400 && r.Type != "OperationOutcome" {
		s.t.Errorf("%s %s = %d with a %s, want an OperationOutcome", method, path, a.status, r.Type)
	}
	if inside := regexp.MustCompile(`(?i)goroutine|panic|sqlite|select .* from|\.go:\d+`).FindString(a.body); a.status >= 400 && inside != "" {
		s.t.Errorf("%s %s shows %q of the inside", method, path, inside)
	}
	if a.header.Get("X-Request-Id") == "" {
		s.t.Errorf("%s %s: no X-Request-Id", method, path)
	}
}

// must sends a request that has to succeed.
func (s *server) must(method, path, body string, headers ...string) answer {
	s.t.Helper()
	a := s.do(method, path, body, headers...)
	if a.status >= 400 {
		s.t.Fatalf("%s %s = %d, want success: %s", method, path, a.status, a.body)
	}
	return a
}

// org is an Organization with an id, which may be empty, and a name.
func org(id, name string) string {
	if id == "" {
		return `{"resourceType":"Organization","name":"` + name + `"}`
	}
	return `{"resourceType":"Organization","id":"` + id + `","identifier":[{"system":"urn:test","value":"` + id + `"}],"name":"` + name + `"}`
}
