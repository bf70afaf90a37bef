package facilities

import (
	"context"
	"strconv"
	"strings"
	"time"

	"masjala/facility/match"
	"masjala/importers"
	"masjala/internal/linkage"
)

// ReadForMatch reads the rows of a list of facilities as far as facilities are compared by
// it, and calls add with each that has a name. It fails when the file breaks off.
func ReadForMatch(ctx context.Context, src *importers.Source, _ time.Time, add func(row int, f match.Facility)) error {
	return src.Each(ctx, func(row *importers.Row) error {
		if f := facilityOf(row); f.Name != "" {
			add(row.Number, f)
		}
		return nil
	})
}

// facilityOf is a row as facilities are compared by it; without a name for a row that has none.
func facilityOf(row *importers.Row) match.Facility {
	f := match.Facility{Name: nameOf(row).Text, Type: row.Get("type").Text}
	for _, c := range row.All("alias") {
		f.Others = append(f.Others, c.Text)
	}
	for _, t := range translations(row) {
		f.Others = append(f.Others, t.Text)
	}
	for _, c := range row.All("area") {
		f.Areas = append(f.Areas, c.Text)
	}
	for _, target := range []string{"id", "identifier"} {
		for _, c := range row.All(target) {
			if c.Text != "" {
				f.Identifiers = append(f.Identifiers, linkage.Identifier{System: c.Column.System, Value: c.Text})
			}
		}
	}
	for _, c := range row.All("phone") {
		f.Phones = append(f.Phones, strings.FieldsFunc(c.Text, func(r rune) bool { return strings.ContainsRune("/,;&", r) })...)
	}
	if p := readPosition(row); p.ok {
		f.Position = &match.Position{}
		f.Position.Lat, _ = strconv.ParseFloat(p.lat, 64)
		f.Position.Lon, _ = strconv.ParseFloat(p.lon, 64)
	}
	return f
}
