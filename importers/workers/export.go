package workers

import (
	"context"
	"strconv"

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
	out.Note(x.more, "%d people have more than nine qualifications; the list has the first nine of each")
	out.Note(x.strange(), "%d numbers of qualifications are of another system than most in their column and not in the list")
	out.Note(x.names, "%d people have several names; the list has the official one of each, and the maiden name")
	out.Note(x.photos, "%d people have a photograph, which a table cannot hold")
	return out, nil
}

// exporter measures a list before it is written.
type exporter struct {
	store store.Store
	sites *sites

	ids                      importers.Widths
	numbers                  []importers.Widths // of the first qualification, of the second, …
	texts, maidens, prefixes bool               // whether somebody has one
	suffixes                 bool
	more, names, photos      int
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
	for i, l := range d.licences[:min(len(d.licences), mostLicences)] {
		if i == len(x.numbers) {
			x.numbers = append(x.numbers, importers.Widths{})
		}
		if l.number != "" {
			x.numbers[i].Count(l.system)
		}
	}
	x.texts, x.maidens = x.texts || d.text != "", x.maidens || d.maiden != ""
	x.prefixes, x.suffixes = x.prefixes || d.prefix != "", x.suffixes || d.suffix != ""
	if len(d.licences) > mostLicences {
		x.more++
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
	for n := range max(1, len(x.numbers)) {
		x.licence(c, n+1)
	}
	return c
}

// mostLicences is how many qualifications of a person a list has columns for.
const mostLicences = 9

// licence adds the columns of the nth qualification.
func (x *exporter) licence(c *importers.Columns[draft], n int) {
	group, number, system := 0, "", ""
	if n > 1 {
		group, number = n, " "+strconv.Itoa(n)
	}
	if n <= len(x.numbers) {
		system = x.numbers[n-1].First()
	}
	c.Add(importers.Column{Target: "licenceNumber", Group: group, System: system, Heading: "Licence number" + number}, false)
	for _, col := range [][2]string{{"licenceType", "Licence type"}, {"licenceIssuer", "Council"}, {"licenceFrom", "Licence issue date"}, {"licenceUntil", "Licence expiry date"}} {
		c.Add(importers.Column{Target: col[0], Group: group, Heading: col[1] + number}, false)
	}
}

// strange counts the numbers of qualifications that no column has.
func (x *exporter) strange() int {
	n := 0
	for i := range x.numbers {
		n += x.numbers[i].Others()
	}
	return n
}

// postAspect shows which post a row is about; nothing takes it.
var postAspect = &aspect{Targets: []string{postTarget}, Show: func(d *draft, _ *importers.Column, _ int) string { return d.postID }}
