package geo

import "math"

// radius of the Earth in metres (mean, IUGG).
const radius = 6_371_008.8

// point is a position in degrees. Longitudes of a ring may go beyond 180.
type point struct{ lon, lat float64 }

// ring is a closed line: its last point is its first.
type ring []point

// polygon is an outer ring and the holes in it.
type polygon struct {
	rings []ring
	box   box
}

// Area is a part of the Earth's surface. It is made by Parse and does not change.
type Area struct {
	polygons []polygon
	box      box
	points   int
}

// box holds all points from its west to its east and from its south to its north.
type box struct{ west, south, east, north float64 }

var emptyBox = box{west: math.Inf(1), south: math.Inf(1), east: math.Inf(-1), north: math.Inf(-1)}

func (b *box) join(o box) {
	b.west, b.south = min(b.west, o.west), min(b.south, o.south)
	b.east, b.north = max(b.east, o.east), max(b.north, o.north)
}

// holds tells whether a point, or the same point one turn around the Earth, is in the box.
func (b *box) holds(p point) bool {
	if p.lat < b.south || p.lat > b.north {
		return false
	}
	for _, turn := range turns {
		if lon := p.lon + turn; lon >= b.west && lon <= b.east {
			return true
		}
	}
	return false
}

// turns are where a longitude may lie in rings that are laid out across the 180th meridian.
var turns = [...]float64{0, 360, -360}

func (r ring) box() box {
	b := emptyBox
	for _, p := range r {
		b.join(box{west: p.lon, south: p.lat, east: p.lon, north: p.lat})
	}
	return b
}

// beside moves the ring by whole turns until it starts next to a longitude.
func (r ring) beside(lon float64) {
	turn := math.Round((lon-r[0].lon)/360) * 360
	for i := range r {
		r[i].lon += turn
	}
}

// crosses tells whether the ring goes around a point, by the even-odd rule. A point on an
// edge that two rings share is in exactly one of them.
func (r ring) crosses(p point) bool {
	inside := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a.lat > p.lat) != (b.lat > p.lat) && p.lon < (b.lon-a.lon)*(p.lat-a.lat)/(b.lat-a.lat)+a.lon {
			inside = !inside
		}
	}
	return inside
}

// holds tells whether a point is in the outer ring and in no hole.
func (p *polygon) holds(at point) bool {
	if !p.box.holds(at) {
		return false
	}
	for _, turn := range turns {
		moved := point{lon: at.lon + turn, lat: at.lat}
		if !p.rings[0].crosses(moved) {
			continue
		}
		for _, hole := range p.rings[1:] {
			if hole.crosses(moved) {
				return false
			}
		}
		return true
	}
	return false
}

// Contains tells whether the area holds a point.
func (a *Area) Contains(lat, lon float64) bool {
	at := point{lon: lon, lat: lat}
	for i := range a.polygons {
		if a.polygons[i].holds(at) {
			return true
		}
	}
	return false
}

// Distance returns how many metres a point is from the nearest line of the area's boundary,
// on either side of it.
func (a *Area) Distance(lat, lon float64) float64 {
	best := math.Inf(1)
	for i := range a.polygons {
		for _, r := range a.polygons[i].rings {
			for j := 1; j < len(r); j++ {
				best = min(best, segment(point{lon: lon, lat: lat}, r[j-1], r[j]))
			}
		}
	}
	return best
}

// segment is the distance of a point from a line between two others. The nearest place on
// the line is found on a plane around the point, the distance to it on the sphere.
func segment(p, a, b point) float64 {
	turn := math.Round((p.lon-a.lon)/360) * 360
	flat := math.Cos(p.lat * math.Pi / 180)
	ax, ay := (a.lon+turn-p.lon)*flat, a.lat-p.lat
	dx, dy := (b.lon-a.lon)*flat, b.lat-a.lat
	t := 0.0
	if length := dx*dx + dy*dy; length > 0 {
		t = min(1, max(0, -(ax*dx+ay*dy)/length))
	}
	return metres(p, point{lon: a.lon + t*(b.lon-a.lon), lat: a.lat + t*(b.lat-a.lat)})
}

// metres is the distance of two points along a great circle (haversine).
func metres(a, b point) float64 {
	const rad = math.Pi / 180
	s, c := math.Sin((b.lat-a.lat)*rad/2), math.Sin((b.lon-a.lon)*rad/2)
	h := s*s + math.Cos(a.lat*rad)*math.Cos(b.lat*rad)*c*c
	return 2 * radius * math.Asin(math.Sqrt(min(1, h)))
}
