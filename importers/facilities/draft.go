package facilities

import (
	"masjala/fhir"
	"masjala/importers"
)

// draft is what a row says, understood.
type draft struct {
	row     int
	name    string
	aliases []string
	tongues []fhir.Translation // names in other languages
	ids     []importers.Coding
	area    *area
	kind    coded
	owner   coded
	state   coded  // the list's own word for the status
	status  string // Location.status
	pos     position
	contact string

	contacts                         []contactPoint
	street, postal, city, postalCode string
	opened                           string
	hours                            hours
	services                         []coded
	beds                             []beds // the newest first
}

// coded is a value with its code, as far as there is one.
type coded struct {
	importers.Coding
	text string
}

// contactPoint is one telephone number, e-mail address or web page.
type contactPoint struct {
	system, value string
	written       string // as the list writes it, where that differs
}

// pairID is the ids of the two resources of a facility.
type pairID struct {
	organization, location string
}

// read understands a row that has a name. Trouble with single cells goes to issues.
func (s *survey) read(row *importers.Row, node *area, issues *importers.Issues) *draft {
	d := &draft{row: row.Number, name: nameOf(row).Text, tongues: translations(row), area: node, pos: readPosition(row)}
	if v, ok := degreesOf(row.Get("altitude").Text, 9000); ok {
		d.pos.altitude = shortest(v)
	}
	if !d.pos.ok {
		checkPosition(row, issues)
	}
	s.doubt(row, &d.pos, issues)
	reportName(row, issues)
	for _, c := range row.All("alias") {
		if c.Text != "" && c.Text != d.name {
			d.aliases = append(d.aliases, c.Text)
		}
	}
	for _, target := range []string{"id", "identifier"} {
		for _, c := range row.All(target) {
			if c.Text != "" {
				d.ids = append(d.ids, importers.Coding{System: c.Column.System, Code: c.Text})
			}
		}
	}
	d.kind, d.owner, d.state = s.code("type", row), s.code("ownership", row), s.code("status", row)
	d.status = s.states.of(row.Get("status").Text)
	importers.ReportRepairs(row, issues, "latitude", "longitude", "coordinates")
	importers.ReportNumbers(row, issues, "id", "identifier", "areaCode", "phone")
	s.readContacts(d, row, issues)
	d.street, d.postal = row.Get("address").Text, row.Get("postalAddress").Text
	d.city, d.postalCode = row.Get("city").Text, row.Get("postalCode").Text
	d.contact = row.Get("contact").Text
	d.opened = s.day(row, issues)
	d.beds = readBeds(row, issues)
	d.hours = readHours(row.Get("hours").Text, row.Get("allDay").Text)
	if c := row.Get("id"); c.Column != nil && c.Text == "" {
		issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Info, Rule: "id-missing",
			Reason: "the facility has no identifier", Fix: "It is known by its area, name and type; give it an identifier before one of them changes."})
	}
	for _, name := range services(row) {
		d.services = append(d.services, s.lists["service"].coded(name))
	}
	return d
}

// code returns the coded value of a column.
func (s *survey) code(target string, row *importers.Row) coded {
	text := row.Get(target).Text
	list := s.lists[target]
	if list == nil || text == "" {
		return coded{text: text}
	}
	if v := list.of(text); v != nil {
		return coded{Coding: v.coding, text: text}
	}
	return coded{text: text}
}

// day reads the day on which the facility opened, in the order the column writes days.
func (s *survey) day(row *importers.Row, issues *importers.Issues) string {
	c := row.Get("opened")
	if c.Text == "" {
		return ""
	}
	day, ok := importers.Date(c, s.opened.Order(), s.now)
	if !ok {
		issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "date-invalid",
			Reason: "this is not a day of the calendar", Fix: "Imported without it; write the day like 2026-11-30."})
	} else if !s.opened.Decided() && importers.Ambiguous(c) {
		issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Info, Rule: "date-ambiguous",
			Reason: "nothing in the column tells whether the day or the month comes first", Fix: "Imported as " + day + "; write the day like 2026-11-30."})
	}
	return day
}

// readContacts takes the contact points of a row.
func (s *survey) readContacts(d *draft, row *importers.Row, issues *importers.Issues) {
	for _, c := range row.All("phone") {
		for _, p := range s.caller.Read(row.Number, c, s.country(row)) {
			d.contacts = append(d.contacts, contactPoint{system: "phone", value: p.Value, written: p.Written})
		}
	}
	for _, c := range row.All("email") {
		if c.Text == "" {
			continue
		}
		if !mailLike(c.Text) {
			issues.Add(importers.Issue{Row: row.Number, Column: c.Column.Heading, Value: c.Shown, Severity: importers.Warning, Rule: "email-invalid",
				Reason: "this is not an e-mail address", Fix: "Imported without it; correct the address."})
			continue
		}
		d.contacts = append(d.contacts, contactPoint{system: "email", value: c.Text})
	}
	if c := row.Get("website"); c.Text != "" {
		d.contacts = append(d.contacts, contactPoint{system: "url", value: c.Text})
	}
}
