package sqlite

import (
	"context"
	"errors"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
)

// Search answers a query from one snapshot.
func (s *Store) Search(ctx context.Context, q *search.Query) (*store.Page, error) {
	return nil, errors.New("search")
}

// Find returns the current resources a query meets.
func (t *tx) Find(q *search.Query, limit int) ([]*fhir.Resource, error) {
	return nil, errors.New("find")
}
