package facilities

import (
	"slices"
	"strconv"
	"strings"

	"masjala/importers"
)

// aspect is one part of what a row says of a facility.
type aspect = importers.Aspect[draft]

// plainAspect is one that a single text says.
func plainAspect(target string, field func(d *draft) *string) *aspect {
	return &aspect{Targets: []string{target},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(*field(d), nth) },
		Take: func(d, read *draft, _ *importers.Row) { *field(d) = *field(read) }}
}

// nthOf is the nth of a list, "" when it is shorter.
func nthOf(list []string, nth int) string {
	if nth < len(list) {
		return list[nth]
	}
	return ""
}

// aspects are all that a table says of a facility.
var aspects = []*aspect{
	plainAspect("name", func(d *draft) *string { return &d.name }),
	{Targets: []string{"alias"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return nthOf(d.aliases, nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.aliases = read.aliases }},
	{Targets: []string{"translation"}, Show: showTranslation, Take: takeTranslations},
	{Targets: []string{"id", "identifier"}, Together: true, Show: showIdentifier, Take: takeIdentifiers},
	{Targets: []string{"type"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(d.kind.shown(), nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.kind = read.kind }},
	{Targets: []string{"ownership"},
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(d.owner.shown(), nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.owner = read.owner }},
	{Targets: []string{"status"}, Show: showStatus,
		Take: func(d, read *draft, _ *importers.Row) { d.state, d.status = read.state, read.status }},
	{Targets: []string{"area", "areaCode"}, Show: showArea,
		Take: func(d, read *draft, _ *importers.Row) { d.area = read.area }},
	{Targets: []string{"latitude", "longitude", "coordinates"}, Show: showPosition, Same: sameNumber,
		Take: func(d, read *draft, _ *importers.Row) { d.pos = d.pos.movedTo(read.pos) }},
	{Targets: []string{"altitude"}, Same: sameNumber,
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(d.pos.altitude, nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.pos.altitude = read.pos.altitude }},
	contactAspect("phone", "phone"), contactAspect("email", "email"), contactAspect("website", "url"),
	plainAspect("contact", func(d *draft) *string { return &d.contact }),
	plainAspect("address", func(d *draft) *string { return &d.street }),
	plainAspect("postalAddress", func(d *draft) *string { return &d.postal }),
	plainAspect("city", func(d *draft) *string { return &d.city }),
	plainAspect("postalCode", func(d *draft) *string { return &d.postalCode }),
	{Targets: []string{"opened"}, Same: importers.SameDay,
		Show: func(d *draft, _ *importers.Column, nth int) string { return importers.Only(d.opened, nth) },
		Take: func(d, read *draft, _ *importers.Row) { d.opened = read.opened }},
	{Targets: []string{"beds"}, Show: showBeds, Take: takeBeds, Same: sameNumber},
	{Targets: []string{"hours", "allDay"}, Show: showHours,
		Take: func(d, read *draft, _ *importers.Row) { d.hours = read.hours }},
}

func showIdentifier(d *draft, c *importers.Column, nth int) string {
	return valueOf(d.ids, c.System, nth)
}

// valueOf is the nth identifier of a system.
func valueOf(ids []importers.Coding, system string, nth int) string {
	for _, i := range ids {
		if i.System != system {
			continue
		}
		if nth--; nth < 0 {
			return i.Code
		}
	}
	return ""
}

// takeIdentifiers replaces the identifiers of the systems that the row has columns for.
func takeIdentifiers(d, read *draft, row *importers.Row) {
	shown := row.Systems("id", "identifier")
	d.ids = append(slices.DeleteFunc(slices.Clone(d.ids), func(i importers.Coding) bool { return shown[i.System] }), read.ids...)
}

// showStatus is the list's own word, else the code of the status.
func showStatus(d *draft, _ *importers.Column, nth int) string {
	if s := d.state.shown(); s != "" {
		return importers.Only(s, nth)
	}
	return importers.Only(d.status, nth)
}

func showArea(d *draft, c *importers.Column, nth int) string {
	a := d.area.atLevel(c.Level)
	switch {
	case a == nil:
		return ""
	case c.Target == "areaCode":
		return valueOf(a.ids, c.System, nth)
	}
	return importers.Only(a.name(), nth)
}

func showPosition(d *draft, c *importers.Column, nth int) string {
	switch {
	case !d.pos.ok || nth > 0 || c.Target == "coordinates":
		return ""
	case c.Target == "latitude":
		return d.pos.lat
	}
	return d.pos.lon
}

// movedTo is another position; a coordinate that is the same number keeps its digits, and nobody
// moves up or down.
func (p position) movedTo(q position) position {
	if equalNumbers(p.lat, q.lat) {
		q.lat = p.lat
	}
	if equalNumbers(p.lon, q.lon) {
		q.lon = p.lon
	}
	q.altitude = p.altitude
	return q
}

func sameNumber(a, b importers.Cell) bool { return equalNumbers(a.Text, b.Text) }

func equalNumbers(a, b string) bool {
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err == nil && err2 == nil && shortest(x) == shortest(y)
}

// contactAspect is the contact points of one system. Telephones stand in one cell.
func contactAspect(target, system string) *aspect {
	return &aspect{Targets: []string{target},
		Show: func(d *draft, _ *importers.Column, nth int) string {
			var all []string
			for _, c := range d.contacts {
				if c.system == system && c.written != "" {
					all = append(all, c.written)
				} else if c.system == system {
					all = append(all, c.value)
				}
			}
			if target == "phone" {
				return importers.Only(strings.Join(all, "; "), nth)
			}
			return nthOf(all, nth)
		},
		Take: func(d, read *draft, _ *importers.Row) {
			of := func(c contactPoint) bool { return c.system == system }
			came := slices.DeleteFunc(slices.Clone(read.contacts), func(c contactPoint) bool { return !of(c) })
			d.contacts = append(slices.DeleteFunc(slices.Clone(d.contacts), of), came...)
		}}
}

func showHours(d *draft, c *importers.Column, nth int) string {
	if c.Target == "allDay" {
		return ""
	}
	return importers.Only(d.hours.String(), nth)
}
