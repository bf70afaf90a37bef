package facilities

import (
	"context"
	"maps"
	"slices"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
)

// value is an area as it is reported.
func (a *area) value() importers.Value {
	return importers.Value{Column: a.column, Target: "area", Text: a.name(), Within: a.up.names(), System: decisions.AreaSystem, Rows: a.weight(), Row: a.row}
}

// names are the names from the top: "Kenya / Nakuru"; "" for the root.
func (a *area) names() string {
	switch {
	case a == nil || a.up == nil:
		return ""
	case a.up.up == nil:
		return a.name()
	}
	return a.up.names() + " / " + a.name()
}

// decided takes an area for that which somebody decided that it is. It tells whether it did.
func (w *areaWriter) decided(ctx context.Context, a *area) (bool, error) {
	if a.name() == "" {
		return false, nil
	}
	is := a.value()
	c, ok := w.book.Value("area", is.Column, is.Within, is.Text)
	if !ok || c.Code == importers.NoCode {
		return false, nil
	}
	is.Chosen = &c
	have, err := w.env.Store.Read(ctx, "Location", c.Code)
	switch k := fhir.KindOf(err); {
	case err == nil:
		is.State = importers.Decided
		w.stored(a, have)
	case k == fhir.NotFound || k == fhir.Gone:
		is.State = importers.Stale
	default:
		return false, err
	}
	w.Value(is, "area-near", "", "The area was looked for by its name.")
	return is.State == importers.Decided, nil
}

// reportNear tells of a new area whose name is nearly that of a neighbour: one of the two may
// be a slip of the pen.
func (w *areaWriter) reportNear(ctx context.Context, a *area) error {
	is := a.value()
	if c, ok := w.book.Value("area", is.Column, is.Within, is.Text); ok && c.Code == importers.NoCode {
		return nil // somebody decided that it is an area of its own
	}
	near, err := w.resolver.Named(ctx, a.up.location)
	if err != nil {
		return err
	}
	var list []importers.Coding
	for _, r := range near {
		list = append(list, importers.Coding{System: decisions.AreaSystem, Code: r.ID, Display: r.Field("name").Str})
	}
	for _, key := range slices.Sorted(maps.Keys(a.up.below)) {
		b := a.up.below[key]
		stored := slices.ContainsFunc(list, func(c importers.Coding) bool { return place.Core(c.Display) == place.Core(b.name()) })
		if b != a && !stored && b.weight() > a.weight() {
			list = append(list, importers.Coding{System: decisions.AreaSystem, Code: b.identity().ID("areas"), Display: b.name()})
		}
	}
	for _, c := range list {
		if slip(a.name(), c.Display) {
			is.Candidates = append(is.Candidates, importers.Alike(a.name(), c))
		}
	}
	if is.Candidates = importers.Rank(is.Candidates); len(is.Candidates) > 0 {
		is.State = importers.Doubtful
		w.Value(is, "area-near", "a new area was made, whose name is nearly that of another", "Check the spelling, or decide which area is meant (masjala import values).")
	}
	return nil
}
