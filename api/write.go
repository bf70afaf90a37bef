package api

import (
	"net/http"
	"slices"
	"strconv"

	"masjala/fhir"
)

// create answers POST [base]/Type, conditional with If-None-Exist
// (https://hl7.org/fhir/R4/http.html#create).
func (s *Server) create(x *exchange) error {
	r, err := s.resource(x)
	if err != nil {
		return err
	}
	condition := x.header.ifNoneExist
	return s.change(x, &change{verb: http.MethodPost, typ: x.typ, sent: r, conditional: condition != "", condition: condition})
}

// update answers PUT [base]/Type/id, which also creates (https://hl7.org/fhir/R4/http.html#update).
func (s *Server) update(x *exchange) error {
	r, err := s.resource(x)
	if err != nil {
		return err
	}
	return s.change(x, &change{verb: http.MethodPut, typ: x.typ, id: x.id, sent: r, ifMatch: x.header.ifMatch, ifNoneMatch: x.header.ifNoneMatch})
}

// conditionalUpdate answers PUT [base]/Type?criteria (https://hl7.org/fhir/R4/http.html#cond-update).
func (s *Server) conditionalUpdate(x *exchange) error {
	if len(x.pairs) == 0 {
		return fhir.Errorf(fhir.Invalid, "A PUT needs the id of a resource or search criteria: PUT %s/%s/id or %s/%s?identifier=….", prefix, x.typ, prefix, x.typ)
	}
	r, err := s.resource(x)
	if err != nil {
		return err
	}
	return s.change(x, &change{verb: http.MethodPut, typ: x.typ, sent: r, conditional: true, condition: x.raw,
		ifMatch: x.header.ifMatch, ifNoneMatch: x.header.ifNoneMatch})
}

// delete answers DELETE [base]/Type/id (https://hl7.org/fhir/R4/http.html#delete).
func (s *Server) delete(x *exchange) error {
	c, err := x.deletion()
	if err != nil {
		return err
	}
	return s.change(x, c)
}

// conditionalDelete answers DELETE [base]/Type?criteria; it deletes one resource at most.
func (s *Server) conditionalDelete(x *exchange) error {
	if len(x.pairs) == 0 {
		return fhir.Errorf(fhir.PreconditionFailed, "A DELETE of a whole type is refused; name an id or search criteria that one resource meets.")
	}
	return s.delete(x)
}

// change does one change and answers it.
func (s *Server) change(x *exchange, c *change) error {
	c.entry = -1
	if err := s.commit(x, []*change{c}, nil); err != nil {
		return err
	}
	s.written(x, c)
	return nil
}

// written answers a change that was done, as Prefer wants it.
func (s *Server) written(x *exchange, c *change) {
	x.status = http.StatusOK
	if c.created {
		x.status = http.StatusCreated
	}
	if c.result != nil {
		x.stamp(c.result)
		if !c.result.Deleted {
			x.location = s.versionURL(x, c.result)
		}
	}
	answer := x.prefer.answer
	if x.http == nil && answer == "" {
		answer = "minimal" // in a Bundle the resources come back only when asked for
	}
	switch {
	case answer == "minimal":
		x.noBody = true
		if c.verb == http.MethodDelete && x.http != nil {
			x.status = http.StatusNoContent
		}
	case c.verb == http.MethodDelete || answer == "OperationOutcome":
		x.outcome = true
		issues := []fhir.Issue{{Severity: "information", Code: "informational", Text: c.told()}}
		x.out = append(x.out, fhir.NewOutcome(slices.Concat(issues, c.toldWith(), s.advice(c))...)...)
	default:
		x.out = c.result.AppendJSON(x.out)
	}
}

// told says in a sentence what became of the change.
func (c *change) told() string {
	switch {
	case c.verb == http.MethodDelete && c.result == nil:
		return "There was nothing to delete."
	case c.verb == http.MethodDelete:
		return c.result.Ref() + " was deleted."
	case c.created:
		return c.result.Ref() + " was created."
	case c.verb == http.MethodPost:
		return c.result.Ref() + " meets the condition already; nothing was changed."
	}
	return c.result.Ref() + " was updated."
}

// versionURL is the address of one version.
func (s *Server) versionURL(x *exchange, r *fhir.Resource) string {
	b := append(make([]byte, 0, 128), s.base(x)...)
	b = append(b, '/')
	b = append(b, r.Ref()...)
	b = append(b, "/_history/"...)
	return string(strconv.AppendInt(b, r.Version, 10))
}
