package facilities

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"masjala/facility/geo"
	"masjala/facility/place"
	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/importers"
	"masjala/internal/export/table"
	"masjala/store"
)

// Export writes the facilities that a search of Locations finds as a list, one row each, which
// [Run] takes without a mapping and which then changes nothing. The store is walked over twice, so
// that memory does not grow with the rows. It fails with Invalid when the search is no search of
// Locations.
func Export(ctx context.Context, s store.Store, req importers.ExportRequest) (*importers.Exported, error) {
	x := &exporter{store: s, areas: newChains(s), codes: map[int]*importers.Widths{}, years: map[int]bool{}}
	if err := x.each(ctx, req.Query, x.measure); err != nil {
		return nil, err
	}
	columns := x.columns()
	head := columns.Head("Facilities")
	out := &importers.Exported{Columns: head.Names, Notes: []string{}}
	err := table.Write(req.To, req.Format, head, func(row func([]table.Cell) error) error {
		var cells []table.Cell
		return x.each(ctx, req.Query, func(f *stored) error {
			cells = columns.Row(cells, f.draft, f.location.ID, f.versions()...)
			if out.Rows++; out.Rows%1000 == 0 && req.Progress != nil {
				req.Progress(importers.Progress{Phase: "writing", Done: out.Rows, Total: x.rows})
			}
			return row(cells)
		})
	})
	if err != nil {
		return nil, err
	}
	return out, x.notes(ctx, out)
}

// deepest is the last level of areas that a list has columns for.
const deepest = 9

// exporter measures a list before it is written.
type exporter struct {
	store store.Store
	areas *chains

	rows, levels, aliases, emails, boundaries, altitudes int

	ids, kinds, owners, states importers.Widths
	tongues                    importers.Widths          // languages of names
	codes                      map[int]*importers.Widths // of areas, by level
	years                      map[int]bool              // that have numbers of beds; 0 for those without one
}

// stored is a facility of the store.
type stored struct {
	location, organization *fhir.Resource
	draft                  *draft
}

func (f *stored) versions() []int64 {
	if f.organization == nil {
		return []int64{f.location.Version}
	}
	return []int64{f.location.Version, f.organization.Version}
}

// each calls fn for each facility that a search finds.
func (x *exporter) each(ctx context.Context, query []search.Pair, fn func(*stored) error) error {
	return store.Each(ctx, x.store, "Location", func(r *fhir.Resource) error {
		if place.IsArea(r) {
			return nil
		}
		f := &stored{location: r}
		var err error
		if f.organization, err = manager(ctx, x.store, r); err != nil {
			return err
		}
		above, err := x.areas.above(ctx, place.ParentID(r))
		if err != nil {
			return err
		}
		f.draft = draftOf(r, f.organization, above)
		return fn(f)
	}, query...)
}

// measure finds out which columns a facility needs.
func (x *exporter) measure(f *stored) error {
	x.rows++
	d := f.draft
	x.ids.Count(systemsOf(d.ids)...)
	x.aliases = max(x.aliases, len(d.aliases))
	x.tongues.Count(d.languages()...)
	for _, b := range d.beds {
		x.years[b.year] = true
	}
	emails := 0
	for _, c := range d.contacts {
		if c.system == "email" {
			emails++
		}
	}
	x.emails = max(x.emails, emails)
	for w, c := range map[*importers.Widths]coded{&x.kinds: d.kind, &x.owners: d.owner, &x.states: d.state} {
		if c.System != "" {
			w.Count(c.System)
		}
	}
	x.levels = max(x.levels, d.area.level)
	for a := d.area; a != nil && a.level > 0; a = a.up {
		if x.codes[a.level] == nil {
			x.codes[a.level] = &importers.Widths{}
		}
		x.codes[a.level].Count(systemsOf(a.ids)...)
	}
	if slices.ContainsFunc(f.location.Field("extension").Array(), func(e gjson.Result) bool { return e.Get("url").Str == geo.Extension }) {
		x.boundaries++
	}
	if d.pos.altitude != "" {
		x.altitudes++
	}
	return nil
}

func systemsOf(ids []importers.Coding) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.System
	}
	return out
}

// columns are those of the list, with headings that the importer knows.
func (x *exporter) columns() *importers.Columns[draft] {
	c := &importers.Columns[draft]{Aspects: aspects}
	add := func(target, heading string) { c.Add(importers.Column{Target: target, Heading: heading}, false) }
	add("name", "Facility name")
	x.translations(c)
	for range x.aliases {
		add("alias", "Other name")
	}
	target, title := "id", "Facility code"
	for _, system := range x.ids.Systems() {
		c.Add(importers.Column{Target: target, System: system, Heading: title}, false)
		target, title = "identifier", "Other code"
	}
	for _, col := range []struct {
		target, title string
		systems       *importers.Widths
	}{{"type", "Facility type", &x.kinds}, {"ownership", "Ownership", &x.owners}, {"status", "Operating status", &x.states}} {
		c.Add(importers.Column{Target: col.target, System: col.systems.First(), Heading: col.title}, false)
	}
	for level := 1; level <= min(x.levels, deepest); level++ {
		name := "Level " + strconv.Itoa(level)
		c.Add(importers.Column{Target: "area", Level: level, Heading: name}, false)
		if codes := x.codes[level]; codes != nil && len(codes.Systems()) > 0 {
			system := codes.First()
			c.Add(importers.Column{Target: "areaCode", Level: level, System: system, Heading: name + " code"}, false)
		}
	}
	c.Add(importers.Column{Target: "latitude", Heading: "Latitude"}, true)
	c.Add(importers.Column{Target: "longitude", Heading: "Longitude"}, true)
	if x.altitudes > 0 {
		c.Add(importers.Column{Target: "altitude", Heading: "Altitude"}, true)
	}
	add("phone", "Phone number")
	for range max(1, x.emails) {
		add("email", "Email")
	}
	for _, col := range [][2]string{{"website", "Website"}, {"contact", "Contact person"}, {"address", "Physical address"}, {"postalAddress", "Postal address"},
		{"city", "Town"}, {"postalCode", "Postal code"}, {"opened", "Date opened"}, {"hours", "Opening hours"}} {
		add(col[0], col[1])
	}
	for _, year := range slices.SortedFunc(maps.Keys(x.years), newer) {
		c.Add(importers.Column{Target: "beds", Year: year, Heading: headingOfBeds(year)}, true)
	}
	return c
}

// translations adds the columns of names in other languages.
func (x *exporter) translations(c *importers.Columns[draft]) {
	names := map[string]int{}
	for _, lang := range x.tongues.Systems() {
		nth := ""
		if names[lang]++; names[lang] > 1 {
			nth = " " + strconv.Itoa(names[lang])
		}
		c.Add(importers.Column{Target: "translation", Language: lang, Heading: "Facility name" + nth + " (" + lang + ")"}, false)
	}
}

// notes tells what the list does not hold.
func (x *exporter) notes(ctx context.Context, out *importers.Exported) error {
	areas := 0
	err := store.Each(ctx, x.store, "Location", func(r *fhir.Resource) error {
		if a := x.areas.byID[r.ID]; a == nil || a.location != r.ID {
			areas++
		}
		return nil
	}, search.Pair{Name: "type", Value: place.Types + "|jurisdiction"})
	out.Note(areas, "%d areas without any of these facilities are not in the list")
	out.Note(x.boundaries, "%d facilities have a boundary, which a table cannot hold")
	return err
}
