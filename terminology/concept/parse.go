package concept

import (
	"strings"

	"github.com/tidwall/gjson"
)

// Standard concept properties (https://hl7.org/fhir/R4/codesystem-concept-properties.html).
const propertyBase = "http://hl7.org/fhir/concept-properties#"

// Kinds of property value, as the type of value[x] in a concept.
const (
	KindCode = iota
	KindCoding
	KindString
	KindInteger
	KindBoolean
	KindDateTime
	KindDecimal
)

// valueMembers are the JSON names of value[x] for each kind.
var valueMembers = [...]string{"valueCode", "valueCoding", "valueString", "valueInteger", "valueBoolean", "valueDateTime", "valueDecimal"}

// parsed is one concept taken apart. Its strings may refer to the source.
type parsed struct {
	code, display, definition string
	designations              []parsedDesignation
	properties                []parsedProperty
	extensions                string // JSON of the list
}

type parsedDesignation struct{ language, use, value, extensions string }

type parsedProperty struct {
	code  string
	kind  uint8
	group uint16
	text  string // the value; a Coding as its JSON
}

// read takes the concept apart, reusing the slices of p.
func (p *parsed) read(json string) {
	*p = parsed{designations: p.designations[:0], properties: p.properties[:0]}
	gjson.Parse(json).ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "code":
			p.code = value.Str
		case "display":
			p.display = value.Str
		case "definition":
			p.definition = value.Str
		case "designation":
			value.ForEach(p.designation)
		case "property":
			value.ForEach(p.property)
		case "extension":
			p.extensions = value.Raw
		}
		return true
	})
}

func (p *parsed) designation(_, d gjson.Result) bool {
	var out parsedDesignation
	d.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "language":
			out.language = value.Str
		case "use":
			out.use = value.Raw
		case "value":
			out.value = value.Str
		case "extension":
			out.extensions = value.Raw
		}
		return true
	})
	p.designations = append(p.designations, out)
	return true
}

func (p *parsed) property(_, v gjson.Result) bool {
	var out parsedProperty
	found := false
	v.ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "code":
			out.code = value.Str
			return true
		case "extension":
			out.group = groupIn(value)
			return true
		}
		for kind, name := range valueMembers {
			if key.Str != name {
				continue
			}
			out.kind, out.text, found = uint8(kind), value.Str, true
			if value.Type != gjson.String {
				out.text = value.Raw
			}
		}
		return true
	})
	if found {
		p.properties = append(p.properties, out)
	}
	return true
}

// value is what a property is compared with: of a Coding, its code.
func (p *parsedProperty) value() string {
	if p.kind == KindCoding {
		return gjson.Get(p.text, "code").Str
	}
	return p.text
}

// roles tells which declared property codes stand for the hierarchy and the state of a concept.
type roles struct {
	parent, child, inactive, status, abstract []string
}

// rolesOf finds them by their uri, and by their usual code where none has it.
func rolesOf(meta *Meta) roles {
	find := func(names ...string) []string {
		var out []string
		for _, name := range names {
			found := false
			for _, d := range meta.Properties {
				if d.URI == propertyBase+name {
					out, found = append(out, d.Code), true
				}
			}
			if !found {
				out = append(out, name)
			}
		}
		return out
	}
	return roles{
		parent: find("parent"), child: find("child"),
		inactive: find("inactive"), status: find("status"),
		abstract: find("notSelectable", "abstract"),
	}
}

// Flags of a concept.
const (
	flagInactive = 1 << iota
	flagAbstract
)

// flags tells the state of a concept from its properties.
func (r *roles) flags(p *parsed) uint8 {
	var f uint8
	if standing(p.extensions) == "withdrawn" {
		f |= flagInactive
	}
	for i := range p.properties {
		v := &p.properties[i]
		switch {
		case has(r.inactive, v.code) && v.text == "true":
			f |= flagInactive
		case has(r.status, v.code) && retired(v.value()):
			f |= flagInactive
		case has(r.abstract, v.code) && v.text == "true":
			f |= flagAbstract
		}
	}
	return f
}

func retired(status string) bool {
	switch strings.ToLower(status) {
	case "retired", "withdrawn", "inactive":
		return true
	}
	return false
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
