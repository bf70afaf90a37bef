package facilities

import (
	"strconv"

	"masjala/importers"
	"masjala/importers/cell"
)

// position is where a facility stands, in decimal degrees (WGS 84).
type position struct {
	lat, lon string // shortest decimal form
	altitude string // metres above the sea, "" where it is not known
	ok       bool
	read     bool    // it was not written as plain decimal degrees
	sure     float64 // confidence, 1 for plain ones
}

// key is the part of an identity that the position is.
func (p position) key() string { return p.lat + " " + p.lon }

// point is the position as numbers.
func (p position) point() (lat, lon float64) {
	lat, _ = strconv.ParseFloat(p.lat, 64)
	lon, _ = strconv.ParseFloat(p.lon, 64)
	return lat, lon
}

// readPosition reads the coordinates of a row: plain decimal degrees at a glance, what people
// write otherwise by package cell. What is no position is left out and reported by checkPosition.
func readPosition(row *importers.Row) position {
	latitude, longitude := row.Get("latitude").Text, row.Get("longitude").Text
	lat, okLat := degreesOf(latitude, 90)
	lon, okLon := degreesOf(longitude, 180)
	if okLat && okLon {
		if lat == 0 && lon == 0 {
			return position{}
		}
		return position{lat: shortest(lat), lon: shortest(lon), ok: true, sure: 1}
	}
	both := row.Get("coordinates").Text
	switch {
	case latitude != "" && longitude != "":
		a, okA := cell.Degrees(latitude)
		b, okB := cell.Degrees(longitude)
		if !okA || !okB || a.Axis != cell.Unknown && a.Axis == b.Axis {
			return position{}
		}
		if a.Axis == cell.Longitude || b.Axis == cell.Latitude {
			a, b = b, a
		}
		return understood(a, b)
	case both == "":
		both = latitude + longitude
	}
	p, ok := cell.Point(both)
	if both == "" || !ok {
		return position{}
	}
	return understood(p.Latitude, p.Longitude)
}

// understood makes a position of two coordinates, unless they cannot be one.
func understood(lat, lon cell.Degree) position {
	if lat.Value < -90 || lat.Value > 90 || lat.Value == 0 && lon.Value == 0 {
		return position{}
	}
	return position{lat: shortest(lat.Value), lon: shortest(lon.Value), ok: true, read: true, sure: min(lat.Confidence, lon.Confidence)}
}

// degreesOf reads a decimal number of at most limit on either side of zero.
func degreesOf(s string, limit float64) (float64, bool) {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v >= -limit && v <= limit
}

// shortest writes the shortest decimal that is the same number, so that 1.50 and the
// 1.5000000000000002 of another program do not look like a move: 10 digits are 0.01 mm.
func shortest(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 10, 64), 64)
	if err != nil {
		rounded = v
	}
	if rounded == 0 {
		return "0"
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// checkPosition reports why a row with coordinate columns has no position.
func checkPosition(row *importers.Row, issues *importers.Issues) {
	lat, lon := row.Get("latitude"), row.Get("longitude")
	if both := row.Get("coordinates"); both.Column != nil && lat.Text == "" && lon.Text == "" {
		lat, lon = both, importers.Cell{Column: both.Column}
	}
	if lat.Column == nil || lon.Column == nil {
		return
	}
	if lat.Column == lon.Column && lat.Text != "" {
		issues.Add(importers.Issue{Row: row.Number, Column: lat.Column.Heading, Value: lat.Shown, Severity: importers.Warning, Rule: "position-invalid",
			Reason: "these are not two coordinates", Fix: "Imported without a position; write them like -6.7924, 39.2083."})
		return
	}
	if lat.Text == "" && lon.Text == "" {
		issues.Add(importers.Issue{Row: row.Number, Column: lat.Column.Heading, Value: lat.Shown, Severity: importers.Warning, Rule: "position-missing",
			Reason: "the facility has no coordinates", Fix: "Imported without a position; add latitude and longitude when they are known."})
		return
	}
	okLat, okLon := isDegrees(lat.Text, 90), isDegrees(lon.Text, 180)
	switch {
	case okLat && okLon:
		issues.Add(importers.Issue{Row: row.Number, Column: lat.Column.Heading, Value: lat.Shown + ", " + lon.Shown, Severity: importers.Warning, Rule: "position-zero",
			Reason: "0, 0 lies in the Gulf of Guinea and mostly means that nobody knew", Fix: "Imported without a position; give the coordinates."})
		return
	case !okLat:
		badDegrees(row.Number, lat, lon, 90, 180, issues)
	}
	if !okLon {
		badDegrees(row.Number, lon, lat, 180, 90, issues)
	}
}

// isDegrees tells whether a text is a coordinate of at most limit, in any notation.
func isDegrees(s string, limit float64) bool {
	if _, plain := degreesOf(s, limit); plain {
		return true
	}
	d, ok := cell.Degrees(s)
	return ok && d.Value >= -limit && d.Value <= limit
}

// badDegrees reports one coordinate; limit is its own, otherLimit that of its fellow.
func badDegrees(row int, c, other importers.Cell, limit, otherLimit float64, issues *importers.Issues) {
	i := importers.Issue{Row: row, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "position-invalid",
		Reason: "this is not a number of decimal degrees", Fix: "Imported without a position; write it like -6.7924."}
	if c.Text == "" {
		i.Rule, i.Reason, i.Fix = "position-half", "one of the two coordinates is missing", "Imported without a position; give both."
	} else if v, err := strconv.ParseFloat(c.Text, 64); err == nil {
		i.Rule = "position-range"
		i.Reason = "degrees here go from -" + shortest(limit) + " to " + shortest(limit)
		if w, err := strconv.ParseFloat(other.Text, 64); err == nil && v >= -otherLimit && v <= otherLimit && w >= -limit && w <= limit {
			i.Fix = "Imported without a position; latitude and longitude seem to be swapped."
		}
	}
	issues.Add(i)
}
