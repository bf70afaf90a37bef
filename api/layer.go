package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"masjala/facility/geo"
	"masjala/fhir"
	"masjala/fhir/search"
)

// layerPath is where maps get Locations as GeoJSON.
const layerPath = "/map/locations"

// geoJSON is the media type of RFC 7946.
const geoJSON = "application/geo+json"

// Limits of a layer.
const (
	mostFeatures  = 50_000
	layerPage     = 500 // Locations read at a time: few, since boundaries are large
	mostTolerance = 1_000_000
)

// layer answers GET /map/locations (FRF-10, GEO-5): the Locations that meet search
// parameters as one FeatureCollection, boundaries simplified by tolerance metres: 50,000,
// or _count, at most. Its member numberMatched tells how many there are.
func (s *Server) layer(c *fiber.Ctx, x *exchange) error {
	if err := s.mayRead(c, x); err != nil {
		return err
	}
	if s.known["Location"] == "" {
		return unserved("Location")
	}
	pairs, err := readPairs(nil, string(c.Context().URI().QueryString()), &x.control)
	if err != nil {
		return err
	}
	metres, pairs, err := tolerance(pairs)
	if err != nil {
		return err
	}
	x.prefer.strict = true // a name that is mistaken would show everything
	q, err := s.query(x, "Location", pairs)
	if err != nil {
		return err
	}
	out, err := s.appendLayer(x.ctx, q, wanted(pairs), metres)
	if err != nil {
		return err
	}
	s.deliver(c, fiber.StatusOK, geoJSON, out)
	return nil
}

// wanted is how many features are at most: _count, which the search has found to be a number,
// may be more than a page of it may have.
func wanted(pairs []search.Pair) int {
	n, err := strconv.Atoi(value(pairs, "_count"))
	if err != nil {
		return mostFeatures
	}
	return min(n, mostFeatures)
}

// mayRead finds out who asks beside the FHIR interface, and refuses who may not read.
func (s *Server) mayRead(c *fiber.Ctx, x *exchange) (err error) {
	if s.opt.Authenticate != nil {
		x.who, err = s.signIn(x.ctx, s.opt.Authenticate, s.connectionOf(c.Context()), c.Get(fiber.HeaderAuthorization), RoleReader)
	}
	return err
}

// tolerance takes the parameter of that name out of those of a search.
func tolerance(pairs []search.Pair) (metres float64, rest []search.Pair, err error) {
	for _, p := range pairs {
		if p.Name != "tolerance" {
			rest = append(rest, p)
			continue
		}
		metres, err = strconv.ParseFloat(p.Value, 64)
		if err != nil || !(metres >= 0 && metres <= mostTolerance) {
			return 0, nil, fhir.Errorf(fhir.Invalid, "The tolerance is a number of metres from 0 to %d, not %q.", mostTolerance, clip(p.Value))
		}
	}
	return metres, rest, nil
}

// appendLayer makes a FeatureCollection of what a search finds, of so many at most. It fails
// with TooCostly when their outlines take too much.
func (s *Server) appendLayer(ctx context.Context, q *search.Query, most int, metres float64) ([]byte, error) {
	out := []byte(`{"type":"FeatureCollection","features":[`)
	n, total := 0, 0
	q.Count, q.Includes, q.Total, q.Summary = layerPage, nil, search.TotalAccurate, ""
	for {
		page, err := s.opt.Store.Search(ctx, q)
		if err != nil {
			return nil, err
		}
		total = page.Total
		for _, r := range page.Matches {
			if n == most {
				break
			}
			if n++; n > 1 {
				out = append(out, ',')
			}
			if out = geo.AppendFeature(out, r, metres); len(out) > s.opt.Limits.Layer {
				return nil, fhir.Errorf(fhir.TooCostly, "The outlines take more than %d bytes; ask for fewer by _count, or simplify them by a larger tolerance.", s.opt.Limits.Layer)
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" || n == most {
			break
		}
	}
	out = append(out, `],"numberReturned":`...)
	out = strconv.AppendInt(out, int64(n), 10)
	out = append(out, `,"numberMatched":`...)
	return append(strconv.AppendInt(out, int64(max(total, n)), 10), '}'), nil
}
