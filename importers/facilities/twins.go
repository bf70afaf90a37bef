package facilities

import (
	"context"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/twins"
	"masjala/internal/linkage"
)

// matcher compares facilities.
var matcher = twins.Matcher[match.Facility]{Among: match.Among, Limits: match.Limits,
	Identifiers: func(f *match.Facility) *[]linkage.Identifier { return &f.Identifiers }}

// twinKey is what decisions on a row are kept under. It stays the same when the row changes,
// as long as its identifier, or else its name, type and area do not.
func (id *identity) twinKey() string {
	by := importers.Identity{Base: id.Base, Full: id.Full}
	if id.alone {
		by.Full = ""
	}
	return by.ID("twins")
}

// wait puts a row that nothing is known of aside. It tells whether it did.
func (r *rows) wait(row *importers.Row, id *identity) bool {
	if !r.search.Open() {
		return false
	}
	f := facilityOf(row)
	if r.search.Row(row.Number, id.twinKey(), f.Name, f) {
		r.waiting[row.Number] = true
	}
	return r.waiting[row.Number]
}

// finish compares the rows that wait with the facilities that no row means, then offers them.
func (r *rows) finish(ctx context.Context) error {
	if len(r.waiting) == 0 {
		return nil
	}
	err := match.Each(ctx, r.env.Store, func(is *fhir.Resource) error {
		if r.writer.Present(is.ID) {
			return nil
		}
		f, err := match.FromResource(ctx, r.env.Store, is)
		r.search.Stored(is.Ref(), f.Name, f)
		return err
	})
	if err != nil {
		return err
	}
	if err := r.search.Run(ctx); err != nil {
		return err
	}
	return r.survey.src.Each(ctx, func(row *importers.Row) error {
		if !r.waiting[row.Number] {
			return nil
		}
		return r.offer(ctx, row)
	})
}

// twin returns what a row is taken for of which nothing is known, nil for something new. A row
// that is held is not to be imported.
func (r *rows) twin(ctx context.Context, row *importers.Row) (known *importers.Known, held bool, err error) {
	t, ok := r.search.Of(row.Number)
	if !ok {
		return nil, false, nil
	}
	policy := r.survey.src.Mapping.TwinPolicy()
	if held = r.writer.Twin(t, policy, headingOf(nameOf(row)), Kind); held || !t.Likely || policy != importers.TwinsAdopt {
		return nil, held, nil
	}
	known, err = r.adopt(ctx, t.Reference)
	return known, false, err
}

// decided returns the facility that somebody decided a row to be, nil when nobody did or it is
// not there any more, which is reported.
func (r *rows) decided(ctx context.Context, row *importers.Row, id *identity) (*importers.Known, error) {
	known, gone, err := twins.Same(r.book, id.twinKey(), func(reference string) (*importers.Known, error) { return r.adopt(ctx, reference) })
	if gone != nil && !r.waiting[row.Number] {
		c := nameOf(row)
		gone.Row, gone.Column, gone.Value = row.Number, headingOf(c), c.Shown
		r.writer.Issues.Add(*gone)
	}
	return known, err
}

// adopt makes what is known of a stored facility; nil when it is not there any more.
func (r *rows) adopt(ctx context.Context, reference string) (*importers.Known, error) {
	have, err := r.env.Store.Read(ctx, "Location", reference[len("Location/"):])
	if k := fhir.KindOf(err); err != nil && (k == fhir.NotFound || k == fhir.Gone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.adopted(ctx, have)
}

// adopted is what is known of a Location that came into the registry by another way.
func (r *rows) adopted(ctx context.Context, have *fhir.Resource) (*importers.Known, error) {
	organization, err := manager(ctx, r.env.Store, have)
	if err != nil {
		return nil, err
	}
	if organization == nil {
		return importers.Adopted(have), nil
	}
	return importers.Adopted(organization, have), nil
}
