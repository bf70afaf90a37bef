package globe

import (
	"iter"
	"math"
)

// cellSize is the side of a grid cell in degrees.
const cellSize = 0.05

// columns is how many cells a parallel has.
const columns = 7200

// Cell numbers the grid cell of a position: rows from the south pole, columns from the
// 180th meridian.
func Cell(lat, lon float64) int64 { return row(lat)*columns + column(lon) }

func row(lat float64) int64 {
	return int64(math.Floor((min(max(lat, -90), 90) + 90) / cellSize))
}

func column(lon float64) int64 {
	c := int64(math.Floor((lon + 180) / cellSize))
	return ((c % columns) + columns) % columns
}

// Point is a position on the unit sphere.
type Point struct{ X, Y, Z float64 }

// At returns the point of a latitude and a longitude in degrees.
func At(lat, lon float64) Point {
	const rad = math.Pi / 180
	sinLat, cosLat := math.Sincos(lat * rad)
	sinLon, cosLon := math.Sincos(lon * rad)
	return Point{cosLat * cosLon, cosLat * sinLon, sinLat}
}

// Chord returns the square of the straight line between two points. Every processor gets
// the same: no product is fused with a sum.
func (p Point) Chord(q Point) float64 {
	x, y, z := p.X-q.X, p.Y-q.Y, p.Z-q.Z
	return float64(float64(x*x)+float64(y*y)) + float64(z*z)
}

// earth is the mean radius in metres (IUGG).
const earth = 6_371_008.8

// Metres is the great-circle distance for a squared chord.
func Metres(chord float64) float64 {
	return 2 * earth * math.Asin(min(1, math.Sqrt(max(chord, 0))/2))
}

// Chord is the squared chord for a great-circle distance in metres.
func Chord(metres float64) float64 {
	c := 2 * math.Sin(min(metres/earth, math.Pi)/2)
	return c * c
}

// Cells yields ranges of cells, first and last, that together hold every position within a
// distance. They are at most a little more than most; a larger area is made of whole
// parallels.
func Cells(lat, lon, metres float64, most int) iter.Seq2[int64, int64] {
	return func(yield func(first, last int64) bool) {
		angle := min(metres/earth, math.Pi)
		degrees := angle*180/math.Pi + 1e-9
		south, north := row(lat-degrees), row(lat+degrees)
		west, east := int64(0), int64(columns-1)
		whole := lat-degrees <= -90 || lat+degrees >= 90
		if !whole {
			wide := math.Asin(min(1, math.Sin(angle)/math.Cos(lat*math.Pi/180)))*180/math.Pi + 1e-9
			west = int64(math.Floor((lon - wide + 180) / cellSize))
			east = int64(math.Floor((lon + wide + 180) / cellSize))
			whole = east-west+1 >= columns
		}
		if whole || north-south+1 > int64(max(most/2, 1)) {
			yield(south*columns, (north+1)*columns-1)
			return
		}
		for r := south; r <= north; r++ {
			first := r * columns
			more := true
			switch {
			case west < 0:
				more = yield(first, first+east) && yield(first+west+columns, first+columns-1)
			case east >= columns:
				more = yield(first+west, first+columns-1) && yield(first, first+east-columns)
			default:
				more = yield(first+west, first+east)
			}
			if !more {
				return
			}
		}
	}
}
