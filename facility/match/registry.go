package match

import (
	"context"

	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/store"
)

// Each calls fn with the Locations of a registry that are facilities: those whose
// physicalType is not jdn (jurisdiction). It fails when the store cannot be read, and with
// the error of fn.
func Each(ctx context.Context, s store.Store, fn func(*fhir.Resource) error) error {
	return store.Each(ctx, s, "Location", func(r *fhir.Resource) error {
		if r.Field(`physicalType.coding.#(code=="jdn")`).Exists() {
			return nil
		}
		return fn(r)
	})
}

// RegistryTwins finds the Locations of a registry that may be the same facility, best first.
// Areas are left out: Locations whose physicalType is jdn (jurisdiction). It returns the
// resources that the numbers in the pairs mean, and fails with TooCostly when there are more
// than most.
func RegistryTwins(ctx context.Context, s store.Store, most int) ([]*fhir.Resource, []linkage.Pair, error) {
	count, err := s.Count(ctx, "Location")
	if err != nil {
		return nil, nil, err
	}
	if count > most {
		return nil, nil, fhir.Errorf(fhir.TooCostly, "There are %d Locations; doubles are looked for among %d at most. Export a district and match that.", count, most)
	}
	var all []*fhir.Resource
	var list []Facility
	err = Each(ctx, s, func(r *fhir.Resource) error {
		f, err := FromResource(ctx, s, r)
		all, list = append(all, r), append(list, f)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	pairs, err := Twins(ctx, list)
	return all, pairs, err
}
