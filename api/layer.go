package api

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"masjala/facility/geo"
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/store"
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
	most := mostFeatures
	if value(q.Used, "_count") != "" {
		most = q.Count
	}
	out, err := appendLayer(x.ctx, s.opt.Store, q, most, metres)
	if err != nil {
		return err
	}
	s.deliver(c, fiber.StatusOK, geoJSON, out)
	return nil
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

// appendLayer makes a FeatureCollection of what a search finds, of so many at most.
func appendLayer(ctx context.Context, from store.Store, q *search.Query, most int, metres float64) ([]byte, error) {
	out := []byte(`{"type":"FeatureCollection","features":[`)
	n, total := 0, 0
	q.Count, q.Includes = layerPage, nil
	for {
		page, err := from.Search(ctx, q)
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
			out = geo.AppendFeature(out, r, metres)
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
