package geo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
)

// Extension is the address of the extension of a Location that holds its boundary
// (http://hl7.org/fhir/R4/extension-location-boundary-geojson.html).
const Extension = "http://hl7.org/fhir/StructureDefinition/location-boundary-geojson"

var extensionBytes = []byte(Extension)

// HasBoundary tells, cheaply, whether a Location may have a boundary.
func HasBoundary(r *fhir.Resource) bool {
	return r.Type == "Location" && bytes.Contains(r.Body, extensionBytes)
}

// Boundary returns the boundary of a Location, nil when it has none or only the address of
// one elsewhere. It fails with Unprocessable, and the path in the Location, when the
// boundary cannot be used (GEO-1, GEO-2).
func Boundary(r *fhir.Resource) (*Area, error) {
	if !HasBoundary(r) {
		return nil, nil
	}
	for i, x := range r.Field("extension").Array() {
		if x.Get("url").Str != Extension {
			continue
		}
		path := fmt.Sprintf("Location.extension[%d].valueAttachment", i)
		return attached(x.Get("valueAttachment"), path)
	}
	return nil, nil
}

// attached reads the area in an Attachment.
func attached(v gjson.Result, path string) (*Area, error) {
	if !v.IsObject() {
		return nil, unusable(path, "The boundary must be an Attachment, in valueAttachment.")
	}
	data := v.Get("data").Str
	if data == "" {
		return nil, nil
	}
	mediaType, _, _ := strings.Cut(v.Get("contentType").Str, ";")
	switch strings.ToLower(strings.TrimSpace(mediaType)) {
	case "", "application/geo+json", "application/vnd.geo+json":
	default:
		return nil, unusable(path+".contentType", "The boundary is %q; it must be application/geo+json.", clip(mediaType))
	}
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
	if err != nil {
		return nil, unusable(path+".data", "The boundary is not base64.")
	}
	area, err := Parse(text)
	if err != nil {
		return nil, unusable(path+".data", "%s", err)
	}
	return area, nil
}

func unusable(path, format string, args ...any) error {
	return fhir.Errorf(fhir.Unprocessable, format, args...).At(path)
}

// Position returns the position of a Location; ok is false when it has none on Earth.
func Position(r *fhir.Resource) (lat, lon float64, ok bool) {
	y, x := r.Field("position.latitude"), r.Field("position.longitude")
	lat, lon = y.Num, x.Num
	ok = y.Type == gjson.Number && x.Type == gjson.Number && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180
	return lat, lon, ok
}
