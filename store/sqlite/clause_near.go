package sqlite

import (
	"math"

	"masjala/fhir/search"
)

// nearby is the radius when the request gives none.
const nearby = 50_000

// maxRanges is how many ranges of cells a search looks up; a larger area takes whole bands.
const maxRanges = 1200

// position makes the clause of places within a distance. The cells give candidates, the
// chord on the unit sphere decides.
func (p *planner) position(ps []param, vs []search.Value) *clause {
	var args []any
	for _, v := range vs {
		args = append(args, nearRanges(v, maxRanges/len(vs))...)
	}
	return p.each("position", ps, args, nearColumns,
		"%t.cell between %v.column1 and %v.column2 and "+squaredChord+" <= %v.column6", false)
}

// squaredChord is the squared distance on the unit sphere of a row and a wanted place.
const squaredChord = "((%t.x - %v.column3) * (%t.x - %v.column3) + (%t.y - %v.column4) * (%t.y - %v.column4) + (%t.z - %v.column5) * (%t.z - %v.column5))"

// nearColumns is the length of a row of nearRanges: cells from and to, x, y, z, greatest squared chord.
const nearColumns = 6

// nearRanges returns the ranges of cells around a place.
func nearRanges(v search.Value, most int) []any {
	radius := v.Radius
	if radius <= 0 {
		radius = nearby
	}
	u, limit := unitOf(v.Lat, v.Lon), chord2(radius)
	var args []any
	add := func(from, to int64) { args = append(args, from, to, u.x, u.y, u.z, limit) }

	angle := min(radius/earth, math.Pi)
	degrees := angle*180/math.Pi + 1e-9
	south, north := cellRow(v.Lat-degrees), cellRow(v.Lat+degrees)
	west, east := int64(0), int64(cellColumns-1)
	whole := v.Lat-degrees <= -90 || v.Lat+degrees >= 90
	if !whole {
		wide := math.Asin(min(1, math.Sin(angle)/math.Cos(v.Lat*math.Pi/180)))*180/math.Pi + 1e-9
		west = int64(math.Floor((v.Lon - wide + 180) / cellSize))
		east = int64(math.Floor((v.Lon + wide + 180) / cellSize))
		whole = east-west+1 >= cellColumns
	}
	if whole || north-south+1 > int64(max(most/2, 1)) {
		add(south*cellColumns, (north+1)*cellColumns-1)
		return args
	}
	for r := south; r <= north; r++ {
		first := r * cellColumns
		switch {
		case west < 0:
			add(first, first+east)
			add(first+west+cellColumns, first+cellColumns-1)
		case east >= cellColumns:
			add(first+west, first+cellColumns-1)
			add(first, first+east-cellColumns)
		default:
			add(first+west, first+east)
		}
	}
	return args
}
