package geo

import (
	"fmt"
	"math"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// reader reads the polygons of a GeoJSON text into an Area.
type reader struct{ area Area }

// maxNesting is how deep collections may lie within each other.
const maxNesting = 8

// Parse reads an area from GeoJSON: a Polygon or MultiPolygon, a Feature of one, or a
// collection of them. Rings may run either way around and may cross the 180th meridian, cut
// there or not. It fails with Invalid when the text is not GeoJSON, holds no polygon, or
// has a ring that is open, too short or not on Earth; the error's Path leads to the place.
func Parse(text []byte) (*Area, error) {
	if !gjson.ValidBytes(text) {
		return nil, wrong("", "it is not JSON")
	}
	var r reader
	if err := r.object(gjson.ParseBytes(text), "", 0); err != nil {
		return nil, err
	}
	if len(r.area.polygons) == 0 {
		return nil, wrong("", "it holds no polygon")
	}
	r.area.box = emptyBox
	for _, p := range r.area.polygons {
		r.area.box.join(p.box)
	}
	return &r.area, nil
}

// wrong says what is wrong with a boundary, and where.
func wrong(path, format string, args ...any) error {
	where := ""
	if path != "" {
		where = " at " + path
	}
	return fhir.Errorf(fhir.Invalid, "The boundary is no GeoJSON area (RFC 7946)%s: %s.", where, fmt.Sprintf(format, args...)).At(path)
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// object reads any GeoJSON object.
func (r *reader) object(v gjson.Result, path string, depth int) error {
	if !v.IsObject() {
		return wrong(path, "an object is wanted here")
	}
	if depth > maxNesting {
		return wrong(path, "collections lie more than %d deep in each other", maxNesting)
	}
	if name := v.Get("crs.properties.name").Str; name != "" && !strings.HasSuffix(name, "CRS84") && !strings.HasSuffix(name, "4326") {
		return wrong(join(path, "crs"), "coordinates are in %q, but must be in WGS84", clip(name))
	}
	switch typ := v.Get("type").Str; typ {
	case "FeatureCollection":
		return r.each(v.Get("features"), join(path, "features"), depth)
	case "GeometryCollection":
		return r.each(v.Get("geometries"), join(path, "geometries"), depth)
	case "Feature":
		return r.object(v.Get("geometry"), join(path, "geometry"), depth+1)
	case "Polygon":
		return r.polygon(v.Get("coordinates"), join(path, "coordinates"))
	case "MultiPolygon":
		return list(v.Get("coordinates"), join(path, "coordinates"), r.polygon)
	case "":
		return wrong(path, "the object has no type")
	default:
		return wrong(path, "%s is no area; a Polygon or MultiPolygon is wanted", clip(typ))
	}
}

func (r *reader) each(v gjson.Result, path string, depth int) error {
	return list(v, path, func(v gjson.Result, path string) error { return r.object(v, path, depth+1) })
}

// list calls fn for the members of an array.
func list(v gjson.Result, path string, fn func(v gjson.Result, path string) error) error {
	if !v.IsArray() {
		return wrong(path, "an array is wanted here")
	}
	var err error
	i := 0
	v.ForEach(func(_, item gjson.Result) bool {
		err = fn(item, fmt.Sprintf("%s[%d]", path, i))
		i++
		return err == nil
	})
	return err
}

// polygon reads an outer ring and its holes.
func (r *reader) polygon(v gjson.Result, path string) error {
	var p polygon
	err := list(v, path, func(v gjson.Result, path string) error {
		ring, err := readRing(v, path)
		if err == nil && len(p.rings) > 0 {
			ring.beside(p.rings[0][0].lon)
		}
		p.rings = append(p.rings, ring)
		return err
	})
	if err != nil {
		return err
	}
	if len(p.rings) == 0 {
		return wrong(path, "the polygon has no ring")
	}
	p.box = p.rings[0].box()
	r.area.polygons = append(r.area.polygons, p)
	for _, ring := range p.rings {
		r.area.points += len(ring)
	}
	return nil
}

// readRing reads a ring and lays it out without a jump at the 180th meridian.
func readRing(v gjson.Result, path string) (ring, error) {
	var out ring
	shift := 0.0
	err := list(v, path, func(v gjson.Result, path string) error {
		p, err := position(v, path)
		if err != nil {
			return err
		}
		if n := len(out); n > 0 {
			// A step of more than half the Earth crosses the 180th meridian; one of the whole is
			// the edge of an area that was cut there, at a pole.
			switch step := p.lon + shift - out[n-1].lon; {
			case step > 180 && step < 360:
				shift -= 360
			case step < -180 && step > -360:
				shift += 360
			}
			p.lon += shift
		}
		out = append(out, p)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out) < 4 {
		return nil, wrong(path, "a ring has four positions or more, this one has %d", len(out))
	}
	first, last := out[0], out[len(out)-1]
	if first.lat == last.lat && math.Abs(first.lon-last.lon) == 360 && shift != 0 {
		return nil, wrong(path, "the ring goes around a pole; cut it at the 180th meridian (RFC 7946 section 3.1.9)")
	}
	if first != last {
		return nil, wrong(path, "the ring is open: its last position must be its first")
	}
	return out, nil
}

// position reads [longitude, latitude] and perhaps a height, which is left out.
func position(v gjson.Result, path string) (point, error) {
	var at [2]float64
	n := 0
	numbers := v.IsArray()
	v.ForEach(func(_, c gjson.Result) bool {
		numbers = numbers && c.Type == gjson.Number
		if n < 2 {
			at[n] = c.Num
		}
		n++
		return numbers
	})
	switch {
	case !numbers || n < 2:
		return point{}, wrong(path, "a position is [longitude, latitude] in numbers")
	case !(math.Abs(at[1]) <= 90):
		return point{}, wrong(path, "latitude %v, the second number, is not from -90 to 90", at[1])
	case !(math.Abs(at[0]) <= 360):
		return point{}, wrong(path, "longitude %v, the first number, is not from -180 to 180", at[0])
	}
	return point{lon: at[0], lat: at[1]}, nil
}

// clip shortens what a client sent, to be repeated in a text.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
