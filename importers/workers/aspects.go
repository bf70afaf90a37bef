package workers

import (
	"slices"
	"strings"

	"masjala/fhir"
	"masjala/importers"
)

// aspect is one part of what a row says of a person or of a post.
type aspect = importers.Aspect[draft]

// texts is an aspect that one text says.
func texts(target string, field func(d *draft) *string) *aspect {
	return &aspect{Targets: []string{target},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(*field(d), nth) },
		Take: func(d, read *draft, _ *importers.Row) { *field(d) = *field(read) }}
}

// day is an aspect that one day says.
func day(target string, field func(d *draft) *string) *aspect {
	a := texts(target, field)
	a.Same = importers.SameDay
	return a
}

// licenceAspect is one part of the licences, each of which the columns of one group show. take
// replaces it in one that a row says otherwise.
func licenceAspect(target string, show func(licence, *importers.Column) string, take func(l, read *licence, c *importers.Column), same func(a, b importers.Cell) bool) *aspect {
	return &aspect{Targets: []string{target}, Same: same,
		Show: func(d *draft, c *importers.Column, nth int) string {
			return importers.Only(show(d.licence(c.Nth()), c), nth)
		},
		Take: func(d, read *draft, row *importers.Row) {
			d.licences = slices.Clone(d.licences)
			for _, cell := range row.Cells() {
				if c := cell.Column; c.Target == target {
					for len(d.licences) < c.Nth() {
						d.licences = append(d.licences, licence{})
					}
					l, now := &d.licences[c.Nth()-1], read.licence(c.Nth())
					if show(*l, c) != show(now, c) {
						take(l, &now, c)
					}
				}
			}
		}}
}

// plainLicence is a part of licences that one text says.
func plainLicence(target string, field func(l *licence) *string, same func(a, b importers.Cell) bool) *aspect {
	return licenceAspect(target, func(l licence, _ *importers.Column) string { return *field(&l) },
		func(l, read *licence, _ *importers.Column) { *field(l) = *field(read) }, same)
}

// showNumber is the number of a licence in a column of its system.
func showNumber(l licence, c *importers.Column) string {
	if l.number != "" && l.system != c.System {
		return ""
	}
	return l.number
}

// personAspects are what a row says of a person.
var personAspects = []*aspect{
	texts("family", func(d *draft) *string { return &d.family }),
	{Targets: []string{"given"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(d.given, nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.given, d.givens = read.given, nil }},
	texts("name", func(d *draft) *string { return &d.text }),
	texts("prefix", func(d *draft) *string { return &d.prefix }),
	texts("suffix", func(d *draft) *string { return &d.suffix }),
	texts("maiden", func(d *draft) *string { return &d.maiden }),
	texts("gender", func(d *draft) *string { return &d.gender }),
	day("birthDate", func(d *draft) *string { return &d.birth }),
	{Targets: []string{"identifier"}, Show: showIdentifier, Take: takeIdentifiers},
	{Targets: []string{"phone"},
		Show: func(d *draft, _ *importers.Column, nth int) string {
			var all []string
			for _, p := range d.phones {
				all = append(all, p.Written)
			}
			return importers.Only(strings.Join(all, "; "), nth)
		},
		Take: func(d, read *draft, _ *importers.Row) { d.phones = read.phones }},
	{Targets: []string{"email"},
		Show: func(d *draft, _ *importers.Column, nth int) string {
			return importers.Only(strings.Join(d.emails, "; "), nth)
		},
		Take: func(d, read *draft, _ *importers.Row) { d.emails = read.emails }},
	{Targets: []string{"street"},
		Show: func(d *draft, _ *importers.Column, nth int) string {
			return importers.Only(strings.Join(d.address.Line, ", "), nth)
		},
		Take: func(d, read *draft, _ *importers.Row) { d.address.Line = read.address.Line }},
	texts("town", func(d *draft) *string { return &d.address.City }),
	licenceAspect("licenceNumber", showNumber, func(l, read *licence, c *importers.Column) {
		if read.number != "" || l.system == c.System {
			l.number, l.system = read.number, read.system
		}
	}, nil),
	licenceAspect("licenceType", func(l licence, _ *importers.Column) string { return l.kind },
		func(l, read *licence, _ *importers.Column) { l.kind, l.code = read.kind, nil }, nil),
	plainLicence("licenceIssuer", func(l *licence) *string { return &l.issuer }, nil),
	plainLicence("licenceFrom", func(l *licence) *string { return &l.from }, importers.SameDay),
	plainLicence("licenceUntil", func(l *licence) *string { return &l.until }, importers.SameDay),
}

// postAspects are what a row says of a post.
var postAspects = ofFirst(
	&aspect{Targets: []string{"cadre"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(shown(d.cadre), nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.cadre = read.cadre }},
	&aspect{Targets: []string{"specialty"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(shown(d.specialty), nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.specialty = read.specialty }},
	&aspect{Targets: []string{"facilityCode", "facilityName"}, Show: showPlace,
		Take: func(d, read *draft, _ *importers.Row) { d.place = read.place }},
	day("start", func(d *draft) *string { return &d.start }),
	day("end", func(d *draft) *string { return &d.end }))

// ofFirst lets aspects show nothing in the columns of a second and further post: an export writes each
// post into a row of its own.
func ofFirst(all ...*aspect) []*aspect {
	for _, a := range all {
		show := a.Show
		a.Show = func(d *draft, c *importers.Column, nth int) string {
			if c.Nth() > 1 {
				return ""
			}
			return show(d, c, nth)
		}
	}
	return all
}

// aspects are all of them.
var aspects = append(slices.Clone(personAspects), postAspects...)

func showIdentifier(d *draft, c *importers.Column, nth int) string {
	for _, i := range d.identifiers {
		if i.System != c.System {
			continue
		}
		if nth--; nth < 0 {
			return i.Value
		}
	}
	return ""
}

// takeIdentifiers replaces the identifiers of the systems that the row has columns for.
func takeIdentifiers(d, read *draft, row *importers.Row) {
	shown := row.Systems("identifier")
	d.identifiers = append(slices.DeleteFunc(slices.Clone(d.identifiers), func(i fhir.Identifier) bool { return shown[i.System] }), read.identifiers...)
}

func showPlace(d *draft, c *importers.Column, nth int) string {
	switch {
	case d.place == nil:
		return ""
	case c.Target == "facilityCode":
		return importers.Only(d.place.code, nth)
	}
	return importers.Only(d.place.name, nth)
}
