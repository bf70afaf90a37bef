package api_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"masjala/api"
	"masjala/fhir/search"
	"masjala/internal/accesslog"
	"masjala/internal/testutil"
	"masjala/store"
)

// everybody lets in whoever has a token.
type everybody struct{}

func (everybody) Authenticate(context.Context, string) (api.Principal, error) {
	return api.Principal{Name: "someone", Role: api.RoleEditor}, nil
}

// asking sends requests on one connection and reads whole answers, without allocating.
type asking struct {
	t       testing.TB
	conn    net.Conn
	buf     []byte
	request []byte
}

func ask(t testing.TB, s *server, path string) *asking {
	t.Helper()
	conn, err := net.Dial("tcp", address(s))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &asking{t: t, conn: conn, buf: make([]byte, 1<<20),
		request: fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: h\r\nAccept: application/fhir+json\r\nAuthorization: Bearer t\r\n\r\n", path)}
}

// once sends the request and reads the answer to its end, which is told by the last bytes.
func (a *asking) once() {
	if _, err := a.conn.Write(a.request); err != nil {
		a.t.Fatal(err)
	}
	n, end := 0, -1
	for end < 0 || n < end {
		m, err := a.conn.Read(a.buf[n:])
		if err != nil {
			a.t.Fatal(err)
		}
		n += m
		if end < 0 {
			end = a.end(a.buf[:n])
		}
	}
}

// end finds where an answer ends, -1 while its header has not arrived.
func (a *asking) end(b []byte) int {
	head := strings.Index(string(b[:min(len(b), 1000)]), "\r\n\r\n") // not kept: no allocation
	if head < 0 {
		return -1
	}
	if string(b[9:12]) != "200" {
		a.t.Fatalf("%s", b)
	}
	const name = "Content-Length: "
	for i := range head {
		if string(b[i:i+len(name)]) == name {
			length := 0
			for i += len(name); b[i] >= '0' && b[i] <= '9'; i++ {
				length = length*10 + int(b[i]-'0')
			}
			return head + 4 + length
		}
	}
	a.t.Fatalf("no length: %s", b[:head])
	return 0
}

// allocations is how many allocations a request makes, client and connection included.
func allocations(t *testing.T, s *server, path string) float64 {
	t.Helper()
	a := ask(t, s, path)
	for range 50 {
		a.once()
	}
	return testing.AllocsPerRun(500, a.once)
}

// What a request allocates beyond the store does not depend on how many rows it answers.
func TestRequestsAllocateLittle(t *testing.T) {
	access, err := accesslog.Open(filepath.Join(t.TempDir(), "requests.log"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { access.Close() })
	var own store.Store
	s := serve(t, func(o *api.Options) { o.Authenticate, o.Access, own = everybody{}, access, o.Store })
	for i := range 120 {
		put(t, s, fmt.Sprintf("o%d", i))
	}
	query := func(count int) func() {
		q, err := search.Parse(search.Request{Type: "Organization", Pairs: []search.Pair{{Name: "name", Value: "clinic"}, {Name: "_count", Value: fmt.Sprint(count)}}})
		if err != nil {
			t.Fatal(err)
		}
		return func() {
			if _, err := own.Search(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
	}
	history := func() {
		if _, err := own.History(t.Context(), store.HistoryQuery{Type: "Organization", Count: 100}); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		path  string
		store func()
		most  float64
	}{
		"liveness":              {"/livez", func() {}, 1},
		"read":                  {"/fhir/Organization/o7", func() {}, 4},
		"20 rows of a search":   {"/fhir/Organization?name=clinic&_count=20", query(20), 15},
		"100 rows of a search":  {"/fhir/Organization?name=clinic&_count=100", query(100), 15},
		"100 rows of a history": {"/fhir/Organization/_history?_count=100", history, 18},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			own := testing.AllocsPerRun(200, tc.store)
			if n := allocations(t, s, tc.path) - own; n > tc.most && !testutil.Race() {
				t.Errorf("%.0f allocations beyond the %.0f of the store, want %.0f at most", n, own, tc.most)
			} else {
				t.Logf("%.0f allocations beyond the %.0f of the store", n, own)
			}
		})
	}
}

// put stores an organization as the everybody of these tests.
func put(t *testing.T, s *server, id string) {
	t.Helper()
	req, err := http.NewRequest("PUT", s.base+"/Organization/"+id, strings.NewReader(org(id, "Clinic")))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer t")
	res, err := s.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusCreated {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
}
