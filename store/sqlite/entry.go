package sqlite

import (
	"math"

	"masjala/fhir"
	"masjala/fhir/search"
)

// indexRows turns the entries of a draft into settled index rows and the bits of the
// parameters they give a value for.
func (d *dictionary) indexRows(typ int64, entries []search.Entry) (rs []row, has [2]int64, err error) {
	rs = make([]row, 0, len(entries))
	for i := range entries {
		e := &entries[i]
		p, err := d.param(typ, e.Param)
		if err != nil {
			return nil, has, err
		}
		if p.bit >= 126 {
			return nil, has, fhir.Errorf(fhir.Unsupported, "more than 126 search parameters of one type cannot be indexed (%s)", e.Param)
		}
		has[p.bit/63] |= 1 << (p.bit % 63)
		r, err := d.indexRow(p, e)
		if err != nil {
			return nil, has, err
		}
		rs = append(rs, r)
	}
	return settle(rs), has, nil
}

// indexRow turns one entry into a row.
func (d *dictionary) indexRow(p param, e *search.Entry) (row, error) {
	r := row{kind: e.Kind, param: p.id}
	var err error
	switch e.Kind {
	case search.Token:
		r.text = e.Code
		r.a, err = d.symbol(e.System)
	case search.String:
		r.text, r.more = e.Text, e.Exact
	case search.Reference:
		r.text, r.more = e.RefURL, e.Text
		if e.RefID != "" {
			r.text = e.RefID
			r.a, err = d.typeID(e.RefType)
		}
	case search.Date:
		r.a, r.b = e.Low, e.High
	case search.URI:
		r.text = e.Text
	case search.Number, search.Quantity:
		r.x, r.y, r.text = e.NumLow, e.NumHigh, e.Code
		r.a, err = d.symbol(e.System)
	case search.Position:
		r.a, r.x, r.y = cell(e.Lat, e.Lon), e.Lat, e.Lon
	default:
		err = fhir.Errorf(fhir.Internal, "an index entry of %s has the unknown kind %d", e.Param, e.Kind)
	}
	return r, err
}

// cellSize is the side of a grid cell in degrees.
const cellSize = 0.05

// cellColumns is how many cells a parallel has.
const cellColumns = 7200

// cell numbers the grid cell of a position: rows from the south pole, columns from the
// 180th meridian.
func cell(lat, lon float64) int64 {
	return cellRow(lat)*cellColumns + cellColumn(lon)
}

func cellRow(lat float64) int64 {
	return int64(math.Floor((min(max(lat, -90), 90) + 90) / cellSize))
}

func cellColumn(lon float64) int64 {
	c := int64(math.Floor((lon + 180) / cellSize))
	return ((c % cellColumns) + cellColumns) % cellColumns
}

// unit is a position on the unit sphere.
type unit struct{ x, y, z float64 }

func unitOf(lat, lon float64) unit {
	const rad = math.Pi / 180
	sinLat, cosLat := math.Sincos(lat * rad)
	sinLon, cosLon := math.Sincos(lon * rad)
	return unit{cosLat * cosLon, cosLat * sinLon, sinLat}
}

// earth is the mean radius in metres (IUGG).
const earth = 6_371_008.8

// metres is the great-circle distance for a squared chord of the unit sphere.
func metres(chord2 float64) float64 {
	return 2 * earth * math.Asin(min(1, math.Sqrt(max(chord2, 0))/2))
}

// chord2 is the squared chord of the unit sphere for a great-circle distance.
func chord2(metres float64) float64 {
	c := 2 * math.Sin(min(metres/earth, math.Pi)/2)
	return c * c
}
