package concept

import (
	"slices"
	"strings"
)

// MapURI is the uri of a property whose values are what concepts of a code system map to, by
// the implicit concept map of that address: system?fhir_cm=code
// (https://hl7.org/fhir/R4/snomedct.html#implicit-cm).
func MapURI(system, code string) string { return system + mapMark + code }

const mapMark = "?fhir_cm="

// maps tells whether the values of a property are what concepts map to.
func (m *Meta) maps(property string) bool {
	return slices.ContainsFunc(m.Properties, func(d Declared) bool {
		return d.Code == property && strings.Contains(d.URI, mapMark)
	})
}
