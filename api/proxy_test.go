package api_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"masjala/api"
	"masjala/internal/testutil"
)

// behind puts a proxy before a server that serves it at a path of its own, and returns the
// server as clients of the proxy see it.
func behind(t *testing.T, path string) *server {
	t.Helper()
	s := serve(t, func(o *api.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		o.Limits.Page = 10
	})
	target, err := url.Parse(s.base)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
		r.Out.URL.Path = strings.TrimPrefix(r.In.URL.Path, path)
		r.Out.Host = "inner"
		r.SetXForwarded()
		r.Out.Header.Set("X-Forwarded-Prefix", path)
	}})
	t.Cleanup(proxy.Close)
	seen := *s
	seen.base = proxy.URL + path + "/fhir"
	return &seen
}

func TestEverythingBehindAProxy(t *testing.T) {
	testutil.Requirement(t, "CSD-W4", "IOLF-1", "TS-STD-3", "MD-90-9", "MD-91-6", "MD-91-9")
	s := behind(t, "/national/registry")
	location := s.must("POST", "/Organization", org("", "A")).header.Get("Location")
	if a := s.must("GET", location, ""); a.get("name") != "A" {
		t.Errorf("what Location leads to is %s", a.body)
	}
	var list []string
	for i := range 25 {
		list = append(list, entry("", "PUT", fmt.Sprintf("Location/l%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"l%d","name":"L","managingOrganization":{"reference":"%s"}}`, i, strings.Split(location, "/_history")[0]), ""))
	}
	a := s.must("POST", "", bundle("transaction", list...))
	for _, at := range a.entries("response.location") {
		if !strings.HasPrefix(at, s.base+"/Location/l") {
			t.Errorf("the answer to an entry names %s", at)
		}
	}
	for _, start := range []string{"/Location?name=l&_include=Location:organization&_sort=-_id", "/Location", "/Location/_history", "/_history?_type=Location"} {
		met := map[string]bool{}
		for next := start; next != ""; {
			a := s.must("GET", next, "")
			next = ""
			for _, l := range gather(a, "link.#.url") {
				if !strings.HasPrefix(l, s.base+"/") {
					t.Errorf("a link of %s leads past the proxy: %s", start, l)
				}
			}
			for _, at := range a.entries("fullUrl") {
				if met[at] = true; s.do("GET", at, "").status != http.StatusOK {
					t.Errorf("the entry %s of %s cannot be read", at, start)
				}
			}
			for _, ref := range a.entries("resource.managingOrganization.reference") {
				if !strings.HasPrefix(ref, "http") {
					ref = "/" + ref
				}
				if s.do("GET", ref, "").status != http.StatusOK {
					t.Errorf("the reference %s of %s cannot be followed", ref, start)
				}
			}
			if at := a.get(`link.#(relation=="next").url`); at != "" {
				next = at
			}
		}
		if len(met) < 25 {
			t.Errorf("a walk from %s meets %d resources, want all 25", start, len(met))
		}
	}
	if got := s.must("GET", "/metadata", "").get("implementation.url"); got != s.base {
		t.Errorf("the statement is of %s, want %s", got, s.base)
	}
	ids := s.must("GET", "/Location?organization="+url.QueryEscape(strings.Split(location, "/_history")[0])+"&_count=100", "").entries("resource.id")
	if len(slices.Compact(ids)) != 25 {
		t.Errorf("a search by the address that clients know finds %d, want 25", len(ids))
	}
}
