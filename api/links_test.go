package api_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"masjala/api"
	"masjala/internal/testutil"
)

func TestLinksAreThoseTheClientUses(t *testing.T) {
	testutil.Requirement(t, "IOLF-1", "MD-90-9")
	here := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	tests := map[string]struct {
		trusted []netip.Prefix
		base    string
		headers []string
		want    string
	}{
		"the host addressed":          {nil, "", []string{"Host: registry.example:8080"}, "http://registry.example:8080/fhir"},
		"a configured base":           {nil, "https://pub.example/r4/", []string{"Host: inner"}, "https://pub.example/r4"},
		"headers nobody is trusted":   {nil, "", []string{"Host: inner", "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: https", "Forwarded: host=evil.example"}, "http://inner/fhir"},
		"a trusted proxy":             {here, "", []string{"Host: inner", "X-Forwarded-Host: pub.example", "X-Forwarded-Proto: https"}, "https://pub.example/fhir"},
		"a proxy with a port":         {here, "", []string{"Host: inner", "X-Forwarded-Host: pub.example", "X-Forwarded-Proto: https", "X-Forwarded-Port: 8443"}, "https://pub.example:8443/fhir"},
		"a proxy with the usual port": {here, "", []string{"Host: inner", "X-Forwarded-Host: pub.example", "X-Forwarded-Proto: https", "X-Forwarded-Port: 443"}, "https://pub.example/fhir"},
		"a proxy with a path":         {here, "", []string{"Host: pub.example", "X-Forwarded-Prefix: /registry/"}, "http://pub.example/registry/fhir"},
		"several proxies":             {here, "", []string{"Host: inner", "X-Forwarded-Host: pub.example, second", "X-Forwarded-Proto: https, http"}, "https://pub.example/fhir"},
		"the standard header":         {here, "", []string{"Host: inner", `Forwarded: for=1.2.3.4;host="pub.example:444";proto=https, for=second`}, "https://pub.example:444/fhir"},
		"a host that is none":         {here, "", []string{"Host: inner", `X-Forwarded-Host: a"b<c>`}, "http://inner/fhir"},
		"a path that is none":         {here, "", []string{"Host: inner", `X-Forwarded-Prefix: /a"b`}, "http://inner/fhir"},
		"a scheme that is none":       {here, "", []string{"Host: inner", "X-Forwarded-Proto: javascript"}, "http://inner/fhir"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(o *api.Options) { o.TrustedProxies, o.BaseURL = tc.trusted, tc.base })
			location := s.must("PUT", "/Organization/a", org("a", "A"), tc.headers...).header.Get("Location")
			if want := tc.want + "/Organization/a/_history/1"; location != want {
				t.Errorf("Location = %s, want %s", location, want)
			}
			a := s.must("GET", "/Organization?_count=1", "", tc.headers...)
			if got := a.get("entry.0.fullUrl"); got != tc.want+"/Organization/a" {
				t.Errorf("fullUrl = %s, want it below %s", got, tc.want)
			}
			if got := a.get("link.0.url"); got != tc.want+"/Organization?_count=1" {
				t.Errorf("self = %s, want it below %s", got, tc.want)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	testutil.Requirement(t, "Z-8", "IUA-6")
	cert := httptest.NewTLSServer(http.NotFoundHandler())
	defer cert.Close()
	s := serveOn(t, func(ln net.Listener) net.Listener {
		return tls.NewListener(ln, &tls.Config{Certificates: cert.TLS.Certificates})
	}, signedIn)
	s.base = strings.Replace(s.base, "http:", "https:", 1)
	s.http.Transport = cert.Client().Transport
	location := s.must("POST", "/Organization", org("", "A"), "Authorization: Bearer editor").header.Get("Location")
	if !strings.HasPrefix(location, s.base+"/Organization/") {
		t.Errorf("Location = %s, want it below %s", location, s.base)
	}
}

func TestRequestID(t *testing.T) {
	testutil.Requirement(t, "IOLF-3", "R4-15")
	s := serve(t, nil)
	root := strings.TrimSuffix(s.base, "/fhir")
	for sent, taken := range map[string]bool{
		"abc-123": true, strings.Repeat("x", 128): true, strings.Repeat("x", 129): false, "a b": false, "ü": false, "": false,
	} {
		for _, path := range []string{s.base + "/metadata", s.base + "/Nonsense", root + "/nowhere"} {
			got := s.do("GET", path, "", "X-Request-Id: "+sent).header.Get("X-Request-Id")
			if got == "" || (got == sent) != taken {
				t.Errorf("GET %s with X-Request-Id %.20q answers %q, taken over should be %v", path, sent, got, taken)
			}
		}
	}
	if a, b := s.do("GET", "/metadata", "").header.Get("X-Request-Id"), s.do("GET", "/metadata", "").header.Get("X-Request-Id"); a == b {
		t.Errorf("two requests got the same id %s", a)
	}
}

// Clients that call one server by several names get links by the name that each one uses.
func TestLinksOfClientsThatTakeTurns(t *testing.T) {
	s := serve(t, nil)
	for _, host := range []string{"a.example", "b.example:81", "a.example", "b.example:81", "b.example:81"} {
		want := "http://" + host + "/fhir/Organization?_count=1"
		if a := s.must("GET", "/Organization?_count=1", "", "Host: "+host); a.get("link.0.url") != want {
			t.Errorf("a client of %s gets the link %s", host, a.get("link.0.url"))
		}
	}
}
