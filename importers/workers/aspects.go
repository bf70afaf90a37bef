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
	{Targets: []string{"licenceNumber"},
		Show: func(d *draft, c *importers.Column, nth int) string {
			if d.licence.number != "" && d.licence.system != c.System {
				return ""
			}
			return importers.Only(d.licence.number, nth)
		},
		Take: func(d, read *draft, _ *importers.Row) {
			d.licence.number, d.licence.system = read.licence.number, read.licence.system
		}},
	{Targets: []string{"licenceType"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(d.licence.kind, nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.licence.kind, d.licence.code = read.licence.kind, nil }},
	texts("licenceIssuer", func(d *draft) *string { return &d.licence.issuer }),
	day("licenceFrom", func(d *draft) *string { return &d.licence.from }),
	day("licenceUntil", func(d *draft) *string { return &d.licence.until }),
}

// postAspects are what a row says of a post.
var postAspects = []*aspect{
	{Targets: []string{"cadre"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(shown(d.cadre), nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.cadre = read.cadre }},
	{Targets: []string{"specialty"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(shown(d.specialty), nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.specialty = read.specialty }},
	{Targets: []string{"facilityCode", "facilityName"}, Show: showPlace,
		Take: func(d, read *draft, _ *importers.Row) { d.place = read.place }},
	day("start", func(d *draft) *string { return &d.start }),
	day("end", func(d *draft) *string { return &d.end }),
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
