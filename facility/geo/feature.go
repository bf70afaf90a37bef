package geo

import (
	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// AppendFeature appends a Location as a GeoJSON Feature for a map (FRF-10, GEO-5): its
// boundary, simplified so that no line moves by more than a distance in metres, else its
// position, else no geometry. A boundary that cannot be used counts as none. The properties
// are name, status, type (the texts of all), identifier ("system|value" of the first) and
// partOf, as far as there are any.
func AppendFeature(dst []byte, r *fhir.Resource, metres float64) []byte {
	dst = append(append(append(dst, `{"type":"Feature","id":"`...), r.ID...), `","geometry":`...)
	area, err := Boundary(r)
	lat, lon, placed := Position(r)
	switch {
	case err == nil && area != nil:
		dst = area.AppendGeometry(dst, metres)
	case placed:
		dst = append(dst, `{"type":"Point","coordinates":`...)
		dst = append(appendPoint(dst, lat, lon), '}')
	default:
		dst = append(dst, "null"...)
	}
	dst = append(dst, `,"properties":{"resource":"Location/`...)
	dst = append(append(dst, r.ID...), '"')
	for _, name := range []string{"name", "status"} {
		dst = appendProperty(dst, name, r.Field(name).Str)
	}
	if id := r.Field("identifier.0"); id.Get("value").Str != "" {
		dst = appendProperty(dst, "identifier", id.Get("system").Str+"|"+id.Get("value").Str)
	}
	dst = appendProperty(dst, "partOf", r.Field("partOf.reference").Str)
	dst = appendTypes(dst, r.Field("type"))
	return append(dst, "}}"...)
}

func appendProperty(dst []byte, name, value string) []byte {
	if value == "" {
		return dst
	}
	dst = append(append(append(dst, `,"`...), name...), `":`...)
	return fhir.AppendString(dst, value)
}

// appendTypes appends what a Location is, in words where there are any.
func appendTypes(dst []byte, types gjson.Result) []byte {
	n := 0
	types.ForEach(func(_, t gjson.Result) bool {
		for _, path := range []string{"text", "coding.0.display", "coding.0.code"} {
			if word := t.Get(path).Str; word != "" {
				dst = append(dst, [...]string{`,"type":[`, ","}[min(n, 1)]...)
				dst = fhir.AppendString(dst, word)
				n++
				break
			}
		}
		return true
	})
	if n > 0 {
		dst = append(dst, ']')
	}
	return dst
}
