package facilities

import (
	"slices"

	"masjala/importers"
	"masjala/importers/cell"
)

// countryOf tells which country a text names.
var countryOf = cell.Countries(importers.Key)

// margin is how many degrees a point may lie outside the box of its country.
const margin = 0.5

// extent gathers the positions of a list, to find those that cannot be right.
type extent struct {
	lats, lons []float64
	own        *cell.Box // where most of the list lies, if that is no more than a country
}

func (e *extent) add(p position) {
	if p.ok {
		lat, lon := p.point()
		e.lats, e.lons = append(e.lats, lat), append(e.lons, lon)
	}
}

// settle finds the box that holds all but a few of the positions. A list of more than one
// country has none.
func (e *extent) settle() {
	if n := len(e.lats); n >= 50 {
		slices.Sort(e.lats)
		slices.Sort(e.lons)
		few := n / 50
		b := cell.Box{South: e.lats[few], North: e.lats[n-1-few], West: e.lons[few], East: e.lons[n-1-few]}
		if high, wide := b.North-b.South, b.East-b.West; high < 20 && wide < 20 {
			e.own = &cell.Box{South: b.South - high/4 - margin, North: b.North + high/4 + margin, West: b.West - wide/4 - margin, East: b.East + wide/4 + margin}
		}
	}
	e.lats, e.lons = nil, nil
}

// country is the ISO 3166 code of the country that the mapping or the row names, "" for none.
func (s *survey) country(row *importers.Row) string {
	if under := s.src.Mapping.Under; len(under) > 0 {
		if code := countryOf(under[0]); code != "" {
			return code
		}
	}
	if areas := row.Whole().All("area"); len(areas) > 0 {
		if code := countryOf(areas[0].Text); code != "" {
			return code
		}
	}
	return countryOf(s.src.Mapping.Country)
}

// box returns where the facility of a row should lie, nil when that is not known: in its
// country, else where most of the list lies.
func (s *survey) box(row *importers.Row) *cell.Box {
	if b, ok := cell.BoxOf(s.country(row)); ok {
		return &b
	}
	return s.extent.own
}

// doubt reports a position that cannot be right, and how it was read if it was not written as
// plain degrees. A position whose coordinates are swapped or lack a sign is not used: which it
// is, a person decides.
func (s *survey) doubt(row *importers.Row, p *position, issues *importers.Issues) {
	c := row.Get("latitude")
	if c.Text == "" {
		c = row.Get("coordinates")
	}
	if !p.ok || c.Column == nil {
		return
	}
	issue := importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning}
	if lon := row.Get("longitude"); lon.Text != "" {
		issue.Value += ", " + lon.Shown
	}
	lat, lon := p.point()
	if b := s.box(row); b != nil && !b.Contains(lat, lon, margin) {
		outside(b, p, issue, headingOf(row.Get("longitude")), issues)
		return
	}
	if p.read {
		issue.Rule, issue.Reason, issue.Fix = "position-read", "these are not plain decimal degrees", "Imported as "+p.lat+", "+p.lon+"; check it."
		if p.sure >= 0.9 {
			issue.Severity = importers.Info
		}
		issues.Add(issue)
	}
}

// outside reports a position that lies where it cannot. longitude is the heading of its column, "" for none.
func outside(b *cell.Box, p *position, issue importers.Issue, longitude string, issues *importers.Issues) {
	lat, lon := p.point()
	issue.Fix = "Imported without a position; correct the cells."
	switch {
	case b.Contains(lon, lat, margin):
		issue.Rule, issue.Reason = "position-swapped", "latitude and longitude seem to be swapped: the point lies far outside"
		issue.Fix = "Imported without a position; correct the cells, or say swapped: true in the mapping if all rows are so."
	case b.Contains(-lat, lon, margin):
		issue.Rule, issue.Reason = "position-sign", "the point lies far outside; -1 times the latitude would lie inside, so a minus sign seems to be lost"
	case b.Contains(lat, -lon, margin), b.Contains(-lat, -lon, margin):
		if longitude != "" {
			issue.Column = longitude
		}
		issue.Rule, issue.Reason = "position-sign", "the point lies far outside; -1 times the longitude would lie inside, so a minus sign seems to be lost"
	default:
		issue.Rule, issue.Reason, issue.Fix = "position-outside", "the point lies far outside", "Imported as it is; check it."
		issues.Add(issue)
		return
	}
	p.ok = false
	issues.Add(issue)
}
