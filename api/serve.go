package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/valyala/fasthttp"

	"masjala/fhir"
)

const (
	headerRequestID = "X-Request-Id"
	headerReason    = "X-Reason"
)

// serve answers everything below the base.
func (s *Server) serve(c *fiber.Ctx) error {
	start := c.Context().Time()
	s.greet(c)
	x := newExchange()
	defer s.end(x)
	if err := shielded(func() error { return s.answer(c, x, start) }); err != nil { // one request cannot end the program
		s.drain(c.Context())
		s.failAs(c, x.as, err)
	}
	s.observe(c, x, start, x.route)
	return nil
}

// end gives back what an exchange over HTTP holds.
func (s *Server) end(x *exchange) {
	if x.held > 0 {
		x.budget.Release(x.held)
	}
	x.release()
}

// context is the context of the exchange, before it has one that of nothing.
func (x *exchange) context() context.Context {
	if x.ctx == nil {
		return context.Background()
	}
	return x.ctx
}

// shielded turns a panic of fn into an error.
func shielded(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

// answer does what a request, which came at start, asks for and sends the answer.
func (s *Server) answer(c *fiber.Ctx, x *exchange, start time.Time) error {
	if c.Method() == http.MethodOptions {
		s.preflight(c)
		return nil
	}
	x.http = c.Context()
	if err := s.route(x, c.Method(), c.Request().URI().PathOriginal()); err != nil {
		if fhir.KindOf(err) == fhir.NotAllowed {
			c.Set(fiber.HeaderAllow, s.allowedFor(x))
		}
		return err
	}
	s.readHeader(x)
	ctx := newDeadline(s.running, start.Add(s.patienceFor(x.route)))
	defer ctx.end()
	x.ctx = ctx
	if err := s.admit(x); err != nil {
		return err
	}
	x.out = c.Response().SwapBody(nil)[:0]
	if err := x.route.run(s, x); err != nil {
		if fhir.KindOf(err) == fhir.NotAllowed {
			list := s.allowedFor(x)
			if x.route.code == "operation" { // one that changes data
				list = http.MethodPost
			}
			c.Set(fiber.HeaderAllow, list)
		}
		return err
	}
	return s.finish(c, x)
}

// patienceFor is how long a route may work.
func (s *Server) patienceFor(r *route) time.Duration {
	if r.large {
		return s.opt.Limits.Long
	}
	return s.opt.Limits.Deadline
}

// route finds out what a method and a path below the server's root mean.
func (s *Server) route(x *exchange, name string, path []byte) error {
	below, ok := bytes.CutPrefix(path, []byte(prefix))
	if !ok || len(below) > 0 && below[0] != '/' {
		return fhir.Errorf(fhir.NotFound, "%s", textOf[http.StatusNotFound])
	}
	t, err := s.locate(utils.UnsafeString(below)) // which keeps nothing of it
	if err != nil {
		return err
	}
	return x.to(t, name)
}

// to makes the exchange one of a method at a target. It fails with NotAllowed.
func (x *exchange) to(t target, name string) error {
	x.target = t
	m, ok := methodOf(name)
	if ok {
		x.method, x.route = m, routeAt[t.place][m]
	}
	if x.route == nil {
		return fhir.Errorf(fhir.NotAllowed, "This address takes %s, not %s.", allowed(t.place), clip(name))
	}
	return nil
}

// readHeader copies what the handlers want to know of the header.
func (s *Server) readHeader(x *exchange) {
	h := &x.http.Request.Header
	x.raw = string(x.http.URI().QueryString())
	switch x.method {
	case get:
		x.header.ifNoneMatch = string(h.PeekCanonical(nameIfNoneMatch))
		x.header.ifModifiedSince = string(h.PeekCanonical(nameIfModifiedSince))
	case post:
		x.header.ifNoneExist = string(h.PeekCanonical(nameIfNoneExist))
	default:
		x.header.ifMatch = string(h.PeekCanonical(nameIfMatch))
		x.header.ifNoneMatch = string(h.PeekCanonical(nameIfNoneMatch))
	}
	if len(h.PeekCanonical(namePrefer)) > 0 {
		x.prefer = prefer(string(bytes.Join(h.PeekAll("Prefer"), []byte(","))))
	}
	x.language = string(h.PeekCanonical(nameAcceptLanguage))
	if x.method != get {
		x.reason = reason(h.PeekCanonical(nameReason))
	}
}

// reason reads why somebody writes: text of a sensible length.
func reason(header []byte) string {
	const most = 1000
	return strings.ToValidUTF8(string(header[:min(len(header), most)]), "")
}

// admit decodes the query, chooses the format of the answer and finds out who asks.
func (s *Server) admit(x *exchange) error {
	if err := x.params(); err != nil {
		return err
	}
	var err error
	x.as = defaultChoice
	if h := &x.http.Request.Header; x.control.format != "" || !usual(h.PeekCanonical(nameAccept)) {
		if x.as, err = negotiate(x.control.format, acceptOf(h)); err != nil {
			return err
		}
	}
	if s.opt.Authenticate == nil {
		x.who, err = s.open(x)
		return err
	}
	x.who, err = s.signIn(x.ctx, s.opt.Authenticate, s.connectionOf(x.http), string(x.http.Request.Header.PeekCanonical(nameAuthorization)), x.route.role)
	return err
}

// finish sends the answer of an exchange.
func (s *Server) finish(c *fiber.Ctx, x *exchange) error {
	h := &c.Response().Header
	switch {
	case x.etag != "":
		h.Set(fiber.HeaderETag, x.etag)
	case x.version > 0:
		h.SetCanonical(nameETag, appendTag(x.scratch[:0], x.version))
	}
	if !x.updated.IsZero() {
		h.SetLastModified(x.updated)
	}
	if x.location != "" {
		h.Set(fiber.HeaderContentLocation, x.location)
		if x.method == post || x.status == http.StatusCreated {
			h.Set(fiber.HeaderLocation, x.location)
		}
	}
	if x.status == 0 {
		x.status = http.StatusOK
	}
	if x.noBody {
		c.Response().SwapBody(x.out[:0])
		c.Status(x.status)
		return nil
	}
	body := x.out
	if x.as.format.encode != nil {
		var err error
		if body, err = x.as.format.encode(nil, x.out); err != nil {
			return err
		}
	} else if x.control.pretty {
		body = indented(x.out)
	}
	s.deliver(c, x.status, x.as.label, body)
	return nil
}

// indented is JSON for people.
func indented(b []byte) []byte {
	var out bytes.Buffer
	if json.Indent(&out, b, "", "  ") != nil {
		return b
	}
	return out.Bytes()
}

// send sends JSON in a format or, where none was chosen yet, in the one asked for, as far as
// that can be told.
func (s *Server) send(c *fiber.Ctx, as choice, status int, body []byte) {
	if as.format == nil {
		wish := string(c.Request().URI().QueryArgs().Peek("_format"))
		as, _ = negotiate(wish, acceptOf(&c.Request().Header))
	}
	if as.format.encode != nil {
		b, err := as.format.encode(nil, body)
		if err != nil {
			s.deliver(c, status, defaultChoice.label, body)
			return
		}
		body = b
	}
	s.deliver(c, status, as.label, body)
}

// zipFrom is the length from which bodies are compressed when the client can read that.
const zipFrom = 1 << 10

// deliver puts status, type and body into the response. The body is the response's from then on.
func (s *Server) deliver(c *fiber.Ctx, status int, mediaType string, body []byte) {
	r := c.Response()
	r.SetStatusCode(status)
	r.Header.SetContentType(mediaType)
	if len(body) >= zipFrom && c.Request().Header.HasAcceptEncoding("gzip") {
		r.Header.Set(fiber.HeaderContentEncoding, "gzip")
		r.Header.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
		body = fasthttp.AppendGzipBytesLevel(nil, body, fasthttp.CompressBestSpeed)
	}
	r.SwapBody(body)
}

// greet sets the headers every answer has.
func (s *Server) greet(c *fiber.Ctx) {
	h := &c.Response().Header
	if id := c.Request().Header.PeekCanonical(nameRequestID); validRequestID(id) {
		h.SetCanonical(nameRequestID, id)
	} else {
		h.SetCanonical(nameRequestID, strconv.AppendUint(make([]byte, 0, 16), rand.Uint64(), 16))
	}
	if len(c.Request().Header.PeekCanonical(nameOrigin)) > 0 {
		h.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		h.Set(fiber.HeaderAccessControlExposeHeaders, "ETag, Location, Content-Location, Last-Modified, X-Request-Id")
	}
}

// validRequestID tells whether a client's id can be taken over: 1 to 128 printable characters.
func validRequestID(id []byte) bool {
	if len(id) == 0 || len(id) > 128 {
		return false
	}
	for _, c := range id {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}

// preflight answers what browsers ask before they send a request of another origin. Where
// nobody signs in, pages of other origins may only read.
func (s *Server) preflight(c *fiber.Ctx) {
	methods := "GET, HEAD, POST, PUT, PATCH, DELETE"
	if s.opt.Authenticate == nil {
		methods = "GET, HEAD"
	}
	c.Set(fiber.HeaderAllow, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	c.Set(fiber.HeaderAccessControlAllowMethods, methods)
	c.Set(fiber.HeaderAccessControlAllowHeaders, "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, X-Reason, X-Request-Id")
	c.Set(fiber.HeaderAccessControlMaxAge, "86400")
	c.Status(http.StatusNoContent)
}

// guardMethods answers methods that HTTP does not know before Fiber does, which answers in plain text.
func (s *Server) guardMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(rc *fasthttp.RequestCtx) {
		switch m := rc.Request.Header.Method(); string(m) {
		case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead,
			http.MethodOptions, http.MethodPatch, http.MethodTrace, http.MethodConnect:
			next(rc)
		default:
			c := s.app.AcquireCtx(rc)
			defer s.app.ReleaseCtx(c)
			_ = s.fail(c, fhir.Errorf(fhir.NotAllowed, "HTTP has no method %s.", clip(string(m))))
		}
	}
}
