package facilities

import (
	"context"
	"slices"
	"strings"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
)

// clash tells what a row says that has the identifier of a stored facility and seems to be another
// one; nil when it is that. Two offices may both call their numbers Code: only a system that
// somebody chose says whose numbers they are, so that one which was proposed is not believed against all else.
func (r *rows) clash(ctx context.Context, row *importers.Row, id *identity, stored []*fhir.Resource) (*importers.Clash, error) {
	c := row.Get("id")
	at := slices.IndexFunc(stored, func(is *fhir.Resource) bool { return is != nil && is.Type == "Location" })
	if !id.coded || !strings.HasPrefix(c.Column.System, proposedIDs) || at < 0 {
		return nil, nil
	}
	is := stored[at]
	verdict := r.book.Verdict(id.twinKey(), is.Ref())
	if verdict == decisions.Same || importers.Key(is.Field("name").Str) == importers.Key(nameOf(row).Text) {
		return nil, nil
	}
	have, err := match.FromResource(ctx, r.env.Store, is)
	if err != nil {
		return nil, err
	}
	why := match.Unlike(facilityOf(row), have)
	if why == "" {
		return nil, nil
	}
	return &importers.Clash{Column: c.Column.Heading, Number: c.Shown, Twin: importers.Twin{Key: id.twinKey(), Reference: is.Ref(), Stored: have.Name,
		Why: "same number, but " + why, Decision: string(verdict)}}, nil
}
