package facilities

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
)

// services are the names of what the facility of a row offers, each once: those in cells, and the
// headings of the columns that say yes.
func services(row *importers.Row) []string {
	var out []string
	add := func(name string) {
		if key := importers.Key(name); key != "" && !slices.ContainsFunc(out, func(n string) bool { return importers.Key(n) == key }) {
			out = append(out, name)
		}
	}
	for _, c := range row.All("service") {
		add(c.Text)
	}
	for _, c := range row.All("offers") {
		if yes, _ := claim(c.Text); yes {
			add(c.Column.Heading)
		}
	}
	return out
}

// coded returns a value of the list with its code.
func (l *codeList) coded(text string) coded {
	if v := l.of(text); v != nil {
		return coded{Coding: v.coding, text: text}
	}
	return coded{text: text}
}

// serviceResources makes a HealthcareService of each service of a row. One that was offered before
// and is no more becomes inactive; those of which the list says nothing are untold, and stay.
func (r *rows) serviceResources(ctx context.Context, row *importers.Row, d *draft, id pairID, known *importers.Known) (out []*fhir.Resource, untold []string, err error) {
	if !r.env.Registries.Has("HealthcareService") {
		return nil, nil, nil
	}
	for _, s := range d.services {
		key := importers.Identity{Base: "service|" + id.location, Full: importers.Key(s.name())}
		one := service(key.ID("service"), s, id, true)
		if !slices.ContainsFunc(out, func(o *fhir.Resource) bool { return o.ID == one.ID }) {
			out = append(out, one)
		}
	}
	if known == nil {
		return out, nil, nil
	}
	for _, ref := range known.Refs {
		former, is := strings.CutPrefix(ref, "HealthcareService/")
		if !is || slices.ContainsFunc(out, func(o *fhir.Resource) bool { return o.ID == former }) {
			continue
		}
		have, err := r.env.Store.Read(ctx, "HealthcareService", former)
		if kind := fhir.KindOf(err); err != nil && (kind == fhir.Gone || kind == fhir.NotFound) {
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("read service: %w", err)
		}
		was := coded{Coding: importers.Coding{System: have.Field("type.0.coding.0.system").Str, Code: have.Field("type.0.coding.0.code").Str, Display: have.Field("type.0.coding.0.display").Str},
			text: have.Field("name").Str}
		if !r.tellsOf(row, was.name()) {
			untold = append(untold, ref)
			continue
		}
		out = append(out, service(former, was, id, false))
	}
	return out, untold, nil
}

// tellsOf tells whether a list says of a service whether it is offered: it lists services, or has a
// column of its own for this one.
func (r *rows) tellsOf(row *importers.Row, name string) bool {
	return r.survey.src.Has("service") || slices.ContainsFunc(row.All("offers"), func(c importers.Cell) bool {
		return importers.Key(r.survey.lists["service"].coded(c.Column.Heading).name()) == importers.Key(name)
	})
}

// name is what the value is called.
func (c coded) name() string {
	if c.Display != "" {
		return c.Display
	}
	return c.text
}

// service makes a HealthcareService (mCSD 4.0, IHE.mCSD.HealthcareService).
func service(id string, s coded, of pairID, active bool) *fhir.Resource {
	o := newBody()
	o.raw("active", fmt.Sprint(active))
	o.reference("providedBy", "Organization", of.organization)
	o.list("type", func() { o.concept(s.System, s.Code, s.Display, s.name()) })
	o.list("location", func() { o.item(func() { o.text("reference", "Location/"+of.location) }) })
	o.text("name", s.name())
	return &fhir.Resource{Type: "HealthcareService", ID: id, Body: o.done()}
}
