package facilities

import (
	"context"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/facility/place"
	"masjala/fhir"
	"masjala/importers"
	"masjala/store"
)

// chains are the areas above stored facilities, each read once.
type chains struct {
	store store.Store
	byID  map[string]*area
}

func newChains(s store.Store) *chains { return &chains{store: s, byID: map[string]*area{}} }

// above returns the area that a Location of an id is or lies in, the root when there is none.
func (c *chains) above(ctx context.Context, id string) (*area, error) {
	if id == "" {
		return &area{}, nil
	}
	if a := c.byID[id]; a != nil {
		return a, nil
	}
	r, err := c.store.Read(ctx, "Location", id)
	if kind := fhir.KindOf(err); err != nil && (kind == fhir.NotFound || kind == fhir.Gone) {
		return &area{}, nil
	} else if err != nil {
		return nil, err
	}
	c.byID[id] = &area{} // a circle ends here
	up, err := c.above(ctx, place.ParentID(r))
	if err != nil {
		return nil, err
	}
	a := up
	if place.IsArea(r) {
		a = &area{up: up, level: up.level + 1, location: id, spellings: map[string]int{r.Field("name").Str: 1}, ids: identifiersOf(r)}
	}
	c.byID[id] = a
	return a, nil
}

// atLevel returns the area of a level, counted from 1 at the top, that is a or lies above it.
func (a *area) atLevel(level int) *area {
	for a != nil && a.level > level {
		a = a.up
	}
	if a == nil || a.level != level || level == 0 {
		return nil
	}
	return a
}

func identifiersOf(r *fhir.Resource) []importers.Coding {
	var out []importers.Coding
	for _, i := range r.Field("identifier").Array() {
		if v := i.Get("value").Str; v != "" {
			out = append(out, importers.Coding{System: i.Get("system").Str, Code: v})
		}
	}
	return out
}

// draftOf is what a row would say of a stored facility; organization may be nil. Above is the
// area that it lies in.
func draftOf(location, organization *fhir.Resource, above *area) *draft {
	d := &draft{name: location.Field("name").Str, tongues: fhir.Translations(location.Field("_name")), ids: identifiersOf(location), status: location.Field("status").Str}
	lies := *above
	lies.location = place.ParentID(location)
	for _, a := range location.Field("alias").Array() {
		d.aliases = append(d.aliases, a.Str)
	}
	d.kind = otherType(location, coded{})
	for _, e := range location.Field("extension").Array() {
		if e.Get("url").Str == StatusURL {
			d.state = codedOf(e.Get("valueCodeableConcept"))
		}
	}
	if p := location.Field("position"); p.Get("latitude").Exists() && p.Get("longitude").Exists() {
		d.pos = position{lat: p.Get("latitude").Raw, lon: p.Get("longitude").Raw, altitude: p.Get("altitude").Raw, ok: true}
	}
	for _, t := range location.Field("telecom").Array() {
		c := contactPoint{system: t.Get("system").Str, value: t.Get("value").Str}
		for _, e := range t.Get("_value.extension").Array() {
			if e.Get("url").Str == importers.OriginalText {
				c.written = e.Get("valueString").Str
			}
		}
		if c.value != "" {
			d.contacts = append(d.contacts, c)
		}
	}
	d.beds = bedsOf(location)
	d.addressOf(location.Field("address"))
	d.hours = hoursOf(location)
	if organization != nil {
		d.owner = otherType(organization, d.kind)
		lies.organization = strings.TrimPrefix(organization.Field("partOf.reference").Str, "Organization/")
		d.contact = organization.Field("contact.0.name.text").Str
		for _, e := range organization.Field("extension").Array() {
			if e.Get("url").Str == periodURL {
				d.opened = e.Get("valuePeriod.start").Str
			}
		}
	}
	d.area = &lies
	return d
}

// otherType is the first type that is neither one of mCSD nor the one that is known already.
func otherType(r *fhir.Resource, known coded) coded {
	for _, t := range r.Field("type").Array() {
		c := codedOf(t)
		if c.text != "" && c.System != place.Types && c.System != absentReasons && c != known && (c.Code == "" || c.System != known.System || c.Code != known.Code) {
			return c
		}
	}
	return coded{}
}

// codedOf reads a CodeableConcept by its first coding.
func codedOf(v gjson.Result) coded {
	c := v.Get("coding.0")
	out := coded{Coding: importers.Coding{System: c.Get("system").Str, Code: c.Get("code").Str, Display: c.Get("display").Str}, text: v.Get("text").Str}
	for _, text := range []string{out.Display, out.Code} {
		if out.text == "" {
			out.text = text
		}
	}
	return out
}

// shown is how a table shows a coded value: by its display, which is the same for all who have the code.
func (c coded) shown() string {
	if c.Display != "" {
		return c.Display
	}
	return c.text
}

// addressOf takes an address apart as the importer puts it together.
func (d *draft) addressOf(a gjson.Result) {
	d.city, d.postalCode = a.Get("city").Str, a.Get("postalCode").Str
	text, line := a.Get("text").Str, a.Get("line.0").Str
	switch {
	case text != "" && a.Get("type").Str == "postal":
		d.postal = text
	case text != "":
		d.street, d.postal = text, line
	case line != "":
		var lines []string
		for _, l := range a.Get("line").Array() {
			lines = append(lines, l.Str)
		}
		d.street = strings.Join(lines, ", ")
	}
}

// hoursOf reads the opening hours of a Location.
func hoursOf(r *fhir.Resource) hours {
	h := hours{words: r.Field("availabilityExceptions").Str}
	for _, v := range r.Field("hoursOfOperation").Array() {
		rule := openRule{allDay: v.Get("allDay").Bool(), from: v.Get("openingTime").Str, till: v.Get("closingTime").Str}
		for _, day := range v.Get("daysOfWeek").Array() {
			rule.days = append(rule.days, day.Str)
		}
		h.rules = append(h.rules, rule)
	}
	return h
}

// String writes hours as readHours reads them, as far as they can be.
func (h hours) String() string {
	var parts []string
	for _, r := range h.rules {
		parts = append(parts, r.String())
	}
	if h.words != "" {
		parts = append(parts, h.words)
	}
	return strings.Join(parts, "; ")
}

// String writes "24/7", "08:00-17:00" or "Mon,Tue,Sat 08:00-17:00".
func (r openRule) String() string {
	if r.allDay && len(r.days) == 0 {
		return "24/7"
	}
	days := make([]string, len(r.days))
	for i, d := range r.days {
		if len(d) > 0 {
			days[i] = strings.ToUpper(d[:1]) + d[1:]
		}
	}
	span := minutes(r.from) + "-" + minutes(r.till)
	if r.allDay {
		span = "24 hours"
	}
	return strings.TrimSpace(strings.Join(days, ",") + " " + span)
}

// minutes cuts the seconds off a time of day that has none.
func minutes(clock string) string { return strings.TrimSuffix(clock, ":00") }
