package api

import (
	"log/slog"
	"time"

	"github.com/gofiber/fiber/v2"

	"masjala/internal/accesslog"
)

// What is counted and logged beside the interactions of FHIR. Probes and scrapes are not:
// machines ask for them all day.
var (
	reconcileRoute = &route{code: "reconcile"}
	commandRoute   = &route{code: "command"}
	importRoute    = &route{code: "import"}
	layerRoute     = &route{code: "map"}
)

// observe counts and logs a request that was answered, by way of a route; nil for none.
func (s *Server) observe(c *fiber.Ctx, x *exchange, start time.Time, by *route) {
	e := &x.entryOfLog
	*e = s.entryFor(c, x.who.Name, start)
	s.record(x, e, by)
}

// entryFor is what is logged of a request. A body that is still being sent has no bytes yet.
func (s *Server) entryFor(c *fiber.Ctx, actor string, start time.Time) accesslog.Entry {
	e := accesslog.Entry{
		Time: start, Took: time.Since(start), Method: c.Request().Header.Method(), Path: c.Request().URI().Path(), Status: c.Response().StatusCode(),
		Actor: actor, Request: c.Response().Header.PeekCanonical(nameRequestID),
	}
	if !c.Response().IsBodyStream() {
		e.Bytes = len(c.Response().Body())
	}
	return e
}

// record counts and logs an entry.
func (s *Server) record(x *exchange, e *accesslog.Entry, by *route) {
	number := noRoute
	if by != nil {
		number = by.number
	}
	s.requests.Observe(number, e.Status, e.Took)
	if s.opt.Access != nil {
		s.opt.Access.Record(e)
	}
	if s.log.Enabled(x.context(), slog.LevelDebug) {
		s.log.LogAttrs(x.context(), slog.LevelDebug, "request", slog.String("method", string(e.Method)), slog.String("path", string(e.Path)),
			slog.Int("status", e.Status), slog.String("actor", e.Actor), slog.Float64("ms", float64(e.Took.Microseconds())/1000), slog.String("request", string(e.Request)))
	}
}

// observed answers an address beside the FHIR interface by fn, also when it fails or
// panics, and has it counted and logged.
func (s *Server) observed(by *route, fn func(*fiber.Ctx, *exchange) error) fiber.Handler {
	return func(c *fiber.Ctx) error {
		start := c.Context().Time()
		s.greet(c)
		x := newExchange()
		defer s.end(x)
		x.http = c.Context()
		ctx := newDeadline(s.running, start.Add(s.opt.Limits.Long))
		defer ctx.end()
		x.ctx = ctx
		if err := shielded(func() error { return fn(c, x) }); err != nil {
			s.drain(c.Context())
			_ = s.fail(c, err)
		}
		if !c.Response().IsBodyStream() { // else it is observed when all was sent
			s.observe(c, x, start, by)
		}
		return nil
	}
}
