package facilities

import (
	"context"
	"fmt"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/importers"
)

// keys find the facilities that rows name by their id in this registry.
type keys struct {
	writer *importers.Writer
	areas  *chains
	first  map[digest]int32 // row that named an id first
}

// kept is a stored facility beside what it was when it was written into a row.
type kept struct {
	location, organization       *fhir.Resource // as they are; organization may be nil
	wasLocation, wasOrganization *fhir.Resource
	was                          *draft
	changed                      []*aspect
	news                         *importers.Row // the row without what it does not change
}

// find reads the facility that a row names by its id. It fails with NotFound or Gone when there is
// none; an area is none.
func (k *keys) find(ctx context.Context, row *importers.Row) (*kept, error) {
	versions := append(importers.Versions(row.Get(importers.VersionTarget).Text), 0, 0)
	f := &kept{}
	var err error
	if f.location, f.wasLocation, err = k.writer.Keyed(ctx, "Location", row.Get(importers.KeyTarget).Text, versions[0]); err != nil {
		return nil, err
	}
	if place.IsArea(f.location) {
		return nil, fhir.Errorf(fhir.NotFound, "%s is an area", f.location.Ref())
	}
	if id := managerID(f.location); id != "" {
		f.organization, f.wasOrganization, err = k.writer.Keyed(ctx, "Organization", id, versions[1])
		if kind := fhir.KindOf(err); err != nil && kind != fhir.NotFound && kind != fhir.Gone {
			return nil, err
		}
	}
	above, err := k.areas.above(ctx, place.ParentID(f.wasLocation))
	if err != nil {
		return nil, err
	}
	f.was = draftOf(f.wasLocation, f.wasOrganization, above)
	f.changed, f.news = importers.News(row, f.was, aspects)
	return f, nil
}

// takeNews surveys a row of an export: only what it changes counts.
func (s *survey) takeNews(ctx context.Context, row *importers.Row) error {
	if at := digestOf(row.Get(importers.KeyTarget).Text); s.keys.first[at] == 0 {
		s.keys.first[at] = int32(row.Number)
	}
	f, err := s.keys.find(ctx, row)
	if fhir.KindOf(err) == fhir.NotFound || fhir.KindOf(err) == fhir.Gone {
		return nil // reported when the row's turn comes
	}
	if err != nil {
		return err
	}
	s.areas.add(f.news, nil)
	s.opened.Add(f.news.Get("opened").Text)
	for target, list := range s.lists {
		list.add(f.news.Get(target).Text, row.Number)
	}
	return nil
}

// edit brings what a row changes into the facility that it names by its id. What is not here, or was
// named by an earlier row, is reported.
func (r *rows) edit(ctx context.Context, row *importers.Row) error {
	key := row.Get(importers.KeyTarget)
	if first := int(r.survey.keys.first[digestOf(key.Text)]); first != 0 && first != row.Number {
		r.writer.Count(Kind, func(c *importers.Counts) { c.Failed++ })
		r.writer.Outcome(importers.Outcome{Row: row.Number, Status: importers.Refused})
		r.writer.Issues.Add(importers.Issue{Row: row.Number, Column: key.Column.Heading, Value: key.Shown, Severity: importers.Error, Rule: "masjala-id-shared",
			Reason: fmt.Sprintf("row %d has the same id", first), Fix: "Not imported; keep one of the rows, or empty the cell in the row of a new facility."})
		return nil
	}
	f, err := r.survey.keys.find(ctx, row)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		r.writer.Unknown(row.Number, key, Kind, err)
		return nil
	}
	if err != nil {
		return err
	}
	t := &importers.Thing{What: Kind, Row: row.Number, Name: f.was.name, Edited: importers.NewEdited()}
	now := f.theirs(r, row)
	if now.name == "" {
		r.nameless(row, row.Get("name"))
		return nil
	}
	if f.organization != nil {
		t.Edit(f.organization, f.wasOrganization.Body, facilityOrganization(f.was), facilityOrganization(now), true)
	}
	manager := managerID(f.wasLocation)
	t.Edit(f.location, f.wasLocation.Body, facilityLocation(f.was, manager), facilityLocation(now, manager), false)
	return r.writer.Offer(ctx, t)
}

// theirs is the facility as the row says it. Only what is found in changed cells is reported.
func (f *kept) theirs(r *rows, row *importers.Row) *draft {
	now := *f.was
	if len(f.changed) == 0 {
		return &now
	}
	issues := &importers.Issues{Sheet: r.writer.Issues.Sheet, Sink: func(i *importers.Issue) error {
		for _, a := range f.changed {
			if c := f.news.Column(i.Column); c != nil && a.Of(c) {
				r.writer.Issues.Add(*i)
				break
			}
		}
		return nil
	}}
	read := r.survey.read(f.news, r.survey.areas.add(f.news, nil), issues)
	for _, a := range f.changed {
		a.Take(&now, read, row)
	}
	return &now
}
