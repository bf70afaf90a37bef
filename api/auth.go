package api

import (
	"context"
	"net/netip"
	"net/url"
	"strings"

	"github.com/valyala/fasthttp"

	"masjala/fhir"
)

// Role says how much somebody may do. Each role may do all that the one before it may.
type Role string

const (
	RoleNone   Role = ""       // not signed in: metadata and health only
	RoleReader Role = "reader" // read, search, history, operations that change nothing
	RoleEditor Role = "editor" // create, update, delete, transactions
	RoleAdmin  Role = "admin"  // everything else
)

// rank orders the roles; a word that is no role ranks as nobody.
func (r Role) rank() int {
	switch r {
	case RoleReader:
		return 1
	case RoleEditor:
		return 2
	case RoleAdmin:
		return 3
	}
	return 0
}

// allows tells whether r may do what need is required for.
func (r Role) allows(need Role) bool { return r.rank() >= need.rank() }

// Principal is who makes a request.
type Principal struct {
	Name string // becomes the actor of what is written
	Role Role
}

// Authenticator tells who a bearer token belongs to. Implementations are safe for concurrent use.
type Authenticator interface {
	// Authenticate fails with Unauthenticated for a token that is not, or no longer, valid.
	Authenticate(ctx context.Context, token string) (Principal, error)
}

// anybody is who uses a server that asks nobody to sign in.
var anybody = Principal{Name: "anonymous", Role: RoleAdmin}

// connection is what of a request decides whether its token may be believed.
type connection struct {
	remote netip.Addr
	tls    bool
	plain  bool // a proxy says that the client did not use TLS
}

// connectionOf reads it off a request.
func (s *Server) connectionOf(c *fasthttp.RequestCtx) connection {
	from := connection{remote: remote(c), tls: c.IsTLS()}
	if s.trusts(from.remote) {
		scheme, _, _ := forwarded(&c.Request.Header, "", "")
		from.plain = scheme == "http"
	}
	return from
}

// safe tells whether a token sent over the connection stayed between the two ends:
// TLS, the same machine, or a proxy that is trusted to have used TLS (IUA-6).
func (s *Server) safe(c connection) bool {
	return !c.plain && (c.tls || c.remote.IsLoopback() || s.trusts(c.remote))
}

// trusts tells whether an address belongs to a configured proxy.
func (s *Server) trusts(a netip.Addr) bool {
	for _, p := range s.opt.TrustedProxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// signIn finds out who sent the Authorization header, by asking who, and whether that one
// may do what needs the role. It fails with Unauthenticated or Forbidden.
func (s *Server) signIn(ctx context.Context, who Authenticator, from connection, authorization string, need Role) (Principal, error) {
	if need == RoleNone {
		return Principal{}, nil
	}
	token, ok := bearer(authorization)
	if !ok {
		return Principal{}, fhir.Errorf(fhir.Unauthenticated, "Sign in: send the header \"Authorization: Bearer …\" with a token of this server.")
	}
	if !s.safe(from) {
		return Principal{}, fhir.Errorf(fhir.Unauthenticated, "Tokens are taken only over HTTPS; consider this one known to others and have it replaced.")
	}
	p, err := who.Authenticate(ctx, token)
	if err != nil {
		return Principal{}, err
	}
	if !p.Role.allows(need) {
		return p, fhir.Errorf(fhir.Forbidden, "This needs the role %s; the token has the role %s.", need, p.Role)
	}
	return p, nil
}

// bearer takes the token out of an Authorization header.
func bearer(header string) (token string, ok bool) {
	scheme, token, ok := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, ok && strings.EqualFold(scheme, "Bearer") && token != ""
}

// ownPage tells whether the Origin of a request is this machine or the configured address.
// Where nobody signs in, a page from elsewhere must not write, even if its name was made to
// lead to this machine.
func (s *Server) ownPage(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.IsLoopback() {
		return true
	}
	own, err := url.Parse(s.opt.BaseURL)
	return err == nil && own.Host != "" && own.Host == u.Host
}

// open lets everybody in, but for pages of other origins that write.
func (s *Server) open(x *exchange) (Principal, error) {
	origin := x.http.Request.Header.PeekCanonical(nameOrigin)
	writes := x.route.role == RoleEditor || x.method == post && x.place == systemPlace
	if writes && len(origin) > 0 && !s.ownPage(string(origin)) {
		return anybody, fhir.Errorf(fhir.Forbidden, "Nobody signs in at this server, so pages from %s may not write here.", clip(string(origin)))
	}
	return anybody, nil
}
