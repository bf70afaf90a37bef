package api

import (
	"net"
	"net/netip"
	"strings"

	"github.com/valyala/fasthttp"

	"masjala/fhir/search"
)

// base is the address of the FHIR base as the client used it, without a final slash.
func (s *Server) base(x *exchange) string {
	if x.origin == "" {
		x.origin = s.originOf(x.http)
	}
	return x.origin
}

// originOf works out the base address: the configured one, else that of the request line,
// as a trusted proxy saw it if there is one.
func (s *Server) originOf(c *fasthttp.RequestCtx) string {
	if s.opt.BaseURL != "" {
		return strings.TrimRight(s.opt.BaseURL, "/")
	}
	direct := len(s.opt.TrustedProxies) == 0
	if o := s.lastOrigin.Load(); direct && o != nil && o.tls == c.IsTLS() && o.host == string(c.Host()) {
		return o.base
	}
	scheme, host, path := "http", string(c.Host()), ""
	if c.IsTLS() {
		scheme = "https"
	}
	if len(s.opt.TrustedProxies) > 0 && s.trusts(remote(c)) {
		scheme, host, path = forwarded(&c.Request.Header, scheme, host)
	}
	if !validHost(host) {
		host = c.LocalAddr().String()
	}
	base := scheme + "://" + host + path + prefix
	if direct && host == string(c.Host()) {
		s.lastOrigin.Store(&origin{host: host, tls: c.IsTLS(), base: base})
	}
	return base
}

// origin is a base address with what it was made from: most clients call a server by one name.
type origin struct {
	host string
	tls  bool
	base string
}

// remote is the address of the other end of the connection.
func remote(c *fasthttp.RequestCtx) netip.Addr {
	a, _ := netip.AddrFromSlice(c.RemoteIP())
	return a.Unmap()
}

// forwarded reads what a proxy says about the request it got: Forwarded (RFC 7239), else
// the older X-Forwarded-… headers. The first value is the one nearest to the client.
func forwarded(h *fasthttp.RequestHeader, scheme, host string) (string, string, string) {
	path := strings.TrimRight(first(h.Peek("X-Forwarded-Prefix")), "/")
	if path != "" && (path[0] != '/' || strings.ContainsAny(path, "?#\"<> ")) {
		path = ""
	}
	proto, name := first(h.Peek(fasthttp.HeaderXForwardedProto)), first(h.Peek(fasthttp.HeaderXForwardedHost))
	if f := first(h.Peek(fasthttp.HeaderForwarded)); f != "" {
		if v, ok := param(f, "proto"); ok {
			proto = v
		}
		if v, ok := param(f, "host"); ok {
			name = v
		}
	}
	if proto == "http" || proto == "https" {
		scheme = proto
	}
	if port := first(h.Peek("X-Forwarded-Port")); name != "" && validPort(port) && !strings.Contains(name, ":") && !standard(scheme, port) {
		name = net.JoinHostPort(name, port)
	}
	if validHost(name) {
		host = name
	}
	return scheme, host, path
}

func standard(scheme, port string) bool {
	return scheme == "http" && port == "80" || scheme == "https" && port == "443"
}

// first is the first of several values joined by commas.
func first(header []byte) string {
	v, _, _ := strings.Cut(string(header), ",")
	return strings.TrimSpace(v)
}

// validHost tells whether a host, with or without a port, can stand in an address.
func validHost(h string) bool {
	if h == "" || len(h) > 255 {
		return false
	}
	for i := range len(h) {
		c := h[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._:[]", c) >= 0) {
			return false
		}
	}
	return true
}

func validPort(p string) bool {
	if p == "" || len(p) > 5 {
		return false
	}
	return strings.Trim(p, "0123456789") == ""
}

// pageLink builds the address of a page: all state is in its query.
func pageLink(dst []byte, base, path string, pairs []search.Pair, cursor string) []byte {
	dst = append(dst, base...)
	if path != "" {
		dst = append(dst, '/')
		dst = append(dst, path...)
	}
	if len(pairs) == 0 && cursor == "" {
		return dst
	}
	dst = append(dst, '?')
	for _, p := range pairs {
		dst = appendPair(dst, p.Name, p.Value)
	}
	if cursor != "" {
		dst = appendPair(dst, "_cursor", cursor)
	}
	return dst
}

// relative takes the base off an address of this server: "http://host/fhir/Location/1"
// becomes "Location/1". ok is false for addresses elsewhere.
func relative(base, address string) (path string, ok bool) {
	rest, ok := strings.CutPrefix(address, base)
	if !ok || rest != "" && rest[0] != '/' && rest[0] != '?' {
		return address, false
	}
	return strings.TrimPrefix(rest, "/"), true
}
