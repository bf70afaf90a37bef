package api

import (
	"context"
	"errors"

	"masjala/fhir"
	"masjala/fhir/search"
)

// ValueSets lists the codes of value sets, for searches with the modifiers in and not-in.
// The terminology service is one.
type ValueSets interface {
	// Members returns up to limit codings of a value set that a canonical, perhaps with
	// |version, or "ValueSet/id" names. It fails with NotFound if the value set, or what it
	// needs, is not known.
	Members(ctx context.Context, valueSet string, limit int) ([]search.Coding, error)
}

// maxMembers is how many codes the value set of a search may have.
const maxMembers = 10_000

// members looks up the value sets that a query names
// (https://hl7.org/fhir/R4/search.html#token).
func (s *Server) members(ctx context.Context, q *search.Query) error {
	return q.Resolve(func(valueSet string) ([]search.Coding, error) {
		if s.opt.ValueSets == nil {
			return nil, fhir.Errorf(fhir.Unsupported, "This server cannot look into value sets; name the codes instead of %q.", clip(valueSet))
		}
		list, err := s.opt.ValueSets.Members(ctx, valueSet, maxMembers+1)
		if e, ok := errors.AsType[*fhir.Error](err); ok && e.Kind == fhir.NotFound { // the search itself is there
			return nil, fhir.Errorf(fhir.Invalid, "The search asks for the codes of %q: %s", clip(valueSet), e.Text).Coded("not-found")
		}
		if len(list) > maxMembers {
			return nil, fhir.Errorf(fhir.TooCostly, "Value set %q has more than %d codes; a search takes no more. Name the codes or a smaller value set.", clip(valueSet), maxMembers)
		}
		return list, err
	})
}
