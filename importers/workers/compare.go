package workers

import (
	"context"
	"strings"
	"time"

	"masjala/importers"
	"masjala/internal/linkage"
	"masjala/workforce/match"
)

// ReadForMatch reads the rows of a list of workers as far as persons are compared by it, and
// calls add with each that has a name. Two-digit years are the last hundred before now. It
// fails when the file breaks off.
func ReadForMatch(ctx context.Context, src *importers.Source, now time.Time, add func(row int, w match.Worker)) error {
	var vote importers.DateVote
	if err := src.Each(ctx, func(row *importers.Row) error {
		vote.Add(row.Get("birthDate").Text)
		return nil
	}); err != nil {
		return err
	}
	return src.Each(ctx, func(row *importers.Row) error {
		names := strings.TrimSpace(row.Get("given").Text + " " + row.Get("family").Text)
		if names == "" {
			names = row.Get("name").Text
		}
		if names == "" {
			return nil
		}
		w := match.Worker{Names: []string{names}}
		if maiden := row.Get("maiden").Text; maiden != "" {
			w.Names = append(w.Names, strings.TrimSpace(row.Get("given").Text+" "+maiden))
		}
		w.Gender, _ = gender(row.Get("gender").Text)
		w.Birth, _ = importers.Date(row.Get("birthDate"), vote.Order(), now)
		w.Identifiers = numbersOf(row)
		for _, c := range row.All("phone") {
			w.Phones = append(w.Phones, split(c.Text)...)
		}
		for _, c := range row.All("email") {
			w.Emails = append(w.Emails, split(c.Text)...)
		}
		add(row.Number, w)
		return nil
	})
}

// numbersOf are the identifiers and the licence of a row.
func numbersOf(row *importers.Row) []linkage.Identifier {
	var out []linkage.Identifier
	for _, c := range append(row.All("identifier"), row.All("licenceNumber")...) {
		if c.Text != "" {
			out = append(out, linkage.Identifier{System: c.Column.System, Value: c.Text})
		}
	}
	return out
}
