package search

import (
	"math"
	"strings"
	"time"

	"masjala/fhir"
)

// span reads a date of a search: the milliseconds it covers.
func span(s string) (lo, hi int64, err error) { return fhir.ParseDateTime(fhir.UnblankZone(s)) }

// widen stretches a span by a tenth of its distance from now, which is what "about" means
// (https://hl7.org/fhir/R4/search.html#prefix).
func widen(lo, hi int64, now time.Time) (int64, int64) {
	gap := now.UnixMilli() - lo
	if gap < 0 {
		gap = -gap
	}
	return lo - gap/10, hi + gap/10
}

// prefixed splits the comparison off a date, number or quantity; Eq when there is none.
// A prefix that does not exist stays with the value, which then cannot be read.
func prefixed(s string) (Prefix, string) {
	if len(s) > 2 {
		switch p := Prefix(s[:2]); p {
		case Eq, Ne, Gt, Lt, Ge, Le, Sa, Eb, Ap:
			return p, s[2:]
		}
	}
	return Eq, s
}

// halfway is the greatest distance on Earth, in metres.
const halfway = 20_037_600

// place reads latitude|longitude[|distance[|unit]] (https://hl7.org/fhir/R4/location.html#positional).
func place(s string) (Value, string) {
	parts := splitUnescaped(s, '|')
	if len(parts) < 2 || len(parts) > 4 {
		return Value{}, "write latitude|longitude|distance|unit, such as -1.28|36.82|30|km"
	}
	var v Value
	var ok bool
	if v.Lat, ok = decimal(parts[0]); !ok || math.Abs(v.Lat) > 90 {
		return Value{}, "the latitude comes first and is a number from -90 to 90"
	}
	if v.Lon, ok = decimal(parts[1]); !ok || math.Abs(v.Lon) > 180 {
		return Value{}, "the longitude comes second and is a number from -180 to 180"
	}
	if len(parts) == 2 || parts[2] == "" {
		return v, ""
	}
	unit := "km"
	if len(parts) == 4 && parts[3] != "" {
		unit = parts[3]
	}
	size, known := Metres(unit)
	if !known {
		size = misspelt[unit]
	}
	if size == 0 {
		return Value{}, "the unit of the distance is one of UCUM, such as km, m or [mi_us]"
	}
	if v.Radius, ok = decimal(parts[2]); !ok || v.Radius < 0 {
		return Value{}, "the distance is a number and not negative"
	}
	v.Radius = min(max(v.Radius*size, 0.1), halfway)
	return v, ""
}

// decimal reads a decimal number; an explicit + is allowed, and the blank that form
// decoding makes of it.
func decimal(s string) (float64, bool) {
	s = strings.TrimPrefix(strings.TrimPrefix(s, " "), "+")
	v, _, _, err := fhir.DecimalRange(s)
	return v, err == nil
}
