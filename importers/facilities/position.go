package facilities

import (
	"strconv"

	"masjala/importers"
)

// position is where a facility stands, in decimal degrees (WGS 84).
type position struct {
	lat, lon string // shortest decimal form
	ok       bool
}

// key is the part of an identity that the position is.
func (p position) key() string { return p.lat + " " + p.lon }

// readPosition reads the coordinates of a row. It understands plain decimal degrees only:
// anything else is left out and reported by check.
func readPosition(row *importers.Row) position {
	lat, okLat := degreesOf(row.Get("latitude").Text, 90)
	lon, okLon := degreesOf(row.Get("longitude").Text, 180)
	if !okLat || !okLon || (lat == 0 && lon == 0) {
		return position{}
	}
	return position{lat: shortest(lat), lon: shortest(lon), ok: true}
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
	if lat.Column == nil || lon.Column == nil {
		return
	}
	if lat.Text == "" && lon.Text == "" {
		issues.Add(importers.Issue{Row: row.Number, Column: lat.Column.Heading, Value: lat.Shown, Severity: importers.Warning, Rule: "position-missing",
			Reason: "the facility has no coordinates", Fix: "Imported without a position; add latitude and longitude when they are known."})
		return
	}
	_, okLat := degreesOf(lat.Text, 90)
	_, okLon := degreesOf(lon.Text, 180)
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
