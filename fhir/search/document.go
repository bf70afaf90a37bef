package search

import "strings"

// TypeCode returns the code of http://hl7.org/fhir/search-param-type for the kind.
func (k Kind) TypeCode() string {
	switch k {
	case Token:
		return "token"
	case String:
		return "string"
	case Reference:
		return "reference"
	case Date:
		return "date"
	case URI:
		return "uri"
	case Number:
		return "number"
	case Quantity:
		return "quantity"
	case Composite:
		return "composite"
	}
	return "special"
}

// Documentation returns what a CapabilityStatement says of the parameter: the elements it
// looks at, how values are compared, and its modifiers.
func (p *Parameter) Documentation() string {
	var b strings.Builder
	for one := range eachType([]*Parameter{p}) {
		for _, path := range one.Path {
			if b.Len() > 0 {
				b.WriteString(" and ")
			}
			b.WriteString(strings.ReplaceAll(path, "+", ""))
		}
	}
	switch {
	case p.phonetic():
		b.WriteString(", by their sound")
	case p.Kind == String:
		b.WriteString(", compared without case and accents from the start of each value")
	case p.element == contactElement:
		b.WriteString("; telephone numbers are compared by their digits, e-mail addresses without case")
	case p.element == canonicalElement:
		b.WriteString("; url or url|version")
	case p.element == qualificationElement:
		b.WriteString("; its code and its " + p.with + ", code$" + p.with)
	case p.Kind == Composite:
		b.WriteString("; the code of a context and its value, code$value")
	case p.element == boundaryElement:
		b.WriteString("; latitude|longitude in WGS84 degrees of a point within the boundary")
	case p.Kind == Position:
		b.WriteString("; latitude|longitude|distance|unit in WGS84 degrees, the unit of UCUM, km when left out")
	}
	b.WriteByte('.')
	for i, m := range p.Modifiers() {
		if i == 0 {
			b.WriteString(" Modifiers: ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(":" + string(m))
	}
	if len(p.Modifiers()) > 0 {
		b.WriteByte('.')
	}
	return b.String()
}
