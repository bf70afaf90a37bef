package terminology

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// structureBase is where HL7 keeps the definitions of its extensions.
const structureBase = "http://hl7.org/fhir/StructureDefinition/"

// copied are the extensions of codes that expansions repeat; others are of no use to one who
// chooses a code.
var copied = []string{
	structureBase + "codesystem-alternate",
	structureBase + "rendering-style",
	structureBase + "rendering-xhtml",
	structureBase + "valueset-concept-definition",
	structureBase + "valueset-deprecated",
}

// copiedDesignation are those of designations.
var copiedDesignation = []string{
	structureBase + "coding-sctdescid",
	structureBase + "structuredefinition-standards-status",
}

// turned are the extensions that expansions show as a property.
var turned = map[string]shownAs{
	structureBase + "codesystem-conceptOrder": {"order", "Decimal", "order"},
	structureBase + "valueset-conceptOrder":   {"order", "Decimal", "order"},
	structureBase + "codesystem-label":        {"label", "String", "label"},
	structureBase + "valueset-label":          {"label", "String", "label"},
	structureBase + "itemWeight":              {"weight", "Decimal", "itemWeight"},
}

// shownAs is the property that an extension is shown as: code, type of the value, and the
// name of the standard property.
type shownAs struct{ code, typ, standard string }

// extended writes the extensions of a member: those that are repeated, and, as R4 has it, a
// further one for each property to show. What the value set says comes before what the code
// system does, and that before supplements.
func (w *expansionWriter) extended(m *compose.Member) {
	if !w.more(m) {
		return
	}
	x := memberExtensions{w: w}
	lists := listsOf(m)
	for _, list := range lists {
		x.repeat(list)
	}
	for _, list := range lists {
		x.turn(list)
	}
	if m.Known {
		x.properties(m)
	}
	if x.some {
		w.b = append(w.b, ']')
	}
}

// more tells whether a member has anything that an extension would show.
func (w *expansionWriter) more(m *compose.Member) bool {
	if m.Given != nil && m.Given.Extensions != "" {
		return true
	}
	return m.Known && (len(w.req.Properties) > 0 || m.Inactive() || m.System.Extended())
}

// listsOf are the lists of extensions of a member, each as JSON.
func listsOf(m *compose.Member) []string {
	var out []string
	if m.Given != nil && m.Given.Extensions != "" {
		out = append(out, m.Given.Extensions)
	}
	if m.Known {
		out = append(out, m.System.Extensions(m.Number)...)
	}
	return out
}

// memberExtensions writes the extensions of one member, each once.
type memberExtensions struct {
	w    *expansionWriter
	some bool
	seen []string // addresses of extensions and codes of properties
}

// next begins an extension; false if it was written already.
func (x *memberExtensions) next(name string) bool {
	if slices.Contains(x.seen, name) {
		return false
	}
	x.seen = append(x.seen, name)
	x.comma()
	return true
}

func (x *memberExtensions) comma() {
	if x.some {
		x.w.b = append(x.w.b, ',')
	} else {
		x.w.b = append(x.w.b, `,"extension":[`...)
	}
	x.some = true
}

func (x *memberExtensions) repeat(list string) {
	gjson.Parse(list).ForEach(func(_, e gjson.Result) bool {
		if url := e.Get("url").Str; slices.Contains(copied, url) && x.next(url) {
			x.w.b = append(x.w.b, e.Raw...)
		}
		return true
	})
}

func (x *memberExtensions) turn(list string) {
	gjson.Parse(list).ForEach(func(_, e gjson.Result) bool {
		as, ok := turned[e.Get("url").Str]
		if !ok || !x.next(as.code) {
			return true
		}
		e.ForEach(func(key, value gjson.Result) bool {
			if strings.HasPrefix(key.Str, "value") {
				x.value(as.code, as.typ, value.Raw)
			}
			return true
		})
		x.w.shown(as.code, conceptURI+as.standard)
		return true
	})
}

// value writes a property as an extension.
func (x *memberExtensions) value(code, typ, json string) {
	b := append(x.w.b, `{"url":"`+containsExt+`","extension":[{"url":"code","valueCode":`...)
	b = fhir.AppendString(b, code)
	b = append(b, `},{"url":"value","value`+typ+`":`...)
	b = append(b, json...)
	x.w.b = append(b, "}]}"...)
}

// properties writes the properties that were asked for, and the status of a concept that
// should not be used without a second look.
func (x *memberExtensions) properties(m *compose.Member) {
	w, set := x.w, m.System.Set
	if text := string(set.Definition(m.Number)); text != "" && w.asks(propertyMeaning) && x.next(propertyMeaning) {
		x.value(propertyMeaning, "String", string(fhir.AppendString(nil, text)))
		w.shown(propertyMeaning, conceptURI+propertyMeaning)
	}
	status := set.Status(m.Number)
	if status != "" && (m.Inactive() || set.Deprecated(m.Number)) && !w.asksOf(set, propertyStatus) && x.next(propertyStatus) {
		x.value(propertyStatus, "Code", string(fhir.AppendString(nil, status)))
		w.shown(propertyStatus, conceptURI+propertyStatus)
	}
	for p := range m.System.Properties(m.Number) {
		if !w.asks(p.Code) {
			continue
		}
		x.comma()
		switch p.Kind {
		case concept.KindCoding, concept.KindInteger, concept.KindBoolean, concept.KindDecimal:
			x.value(p.Code, valueTypes[p.Kind], string(p.Value))
		default:
			x.value(p.Code, valueTypes[p.Kind], string(fhir.AppendString(nil, string(p.Value))))
		}
		if p.URI == "" {
			p.URI = conceptURI + p.Code
		}
		w.shown(p.Code, p.URI)
	}
}

// designationExtensions writes the extensions of a designation that expansions repeat, with
// a comma after them.
func (w *expansionWriter) designationExtensions(list string) {
	if list == "" {
		return
	}
	some := false
	gjson.Parse(list).ForEach(func(_, e gjson.Result) bool {
		if !slices.Contains(copiedDesignation, e.Get("url").Str) {
			return true
		}
		if some {
			w.b = append(w.b, ',')
		} else {
			w.b = append(w.b, `"extension":[`...)
		}
		some = true
		w.b = append(w.b, e.Raw...)
		return true
	})
	if some {
		w.b = append(w.b, "],"...)
	}
}
