package geo

import (
	"math"
	"strconv"
)

// simplified returns a line with the points that lie farther than a distance in metres from
// what would be drawn without them (Douglas and Peucker). Its ends stay.
func simplified(line ring, metres float64) ring {
	if metres <= 0 || len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	type span struct{ from, to int }
	for open := []span{{0, len(line) - 1}}; len(open) > 0; {
		s := open[len(open)-1]
		open = open[:len(open)-1]
		far, at := metres, -1
		for i := s.from + 1; i < s.to; i++ {
			if d := segment(line[i], line[s.from], line[s.to]); d > far {
				far, at = d, i
			}
		}
		if at >= 0 {
			keep[at] = true
			open = append(open, span{s.from, at}, span{at, s.to})
		}
	}
	out := make(ring, 0, len(line))
	for i, p := range line {
		if keep[i] {
			out = append(out, p)
		}
	}
	return out
}

// outlined is a ring simplified, nil when nothing of it is left to be seen: a ring has four
// points or more.
func outlined(r ring, metres float64) ring {
	out := simplified(r, metres)
	if len(out) < 4 {
		return nil
	}
	return out
}

// AppendGeometry appends the area as a GeoJSON geometry, simplified so that no line moves by
// more than a distance in metres (0: as it is). What becomes too small to be seen is left
// out, but never all: then the largest part stays as a box. Coordinates have five decimals,
// which is a metre.
func (a *Area) AppendGeometry(dst []byte, metres float64) []byte {
	var parts [][]ring
	for i := range a.polygons {
		var rings []ring
		for j, r := range a.polygons[i].rings {
			out := outlined(r, metres)
			if out == nil && j == 0 {
				break
			}
			if out != nil {
				rings = append(rings, out)
			}
		}
		if rings != nil {
			parts = append(parts, rings)
		}
	}
	if parts == nil {
		parts = [][]ring{{a.largest().ring()}}
	}
	if len(parts) == 1 {
		dst = append(dst, `{"type":"Polygon","coordinates":`...)
		return append(appendRings(dst, parts[0]), '}')
	}
	dst = append(dst, `{"type":"MultiPolygon","coordinates":[`...)
	for i, rings := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendRings(dst, rings)
	}
	return append(dst, "]}"...)
}

// largest is the box of the polygon that takes most room.
func (a *Area) largest() box {
	best, size := a.polygons[0].box, -1.0
	for i := range a.polygons {
		b := a.polygons[i].box
		if s := (b.east - b.west) * (b.north - b.south); s > size {
			best, size = b, s
		}
	}
	return best
}

// ring is the outline of a box, counterclockwise.
func (b box) ring() ring {
	return ring{{b.west, b.south}, {b.east, b.south}, {b.east, b.north}, {b.west, b.north}, {b.west, b.south}}
}

// appendRings appends the rings of a polygon as RFC 7946 wants them: the outer one
// counterclockwise, holes clockwise.
func appendRings(dst []byte, rings []ring) []byte {
	dst = append(dst, '[')
	for i, r := range rings {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '[')
		back := (r.turn() > 0) != (i == 0)
		for j := range r {
			p := r[j]
			if back {
				p = r[len(r)-1-j]
			}
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = appendPoint(dst, p.lat, p.lon)
		}
		dst = append(dst, ']')
	}
	return append(dst, ']')
}

// turn is positive for a ring that runs counterclockwise: twice its area in square degrees.
func (r ring) turn() float64 {
	sum := 0.0
	for i := 1; i < len(r); i++ {
		sum += r[i-1].lon*r[i].lat - r[i].lon*r[i-1].lat
	}
	return sum
}

// appendPoint appends a position, longitude first.
func appendPoint(dst []byte, lat, lon float64) []byte {
	dst = append(dst, '[')
	dst = appendDegrees(dst, lon)
	dst = append(dst, ',')
	return append(appendDegrees(dst, lat), ']')
}

func appendDegrees(dst []byte, d float64) []byte {
	return strconv.AppendFloat(dst, math.Round(d*1e5)/1e5, 'f', -1, 64)
}
