package sqlite

import (
	"masjala/fhir/search"
	"masjala/store/globe"
)

// nearby is the radius when the request gives none.
const nearby = 50_000

// maxRanges is how many ranges of cells a search looks up; a larger area takes whole bands.
const maxRanges = 1200

// position makes the clause of places within a distance. The cells give candidates, the
// chord on the unit sphere decides.
func (p *planner) position(ps []param, vs []search.Value) *clause {
	var args []any
	for i := range vs {
		args = append(args, nearRanges(&vs[i], maxRanges/len(vs))...)
	}
	return p.each("position", ps, args, nearColumns,
		"%t.cell between %v.column1 and %v.column2 and "+squaredChord+" <= %v.column6", false)
}

// squaredChord is the squared distance on the unit sphere of a row and a wanted place.
const squaredChord = "((%t.x - %v.column3) * (%t.x - %v.column3) + (%t.y - %v.column4) * (%t.y - %v.column4) + (%t.z - %v.column5) * (%t.z - %v.column5))"

// nearColumns is the length of a row of nearRanges: cells from and to, x, y, z, greatest squared chord.
const nearColumns = 6

// nearRanges returns the ranges of cells around a place.
func nearRanges(v *search.Value, most int) []any {
	metres := radius(v)
	u, limit := globe.At(v.Lat, v.Lon), globe.Chord(metres)
	var args []any
	for first, last := range globe.Cells(v.Lat, v.Lon, metres, most) {
		args = append(args, first, last, u.X, u.Y, u.Z, limit)
	}
	return args
}

// radius is the distance in metres that a value means.
func radius(v *search.Value) float64 {
	if !(v.Radius > 0) {
		return nearby
	}
	return v.Radius
}
