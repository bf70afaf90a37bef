package search

import (
	"math"
	"strconv"
	"strings"

	"masjala/fhir"
)

// leaf makes the rows of a parameter for the value at i.
func (x *extractor) leaf(p *Parameter, i int) {
	switch p.element {
	case textElement:
		x.text(p.Name, str(x.s, i))
	case codeElement, booleanElement, bareElement:
		x.code(p.Name, "", scalar(x.s, i))
	case uriElement:
		x.uri(p, str(x.s, i))
	case canonicalElement:
		x.canonical(p, str(x.s, i))
	case momentElement:
		x.moment(p, str(x.s, i))
	case numberElement:
		if v, err := strconv.ParseFloat(scalar(x.s, i), 64); err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) {
			x.add(Entry{Param: p.Name, Kind: Number, NumLow: v, NumHigh: v})
		}
	case phoneticElement:
		x.sound(p.Name, str(x.s, i))
	default:
		if i < len(x.s) && x.s[i] == '{' {
			x.complex(p, i)
		}
	}
}

// complex makes the rows of a parameter for the object at i.
func (x *extractor) complex(p *Parameter, i int) {
	switch p.element {
	case identifierElement:
		x.identifier(p.Name, i)
	case conceptElement:
		x.concept(p, i)
	case codingElement:
		x.coding(p, i)
	case contactElement:
		x.contact(p.Name, i)
	case nameElement:
		x.parts(i, func(text string) { x.text(p.Name, text) }, "family", "given", "prefix", "suffix", "text")
		x.fullNames(i, func(text string) { x.text(p.Name, text) })
	case phoneticNameElement:
		x.parts(i, func(text string) { x.sound(p.Name, text) }, "family", "given", "text")
		x.fullNames(i, func(text string) { x.sound(p.Name, text) })
	case addressElement:
		x.parts(i, func(text string) { x.text(p.Name, text) },
			"text", "line", "city", "district", "state", "postalCode", "country")
	case referenceElement:
		x.reference(p, i)
	case periodElement:
		x.period(p.Name, i)
	case quantityElement:
		x.quantity(p.Name, i)
	case contextElement:
		x.context(p, i)
	case qualificationElement:
		x.qualification(p, i)
	case positionElement:
		x.position(p.Name, i)
	case boundaryElement:
		x.add(Entry{Param: p.Name, Kind: Token})
	}
}

func (x *extractor) text(param, s string) {
	if folded := cut(Fold(s)); folded != "" {
		x.add(Entry{Param: param, Kind: String, Text: folded, Exact: head(s)})
	}
}

func (x *extractor) sound(param, s string) {
	if key := Phonetic(s); key != "" {
		x.add(Entry{Param: param, Kind: String, Text: key})
	}
}

func (x *extractor) code(param, system, code string) {
	if system != "" || code != "" {
		x.add(Entry{Param: param, Kind: Token, System: system, Code: code})
	}
}

// described makes the row of a text that goes with a token, for the modifier text.
func (x *extractor) described(param, s string) {
	if folded := cut(Fold(s)); folded != "" {
		x.add(Entry{Param: param + ":text", Kind: String, Text: folded})
	}
}

func (x *extractor) uri(p *Parameter, s string) {
	if s == "" {
		return
	}
	x.add(Entry{Param: p.Name, Kind: URI, Text: s})
	if url, version, _ := strings.Cut(s, "|"); p.Name == "_profile" && version != "" {
		x.add(Entry{Param: p.Name, Kind: URI, Text: url})
	}
}

func (x *extractor) canonical(p *Parameter, s string) {
	if v := canonicalValue(s); v.RefURL != "" {
		x.add(Entry{Param: p.Name, Kind: Reference, RefURL: v.RefURL, Text: v.Text})
	}
}

func (x *extractor) moment(p *Parameter, s string) {
	if lo, hi, err := fhir.ParseDateTime(s); err == nil {
		x.add(Entry{Param: p.Name, Kind: Date, Low: lo, High: hi})
	}
}

// bare makes the row of an element that is there but has nothing to be found by: no
// search asks for it, yet :missing must know of it.
func (x *extractor) bare(p *Parameter, rows int) {
	for i := rows; i < len(x.entries); i++ {
		if x.entries[i].Param == p.Name {
			return
		}
	}
	x.add(Entry{Param: p.Name, Kind: p.Kind})
}

// concept makes the rows of the CodeableConcept at i.
func (x *extractor) concept(p *Parameter, i int) {
	before := len(x.entries)
	members(x.s, i, func(name string, at int) int {
		switch name {
		case "text":
			x.described(p.Name, str(x.s, at))
		case "coding":
			return items(x.s, at, func(at int) int {
				x.coding(p, at)
				return skip(x.s, at)
			})
		}
		return skip(x.s, at)
	})
	x.bare(p, before)
}

func (x *extractor) coding(p *Parameter, i int) {
	system, code, display := x.three(i, "system", "code", "display")
	x.code(p.Name, system, code)
	x.described(p.Name, display)
	if p.Name == "type" && strings.HasPrefix(code, oldTypeCode) {
		x.addCurrent(p.Name, system, code)
	}
}

func (x *extractor) addCurrent(param, system, code string) {
	if s, c, _ := current(system, code, true); c != code {
		x.code(param, s, c)
	}
}

// three returns the texts of three members of the object at i.
func (x *extractor) three(i int, a, b, c string) (ta, tb, tc string) {
	if i >= len(x.s) || x.s[i] != '{' {
		return "", "", ""
	}
	members(x.s, i, func(name string, at int) int {
		switch name {
		case a:
			ta = str(x.s, at)
		case b:
			tb = str(x.s, at)
		case c:
			tc = str(x.s, at)
		}
		return skip(x.s, at)
	})
	return ta, tb, tc
}

// identifier makes the rows of the Identifier at i, those of its type too.
func (x *extractor) identifier(param string, i int) {
	system, value, _ := x.three(i, "system", "value", "")
	x.code(param, system, value)
	members(x.s, i, func(name string, at int) int {
		if name == "type" && at < len(x.s) && x.s[at] == '{' {
			x.identifierType(param, value, at)
		}
		return skip(x.s, at)
	})
}

func (x *extractor) identifierType(param, value string, i int) {
	members(x.s, i, func(name string, at int) int {
		switch name {
		case "text":
			x.described(param, str(x.s, at))
		case "coding":
			return items(x.s, at, func(at int) int {
				system, code, display := x.three(at, "system", "code", "display")
				x.described(param, display)
				if code != "" && value != "" {
					x.code(param+":of-type", system, code+"|"+value)
				}
				return skip(x.s, at)
			})
		}
		return skip(x.s, at)
	})
}

func (x *extractor) contact(param string, i int) {
	system, value, _ := x.three(i, "system", "value", "")
	if value != "" {
		x.code(param, system, contact(value))
	}
}

// parts calls fn for the texts of the named members of the object at i.
func (x *extractor) parts(i int, fn func(text string), names ...string) {
	members(x.s, i, func(name string, at int) int {
		for _, n := range names {
			if n == name {
				return items(x.s, at, func(at int) int {
					fn(str(x.s, at))
					return skip(x.s, at)
				})
			}
		}
		return skip(x.s, at)
	})
}

// fullNames calls fn for the HumanName at i as people write it down: given names before and
// after the family name, and the first given name with it. What a search by name compares
// is left to the server (https://hl7.org/fhir/R4/practitioner.html#search).
func (x *extractor) fullNames(i int, fn func(text string)) {
	var family, first, given string
	x.parts(i, func(text string) { family = text }, "family")
	x.parts(i, func(text string) {
		if first == "" {
			first, given = text, text
		} else {
			given += " " + text
		}
	}, "given")
	if family == "" || given == "" {
		return
	}
	fn(given + " " + family)
	fn(family + " " + given)
	if first != given {
		fn(first + " " + family)
	}
}

// reference makes the rows of the Reference at i: of its address, and of its identifier.
func (x *extractor) reference(p *Parameter, i int) {
	before := len(x.entries)
	members(x.s, i, func(name string, at int) int {
		switch name {
		case "reference":
			if e, ok := target(str(x.s, at)); ok {
				e.Param = p.Name
				x.add(e)
			}
		case "identifier":
			system, value, _ := x.three(at, "system", "value", "")
			x.code(p.Name+":identifier", system, value)
		}
		return skip(x.s, at)
	})
	x.bare(p, before)
}

// target reads the address in a Reference; contained and conditional ones are none.
func target(s string) (Entry, bool) {
	if s == "" || s[0] == '#' || strings.Contains(s, "?") && !strings.Contains(s, ":") {
		return Entry{}, false
	}
	e := Entry{Kind: Reference}
	path, version := cutVersion(s)
	e.Text = version
	typ, id, ok := strings.Cut(path, "/")
	if ok && !strings.Contains(path, ":") && fhir.ValidID(id) {
		e.RefType, e.RefID = typ, id
		return e, true
	}
	e.RefURL = path
	return e, true
}

func (x *extractor) period(param string, i int) {
	start, end, _ := x.three(i, "start", "end", "")
	e := Entry{Param: param, Kind: Date, Low: DateMin, High: DateMax}
	known := false
	if lo, _, err := fhir.ParseDateTime(start); err == nil {
		e.Low, known = lo, true
	}
	if _, hi, err := fhir.ParseDateTime(end); err == nil {
		e.High, known = hi, true
	}
	if known {
		x.add(e)
	}
}

func (x *extractor) position(param string, i int) {
	lat, err := strconv.ParseFloat(x.field(i, "latitude"), 64)
	lon, err2 := strconv.ParseFloat(x.field(i, "longitude"), 64)
	if err == nil && err2 == nil && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 {
		x.add(Entry{Param: param, Kind: Position, Lat: lat, Lon: lon})
	}
}
