package api_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"masjala/api"
	"masjala/fhir"
	"masjala/internal/testutil"
)

func TestBodyLimits(t *testing.T) {
	s := serve(t, func(o *api.Options) { o.Limits = api.Limits{Body: 4 << 10, Large: 64 << 10} })
	name := func(n int) string { return strings.Repeat("x", n) }
	tests := map[string]struct {
		path, body string
		status     int
	}{
		"resource within the limit":    {"/Organization", org("", name(3<<10)), 201},
		"resource beyond it":           {"/Organization", org("", name(5<<10)), 413},
		"resource far beyond it":       {"/Organization", org("", name(1<<20)), 413},
		"code system beyond it":        {"/CodeSystem", `{"resourceType":"CodeSystem","status":"active","content":"complete","title":"` + name(20<<10) + `"}`, 201},
		"bundle within its limit":      {"", bundle("batch", entry("", "POST", "Organization", org("", name(30<<10)), "")), 200},
		"bundle beyond it":             {"", bundle("batch", entry("", "POST", "Organization", org("", name(70<<10)), "")), 413},
		"form beyond the limit":        {"/Organization/_search", "name=" + name(5<<10), 413},
		"a request without being read": {"/Organization/none/no", name(300 << 10), 404},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			media := "application/fhir+json"
			if strings.HasSuffix(tc.path, "_search") {
				media = "application/x-www-form-urlencoded"
			}
			if a := s.do("POST", tc.path, tc.body, "Content-Type: "+media); a.status != tc.status {
				t.Errorf("POST %s of %d bytes = %d %.300s, want %d", tc.path, len(tc.body), a.status, a.body, tc.status)
			}
			if a := s.chunked(tc.path, tc.body, media); a != tc.status {
				t.Errorf("the same in chunks = %d, want %d", a, tc.status)
			}
		})
	}
}

func TestCompressedBodies(t *testing.T) {
	testutil.Requirement(t, "R4-15")
	s := serve(t, func(o *api.Options) { o.Limits = api.Limits{Body: 4 << 10, Large: 64 << 10} })
	whole := zipped(t, org("", "A"))
	tests := map[string]struct {
		path, body string
		status     int
	}{
		"a resource":                {"/Organization", whole, 201},
		"one that is large inside":  {"/Organization", zipped(t, org("", strings.Repeat("x", 1<<20))), 413},
		"a bundle within its limit": {"", zipped(t, bundle("batch", entry("", "POST", "Organization", org("", strings.Repeat("x", 30<<10)), ""))), 200},
		"one that breaks off":       {"/Organization", whole[:len(whole)-9], 400},
		"one whose sum is wrong":    {"/Organization", whole[:len(whole)-6] + "wrong!", 400},
		"nothing":                   {"/Organization", "", 400},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.do("POST", tc.path, tc.body, "Content-Encoding: gzip"); a.status != tc.status {
				t.Errorf("POST %s = %d %.300s, want %d", tc.path, a.status, a.body, tc.status)
			}
		})
	}
	if a := s.do("POST", "/Organization/_search", zipped(t, "name=a"), "Content-Encoding: gzip", "Content-Type: application/x-www-form-urlencoded"); a.get("total") != "1" {
		t.Errorf("a search by a compressed form = %d %s, want one match", a.status, a.body)
	}
}

// zipped packs a body with gzip.
func zipped(t *testing.T, body string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// chunked posts a body without saying how long it is.
func (s *server) chunked(path, body, media string) int {
	s.t.Helper()
	req, err := http.NewRequest("POST", s.base+path, struct{ io.Reader }{strings.NewReader(body)})
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	res, err := s.http.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

func TestTooManyEntries(t *testing.T) {
	s := serve(t, func(o *api.Options) { o.Limits.Entries = 2 })
	get := entry("", "GET", "metadata", "", "")
	for n, status := range map[int]int{2: 200, 3: 413} {
		if a := s.do("POST", "", bundle("batch", strings.Split(strings.Repeat(get+"\n", n-1)+get, "\n")...)); a.status != status {
			t.Errorf("%d entries = %d, want %d", n, a.status, status)
		}
	}
}

func TestLongAddresses(t *testing.T) {
	s := serve(t, nil)
	values := "a" + strings.Repeat(",a", 990)
	query := "/Organization?_id=" + values
	for len(query) < 30_000 {
		query += "&_id=" + values
	}
	if a := s.do("GET", query, ""); a.status != 200 {
		t.Errorf("an address of %d bytes = %d %s, want 200", len(query), a.status, a.body)
	}
}

// raw sends bytes and returns the connection.
func (s *server) raw(text string) net.Conn {
	s.t.Helper()
	c, err := net.Dial("tcp", address(s))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func TestHalfRequestsStopNobody(t *testing.T) {
	s := serve(t, func(o *api.Options) { o.Limits = api.Limits{Receive: 300 * time.Millisecond, Deadline: time.Second} })
	var slow []net.Conn
	for range 20 {
		slow = append(slow, s.raw("POST /fhir/Organization HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"))
		slow = append(slow, s.raw("GET /fhir/metadata HTTP/1.1\r\nHost: h\r\nX-Slow: "))
	}
	start := time.Now()
	if a := s.do("GET", "/metadata", ""); a.status != 200 || time.Since(start) > 2*time.Second {
		t.Errorf("metadata beside 40 slow requests = %d after %v", a.status, time.Since(start))
	}
	for _, c := range slow { // the server gives up on each, and says so or just closes
		c.SetReadDeadline(time.Now().Add(5 * time.Second))
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil && res.StatusCode != 400 && res.StatusCode != 408 {
			t.Errorf("a half request = %d, want 400 or 408", res.StatusCode)
		}
		if e, ok := err.(net.Error); ok && e.Timeout() {
			t.Error("a half request is kept for ever")
		}
	}
}

func TestBodyThatEndsEarly(t *testing.T) {
	s := serve(t, nil)
	c := s.raw("POST /fhir/Organization HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n" +
		`{"resourceType":"Organization","name":"` + strings.Repeat("x", 9000))
	c.(*net.TCPConn).CloseWrite()
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 400 {
		t.Errorf("a body cut short = %d, want 400", res.StatusCode)
	}
	if got := s.must("GET", "/Organization", "").get("total"); got != "0" {
		t.Errorf("a body cut short left %s resources, want 0", got)
	}
}

func TestBudgetOfBodies(t *testing.T) {
	reading, release := make(chan bool, 1), make(chan bool)
	s := serve(t, func(o *api.Options) {
		o.Limits = api.Limits{Large: 100 << 10, Budget: 100 << 10, Long: 1500 * time.Millisecond}
		o.Operations = []api.Operation{{Name: "wait", Level: api.AtSystem, Run: func(context.Context, *api.Call) (api.Answer, error) {
			reading <- true
			<-release
			return api.Answer{Body: fhir.Outcome(nil)}, nil
		}}}
	})
	body := `{"resourceType":"Parameters","parameter":[{"name":"` + strings.Repeat("x", 80<<10) + `"}]}`
	first := make(chan int)
	go func() { first <- s.do("POST", "/$wait", body).status }()
	<-reading
	if a := s.do("POST", "/$wait", body); a.status != 503 {
		t.Errorf("a second large request = %d, want 503", a.status)
	}
	if a := s.do("POST", "/Organization", org("", "small")); a.status != 201 {
		t.Errorf("a small one beside a large one = %d, want 201", a.status)
	}
	close(release)
	if status := <-first; status != 200 {
		t.Errorf("the first = %d, want 200", status)
	}
	if a := s.do("POST", "/$wait", body); a.status != 200 {
		t.Errorf("after the first is done = %d, want 200", a.status)
	}
}

func TestDeadline(t *testing.T) {
	s := serve(t, func(o *api.Options) {
		o.Limits.Deadline = 50 * time.Millisecond
		o.Operations = []api.Operation{{Name: "slow", Level: api.AtSystem, Run: func(ctx context.Context, _ *api.Call) (api.Answer, error) {
			<-ctx.Done()
			return api.Answer{}, fmt.Errorf("step 1: %w", ctx.Err())
		}}}
	})
	if a := s.do("GET", "/$slow", ""); a.status != 503 {
		t.Errorf("a request beyond its deadline = %d, want 503", a.status)
	}
}

func TestShutdown(t *testing.T) {
	for name, patient := range map[string]bool{"waits for what runs": true, "ends what takes too long": false} {
		t.Run(name, func(t *testing.T) {
			running, release := make(chan bool), make(chan bool)
			s := serve(t, func(o *api.Options) {
				o.Operations = []api.Operation{{Name: "wait", Level: api.AtSystem, Run: func(ctx context.Context, _ *api.Call) (api.Answer, error) {
					running <- true
					select {
					case <-release:
						return api.Answer{Body: fhir.Outcome(nil)}, nil
					case <-ctx.Done():
						return api.Answer{}, ctx.Err()
					}
				}}}
			})
			s.api.Ready(true)
			got := make(chan int)
			go func() { got <- s.do("GET", "/$wait", "").status }()
			<-running
			wait := 300 * time.Millisecond
			if patient {
				wait = 15 * time.Second
			}
			ctx, cancel := context.WithTimeout(t.Context(), wait)
			defer cancel()
			if patient {
				time.AfterFunc(50*time.Millisecond, func() { close(release) })
			}
			err := s.api.Shutdown(ctx)
			if status := <-got; (err == nil) != patient || (status == 200) != patient || (status == 503) == patient {
				t.Errorf("Shutdown = %v, the running request got %d", err, status)
			}
			if _, err := net.DialTimeout("tcp", address(s), time.Second); err == nil {
				t.Error("the server still takes connections")
			}
		})
	}
}

func TestHealth(t *testing.T) {
	testutil.Requirement(t, "IOLF-3")
	s := serve(t, nil)
	root := strings.TrimSuffix(s.base, "/fhir")
	status := func(path string) int { return s.do("GET", root+path, "").status }
	if got := status("/readyz"); got != 503 {
		t.Errorf("readyz before the start = %d, want 503", got)
	}
	s.api.Ready(true)
	if got := status("/readyz"); got != 200 {
		t.Errorf("readyz = %d, want 200", got)
	}
	if got := status("/livez"); got != 200 {
		t.Errorf("livez = %d, want 200", got)
	}
	s.must("PUT", "/Organization/a", org("a", "A"))
	s.do("GET", "/Organization/none", "")
	s.do("GET", "/nonsense", "")
	body := s.do("GET", root+"/metrics", "").body
	for _, want := range []string{`masjala_http_requests_total{interaction="update",status="201"} 1`,
		`masjala_http_requests_total{interaction="read",status="404"} 1`, `masjala_http_requests_total{interaction="none",status="404"} 1`,
		`masjala_resources{type="Organization"} 1`} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	for path, want := range map[string]int{"/": 404, "/fhirx": 404, "/fhirx/metadata": 404, "/livez/x": 404} {
		if a := s.do("GET", root+path, ""); a.status != want || !strings.Contains(a.body, "OperationOutcome") {
			t.Errorf("GET %s = %d %s, want %d with an OperationOutcome", path, a.status, a.body, want)
		}
	}
	for _, method := range []string{"FOO", "TRACE"} {
		if a := s.do(method, "/Organization", ""); a.status != 405 || a.get("resourceType") != "OperationOutcome" {
			t.Errorf("%s = %d %s, want 405 with an OperationOutcome", method, a.status, a.body)
		}
	}
}
