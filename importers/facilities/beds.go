package facilities

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"masjala/fhir"
	"masjala/importers"
)

// BedsURL is the extension of a Location that says how many beds a facility has ("count"), and of which
// year that is ("year"), where a list tells. The newest comes first.
const BedsURL = "urn:masjala:extension:beds"

// mostBeds is more than any hospital has.
const mostBeds = 20_000

// beds is how many beds a facility has or had.
type beds struct{ year, count int } // year 0: at the time of the list

// readBeds reads the numbers of beds, the newest first. A cell that is no such number is reported, and
// so is a row that has no number for the newest year.
func readBeds(row *importers.Row, issues *importers.Issues) []beds {
	var out []beds
	cells := row.All("beds")
	slices.SortStableFunc(cells, func(a, b importers.Cell) int { return newer(a.Column.Year, b.Column.Year) })
	for _, c := range cells {
		if c.Text == "" {
			continue
		}
		n, ok := bedCount(c.Text)
		if !ok {
			issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "beds-odd",
				Reason: "this is not a number of beds", Fix: "Imported without it; write a whole number, or leave the cell empty."})
			continue
		}
		out = append(out, beds{c.Column.Year, n})
	}
	if len(out) > 0 && cells[0].Text == "" {
		newest := cells[0]
		issues.Add(importers.Issue{Row: row.Number, Column: newest.Column.Heading, Value: newest.Shown, Severity: importers.Info, Rule: "beds-older",
			Reason: fmt.Sprintf("the newest number of beds is that of %d", out[0].year), Fix: fmt.Sprintf("%d beds were imported as the newest number; write that of this year when it is known.", out[0].count)})
	}
	return out
}

// newer orders years from the newest; a number without a year is the present one.
func newer(a, b int) int {
	switch {
	case a == b:
		return 0
	case a == 0:
		return -1
	case b == 0:
		return 1
	}
	return cmp.Compare(b, a)
}

// bedCount reads a number of beds: "12", "12.0", "1,200", "12 beds".
func bedCount(text string) (int, bool) {
	digits := strings.TrimSpace(strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsLetter(r) || r == ' ' || r == '.' }))
	digits = strings.TrimSuffix(digits, ".0")
	if whole, thousands, ok := strings.Cut(digits, ","); ok && len(thousands) == 3 && whole != "" && whole[0] != '0' {
		digits = whole + thousands
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	return int(n), err == nil && n <= mostBeds
}

// bedsLike tells whether a value can be a number of beds.
func bedsLike(s string) bool {
	_, ok := bedCount(s)
	return ok
}

// writeBeds adds the extensions to the list that is being filled.
func (d *draft) writeBeds(o *body) {
	for _, b := range d.beds {
		o.item(func() {
			o.list("extension", func() {
				o.item(func() {
					o.text("url", "count")
					o.raw("valueUnsignedInt", strconv.Itoa(b.count))
				})
				if b.year > 0 {
					o.item(func() {
						o.text("url", "year")
						o.text("valueDate", strconv.Itoa(b.year))
					})
				}
			})
			o.text("url", BedsURL)
		})
	}
}

// bedsOf are the numbers of beds of a stored Location that a table can show.
func bedsOf(r *fhir.Resource) []beds {
	var out []beds
	for _, e := range r.Field("extension").Array() {
		if e.Get("url").Str != BedsURL {
			continue
		}
		b, ok, dated := beds{}, false, true
		for _, part := range e.Get("extension").Array() {
			switch part.Get("url").Str {
			case "count":
				b.count, ok = int(part.Get("valueUnsignedInt").Int()), true
			case "year":
				b.year, _ = strconv.Atoi(part.Get("valueDate").Str)
				dated = importers.IsYear(b.year)
			}
		}
		if ok && dated {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b beds) int { return newer(a.year, b.year) })
	return out
}

// keepBeds adds to what a list with numbers of beds says those that are stored of years for which it
// has no column.
func (r *rows) keepBeds(ctx context.Context, row *importers.Row, d *draft, known *importers.Known) error {
	id := known.ID("Location")
	if id == "" || !r.survey.src.Has("beds") {
		return nil
	}
	stored, err := r.env.Store.Read(ctx, "Location", id)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		return nil
	} else if err != nil {
		return err
	}
	d.beds = withBeds(bedsOf(stored), d.beds, row)
	return nil
}

// withBeds is a list in which the numbers of the years that a row has columns for are those that were
// read from it.
func withBeds(list, read []beds, row *importers.Row) []beds {
	shown := func(b beds) bool {
		return slices.ContainsFunc(row.Cells(), func(c importers.Cell) bool { return c.Column.Target == "beds" && c.Column.Year == b.year })
	}
	list = append(slices.DeleteFunc(slices.Clone(list), shown), read...)
	slices.SortStableFunc(list, func(a, b beds) int { return newer(a.year, b.year) })
	return list
}

// headingOfBeds is the heading of the column for a year.
func headingOfBeds(year int) string {
	if year == 0 {
		return "Beds"
	}
	return "Beds " + strconv.Itoa(year)
}

func showBeds(d *draft, c *importers.Column, nth int) string {
	for _, b := range d.beds {
		if b.year == c.Year {
			return importers.Only(strconv.Itoa(b.count), nth)
		}
	}
	return ""
}

func takeBeds(d, read *draft, row *importers.Row) { d.beds = withBeds(d.beds, read.beds, row) }
