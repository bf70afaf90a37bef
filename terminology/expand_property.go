package terminology

import (
	"slices"

	"masjala/fhir"
	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// R4 writes the properties of R5 in expansions as extensions.
const (
	extensionBase    = "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet."
	expansionExt     = extensionBase + "expansion.property"
	containsExt      = extensionBase + "expansion.contains.property"
	conceptURI       = "http://hl7.org/fhir/concept-properties#"
	propertyStatus   = "status"
	propertyMeaning  = "definition"
	everyPropertySet = "*"
)

// shownProperty is a property that some code of an expansion shows.
type shownProperty struct{ code, uri string }

// properties writes the properties of a code that were asked for, and its status if that is
// not the usual one.
func (w *expansionWriter) properties(m *compose.Member) {
	if !m.Known || len(w.req.Properties) == 0 && !m.Inactive() {
		return
	}
	set, some := m.System.Set, false
	put := func(code, typ string, value []byte) {
		if some {
			w.b = append(w.b, ',')
		} else {
			w.b = append(w.b, `,"extension":[`...)
		}
		some = true
		w.b = append(w.b, `{"url":"`+containsExt+`","extension":[{"url":"code","valueCode":`...)
		w.b = fhir.AppendString(w.b, code)
		w.b = append(w.b, `},{"url":"value","value`+typ+`":`...)
		w.b = append(w.b, value...)
		w.b = append(w.b, "}]}"...)
		w.shown(set, code)
	}
	if text := string(set.Definition(m.Number)); text != "" && w.asks(propertyMeaning) {
		put(propertyMeaning, "String", fhir.AppendString(nil, text))
	}
	if status := set.Status(m.Number); status != "" && m.Inactive() && !w.asks(propertyStatus) {
		put(propertyStatus, "Code", fhir.AppendString(nil, status))
	}
	for p := range set.Properties(m.Number) {
		if !w.asks(p.Code) {
			continue
		}
		switch p.Kind {
		case concept.KindCoding, concept.KindInteger, concept.KindBoolean, concept.KindDecimal:
			put(p.Code, valueTypes[p.Kind], p.Value)
		default:
			put(p.Code, valueTypes[p.Kind], fhir.AppendString(nil, string(p.Value)))
		}
	}
	if some {
		w.b = append(w.b, ']')
	}
}

func (w *expansionWriter) asks(code string) bool {
	return slices.Contains(w.req.Properties, code) || slices.Contains(w.req.Properties, everyPropertySet)
}

// shown notes that a property is shown, with its address.
func (w *expansionWriter) shown(set *concept.Set, code string) {
	if slices.ContainsFunc(w.props, func(p shownProperty) bool { return p.code == code }) {
		return
	}
	p := shownProperty{code: code, uri: conceptURI + code}
	for _, d := range set.Meta().Properties {
		if d.Code == code && d.URI != "" {
			p.uri = d.URI
		}
	}
	w.props = append(w.props, p)
}

// shownProperties writes which properties the expansion shows.
func (w *expansionWriter) shownProperties(b []byte) []byte {
	for i, p := range w.props {
		if i == 0 {
			b = append(b, `,"extension":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(b, `{"url":"`+expansionExt+`","extension":[{"url":"code","valueCode":`...)
		b = fhir.AppendString(b, p.code)
		b = append(b, `},{"url":"uri","valueUri":`...)
		b = fhir.AppendString(b, p.uri)
		b = append(b, "}]}"...)
	}
	if len(w.props) > 0 {
		b = append(b, ']')
	}
	return b
}
