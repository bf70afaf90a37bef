package api

import (
	"context"
	"errors"

	"masjala/fhir"
	"masjala/fhir/search"
)

// ValueSets lists the codes that searches mean by the modifiers in, not-in, above and below.
// The terminology service is one.
type ValueSets interface {
	// Members returns up to limit codings of a value set that a canonical, perhaps with
	// |version, or "ValueSet/id" names. It fails with NotFound if the value set, or what it
	// needs, is not known.
	Members(ctx context.Context, valueSet string, limit int) ([]search.Coding, error)
	// Kin returns a code and up to limit-1 of those below it in its code system, or above
	// it. It fails with NotFound if the code system is not known; a code that the system
	// does not have is alone.
	Kin(ctx context.Context, code search.Coding, below bool, limit int) ([]search.Coding, error)
}

// maxMembers is how many codes a search may mean by one modifier.
const maxMembers = 10_000

// members looks up the codes that a query means without naming them
// (https://hl7.org/fhir/R4/search.html#token).
func (s *Server) members(ctx context.Context, q *search.Query) error {
	return q.Resolve(func(c search.Codes) ([]search.Coding, error) {
		what := c.ValueSet
		if what == "" {
			what = c.Coding.System + "|" + c.Coding.Code
		}
		if s.opt.ValueSets == nil {
			return nil, fhir.Errorf(fhir.Unsupported, "This server cannot look into value sets and code systems; name the codes instead of %q.", clip(what))
		}
		list, err := s.listed(ctx, c)
		if e, ok := errors.AsType[*fhir.Error](err); ok && e.Kind == fhir.NotFound { // the search itself is there
			return nil, fhir.Errorf(fhir.Invalid, "The search asks for the codes of %q: %s", clip(what), e.Text).Coded("not-found")
		}
		if len(list) > maxMembers {
			return nil, fhir.Errorf(fhir.TooCostly, "%q stands for more than %d codes; a search takes no more. Name the codes, or ask for fewer.", clip(what), maxMembers)
		}
		return list, err
	})
}

// listed returns up to one more than maxMembers codes.
func (s *Server) listed(ctx context.Context, c search.Codes) ([]search.Coding, error) {
	if c.ValueSet != "" {
		return s.opt.ValueSets.Members(ctx, c.ValueSet, maxMembers+1)
	}
	return s.opt.ValueSets.Kin(ctx, c.Coding, c.Way == search.Below, maxMembers+1)
}
