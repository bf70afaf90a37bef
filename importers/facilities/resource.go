package facilities

import (
	"maps"
	"slices"
	"strings"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/importers"
)

const (
	physicalTypes = "http://terminology.hl7.org/CodeSystem/location-physical-type"
	absentReasons = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
	periodURL     = "http://hl7.org/fhir/StructureDefinition/organization-period"
	// StatusURL is the extension that keeps a list's own word for the state of a facility (MFL-8).
	StatusURL = "urn:masjala:extension:operational-status"
)

// facilityPair makes the resources of a row (MFL-1 … MFL-10, MFL-13), the Organization first.
func facilityPair(d *draft, id pairID) []*fhir.Resource {
	return []*fhir.Resource{
		{Type: "Organization", ID: id.organization, Body: facilityOrganization(d)},
		{Type: "Location", ID: id.location, Body: facilityLocation(d, id.organization)},
	}
}

func facilityOrganization(d *draft) []byte {
	o := newBody()
	if d.opened != "" {
		o.list("extension", func() {
			o.item(func() {
				o.text("url", periodURL)
				o.object("valuePeriod", func() { o.text("start", d.opened) })
			})
		})
	}
	d.identifiers(o)
	if d.status == "inactive" {
		o.raw("active", "false")
	} else {
		o.raw("active", "true")
	}
	o.list("type", func() {
		o.concept(place.Types, "facility", "Facility", "")
		if d.kind.text != "" {
			o.concept(d.kind.System, d.kind.Code, d.kind.Display, d.kind.text)
		}
		if d.owner.text != "" {
			o.concept(d.owner.System, d.owner.Code, d.owner.Display, d.owner.text)
		}
	})
	d.names(o)
	d.telecom(o)
	if d.hasAddress() {
		o.list("address", func() { o.item(func() { d.address(o) }) })
	}
	o.reference("partOf", "Organization", d.area.organization)
	if d.contact != "" {
		o.list("contact", func() {
			o.item(func() { o.object("name", func() { o.text("text", d.contact) }) })
		})
	}
	return o.done()
}

func facilityLocation(d *draft, organization string) []byte {
	o := newBody()
	if d.state.text != "" || len(d.beds) > 0 {
		o.list("extension", func() {
			if d.state.text != "" {
				o.item(func() {
					o.text("url", StatusURL)
					o.object("valueCodeableConcept", func() { o.codeable(d.state.System, d.state.Code, d.state.Display, d.state.text) })
				})
			}
			d.writeBeds(o)
		})
	}
	d.identifiers(o)
	o.text("status", d.status)
	d.names(o)
	o.raw("mode", `"instance"`)
	o.list("type", func() {
		o.concept(place.Types, "facility", "Facility", "")
		if d.kind.text != "" {
			o.concept(d.kind.System, d.kind.Code, d.kind.Display, d.kind.text)
		} else {
			o.concept(absentReasons, "unknown", "Unknown", "")
		}
	})
	d.telecom(o)
	if d.hasAddress() {
		o.object("address", func() { d.address(o) })
	}
	if d.pos.ok {
		o.object("position", func() {
			o.raw("longitude", d.pos.lon)
			o.raw("latitude", d.pos.lat)
			if d.pos.altitude != "" {
				o.raw("altitude", d.pos.altitude)
			}
		})
	}
	o.reference("managingOrganization", "Organization", organization)
	o.reference("partOf", "Location", d.area.location)
	d.hours.write(o)
	return o.done()
}

func (d *draft) identifiers(o *body) {
	if len(d.ids) == 0 {
		return
	}
	o.list("identifier", func() {
		for _, i := range d.ids {
			o.item(func() {
				o.text("system", i.System)
				o.text("value", i.Code)
			})
		}
	})
}

func (d *draft) names(o *body) {
	o.text("name", d.name)
	d.translations(o)
	if len(d.aliases) > 0 {
		o.list("alias", func() {
			for _, a := range d.aliases {
				o.value(a)
			}
		})
	}
}

func (d *draft) telecom(o *body) {
	if len(d.contacts) == 0 {
		return
	}
	o.list("telecom", func() {
		for _, c := range d.contacts {
			o.item(func() {
				o.text("system", c.system)
				o.text("value", c.value)
				if c.written != "" && c.written != c.value {
					o.object("_value", func() {
						o.list("extension", func() {
							o.item(func() {
								o.text("url", importers.OriginalText)
								o.text("valueString", c.written)
							})
						})
					})
				}
			})
		}
	})
}

func (d *draft) hasAddress() bool { return d.street+d.postal+d.city+d.postalCode != "" }

func (d *draft) address(o *body) {
	if d.street == "" && d.postal != "" {
		o.text("type", "postal")
	}
	whole := d.street
	if whole == "" {
		whole = d.postal
	}
	o.text("text", whole)
	if d.street != "" && d.postal != "" {
		o.list("line", func() { o.value(d.postal) })
	}
	o.text("city", d.city)
	o.text("postalCode", d.postalCode)
}

// areaPair makes the resources of a jurisdiction.
func areaPair(a *area) []*fhir.Resource {
	org, loc := newBody(), newBody()
	for _, o := range []*body{org, loc} {
		if a.code.Code != "" {
			o.list("identifier", func() {
				o.item(func() {
					o.text("system", a.code.System)
					o.text("value", a.code.Code)
				})
			})
		}
	}
	jurisdiction := func(o *body) {
		o.list("type", func() { o.concept(place.Types, "jurisdiction", "Jurisdiction", "") })
	}
	org.raw("active", "true")
	jurisdiction(org)
	called(org, a)
	org.reference("partOf", "Organization", a.up.organization)

	loc.text("status", "active")
	called(loc, a)
	loc.raw("mode", `"instance"`)
	jurisdiction(loc)
	loc.object("physicalType", func() { loc.codeable(physicalTypes, "jdn", "Jurisdiction", "") })
	loc.reference("managingOrganization", "Organization", a.organization)
	loc.reference("partOf", "Location", a.up.location)
	return []*fhir.Resource{
		{Type: "Organization", ID: a.organization, Body: org.done()},
		{Type: "Location", ID: a.location, Body: loc.done()},
	}
}

// called writes the name of an area and what else it is called.
func called(o *body, a *area) { (&draft{name: a.name(), aliases: a.also}).names(o) }

// codeSystem makes the CodeSystem of a column's values and the ValueSet of all of them.
// Concepts stand in the order of their codes.
func codeSystem(l *codeList, known *importers.Known, stored *fhir.Resource, concepts []importers.Coding) []*fhir.Resource {
	id := l.identity().ID("codes")
	cs, vs := known.ID("CodeSystem"), known.ID("ValueSet")
	if stored != nil {
		cs = stored.ID
	}
	if cs == "" {
		cs = id
	}
	if vs == "" {
		vs = id
	}
	titles := map[string]string{"type": "Facility types", "ownership": "Ownership of facilities", "status": "Operational status of facilities", "service": "Services of facilities"}
	byCode := map[string]importers.Coding{}
	for _, c := range concepts {
		byCode[c.Code] = c
	}
	o, v := newBody(), newBody()
	for _, b := range []*body{o, v} {
		url := l.column.System
		if b == v {
			url = valueSetURL(url)
		}
		b.text("url", url)
		b.text("version", "1.0.0") // of a shareable list (SV-95-7); the history of the resource tells its states apart
		b.text("name", strings.ReplaceAll(titles[l.target], " ", ""))
		b.text("title", titles[l.target])
		b.text("status", "active")
		b.raw("experimental", "false")
		b.text("publisher", "Imported list")
		b.text("description", "Made from the values of the column \""+l.column.Heading+"\" of imported facility lists.")
	}
	o.raw("caseSensitive", "true")
	o.text("valueSet", valueSetURL(l.column.System))
	o.text("content", "complete")
	o.list("concept", func() {
		for _, code := range slices.Sorted(maps.Keys(byCode)) {
			o.item(func() {
				o.text("code", code)
				o.text("display", byCode[code].Display)
			})
		}
	})
	v.object("compose", func() {
		v.list("include", func() { v.item(func() { v.text("system", l.column.System) }) })
	})
	return []*fhir.Resource{{Type: "CodeSystem", ID: cs, Body: o.done()}, {Type: "ValueSet", ID: vs, Body: v.done()}}
}

// valueSetURL is the canonical of the value set of all codes of a system.
func valueSetURL(system string) string {
	if s := strings.Replace(system, "/CodeSystem/", "/ValueSet/", 1); s != system {
		return s
	}
	if strings.HasPrefix(system, "urn:") {
		return system + ":all"
	}
	return strings.TrimRight(system, "/") + "/vs"
}
