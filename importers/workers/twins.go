package workers

import (
	"context"
	"strings"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/twins"
	"masjala/internal/linkage"
	"masjala/store"
	"masjala/workforce/match"
)

// matcher compares persons.
var matcher = twins.Matcher[match.Worker]{Among: match.Among, Limits: match.Limits,
	Identifiers: func(w *match.Worker) *[]linkage.Identifier { return &w.Identifiers }}

// waiting is the rows of a person nobody knows anything of.
type waiting []*draft

// twinKey is what decisions on a person are kept under.
func (d *draft) twinKey() string { return importers.Identity{Base: d.base}.ID("twins") }

// known finds who a person is: as was decided, by what was imported before, else by one of the numbers.
func (in *reader) known(ctx context.Context, d *draft, identity importers.Identity) (*importers.Known, error) {
	known, err := in.w.Find(ctx, identity, true)
	if err != nil {
		return nil, err
	}
	same, gone, err := twins.Same(in.book, d.twinKey(), func(reference string) (*importers.Known, error) { return in.stored(ctx, reference) })
	if err != nil || same != nil && same.ID("Practitioner") != known.ID("Practitioner") {
		return same, err
	}
	if gone != nil && (in.search == nil || in.search.Open()) {
		gone.Row, gone.Value = d.row, d.display()
		in.w.Issues.Add(*gone)
	}
	if known != nil {
		return known, nil
	}
	return in.adopt(ctx, d)
}

// stored is what is known of a person in the registry; nil when there is none any more.
func (in *reader) stored(ctx context.Context, reference string) (*importers.Known, error) {
	p, err := in.env.Store.Read(ctx, "Practitioner", strings.TrimPrefix(reference, "Practitioner/"))
	if absent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return importers.Adopted(p), nil
}

// wait puts the rows of a person aside of whom nothing is known. It tells whether it did.
func (in *reader) wait(rows []*draft) (bool, error) {
	if !in.search.Open() {
		return false, nil
	}
	d := rows[0]
	person, err := fhir.Build("Practitioner", "x", nil, d.person())
	if err != nil {
		return true, in.refuse(d, err)
	}
	if !in.search.Row(d.row, d.twinKey(), d.display(), match.FromResource(person)) {
		return false, nil
	}
	in.waiting = append(in.waiting, rows)
	return true, nil
}

// finish compares the persons who wait with those whom no row means, then offers them.
func (in *reader) finish(ctx context.Context) error {
	if len(in.waiting) == 0 {
		return nil
	}
	err := store.Each(ctx, in.env.Store, "Practitioner", func(p *fhir.Resource) error {
		if !in.w.Present(p.ID) {
			w := match.FromResource(p)
			in.search.Stored(p.Ref(), strings.Join(w.Names[:min(1, len(w.Names))], ""), w)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := in.search.Run(ctx); err != nil {
		return err
	}
	for _, rows := range in.waiting {
		if err := in.offer(ctx, rows); err != nil {
			return err
		}
	}
	return nil
}

// twin returns who a person is taken for of whom nothing is known, nil for somebody new. Rows
// that are held are not to be imported.
func (in *reader) twin(ctx context.Context, rows []*draft) (known *importers.Known, held bool, err error) {
	t, ok := in.search.Of(rows[0].row)
	if !ok {
		return nil, false, nil
	}
	if held = in.w.Twin(t, in.policy, "", kind); held {
		for _, d := range rows[1:] {
			if d.further == 0 {
				in.w.Outcome(importers.Outcome{Row: d.row, Status: importers.Held})
			}
		}
		return nil, true, nil
	}
	if !t.Likely || in.policy != importers.TwinsAdopt {
		return nil, false, nil
	}
	known, err = in.stored(ctx, t.Reference)
	return known, false, err
}
