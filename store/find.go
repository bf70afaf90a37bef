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

// VersionOf returns one version of a resource, also one that is a deletion or was erased, with
// the cause that is kept of it. It fails with NotFound when there is none of that number.
func VersionOf(ctx context.Context, s Store, typ, id string, number int64) (*Version, error) {
	page, err := s.History(ctx, HistoryQuery{Type: typ, ID: id, Version: max(1, number), Count: 1})
	if err != nil {
		return nil, err
	}
	if len(page.Versions) == 0 || number < 1 {
		return nil, fhir.Errorf(fhir.NotFound, "%s/%s has no version %d", typ, id, number)
	}
	return &page.Versions[0], nil
}

// VersionAt returns the version with a sequence number, as VersionOf does.
func VersionAt(ctx context.Context, s Store, seq int64) (*Version, error) {
	some, err := s.Changes(ctx, seq-1, 1)
	if err != nil {
		return nil, err
	}
	if len(some) == 0 || some[0].Seq != seq {
		return nil, fhir.Errorf(fhir.NotFound, "there is no version with the sequence number %d", seq)
	}
	return &some[0], nil
}

// eachPage is how many resources Each reads at a time: few, since boundaries of areas are large.
const eachPage = 200

// Each calls fn with the current resources of a type that meet parameters, written as a
// client writes them, newest first, each that was there at the beginning once. It fails as
// [search.Parse] does, when the store cannot be read, and with the error of fn.
func Each(ctx context.Context, s Store, typ string, fn func(*fhir.Resource) error, params ...search.Pair) error {
	q, err := search.Parse(search.Request{Type: typ, Strict: true, MaxCount: eachPage, DefaultCount: eachPage, Pairs: params})
	if err != nil {
		return err
	}
	q.Total = search.TotalNone
	for {
		page, err := s.Search(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range page.Matches {
			if err := fn(r); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
