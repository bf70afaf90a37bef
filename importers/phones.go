package importers

import (
	"strings"
	"unicode"

	"masjala/fhir"
	"masjala/importers/cell"
)

// OriginalText is the URL of the extension that keeps how something was written
// (http://hl7.org/fhir/StructureDefinition/originalText, on any element).
const OriginalText = "http://hl7.org/fhir/StructureDefinition/originalText"

// Phone is one telephone number of a cell.
type Phone struct {
	Value   string // E.164 where the number could be read, else as it is written
	Written string // as it is written
	Doubt   string // why it may be no number of the country; "" when nothing speaks against it
	Known   bool   // Value is E.164
}

// Phones reads the telephone numbers of a cell, which may be parted by / ; , & or a line's end.
// country is an ISO 3166 code, "" when it is not known: then only numbers that tell their own
// country become E.164. What is too short to be a number stays with the one before it
// (0712 000001/2): nobody can tell what it stands for.
func Phones(text, country string) []Phone {
	var out []Phone
	for _, part := range parted(text) {
		p := Phone{Value: part, Written: part}
		if e164, ok := cell.Phone(part, country); ok {
			p.Value, p.Known = e164, true
		} else {
			p.Doubt = phoneDoubt(part, country)
		}
		out = append(out, p)
	}
	return out
}

// parted splits a cell into numbers.
func parted(text string) []string {
	var out []string
	end := 0
	for i := 0; i < len(text); {
		n := strings.IndexAny(text[i:], "/;,&\n")
		if n < 0 {
			n = len(text) - i
		}
		part := strings.TrimSpace(text[i : i+n])
		switch {
		case part == "":
		case len(out) > 0 && digitsIn(part) < 5 && digitsIn(part) > 0:
			out[len(out)-1] = strings.TrimSpace(text[end : i+n])
		default:
			out = append(out, part)
			end = i
		}
		i += n + 1
	}
	return out
}

func digitsIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) || r == 'x' || r == 'X' {
			n++
		}
	}
	return n
}

// PhoneLike tells whether a text could be one or more telephone numbers; x stands for a digit
// that was masked.
func PhoneLike(s string) bool {
	others := 0
	for _, r := range s {
		if !unicode.IsDigit(r) && !strings.ContainsRune(" +-/().,;&xX", r) {
			others++
		}
	}
	return digitsIn(s) >= 5 && others <= 4
}

// phoneDoubt tells why a text that is no number of the country may be none at all.
func phoneDoubt(s, country string) string {
	switch {
	case !PhoneLike(s):
		return "this does not look like a telephone number"
	case country != "" && !strings.ContainsAny(s, "xX"):
		return "the number has too many or too few digits for the country"
	}
	return ""
}

// Point returns the contact point; how the number was written is kept as an extension of its value.
func (p Phone) Point() fhir.ContactPoint {
	c := fhir.ContactPoint{System: "phone", Value: p.Value}
	if p.Written != p.Value {
		c.ValueElement = &fhir.Element{Extension: []fhir.Extension{{URL: OriginalText, ValueString: p.Written}}}
	}
	return c
}

// Caller reads the telephone columns of a list and reports what is doubtful.
type Caller struct {
	Issues *Issues

	foreign int // numbers whose country is not known
	column  string
}

// Read reads a cell. country is an ISO 3166 code, "" when it is not known.
func (a *Caller) Read(row int, c Cell, country string) []Phone {
	all := Phones(c.Text, country)
	if lost(c) {
		return all // reported as such
	}
	for _, p := range all {
		switch {
		case p.Doubt != "":
			a.Issues.Add(Issue{Row: row, Column: c.Column.Heading, Value: c.Shown, Severity: Info, Rule: "phone-odd",
				Reason: p.Doubt, Fix: "Imported as it is written; check it."})
		case !p.Known && country == "":
			a.foreign, a.column = a.foreign+1, c.Column.Heading
		}
	}
	return all
}

// Close reports the numbers that could not be read because no country is known.
func (a *Caller) Close() {
	if a.foreign > 0 {
		a.Issues.Add(Issue{Column: a.column, Severity: Info, Rule: "phone-country",
			Reason: "it is not known which country the telephone numbers without a country code belong to",
			Fix:    "They were imported as they are written; say country: KE (or another) in the mapping."})
	}
}
