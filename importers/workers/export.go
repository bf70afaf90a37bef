package workers

import (
	"context"

	"masjala/fhir"
	"masjala/importers"
	"masjala/internal/export/table"
	"masjala/store"
)

// Export writes the people whom a search of Practitioners finds as a list, one row for each post
// (and for each person without one), which [Run] takes without a mapping and which then changes
// nothing. The store is walked over twice, so that memory does not grow with the rows, only with
// the facilities. It fails with Invalid when the search is no search of Practitioners.
func Export(ctx context.Context, s store.Store, req importers.ExportRequest) (*importers.Exported, error) {
	x := &exporter{store: s, sites: newSites(s)}
	if err := store.Each(ctx, s, "Practitioner", x.measure, req.Query...); err != nil {
		return nil, err
	}
	columns := x.columns()
	head := columns.Head("Workers")
	out := &importers.Exported{Columns: head.Names, Notes: []string{}}
	err := table.Write(req.To, req.Format, head, func(row func([]table.Cell) error) error {
		var cells []table.Cell
		post := func(d *draft, id string, versions ...int64) error {
			cells = columns.Row(cells, d, id, versions...)
			if out.Rows++; out.Rows%1000 == 0 && req.Progress != nil {
				req.Progress(importers.Progress{Phase: "writing", Done: out.Rows})
			}
			return row(cells)
		}
		return store.Each(ctx, s, "Practitioner", func(p *fhir.Resource) error { return x.rows(ctx, p, post) }, req.Query...)
	})
	if err != nil {
		return nil, err
	}
	out.Note(x.licences, "%d people have several qualifications; the list has the first of each")
	out.Note(x.names, "%d people have several names; the list has the official one of each, and the maiden name")
	out.Note(x.photos, "%d people have a photograph, which a table cannot hold")
	return out, nil
}

// exporter measures a list before it is written.
type exporter struct {
	store store.Store
	sites *sites

	ids, licence             importers.Widths
	texts, maidens, prefixes bool // whether somebody has one
	suffixes                 bool
	licences, names, photos  int
}

// rows writes the rows of a person.
func (x *exporter) rows(ctx context.Context, p *fhir.Resource, row func(d *draft, id string, versions ...int64) error) error {
	posts := 0
	err := rolesOf(ctx, x.store, p.ID, func(role *fhir.Resource) error {
		posts++
		at, err := x.sites.of(ctx, role)
		if err != nil {
			return err
		}
		d := draftOf(p, role, at)
		d.postID = role.ID
		return row(d, p.ID, p.Version, role.Version)
	})
	if err == nil && posts == 0 {
		err = row(draftOf(p, nil, nil), p.ID, p.Version)
	}
	return err
}

// measure finds out which columns a person needs.
func (x *exporter) measure(p *fhir.Resource) error {
	d := draftOf(p, nil, nil)
	systems := make([]string, len(d.identifiers))
	for i, id := range d.identifiers {
		systems[i] = id.System
	}
	x.ids.Count(systems...)
	if d.licence.number != "" {
		x.licence.Count(d.licence.system)
	}
	x.texts, x.maidens = x.texts || d.text != "", x.maidens || d.maiden != ""
	x.prefixes, x.suffixes = x.prefixes || d.prefix != "", x.suffixes || d.suffix != ""
	if len(p.Field("qualification").Array()) > 1 {
		x.licences++
	}
	if names := p.Field("name").Array(); len(names) > 2 || len(names) == 2 && d.maiden == "" {
		x.names++
	}
	if p.Field("photo").Exists() {
		x.photos++
	}
	return nil
}

// columns are those of the list, with headings that the importer knows.
func (x *exporter) columns() *importers.Columns[draft] {
	c := &importers.Columns[draft]{Aspects: append([]*aspect{postAspect}, aspects...)}
	add := func(there bool, target, heading string) {
		if there {
			c.Add(importers.Column{Target: target, Heading: heading}, false)
		}
	}
	add(true, postTarget, postHeading)
	add(true, "family", "Family name")
	add(true, "given", "Given names")
	add(x.texts, "name", "Full name")
	add(x.prefixes, "prefix", "Title")
	add(x.suffixes, "suffix", "Suffix")
	add(x.maidens, "maiden", "Maiden name")
	add(true, "gender", "Sex")
	add(true, "birthDate", "Date of birth")
	for _, system := range x.ids.Systems() {
		c.Add(importers.Column{Target: "identifier", System: system, Heading: "Staff number"}, false)
	}
	for _, col := range [][2]string{{"phone", "Phone number"}, {"email", "Email"}, {"street", "Street address"}, {"town", "Town"}, {"cadre", "Cadre"}, {"specialty", "Specialty"},
		{"facilityCode", "Facility code"}, {"facilityName", "Facility name"}, {"start", "Start date"}, {"end", "End date"}} {
		add(true, col[0], col[1])
	}
	c.Add(importers.Column{Target: "licenceNumber", System: x.licence.First(), Heading: "Licence number"}, false)
	for _, col := range [][2]string{{"licenceType", "Licence type"}, {"licenceIssuer", "Council"}, {"licenceFrom", "Licence issue date"}, {"licenceUntil", "Licence expiry date"}} {
		add(true, col[0], col[1])
	}
	return c
}

// postAspect shows which post a row is about; nothing takes it.
var postAspect = &aspect{Targets: []string{postTarget}, Show: func(d *draft, _ *importers.Column, _ int) string { return d.postID }}
