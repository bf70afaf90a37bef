package search

import "strings"

// The types that make a resource a facility or a jurisdiction were written as URNs before
// mCSD 3.8. Resources keep what was sent; they are found under both (requirement C-25).
const (
	siteTypes   = mcsd + "CodeSystem/IHE.mCSD.Organization.Location.Types"
	oldURNs     = "urn:ietf:rfc:3986"
	oldTypeCode = "urn:ihe:iti:mcsd:2019:"
)

// current returns today's coding for an old facility or jurisdiction type that was asked
// for with its system or without, and any other coding as it is.
func current(system, code string, hasSystem bool) (string, string, bool) {
	if hasSystem && system != oldURNs {
		return system, code, hasSystem
	}
	kind, old := strings.CutPrefix(code, oldTypeCode)
	if !old || kind != "facility" && kind != "jurisdiction" {
		return system, code, hasSystem
	}
	return siteTypes, kind, true
}
