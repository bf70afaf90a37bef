package facilities

import (
	"context"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/twins"
	"masjala/internal/linkage"
)

// waiting is the rows that nothing is known of, until all others have found what they mean.
type waiting struct {
	search *twins.Search[match.Facility]
	rows   map[int]bool
	found  map[int]importers.Twin // by row; nil until they were compared
}

// newWaiting returns nil when nothing is stored that a row could be.
func newWaiting(ctx context.Context, env importers.Env, book *decisions.Book) (*waiting, error) {
	n, err := env.Store.Count(ctx, "Location")
	if err != nil || n == 0 {
		return nil, err
	}
	by := twins.Matcher[match.Facility]{Among: match.Among, Limits: match.Limits,
		Identifiers: func(f *match.Facility) *[]linkage.Identifier { return &f.Identifiers }}
	return &waiting{search: &twins.Search[match.Facility]{Matcher: by, Book: book}, rows: map[int]bool{}}, nil
}

// again tells whether rows are met a second time, after they were compared.
func (w *waiting) again() bool { return w != nil && w.found != nil }

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
	if r.waiting == nil || r.waiting.again() {
		return false
	}
	f := facilityOf(row)
	r.waiting.search.Row(row.Number, id.twinKey(), f.Name, f)
	r.waiting.rows[row.Number] = true
	return true
}

// finish compares the rows that wait with the facilities that no row means, then offers them.
func (r *rows) finish(ctx context.Context) error {
	w := r.waiting
	if w == nil || len(w.rows) == 0 {
		return nil
	}
	err := match.Each(ctx, r.env.Store, func(is *fhir.Resource) error {
		if r.writer.Present(is.ID) {
			return nil
		}
		f, err := match.FromResource(ctx, r.env.Store, is)
		w.search.Stored(is.Ref(), f.Name, f)
		return err
	})
	if err != nil {
		return err
	}
	if w.found, err = w.search.Run(ctx); err != nil {
		return err
	}
	w.search = nil
	return r.survey.src.Each(ctx, func(row *importers.Row) error {
		if !w.rows[row.Number] {
			return nil
		}
		return r.offer(ctx, row)
	})
}

// twin returns what a row is taken for of which nothing is known, nil for something new. A row
// that is held is not to be imported.
func (r *rows) twin(ctx context.Context, row *importers.Row) (known *importers.Known, held bool, err error) {
	if !r.waiting.again() {
		return nil, false, nil
	}
	t, ok := r.waiting.found[row.Number]
	if !ok {
		return nil, false, nil
	}
	policy := r.survey.src.Mapping.TwinPolicy()
	if held = r.writer.Twin(t, policy, headingOf(row.Get("name")), Kind); held || !t.Likely || policy != importers.TwinsAdopt {
		return nil, held, nil
	}
	known, err = r.adopt(ctx, t.Reference)
	return known, false, err
}

// decided returns the facility that somebody decided a row to be, nil when nobody did or it is
// not there any more, which is reported.
func (r *rows) decided(ctx context.Context, row *importers.Row, id *identity) (*importers.Known, error) {
	if !r.book.HasTwins() {
		return nil, nil
	}
	for _, t := range r.book.Twins(id.twinKey()) {
		if t.Verdict != decisions.Same {
			continue
		}
		known, err := r.adopt(ctx, t.Reference)
		if err != nil || known != nil || r.waiting.again() {
			return known, err
		}
		r.writer.Issues.Add(importers.Issue{Row: row.Number, Value: row.Get("name").Shown, Severity: importers.Warning, Rule: "decision-stale",
			Reason: "it was decided that the row is " + t.Reference + ", which is not there any more", Fix: "The row was taken as if nobody had decided."})
	}
	return nil, nil
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
