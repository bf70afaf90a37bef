package store

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
)

// Find returns the current resources of a type that meet parameters, written as a client
// writes them, and at most so many of them; which ones is not said. It fails as
// [search.Parse] does on parameters that it does not know.
func Find(ctx context.Context, s Store, typ string, most int, params ...search.Pair) ([]*fhir.Resource, error) {
	q, err := search.Parse(search.Request{Type: typ, Strict: true, MaxCount: most, DefaultCount: most, Pairs: params})
	if err != nil {
		return nil, err
	}
	q.Total = search.TotalNone
	page, err := s.Search(ctx, q)
	if err != nil {
		return nil, err
	}
	return page.Matches, nil
}
