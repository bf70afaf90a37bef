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
	q, err := search.Parse(search.Request{Type: "Location", Strict: true, MaxCount: perPage, DefaultCount: perPage})
	if err != nil {
		return nil, nil, err
	}
	q.Total = search.TotalNone
	for {
		page, err := s.Search(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range page.Matches {
			if r.Field(`physicalType.coding.#(code=="jdn")`).Exists() {
				continue
			}
			f, err := FromResource(ctx, s, r)
			if err != nil {
				return nil, nil, err
			}
			all, list = append(all, r), append(list, f)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	pairs, err := Twins(ctx, list)
	return all, pairs, err
}
