package api

import (
	"context"

	"masjala/fhir"
	"masjala/fhir/search"
)

// Areas finds the Locations whose boundary contains a point, for searches by the parameter
// contains; the Index of facility/geo is one.
type Areas interface {
	// Containing returns the ids of the Locations whose boundary holds a point.
	Containing(ctx context.Context, lat, lon float64) ([]string, error)
}

// areas looks up the areas that a query asks for by a point in them.
func (s *Server) areas(ctx context.Context, q *search.Query) error {
	return q.Locate(func(lat, lon float64) ([]string, error) {
		if s.opt.Areas == nil {
			return nil, fhir.Errorf(fhir.Unsupported, "This server does not look into the boundaries of areas.")
		}
		return s.opt.Areas.Containing(ctx, lat, lon)
	})
}
