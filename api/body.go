package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/valyala/fasthttp"

	"masjala/fhir"
)

// chunk is how much of a body of unknown length is read at a time.
const chunk = 64 << 10

// body reads the whole request body, unpacked when it was sent with gzip, within the limit of
// the route and the budget of the server. It fails with TooLarge, with Busy when too many
// large requests run, and with Invalid when the body ends early or is no gzip.
func (s *Server) body(x *exchange) ([]byte, error) {
	limit := s.opt.Limits.Body
	x.budget = s.small
	if x.route.large || largeTypes[x.typ] {
		limit, x.budget = s.opt.Limits.Large, s.large
	}
	packed, err := isPacked(x.http.Request.Header.Peek(fasthttp.HeaderContentEncoding))
	if err != nil {
		return nil, err
	}
	b, err := x.received(limit)
	if err != nil || !packed || b == nil {
		return b, err
	}
	return x.unpacked(b, limit)
}

// isPacked tells whether a body was sent with gzip. It fails with UnsupportedMedia when it
// was sent in another way that is not plain (RFC 9110).
func isPacked(encoding []byte) (bool, error) {
	switch enc := string(encoding); {
	case enc == "", strings.EqualFold(enc, "identity"):
		return false, nil
	case strings.EqualFold(enc, "gzip"), strings.EqualFold(enc, "x-gzip"):
		return true, nil
	default:
		return false, fhir.Errorf(fhir.UnsupportedMedia, "This server does not read bodies with Content-Encoding %q; send it with gzip or without.", clip(enc))
	}
}

// received reads the body as it was sent; nil when there is none.
func (x *exchange) received(limit int64) ([]byte, error) {
	stream := x.http.RequestBodyStream()
	size := int64(x.http.Request.Header.ContentLength())
	if stream == nil || size == 0 {
		return nil, nil
	}
	if size > limit {
		return nil, tooLarge(limit)
	}
	if size < 0 {
		return x.chunked(stream, limit)
	}
	if err := x.hold(size); err != nil {
		return nil, err
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(stream, b); err != nil {
		return nil, cutShort(err)
	}
	return b, nil
}

// unpacked unzips a body, no further than the limit.
func (x *exchange) unpacked(b []byte, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err == nil {
		b, err = x.chunked(z, limit)
	}
	if kind := fhir.KindOf(err); err == nil || kind == fhir.TooLarge || kind == fhir.Busy {
		return b, err
	}
	return nil, fhir.Errorf(fhir.Invalid, "The body was sent with Content-Encoding gzip, but it is not whole gzip data.").Because(err)
}

// largeTypes are the types whose resources may be as large as a Bundle: whole code systems,
// and areas with the boundary of a nation (GEO-3).
var largeTypes = map[string]bool{"CodeSystem": true, "ValueSet": true, "ConceptMap": true, "Location": true}

// chunked reads a body that does not say how long it is.
func (x *exchange) chunked(stream io.Reader, limit int64) ([]byte, error) {
	var b []byte
	for {
		if err := x.hold(chunk); err != nil {
			return nil, err
		}
		start := len(b)
		b = append(b, make([]byte, chunk)...)
		n, err := io.ReadFull(stream, b[start:])
		b = b[:start+n]
		switch {
		case int64(len(b)) > limit:
			return nil, tooLarge(limit)
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && n < chunk:
			return b, endOf(stream, err)
		case err != nil:
			return nil, cutShort(err)
		}
	}
}

// endOf tells a chunked body that ended well from one that broke off: only the first says
// io.EOF again and again.
func endOf(stream io.Reader, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		var one [1]byte
		if _, again := stream.Read(one[:]); !errors.Is(again, io.EOF) {
			return cutShort(err)
		}
	}
	return nil
}

// hold takes n bytes of the budget until the exchange is over, waiting for others when need be.
func (x *exchange) hold(n int64) error {
	if !x.budget.TryAcquire(n) {
		if x.held > 0 { // two that each hold some must not wait for each other
			return busy(nil)
		}
		if err := x.budget.Acquire(x.ctx, n); err != nil {
			return busy(err)
		}
	}
	x.held += n
	return nil
}

func busy(cause error) error {
	return fhir.Errorf(fhir.Busy, "The server is working on too many large requests. Try again in a moment.").Because(cause)
}

// patientDrain is how much of a refused body is read at least, with small limits, too.
const patientDrain = 8 << 20

// drain reads what nobody read of a request that failed, because a client that is still
// sending would not read the answer. Beyond twice what the server takes it ends the connection.
func (s *Server) drain(c *fasthttp.RequestCtx) {
	stream := c.RequestBodyStream()
	if stream == nil {
		return
	}
	if _, err := io.CopyN(io.Discard, stream, max(2*s.opt.Limits.Large, patientDrain)); !errors.Is(err, io.EOF) {
		c.SetConnectionClose()
	}
}

func tooLarge(limit int64) error {
	return fhir.Errorf(fhir.TooLarge, "The body is larger than the %d bytes this address takes; send less at a time.", limit)
}

func cutShort(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fhir.Errorf(fhir.Invalid, "The body ended before its announced length; send it again.").Because(err)
}

// resource reads the resource that was sent. It fails with Invalid, UnsupportedMedia or as body.
func (s *Server) resource(x *exchange) (*fhir.Resource, error) {
	if x.http == nil {
		if x.entry == nil {
			return nil, fhir.Errorf(fhir.Invalid, "The entry has no resource; add the one to store.")
		}
		return x.entry, nil
	}
	b, err := s.json(x)
	if err != nil {
		return nil, err
	}
	return fhir.Parse(b)
}

// json reads the request body and turns it into JSON.
func (s *Server) json(x *exchange) ([]byte, error) {
	f, err := bodyFormat(string(x.http.Request.Header.ContentType()))
	if err != nil {
		return nil, err
	}
	b, err := s.body(x)
	if err != nil {
		return nil, err
	}
	if len(b) == 0 {
		return nil, fhir.Errorf(fhir.Invalid, "The request has no body; send a resource.")
	}
	if f.decode != nil {
		return f.decode(b)
	}
	return b, nil
}
