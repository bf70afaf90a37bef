package api_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"testing"

	"masjala/api"
	"masjala/fhir"
	"masjala/internal/testutil"
)

// tokens are the bearer tokens of the tests: the token is the name of its role.
type tokens struct{}

func (tokens) Authenticate(_ context.Context, token string) (api.Principal, error) {
	switch token {
	case "reader", "editor", "admin":
		return api.Principal{Name: "token " + token, Role: api.Role(token)}, nil
	case "broken":
		return api.Principal{}, errors.New("the table of tokens cannot be read")
	}
	return api.Principal{}, fhir.Errorf(fhir.Unauthenticated, "The token is not known.")
}

func signedIn(o *api.Options) { o.Authenticate = tokens{} }

func TestRoles(t *testing.T) {
	testutil.Requirement(t, "RBAC-1", "IUA-1", "Z-3")
	s := serve(t, signedIn)
	s.must("PUT", "/Organization/a", org("a", "A"), "Authorization: Bearer editor")
	write := bundle("transaction", entry("", "POST", "Organization", org("", "N"), ""))
	read := bundle("transaction", entry("", "GET", "Organization/a", "", ""))
	tests := map[string]struct {
		method, path, body, header string
		status                     int
	}{
		"metadata without a token":     {"GET", "/metadata", "", "", 200},
		"read without a token":         {"GET", "/Organization/a", "", "", 401},
		"read with an unknown token":   {"GET", "/Organization/a", "", "Bearer wrong", 401},
		"read with another scheme":     {"GET", "/Organization/a", "", "Basic reader", 401},
		"read with an empty token":     {"GET", "/Organization/a", "", "Bearer  ", 401},
		"read as reader":               {"GET", "/Organization/a", "", "Bearer reader", 200},
		"scheme in another case":       {"GET", "/Organization/a", "", "bearer reader", 200},
		"search as reader":             {"GET", "/Organization", "", "Bearer reader", 200},
		"history as reader":            {"GET", "/_history", "", "Bearer reader", 200},
		"create as reader":             {"POST", "/Organization", org("", "B"), "Bearer reader", 403},
		"update as reader":             {"PUT", "/Organization/a", org("a", "B"), "Bearer reader", 403},
		"delete as reader":             {"DELETE", "/Organization/a", "", "Bearer reader", 403},
		"transaction as reader":        {"POST", "", write, "Bearer reader", 403},
		"reading in one as reader":     {"POST", "", read, "Bearer reader", 200},
		"create as editor":             {"POST", "/Organization", org("", "B"), "Bearer editor", 201},
		"transaction as editor":        {"POST", "", write, "Bearer editor", 200},
		"create as admin":              {"POST", "/Organization", org("", "B"), "Bearer admin", 201},
		"when tokens cannot be looked": {"GET", "/Organization/a", "", "Bearer broken", 500},
		"not there, without a token":   {"GET", "/Organization/none", "", "", 401},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			h := ""
			if tc.header != "" {
				h = "Authorization: " + tc.header
			}
			a := s.do(tc.method, tc.path, tc.body, h)
			if a.status != tc.status {
				t.Errorf("%s %s = %d %s, want %d", tc.method, tc.path, a.status, a.body, tc.status)
			}
			if got := a.header.Get("WWW-Authenticate"); (got != "") != (tc.status == 401) {
				t.Errorf("%d comes with WWW-Authenticate %q", a.status, got)
			}
		})
	}
	batch := s.must("POST", "", bundle("batch", entry("", "POST", "Organization", org("", "N"), ""), entry("", "GET", "Organization/a", "", "")), "Authorization: Bearer reader")
	if got := batch.entries("response.status"); got[0] != "403 Forbidden" || got[1] != "200 OK" {
		t.Errorf("batch as reader: %v, want the write refused and the read done", got)
	}
	vs, err := s.store.Changes(t.Context(), 0, 1)
	if err != nil || vs[0].Cause.Actor != "token editor" {
		t.Errorf("actor = %v, %v, want the name of the token", vs, err)
	}
}

// far makes the connections of a listener come from an address.
type far struct {
	net.Listener
	from net.Addr
}

func (l far) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return farConn{c, l.from}, nil
}

type farConn struct {
	net.Conn
	from net.Addr
}

func (c farConn) RemoteAddr() net.Addr { return c.from }

func TestTokensStayOnSafeLines(t *testing.T) {
	testutil.Requirement(t, "IUA-6", "SEC-7")
	proxy := netip.MustParsePrefix("10.1.0.0/16")
	for from, status := range map[string]int{"127.0.0.1": 200, "::1": 200, "10.1.2.3": 200, "10.2.0.1": 401, "192.0.2.7": 401} {
		s := serveOn(t, func(ln net.Listener) net.Listener {
			return far{ln, &net.TCPAddr{IP: net.ParseIP(from), Port: 40000}}
		}, func(o *api.Options) {
			o.Authenticate, o.TrustedProxies = tokens{}, []netip.Prefix{proxy}
		})
		if a := s.do("GET", "/Organization", "", "Authorization: Bearer reader"); a.status != status {
			t.Errorf("a token sent in the clear from %s = %d, want %d", from, a.status, status)
		}
	}
}

func TestTokensThatAProxyGotInTheClear(t *testing.T) {
	testutil.Requirement(t, "IUA-6")
	s := serve(t, func(o *api.Options) {
		o.Authenticate, o.TrustedProxies = tokens{}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	for proto, status := range map[string]int{"https": 200, "http": 401} {
		if a := s.do("GET", "/Organization", "", "Authorization: Bearer reader", "X-Forwarded-Proto: "+proto); a.status != status {
			t.Errorf("a token that came to the proxy over %s = %d, want %d", proto, a.status, status)
		}
	}
}

func TestOpenServerTakesNoWritesFromOtherPages(t *testing.T) {
	s := serve(t, func(o *api.Options) { o.BaseURL = "https://registry.example/fhir" })
	tests := map[string]struct {
		method, path, body, origin string
		status                     int
	}{
		"no page":                      {"POST", "/Organization", org("", "A"), "", 201},
		"a page of this machine":       {"POST", "/Organization", org("", "A"), "http://localhost:8080", 201},
		"a page of this address":       {"POST", "/Organization", org("", "A"), "http://127.0.0.1:8080", 201},
		"a page of the public address": {"POST", "/Organization", org("", "A"), "https://registry.example", 201},
		"a page from elsewhere":        {"POST", "/Organization", org("", "A"), "https://evil.example", 403},
		"a page without an origin":     {"DELETE", "/Organization/a", "", "null", 403},
		"a bundle from elsewhere":      {"POST", "", `{"resourceType":"Bundle","type":"transaction"}`, "https://evil.example", 403},
		"a search from elsewhere":      {"GET", "/Organization", "", "https://app.example", 200},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			h := ""
			if tc.origin != "" {
				h = "Origin: " + tc.origin
			}
			if a := s.do(tc.method, tc.path, tc.body, h); a.status != tc.status {
				t.Errorf("%s %s from %q = %d %s, want %d", tc.method, tc.path, tc.origin, a.status, a.body, tc.status)
			}
		})
	}
}

func TestCORS(t *testing.T) {
	testutil.Requirement(t, "R4-15")
	for name, tc := range map[string]struct {
		change  func(*api.Options)
		methods string
	}{
		"signed in": {signedIn, "GET, HEAD, POST, PUT, PATCH, DELETE"},
		"open":      {nil, "GET, HEAD"}, // a page of another origin must not write where nobody signs in
	} {
		s := serve(t, tc.change)
		a := s.do(http.MethodOptions, "/Organization", "", "Origin: https://app.example", "Access-Control-Request-Method: PUT")
		if a.status != 204 || a.header.Get("Access-Control-Allow-Methods") != tc.methods || a.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: preflight = %d %v, want 204 and %s", name, a.status, a.header, tc.methods)
		}
		a = s.do("GET", "/metadata", "", "Origin: https://app.example")
		if got := a.header.Get("Access-Control-Expose-Headers"); got != "ETag, Location, Content-Location, Last-Modified, X-Request-Id" {
			t.Errorf("%s: exposed are %q", name, got)
		}
		if a := s.do("GET", "/metadata", ""); a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: a request without an origin is answered for all origins", name)
		}
	}
}
