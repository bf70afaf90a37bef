package profile

import "masjala/fhir"

// The codes by which mCSD tells facilities and jurisdictions from other organizations and
// places, since version 3.8 and before.
const (
	kindSystem  = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"
	oldSystem   = "urn:ietf:rfc:3986"
	oldCodeBase = "urn:ihe:iti:mcsd:2019:"
)

// mark is how often a list of types says that something is of a kind.
type mark struct{ current, old int }

func (m mark) any() bool { return m.current+m.old > 0 }

// marks is what a list of types says.
type marks struct {
	types                  int // how many there are
	facility, jurisdiction mark
}

// marked reads the element type of an Organization or a Location.
func marked(types []byte) marks {
	var m marks
	for concept := range fhir.Items(types) {
		m.types++
		var facility, jurisdiction mark // a type counts once, however many codings say it
		for coding := range fhir.Items(fhir.Member(concept, "coding")) {
			system, code := fhir.Unquote(fhir.Member(coding, "system")), fhir.Unquote(fhir.Member(coding, "code"))
			switch {
			case system == kindSystem && code == "facility":
				facility.current = 1
			case system == kindSystem && code == "jurisdiction":
				jurisdiction.current = 1
			case system != oldSystem && system != "":
			case code == oldCodeBase+"facility":
				facility.old = 1
			case code == oldCodeBase+"jurisdiction":
				jurisdiction.old = 1
			}
		}
		m.facility.add(facility)
		m.jurisdiction.add(jurisdiction)
	}
	return m
}

func (m *mark) add(n mark) {
	m.current += n.current
	m.old += n.old
}

// Pair tells what is wrong with the pair that a Location and the Organization that manages
// it make: the Location of a facility belongs to the Organization of a facility, that of a
// jurisdiction to one of a jurisdiction (ITI mCSD volume 1, 46.1.2). Nil if nothing is.
func Pair(loc, org *fhir.Resource) []fhir.Issue {
	of, by := marked(fhir.Member(loc.Body, "type")), marked(fhir.Member(org.Body, "type"))
	c := &conformer{resource: loc}
	if of.facility.any() && !by.facility.any() {
		c.profile = facilityLocation
		c.note("error", "business-rule", "Location.managingOrganization", "is %s, which has no type facility, as the Organization of a facility has", org.Ref())
	}
	if of.jurisdiction.any() && !by.jurisdiction.any() {
		c.profile = jurisdictionLocation
		c.note("error", "business-rule", "Location.managingOrganization", "is %s, which has no type jurisdiction, as the Organization of a jurisdiction has", org.Ref())
	}
	return c.found
}
