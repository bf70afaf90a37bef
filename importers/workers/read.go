package workers

import (
	"fmt"
	"strings"
	"time"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/decisions"
	"masjala/importers/twins"
	"masjala/workforce/match"
)

// reader turns rows into drafts.
type reader struct {
	env     importers.Env
	w       *importers.Writer
	places  *places
	sites   *sites
	codings map[string]map[string]*importers.Coding // what values of bound columns mean, by target and key; nil: no code
	book    *decisions.Book
	policy  string // for likely twins
	search  *twins.Search[match.Worker]
	waiting []waiting
	order   map[string]importers.DateOrder // by target
	decided map[string]bool                // whether the values of a target tell their order
	native  string                         // the country that the mapping names
	rows    map[string]int                 // rows of each person, by base of the identity
	caller  importers.Caller
	// How many licences and posts a row has columns for.
	licences, posted int
	now              time.Time
}

// read turns a row into a draft, and one more for each further post that it tells of. It reports what
// it cannot understand; nothing means that the row names nobody.
func (in *reader) read(r *importers.Row) []*draft {
	d := &draft{row: r.Number, prefix: r.Get("prefix").Text, suffix: r.Get("suffix").Text, maiden: r.Get("maiden").Text,
		family: r.Get("family").Text, given: given(r), text: r.Get("name").Text, key: r.Get(importers.KeyTarget)}
	if d.family == "" && d.given == "" && d.text == "" {
		in.report(r, "family", importers.Issue{Severity: importers.Error, Rule: "name-missing", Reason: "the row names nobody", Fix: "Write the person's name, or remove the row."})
		return nil
	}
	d.identifiers = identifiers(r)
	d.base = base(r)
	if len(d.identifiers) == 0 {
		in.report(r, "identifier", importers.Issue{Severity: importers.Warning, Rule: "identifier-missing",
			Reason: fmt.Sprintf("%s has no number that identifies the person", d.display()), Fix: "Give a staff, national or licence number; without one the person is known by name and birth date only."})
	}
	in.readPerson(r, d)
	all := in.readPosts(r, d)
	in.readPhones(r, d)
	for _, further := range all[1:] {
		further.phones = d.phones
	}
	importers.ReportRepairs(r, in.w.Issues)
	importers.ReportNumbers(r, in.w.Issues, "identifier", "licenceNumber", "facilityCode", "phone")
	return all
}

func (in *reader) readPhones(r *importers.Row, d *draft) {
	for _, c := range r.All("phone") {
		d.phones = append(d.phones, in.caller.Read(r.Number, c, in.country(r, d.place))...)
	}
}

func (in *reader) readPerson(r *importers.Row, d *draft) {
	if c := r.Get("gender"); c.Text != "" {
		g, ok := gender(c.Text)
		if !ok {
			in.report(r, "gender", importers.Issue{Severity: importers.Warning, Rule: "gender-unknown", Reason: fmt.Sprintf("%q is no known gender", c.Text), Fix: "Write female, male or other; the row was imported without it."})
		}
		d.gender = g
	}
	d.birth = in.date(r, r.Get("birthDate"))
	if d.birth != "" && !in.past(d.birth) {
		in.report(r, "birthDate", importers.Issue{Severity: importers.Warning, Rule: "birth-in-future", Reason: "the birth date lies in the future", Fix: "Correct it; the row was imported without it."})
		d.birth = ""
	}
	d.emails = in.emails(r)
	d.address = fhir.Address{Use: "home", City: r.Get("town").Text}
	if s := r.Get("street").Text; s != "" {
		d.address.Line = []string{s}
	}
	d.licences = make([]licence, in.licences)
	for i := range d.licences {
		d.licences[i] = in.licence(r, i+1)
	}
}

// licence reads the columns of the nth licence of a row.
func (in *reader) licence(r *importers.Row, n int) licence {
	get := func(target string) importers.Cell { return r.In(target, n) }
	number := get("licenceNumber")
	l := licence{number: number.Text, kind: get("licenceType").Text, issuer: get("licenceIssuer").Text, from: in.date(r, get("licenceFrom")), until: in.date(r, get("licenceUntil"))}
	if number.Column != nil {
		l.system = number.Column.System
	}
	in.ordered(r, get("licenceUntil"), &l.from, &l.until)
	if _, ok := (&draft{}).qualification(l); !ok && r.Whole() == r && l.issuer+l.from+l.until != "" {
		in.blame(r, number, importers.Issue{Severity: importers.Info, Rule: "licence-unnamed", Reason: "the row tells of a licence, but neither its number nor what it allows",
			Fix: "Imported without the licence; write its number."})
	}
	return l
}

// readPosts reads the post of a row into its draft, and further ones into copies of it.
func (in *reader) readPosts(r *importers.Row, d *draft) []*draft {
	all := []*draft{d}
	person := *d
	in.readPost(r, d, 1)
	for n := 2; n <= in.posted; n++ {
		next := person
		next.further = n
		if in.readPost(r, &next, n); next.hasRole() {
			all = append(all, &next)
		}
	}
	return all
}

// readPost reads the columns of the nth post of a row.
func (in *reader) readPost(r *importers.Row, d *draft, n int) {
	d.cadre, d.specialty = in.concept(r.In("cadre", n)), in.concept(r.In("specialty", n))
	d.start, d.end = in.date(r, r.In("start", n)), in.date(r, r.In("end", n))
	in.ordered(r, r.In("end", n), &d.start, &d.end)
	code, name := r.In("facilityCode", n), r.In("facilityName", n)
	if full, ok := in.places.padded(code.Text); ok {
		code.Text = full
		in.blame(r, code, importers.Issue{Severity: importers.Info, Rule: "zeros-restored",
			Reason: "the code lost zeros in front: no facility has it, and one has it with zeros", Fix: "Imported as " + full + "; make the cells of the column text."})
	}
	if code.Text == "" && name.Text == "" {
		return
	}
	var areas []string
	for _, c := range r.All("area") {
		areas = append(areas, c.Text)
	}
	f := in.places.find(code.Text, name.Text, areas)
	if d.place = f.place; d.place != nil {
		return
	}
	if name.Text == "" {
		name = code
	}
	in.blame(r, name, importers.Issue{Severity: importers.Warning, Rule: "facility-unknown", Reason: f.why + importers.Meant(f.near),
		Fix: "Correct the name, or import the facility first; the person was imported without this place of work."})
}

// postCell is the first cell of the nth post of a row that tells of it.
func postCell(r *importers.Row, n int) importers.Cell {
	for _, target := range []string{"cadre", "facilityName"} {
		if c := r.In(target, n); c.Text != "" {
			return c
		}
	}
	return r.In("facilityCode", n)
}

// concept reads a coded cell, through the value set its column is bound to.
func (in *reader) concept(c importers.Cell) *fhir.CodeableConcept {
	if c.Text == "" {
		return nil
	}
	if m := in.codings[c.Column.Target][importers.Key(c.Text)]; m != nil {
		return &fhir.CodeableConcept{Coding: []fhir.Coding{{System: m.System, Code: m.Code, Display: m.Display}}, Text: c.Text}
	}
	return &fhir.CodeableConcept{Text: c.Text}
}

// date reads a cell as a date, or reports it.
func (in *reader) date(r *importers.Row, c importers.Cell) string {
	if c.Text == "" {
		return ""
	}
	target := c.Column.Target
	day, ok := importers.Date(c, in.order[target], in.now)
	if !ok {
		in.blame(r, c, importers.Issue{Severity: importers.Warning, Rule: "date-unreadable", Reason: fmt.Sprintf("%q is no date that can be read", c.Shown), Fix: "Write it as 2026-12-31; the row was imported without it."})
	} else if !in.decided[target] && importers.Ambiguous(c) {
		in.blame(r, c, importers.Issue{Severity: importers.Info, Rule: "date-ambiguous", Reason: "nothing in the column tells whether the day or the month comes first", Fix: "Imported as " + day + "; write the day like 2026-11-30."})
	}
	return day
}

// ordered drops an end that lies before its start.
func (in *reader) ordered(r *importers.Row, c importers.Cell, start, end *string) {
	if *start != "" && *end != "" && *end < (*start)[:min(len(*start), len(*end))] {
		in.blame(r, c, importers.Issue{Severity: importers.Warning, Rule: "dates-reversed", Reason: fmt.Sprintf("the end %s lies before the start %s", *end, *start), Fix: "Correct the dates; the row was imported without the end."})
		*end = ""
	}
}

// given joins the given names of a row.
func given(r *importers.Row) string {
	var names []string
	for _, c := range r.All("given") {
		if c.Text != "" {
			names = append(names, c.Text)
		}
	}
	return strings.Join(names, " ")
}

// country is the ISO 3166 code of the country that a row, its facility or the mapping names, "" for none.
func (in *reader) country(r *importers.Row, at *place) string {
	for _, c := range r.All("area") {
		if code := countryOf(c.Text); code != "" {
			return code
		}
	}
	if at != nil {
		if code := in.places.country(at); code != "" {
			return code
		}
	}
	return countryOf(in.native)
}

// emails reads the values of e-mail columns.
func (in *reader) emails(r *importers.Row) []string {
	var out []string
	for _, c := range r.All("email") {
		for _, v := range split(c.Text) {
			if v = strings.TrimSpace(v); v == "" {
				continue
			}
			if !looksEmail(v) {
				in.report(r, "email", importers.Issue{Severity: importers.Info, Rule: "email-odd", Reason: fmt.Sprintf("%q does not look like an e-mail address", v), Fix: "It was kept as it is."})
			}
			out = append(out, v)
		}
	}
	return out
}

// past tells whether a day lies before today.
func (in *reader) past(day string) bool {
	return day != "" && day < in.now.Format(time.DateOnly)[:len(day)]
}

// report adds an issue about the first column of a target.
func (in *reader) report(r *importers.Row, target string, i importers.Issue) {
	in.blame(r, r.Get(target), i)
}

// blame adds an issue about a cell.
func (in *reader) blame(r *importers.Row, cell importers.Cell, i importers.Issue) {
	i.Row, i.Value = r.Number, cell.Shown
	if cell.Column != nil {
		i.Column = cell.Column.Heading
	}
	in.w.Issues.Add(i)
}

// identifiers reads the columns that identify the person.
func identifiers(r *importers.Row) []fhir.Identifier {
	var out []fhir.Identifier
	for _, c := range r.All("identifier") {
		if c.Text != "" {
			out = append(out, fhir.Identifier{System: c.Column.System, Value: c.Text})
		}
	}
	return out
}

// base is the identity of the person: the first number the row has, else name and birth date.
func base(r *importers.Row) string {
	if r.Exported() {
		return "key|" + r.Get(importers.KeyTarget).Text
	}
	if c := r.Get("identifier"); c.Text != "" {
		return c.Column.System + "|" + c.Text
	}
	if c := r.Get("licenceNumber"); c.Text != "" {
		return c.Column.System + "|" + c.Text
	}
	return "name|" + importers.Key(r.Get("family").Text+" "+r.Get("given").Text+" "+r.Get("name").Text) + "|" + r.Get("birthDate").Text
}
