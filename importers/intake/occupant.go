package intake

import (
	"context"
	"fmt"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers/definition"
	"masjala/store"
)

// occupant returns the stored resource that has the id of r, nil if none has. It is read whole
// only when it is a copy of r: another version of a code system may have hundreds of megabytes,
// and while those are copied into memory the program does little else.
func (in *Intake) occupant(ctx context.Context, r *fhir.Resource) (*fhir.Resource, error) {
	found, err := store.Find(ctx, in.env.Store, r.Type, 1, search.Pair{Name: "_id", Value: r.ID}, search.Pair{Name: "_summary", Value: "true"})
	switch {
	case err != nil:
		return nil, fmt.Errorf("look for %s: %w", r.Ref(), err)
	case len(found) == 0:
		return nil, nil
	case canonical(found[0]) != canonical(r):
		return found[0], nil
	}
	return definition.Read(ctx, in.env.Store, found[0])
}
