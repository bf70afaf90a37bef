package search

import (
	"strings"

	"masjala/fhir"
)

// Localize makes rows of references to absolute addresses below base, the address of this
// server, rows of references to its own resources, so that they are found, followed and
// included like relative ones (https://hl7.org/fhir/R4/search.html#reference). Canonicals
// stay: they name what they name, wherever it lies. The resource itself is not touched.
func Localize(typ string, entries []Entry, base string) {
	base = strings.TrimRight(base, "/") + "/"
	if base == "/" {
		return
	}
	for i := range entries {
		e := &entries[i]
		if localPair(typ, e, base) {
			continue
		}
		rest, ok := strings.CutPrefix(e.RefURL, base)
		if !ok {
			continue
		}
		target, id, _ := strings.Cut(rest, "/")
		if p := Lookup(typ, e.Param); p != nil && p.element == referenceElement && held(target) && fhir.ValidID(id) {
			e.RefType, e.RefID, e.RefURL = target, id, ""
		}
	}
}
