package facilities

import (
	"context"
	"maps"
	"slices"
	"strings"

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
		made, err := w.comes(ctx, a, c.Code)
		if err != nil || made == a {
			return false, err
		}
		if is.State = importers.Decided; made == nil {
			is.State = importers.Stale
		}
	default:
		return false, err
	}
	w.Value(is, "area-near", "", "The area was looked for by its name.")
	return is.State == importers.Decided, nil
}

// comes settles the area with an id that the list itself brings, for one that was decided to be
// that; nil when there is none, or when the two mean each other. It may be the area itself.
func (w *areaWriter) comes(ctx context.Context, a *area, id string) (*area, error) {
	b := w.coming[id]
	if b == nil || b == a {
		return b, nil
	}
	if err := w.settleOne(ctx, b); err != nil || b.location == "" {
		return nil, err
	}
	a.location, a.organization = b.location, b.organization
	w.Count("areas", func(c *importers.Counts) { c.Unchanged++ })
	return b, nil
}

// learn notes which areas the list may bring, by their ids, and gives those that others were decided
// to be the spellings of these as further names.
func (w *areaWriter) learn(t *areaTree) error {
	w.coming, w.made = map[string]*area{}, map[string]*area{}
	err := t.root.walk(func(a *area) error {
		w.coming[a.identity().ID("areas")] = a
		return nil
	})
	if err != nil {
		return err
	}
	return t.root.walk(func(a *area) error {
		is := a.value()
		if c, ok := w.book.Value("area", is.Column, is.Within, is.Text); ok && is.Text != "" {
			if b := w.coming[c.Code]; b != nil && b != a && !slices.Contains(b.also, is.Text) {
				b.also = append(b.also, is.Text)
			}
		}
		return nil
	})
}

// reportNear tells of a new area whose name is nearly that of a neighbour: one of the two may
// be a slip of the pen.
func (w *areaWriter) reportNear(ctx context.Context, a *area) error {
	is := a.value()
	if c, ok := w.book.Value("area", is.Column, is.Within, is.Text); ok && c.Code == importers.NoCode {
		return nil // somebody decided that it is an area of its own
	}
	beside, err := w.besides(ctx, a.up)
	if err != nil {
		return err
	}
	core, taken := place.Core(is.Text), map[string]bool{}
	bare, marked := unmarked(is.Text)
	for _, n := range slices.Concat(beside[initials(core)], beside[unmarkedKey+bare]) {
		if n.area != nil && (n.area == a || n.rows <= is.Rows || taken[n.core]) || !importers.Slip(core, n.core) && (n.bare != bare || n.marked == marked) {
			continue
		}
		taken[n.core] = true
		c := importers.Alike(is.Text, n.Coding)
		c.New = n.area != nil
		is.Candidates = append(is.Candidates, c)
	}
	if is.Candidates = importers.Rank(is.Candidates); len(is.Candidates) > 0 {
		is.State = importers.Doubtful
		w.Value(is, "area-near", "a new area was made, whose name is nearly that of another", "Check the spelling, or decide which area is meant (masjala import values).")
	}
	return nil
}

// neighbour is an area that lies beside others, stored or of the list.
type neighbour struct {
	importers.Coding
	core string
	area *area // nil for a stored one
	rows int

	bare   string // see unmarked
	marked bool
}

// unmarkedKey begins the keys of neighbours by their names without marks.
const unmarkedKey = "="

// besides returns what lies below an area, stored ones first, by the initials of the names and by the names without marks. It is
// made once, so that a list of many areas in one does not cost the square of their number.
func (w *areaWriter) besides(ctx context.Context, up *area) (map[string][]neighbour, error) {
	if known := w.beside[up]; known != nil {
		return known, nil
	}
	out := map[string][]neighbour{}
	add := func(n neighbour) {
		n.System, n.core = decisions.AreaSystem, place.Core(n.Display)
		n.bare, n.marked = unmarked(n.Display)
		for _, key := range []string{initials(n.core), unmarkedKey + n.bare} {
			out[key] = append(out[key], n)
		}
	}
	stored, err := w.resolver.Named(ctx, up.location)
	if err != nil {
		return nil, err
	}
	for _, r := range stored {
		add(neighbour{Coding: importers.Coding{Code: r.ID, Display: r.Field("name").Str}})
	}
	for _, key := range slices.Sorted(maps.Keys(up.below)) {
		b := up.below[key]
		add(neighbour{Coding: importers.Coding{Code: b.identity().ID("areas"), Display: b.name()}, area: b, rows: b.weight()})
	}
	w.beside[up] = out
	return out, nil
}

// initials are the first letters of the words of a core. Where they differ, no name is a slip of
// the other: see [importers.Slip].
func initials(core string) string {
	var first []byte
	for word := range strings.FieldsSeq(core) {
		first = append(first, word[0])
	}
	return string(first)
}
