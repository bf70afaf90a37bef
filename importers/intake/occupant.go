package intake

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers/definition"
)

// occupant returns the stored resource that has the id of r, nil if none has. It is read whole
// only when it is a copy of r: another version of a code system may have hundreds of megabytes,
// and while those are copied into memory the program does little else.
func (in *Intake) occupant(ctx context.Context, r *fhir.Resource) (*fhir.Resource, error) {
	q, err := search.Parse(search.Request{Type: r.Type, DefaultCount: 1, MaxCount: 1,
		Pairs: []search.Pair{{Name: "_id", Value: r.ID}, {Name: "_summary", Value: "true"}, {Name: "_total", Value: "none"}}})
	if err != nil {
		return nil, err
	}
	page, err := in.env.Store.Search(ctx, q)
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for %s: %w", r.Ref(), err)
	case len(page.Matches) == 0:
		return nil, nil
	case canonical(page.Matches[0]) != canonical(r):
		return page.Matches[0], nil
	}
	return definition.Read(ctx, in.env.Store, page.Matches[0])
}
