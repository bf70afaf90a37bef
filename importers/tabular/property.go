package tabular

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/fhir/structure"
	"masjala/importers"
)

// PropertyTarget is the meaning of columns with further facts about a code.
var PropertyTarget = importers.Target{Name: "property", Title: "another fact about the code, under the heading's name, or as the heading says: Property beds (integer)",
	Many: true, Literal: true, Sure: isProperty}

// propertyHeading is Property code (type), or (type, undeclared) where the head does not name it.
var propertyHeading = regexp.MustCompile(`^Property (.+) \((code|string|integer|boolean|dateTime|decimal|Coding)(, undeclared)?\)$`)

func isProperty(heading string) bool { return propertyHeading.MatchString(heading) }

// Fact is one property that a row gives a code.
type Fact struct {
	Code, Type string
	Declared   bool   // the code system is to name it among its properties
	Value      []byte // JSON of the property
}

// Facts returns the properties that the cells of a row give. wrong is called for each cell that
// is no value of the type that its heading says.
func Facts(r *importers.Row, wrong func(c importers.Cell, typ string)) []Fact {
	var out []Fact
	for _, c := range r.All("property") {
		if c.Text == "" {
			continue
		}
		f := Fact{Code: importers.Slug(importers.HeadKey(c.Column.Heading)), Type: "string", Declared: true}
		if m := propertyHeading.FindStringSubmatch(c.Column.Heading); m != nil {
			f.Code, f.Type, f.Declared = m[1], m[2], m[3] == ""
		}
		if f.Value = fact(f.Code, f.Type, c.Text); f.Value == nil {
			wrong(c, f.Type)
			continue
		}
		out = append(out, f)
	}
	return out
}

// Declaration is the type of an entry that names a property of a code system.
var Declaration = structure.Named("CodeSystem.property")

var (
	property = structure.Named("CodeSystem.concept.property")
	integer  = regexp.MustCompile(`^(?:0|-?[1-9][0-9]*)$`)
	decimal  = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$`)
)

// fact makes the JSON of a property; nil when the text is no value of the type.
func fact(code, typ, text string) []byte {
	var p Object
	p.Text("code", code)
	switch typ {
	case "boolean":
		yes, known := importers.Truth(text)
		if !known {
			return nil
		}
		p.Bool("valueBoolean", yes)
	case "integer":
		if _, err := strconv.ParseInt(text, 10, 32); err != nil || !integer.MatchString(text) {
			return nil
		}
		p.Set("valueInteger", []byte(text))
	case "decimal":
		if !decimal.MatchString(text) {
			return nil
		}
		p.Set("valueDecimal", []byte(text))
	case "Coding":
		p.Set("valueCoding", codingOf(text))
	case "dateTime":
		if _, _, err := fhir.ParseDateTime(text); err != nil {
			return nil
		}
		p.Text("valueDateTime", text)
	case "code":
		p.Text("valueCode", text)
	default:
		p.Text("valueString", text)
	}
	return p.Append(nil, property)
}

// codingOf reads system|code|display.
func codingOf(text string) []byte {
	parts := append(strings.SplitN(text, "|", 3), "", "")
	if !strings.Contains(text, "|") {
		parts[0], parts[1] = "", text
	}
	var c Object
	c.Text("system", strings.TrimSpace(parts[0]))
	c.Text("code", strings.TrimSpace(parts[1]))
	c.Text("display", strings.TrimSpace(parts[2]))
	return c.Append(nil, coding)
}

// propertyColumns tells, for a JSON list of properties, the headings and texts that say the same;
// ok is false when columns cannot. declared names the properties of the code system.
func propertyColumns(list []byte, declared func(code string) bool) (headings, texts []string, ok bool) {
	for p := range fhir.Items(list) {
		v := gjson.ParseBytes(p)
		code, typ, text := v.Get("code").Str, "", ""
		v.ForEach(func(name, value gjson.Result) bool {
			if t, is := strings.CutPrefix(name.Str, "value"); is {
				typ, text = t, value.String()
				if value.Type == gjson.Number {
					text = value.Raw
				}
			}
			return true
		})
		if typ != "Coding" && typ != "" {
			typ = strings.ToLower(typ[:1]) + typ[1:]
		} else if c := v.Get("valueCoding"); c.Exists() {
			text = fmt.Sprintf("%s|%s", c.Get("system").Str, c.Get("code").Str)
			if d := c.Get("display").Str; d != "" {
				text += "|" + d
			}
		}
		heading := fmt.Sprintf("Property %s (%s)", code, typ)
		if !declared(code) {
			heading = fmt.Sprintf("Property %s (%s, undeclared)", code, typ)
		}
		if m := propertyHeading.FindStringSubmatch(heading); m == nil || m[1] != code || m[2] != typ {
			return nil, nil, false
		}
		if !Fits(heading) || !Fits(text) || !Same(fact(code, typ, text), p) {
			return nil, nil, false
		}
		headings, texts = append(headings, heading), append(texts, text)
	}
	return headings, texts, true
}
