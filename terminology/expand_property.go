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

// expansionExtensions writes which properties the expansion shows, and that it is not all
// where a grammar has more codes than can be listed.
func (w *expansionWriter) expansionExtensions(b []byte, open []*compose.System) []byte {
	start := len(b)
	comma := func() {
		if len(b) == start {
			b = append(b, `,"extension":[`...)
		} else {
			b = append(b, ',')
		}
	}
	if len(open) > 0 {
		comma()
		b = append(b, `{"url":"`+structureBase+`valueset-unclosed","valueBoolean":true}`...)
	}
	for _, sys := range open {
		comma()
		b = append(b, `{"url":"`+structureBase+`valueset-unclosed-reason","valueString":`...)
		b = fhir.AppendString(b, voiceOf(w.req.Language).say(msgGrammar, sys.URL, sys.Usual))
		b = append(b, '}')
	}
	for _, p := range w.props {
		comma()
		b = append(b, `{"url":"`+expansionExt+`","extension":[{"url":"code","valueCode":`...)
		b = fhir.AppendString(b, p.code)
		b = append(b, `},{"url":"uri","valueUri":`...)
		b = fhir.AppendString(b, p.uri)
		b = append(b, "}]}"...)
	}
	if len(b) > start {
		b = append(b, ']')
	}
	return b
}
