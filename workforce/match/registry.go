package match

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/linkage"
	"masjala/store"
)

// perPage is how many resources are read at a time.
const perPage = 1000

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
	q, err := search.Parse(search.Request{Type: "Practitioner", Strict: true, MaxCount: perPage, DefaultCount: perPage})
	if err != nil {
		return nil, nil, err
	}
	q.Total = search.TotalNone
	var all []*fhir.Resource
	var list []Worker
	for {
		page, err := s.Search(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range page.Matches {
			all, list = append(all, r), append(list, FromResource(r))
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	pairs, err := Twins(ctx, list)
	return all, pairs, err
}
