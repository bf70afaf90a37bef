package terminology

import (
	"slices"

	"masjala/fhir"
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

func (w *expansionWriter) asks(code string) bool {
	return slices.Contains(w.req.Properties, code) || slices.Contains(w.req.Properties, everyPropertySet)
}

// asksOf tells whether a property that a code system has was asked for.
func (w *expansionWriter) asksOf(set *concept.Set, code string) bool {
	return w.asks(code) && set.Used(code)
}

// shown notes that a property is shown, with its address.
func (w *expansionWriter) shown(code, uri string) {
	if !slices.ContainsFunc(w.props, func(p shownProperty) bool { return p.code == code }) {
		w.props = append(w.props, shownProperty{code, uri})
	}
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
