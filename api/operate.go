package api

import (
	"net/http"
	"slices"
	"strings"

	"masjala/fhir"
)

// levelOf is the level of the places of operations.
var levelOf = map[place]Level{systemOperation: AtSystem, typeOperation: AtType, instanceOperation: AtInstance}

// operate answers a call of an operation, by GET with parameters in the query or by POST
// with a form, a Parameters resource or another resource (https://hl7.org/fhir/R4/operations.html).
func (s *Server) operate(x *exchange) error {
	op := s.operation(x.target.operation, levelOf[x.place], x.typ)
	if op == nil {
		return fhir.Errorf(fhir.NotFound, "This server offers no operation $%s here; see %s/metadata for those it offers.", clip(x.target.operation), prefix)
	}
	if op.Changes {
		if x.method == get {
			return fhir.Errorf(fhir.NotAllowed, "$%s changes data, so it must be sent by POST.", op.Name)
		}
		if !x.who.Role.allows(RoleEditor) {
			return fhir.Errorf(fhir.Forbidden, "$%s needs the role %s.", op.Name, RoleEditor)
		}
	}
	call := &Call{Type: x.typ, ID: x.id, Base: s.base(x), Language: x.language, Strict: x.prefer.strict, Actor: x.who.Name, Role: x.who.Role, Costly: costly(x), room: x.out}
	if err := s.callBody(x, call, op.Unread); err != nil {
		return err
	}
	call.Pairs = slices.Clip(x.pairs)
	a, err := op.Run(x.ctx, call)
	if err != nil {
		return err
	}
	x.status, x.etag = a.Status, a.ETag
	if x.method == get && a.ETag != "" && x.header.ifNoneMatch != "" && hasTag(x.header.ifNoneMatch, a.ETag) {
		x.status, x.noBody = http.StatusNotModified, true
		return nil
	}
	if len(a.Body) > 0 && cap(call.room) > 0 && &a.Body[0] == &call.room[:1][0] { // it is where it belongs
		x.out = a.Body
		return nil
	}
	x.out = append(x.out, a.Body...)
	return nil
}

// callBody reads the body of a POST: a form joins the parameters, else it is a resource,
// which an operation may want unread.
func (s *Server) callBody(x *exchange, call *Call, unread bool) error {
	if x.method != post {
		return nil
	}
	if x.http == nil {
		call.Body = x.entry
		if unread && x.entry != nil {
			call.Raw = x.entry.JSON()
		}
		return nil
	}
	h := &x.http.Request.Header
	mediaType, _, _ := strings.Cut(string(h.ContentType()), ";")
	if strings.EqualFold(strings.TrimSpace(mediaType), formMedia) {
		return s.form(x)
	}
	if h.ContentLength() == 0 || h.ContentLength() < -1 {
		return nil
	}
	if unread {
		return s.unread(x, call)
	}
	b, err := s.json(x)
	if err != nil {
		return err
	}
	call.Body, err = fhir.ParseLenient(b) // it may bring content of later versions of FHIR
	return err
}

// unread reads the body of a call without a look at what it says.
func (s *Server) unread(x *exchange, call *Call) error {
	f, err := bodyFormat(string(x.http.Request.Header.ContentType()))
	if err != nil {
		return err
	}
	b, err := s.body(x)
	if err != nil || len(b) == 0 {
		return err
	}
	if call.Raw = b; f.decode != nil {
		call.Raw, call.Broken = f.decode(b)
	}
	return nil
}

// hasTag tells whether a list of entity tags has one, weak or strong.
func hasTag(list, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for t := range strings.SplitSeq(list, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}
