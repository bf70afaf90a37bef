package grid

import (
	"math"
	"strconv"

	"github.com/tidwall/gjson"
)

// Shape is a geometry of GeoJSON as columns show it.
type Shape struct {
	Latitude, Longitude string // of a point, or of the middle of an area; "" when there is none
	Boundary            string // the geometry as it was, for anything but one point
}

// ShapeOf reads a geometry. One point keeps the digits it was written with.
func ShapeOf(geometry gjson.Result) Shape {
	at := geometry.Get("coordinates")
	switch geometry.Get("type").Str {
	case "Point":
		return pointOf(at)
	case "MultiPoint":
		if at.Get("#").Int() == 1 {
			return pointOf(at.Get("0"))
		}
	case "Polygon":
		return areaOf(geometry, at.Get("0"))
	case "MultiPolygon":
		var largest gjson.Result
		most := -1.0
		at.ForEach(func(_, polygon gjson.Result) bool {
			if size, _, _ := middle(polygon.Get("0")); math.Abs(size) > most {
				most, largest = math.Abs(size), polygon.Get("0")
			}
			return true
		})
		return areaOf(geometry, largest)
	}
	if !geometry.IsObject() {
		return Shape{}
	}
	return Shape{Boundary: geometry.Raw}
}

func pointOf(at gjson.Result) Shape {
	lon, lat := at.Get("0"), at.Get("1")
	if lon.Type != gjson.Number || lat.Type != gjson.Number {
		return Shape{}
	}
	return Shape{Latitude: lat.Raw, Longitude: lon.Raw}
}

func areaOf(geometry, ring gjson.Result) Shape {
	s := Shape{Boundary: geometry.Raw}
	if size, lon, lat := middle(ring); size != 0 {
		s.Latitude, s.Longitude = strconv.FormatFloat(lat, 'f', 6, 64), strconv.FormatFloat(lon, 'f', 6, 64)
	}
	return s
}

// middle is the centroid of a ring with twice its area, zero for a ring without any. Counting
// from the first corner keeps digits.
func middle(ring gjson.Result) (size, lon, lat float64) {
	var x0, y0, x, y float64
	first := true
	ring.ForEach(func(_, corner gjson.Result) bool {
		nx, ny := corner.Get("0").Num, corner.Get("1").Num
		if first {
			x0, y0, first = nx, ny, false
		}
		nx, ny = nx-x0, ny-y0
		cross := x*ny - nx*y
		size += cross
		lon += (x + nx) * cross
		lat += (y + ny) * cross
		x, y = nx, ny
		return true
	})
	if size == 0 || math.IsNaN(size) || math.IsInf(size, 0) {
		return 0, 0, 0
	}
	return size, x0 + lon/(3*size), y0 + lat/(3*size)
}
