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

// VersionOf returns one version of a resource without its content, also one that is a deletion or
// was erased, with the cause that is kept of it. It fails with NotFound when there is none of that
// number.
func VersionOf(ctx context.Context, s Store, typ, id string, number int64) (*Version, error) {
	return only(ctx, s, HistoryQuery{Type: typ, ID: id, Version: max(0, number)})
}

// VersionAt returns the version with a number in the order of commits, as VersionOf does.
func VersionAt(ctx context.Context, s Store, seq int64) (*Version, error) {
	return only(ctx, s, HistoryQuery{Seq: max(0, seq)})
}

// only returns the version that a query asks for by a number.
func only(ctx context.Context, s Store, q HistoryQuery) (*Version, error) {
	if q.Version+q.Seq > 0 {
		q.Bare, q.Count = true, 1
		page, err := s.History(ctx, q)
		if err != nil {
			return nil, err
		}
		if len(page.Versions) > 0 {
			return &page.Versions[0], nil
		}
	}
	return nil, fhir.Errorf(fhir.NotFound, "there is no such version")
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
