package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"masjala/fhir"
	"masjala/store"
)

// statusOf covers every Kind; a test walks all of them.
var statusOf = map[fhir.Kind]int{
	fhir.Internal: http.StatusInternalServerError, fhir.Invalid: http.StatusBadRequest,
	fhir.NotFound: http.StatusNotFound, fhir.Gone: http.StatusGone, fhir.Conflict: http.StatusConflict,
	fhir.Forbidden: http.StatusForbidden, fhir.TooCostly: http.StatusUnprocessableEntity,
	fhir.Unsupported: http.StatusNotImplemented, fhir.Unauthenticated: http.StatusUnauthorized,
	fhir.NotAllowed: http.StatusMethodNotAllowed, fhir.NotAcceptable: http.StatusNotAcceptable,
	fhir.PreconditionFailed: http.StatusPreconditionFailed, fhir.TooLarge: http.StatusRequestEntityTooLarge,
	fhir.UnsupportedMedia: http.StatusUnsupportedMediaType, fhir.Unprocessable: http.StatusUnprocessableEntity,
	fhir.TooMany: http.StatusTooManyRequests, fhir.Busy: http.StatusServiceUnavailable,
	fhir.Full: http.StatusInsufficientStorage,
}

// textOf says in our words what the framework found wrong; its own words may repeat the request.
var textOf = map[int]string{
	http.StatusNotFound:                    "There is nothing at this address. The FHIR interface is at " + prefix + ".",
	http.StatusMethodNotAllowed:            "This address does not take this method.",
	http.StatusRequestTimeout:              "The request did not arrive in time.",
	http.StatusRequestEntityTooLarge:       "The request is larger than this server takes.",
	http.StatusRequestHeaderFieldsTooLarge: "The address and headers are longer than this server takes; send a search as POST to _search.",
	http.StatusBadRequest:                  "The request is not correct HTTP.",
}

// plain makes any error one that can be shown: those of the framework and of the clock get
// a text of ours, all unknown ones stay and become Internal.
func plain(err error) error {
	if fe, ok := errors.AsType[*fiber.Error](err); ok {
		return fhir.FromStatus(fe.Code, textOf[fe.Code]).Because(err)
	}
	if _, ok := errors.AsType[*fhir.Error](err); ok {
		return err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fhir.Errorf(fhir.Busy, "The request took too long and was stopped. Ask for less, or try again later.").Because(err)
	case errors.Is(err, context.Canceled), errors.Is(err, store.ErrClosed):
		return fhir.Errorf(fhir.Busy, "The server is stopping. Try again in a moment.").Because(err)
	}
	return err
}

// answered is an error whose status is not the usual one of its kind.
type answered struct {
	error
	status int
}

func (e *answered) Unwrap() error { return e.error }

// unserved says that the server does not hold a type: not supported, but also not found
// (MD-A7, https://hl7.org/fhir/R4/http.html#read).
func unserved(typ string) error {
	return &answered{fhir.Errorf(fhir.Unsupported, "This server holds no resources of type %q; see %s/metadata for those it holds.", clip(typ), prefix), http.StatusNotFound}
}

// status is the HTTP status of an error.
func (s *Server) status(err error) int {
	if e, ok := errors.AsType[*answered](err); ok {
		return e.status
	}
	kind := fhir.KindOf(err)
	if kind == fhir.NotAcceptable && s.opt.IHEStrict {
		return http.StatusBadRequest
	}
	if status, ok := statusOf[kind]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// fail is the one place where an error becomes a response: a valid OperationOutcome,
// whatever the error was. Fiber calls it for errors of its own.
func (s *Server) fail(c *fiber.Ctx, err error) error {
	s.failAs(c, choice{}, err)
	return nil
}

// failAs is fail in a format, or the one asked for where none was chosen yet.
func (s *Server) failAs(c *fiber.Ctx, as choice, err error) {
	if len(c.Response().Header.PeekCanonical(nameRequestID)) == 0 {
		s.greet(c)
	}
	err = plain(err)
	status := s.status(err)
	if fe, ok := errors.AsType[*fiber.Error](err); ok && fe.Code >= 400 && fe.Code < 500 {
		status = fe.Code
	}
	if status == http.StatusInternalServerError {
		s.log.Error("request failed", "path", c.Path(), "request", string(c.Response().Header.PeekCanonical(nameRequestID)), "err", err)
	}
	switch status {
	case http.StatusUnauthorized:
		c.Set(fiber.HeaderWWWAuthenticate, `Bearer realm="masjala"`)
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(retryAfter))
	}
	s.send(c, as, status, fhir.Outcome(err))
}

// retryAfter is the seconds a client should wait when the server is busy.
const retryAfter = 2
