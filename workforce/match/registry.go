package match

import (
	"context"

	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/store"
)

// RegistryTwins finds the Practitioners of a registry that may be the same person, best
// first. It returns the resources that the numbers in the pairs mean, and fails with
// TooCostly when there are more than most.
func RegistryTwins(ctx context.Context, s store.Store, most int) ([]*fhir.Resource, []linkage.Pair, error) {
	count, err := s.Count(ctx, "Practitioner")
	if err != nil {
		return nil, nil, err
	}
	if count > most {
		return nil, nil, fhir.Errorf(fhir.TooCostly, "There are %d Practitioners; doubles are looked for among %d at most. Export a part and match that.", count, most)
	}
	var all []*fhir.Resource
	var list []Worker
	err = store.Each(ctx, s, "Practitioner", func(r *fhir.Resource) error {
		all, list = append(all, r), append(list, FromResource(r))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	pairs, err := Twins(ctx, list)
	return all, pairs, err
}
