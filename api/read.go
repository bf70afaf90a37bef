package api

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"masjala/fhir"
)

// read answers GET [base]/Type/id (https://hl7.org/fhir/R4/http.html#read).
func (s *Server) read(x *exchange) error {
	if s.memory != nil && len(x.pairs) == 0 {
		if out, version, updated, ok := s.memory.AppendCurrent(x.out, x.typ, x.id); ok {
			x.version, x.updated = version, updated
			if x.unchanged() {
				x.status, x.noBody = http.StatusNotModified, true
			} else {
				x.out = out
			}
			return nil
		}
	}
	r, err := s.opt.Store.Read(x.ctx, x.typ, x.id)
	if err != nil {
		return err
	}
	return s.show(x, r)
}

// memory is what a store may offer beside [store.Store]: the current version as JSON, without
// a resource being made of it. It is not ok when the answer must be had by Read.
type memory interface {
	AppendCurrent(dst []byte, typ, id string) (out []byte, version int64, updated time.Time, ok bool)
}

// vread answers GET [base]/Type/id/_history/version.
func (s *Server) vread(x *exchange) error {
	r, err := s.version(x)
	if err != nil {
		return err
	}
	return s.show(x, r)
}

// version reads the version that the path names.
func (s *Server) version(x *exchange) (*fhir.Resource, error) {
	n, err := x.versionAsked(math.MaxInt64)
	if err != nil {
		return nil, err
	}
	return s.opt.Store.ReadVersion(x.ctx, x.typ, x.id, n)
}

// versionAsked is the number of the version that the path names. It fails with NotFound when
// no version has that number, or one above the newest.
func (x *exchange) versionAsked(newest int64) (int64, error) {
	n, err := strconv.ParseInt(x.target.version, 10, 64)
	if err != nil || n < 1 || n > newest || x.target.version[0] == '0' {
		return 0, fhir.Errorf(fhir.NotFound, "%s/%s has no version %q; its versions are 1, 2 and so on.", x.typ, x.id, x.target.version)
	}
	return n, nil
}

// show answers one version, whole or in part, or that the client has it already.
func (s *Server) show(x *exchange, r *fhir.Resource) error {
	x.stamp(r)
	if x.unchanged() {
		x.status, x.noBody = http.StatusNotModified, true
		return nil
	}
	return s.showPart(x, r)
}

// showPart answers a resource, whole or in part.
func (s *Server) showPart(x *exchange, r *fhir.Resource) error {
	part, err := partOf(x.pairs)
	if err != nil {
		return err
	}
	if x.prefer.strict {
		if err := onlyParts(x.pairs); err != nil {
			return err
		}
	}
	x.out = part.append(x.out, r)
	return nil
}

// unchanged tells whether a conditional read finds what the client has: If-None-Match
// decides when it is there, else If-Modified-Since (RFC 9110).
func (x *exchange) unchanged() bool {
	if tags := x.header.ifNoneMatch; tags != "" {
		return matchesTag(tags, x.version)
	}
	if since := x.header.ifModifiedSince; since != "" {
		t, err := httpOrInstant(since)
		return err == nil && !x.updated.Truncate(time.Second).After(t)
	}
	return false
}

// httpOrInstant reads the date of an HTTP header, or the instant that a Bundle has in its place.
func httpOrInstant(s string) (time.Time, error) {
	if t, err := fasthttp.ParseHTTPDate([]byte(s)); err == nil {
		return t, nil
	}
	return fhir.ParseInstant(s)
}

// versionTag is the entity tag of a version.
func versionTag(v int64) string { return string(appendTag(nil, v)) }

// appendTag appends the entity tag of a version.
func appendTag(dst []byte, v int64) []byte {
	return append(strconv.AppendInt(append(dst, `W/"`...), v, 10), '"')
}

// matchesTag tells whether a list of entity tags, as in If-Match, has the one of a version.
// Weak and strong tags are the same here, and a bare number is taken for a tag.
func matchesTag(list string, version int64) bool {
	want := strconv.FormatInt(version, 10)
	for tag := range strings.SplitSeq(list, ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == "*" || strings.Trim(tag, `"`) == want {
			return true
		}
	}
	return false
}
