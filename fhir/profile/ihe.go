package profile

import (
	"slices"

	"masjala/fhir"
)

// Extensions that mCSD speaks of.
const (
	boundaryURL     = "http://hl7.org/fhir/StructureDefinition/location-boundary-geojson"
	purposeURL      = mcsd + "IHE.mCSD.PurposeOfUse"
	specificTypeURL = mcsd + "ihe-endpointspecifictype"
)

// oldHierarchies are the extensions for further hierarchies, which mCSD 3.8 took away.
var oldHierarchies = []string{mcsd + "IHE.mCSD.OrganizationHierarchy", "http://ihe.net/fhir/StructureDefinition/IHE_mCSD_hierarchy_extension"}

// Code systems of the required bindings of document sharing.
const (
	hieRoleSystem      = "http://terminology.hl7.org/CodeSystem/organization-affiliation-role-for-hie"
	endpointTypeSystem = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/MCSDEndpointTypes"
)

var documentEndpointTypes = []string{"ihe-xcpd", "ihe-xca", "ihe-xds", "ihe-xdr", "ihe-pdq", "ihe-pix", "ihe-mhd"}

// is checks the one type that says of what kind something is. The older spelling is told,
// because others cannot find it by the code they know.
func (c *conformer) is(m mark, kind string) {
	path := c.at("type")
	switch {
	case m.current > 1:
		c.note("error", "structure", path, "says %s %d times; once is right", kind, m.current)
	case m.current == 1:
	case m.old > 0:
		c.note("warning", "code-invalid", path, "says %s%s, as before mCSD 3.8; others look for the code %s of %s", oldCodeBase, kind, kind, kindSystem)
	default:
		c.note("error", "required", path, "must say %s, a code of %s", kind, kindSystem)
	}
}

func (c *conformer) isFacility(m marks)     { c.is(m.facility, "facility") }
func (c *conformer) isJurisdiction(m marks) { c.is(m.jurisdiction, "jurisdiction") }

// facilityLocation: the Location of a facility has a second type, which says what sort of
// facility it is. Any code system will do.
func (c *conformer) facilityLocation(m marks) {
	c.isFacility(m)
	if m.types == 1 {
		c.note("error", "required", c.at("type"), "must be there twice: facility, and beside it, not in it, what sort of facility it is")
	}
}

// jurisdictionLocation: a boundary is GeoJSON, and in the resource.
func (c *conformer) jurisdictionLocation(m marks) {
	c.isJurisdiction(m)
	n, boundaries := 0, 0
	for e := range fhir.Items(fhir.Member(c.resource.Body, "extension")) {
		if fhir.Unquote(fhir.Member(e, "url")) == boundaryURL {
			boundaries++
			c.boundary(fhir.Member(e, "valueAttachment"), item(c.at("extension"), n))
		}
		n++
	}
	if boundaries > 1 {
		c.note("error", "structure", c.at("extension"), "has %d boundaries; one is right", boundaries)
	}
}

func (c *conformer) boundary(a []byte, path string) {
	if a == nil {
		c.note("error", "required", path, "must have a valueAttachment with the boundary")
		return
	}
	path += ".value"
	if got := fhir.Unquote(fhir.Member(a, "contentType")); got != "application/geo+json" {
		c.note("error", "value", path+".contentType", "is %q, must be application/geo+json", got)
	}
	if !has(a, "data") {
		c.note("error", "required", path+".data", "is missing: the boundary must lie in the resource, not elsewhere")
	}
}

func (c *conformer) anyOrganization(m marks) {
	c.identifiers(m)
	c.coded(purposeURL)
	n := 0
	for e := range fhir.Items(fhir.Member(c.resource.Body, "extension")) {
		if slices.Contains(oldHierarchies, fhir.Unquote(fhir.Member(e, "url"))) {
			c.note("information", "informational", item(c.at("extension"), n), "is how hierarchies were said before mCSD 3.8; an OrganizationAffiliation says it now")
		}
		n++
	}
}

func (c *conformer) anyEndpoint(m marks) {
	c.identifiers(m)
	c.coded(purposeURL)
	c.coded(specificTypeURL)
}

// coded checks that extensions of an address have a CodeableConcept.
func (c *conformer) coded(url string) {
	n := 0
	for e := range fhir.Items(fhir.Member(c.resource.Body, "extension")) {
		if fhir.Unquote(fhir.Member(e, "url")) == url && !has(e, "valueCodeableConcept") {
			c.note("error", "structure", item(c.at("extension"), n), "must have a valueCodeableConcept")
		}
		n++
	}
}

// identifiers: an identifier is of use to others only with both of its parts (ITI TF-2
// Appendix Z.9).
func (c *conformer) identifiers(marks) {
	n := 0
	for id := range fhir.Items(fhir.Member(c.resource.Body, "identifier")) {
		for _, part := range []string{"system", "value"} {
			if !has(id, part) {
				path := item(c.at("identifier"), n)
				c.note("warning", "business-rule", path, "has no %s; ITI TF-2 Appendix Z.9 wants system and value, to mean the same everywhere", part)
			}
		}
		n++
	}
}

// sharesDocuments: one of the codes says which part in document sharing it is about.
func (c *conformer) sharesDocuments(marks) {
	n := 0
	for code := range fhir.Items(fhir.Member(c.resource.Body, "code")) {
		for coding := range fhir.Items(fhir.Member(code, "coding")) {
			if fhir.Unquote(fhir.Member(coding, "system")) == hieRoleSystem {
				n++
				break
			}
		}
	}
	if n != 1 {
		c.note("error", "code-invalid", c.at("code"), "has %d codes of %s; one is right", n, hieRoleSystem)
	}
}

// documentEndpoint: the connection type is one of document sharing; finer ones go into an
// extension.
func (c *conformer) documentEndpoint(marks) {
	t := fhir.Member(c.resource.Body, "connectionType")
	code := fhir.Unquote(fhir.Member(t, "code"))
	if fhir.Unquote(fhir.Member(t, "system")) != endpointTypeSystem || !slices.Contains(documentEndpointTypes, code) {
		c.note("error", "code-invalid", c.at("connectionType"), "is %q; allowed are %s of %s", code, list(documentEndpointTypes), endpointTypeSystem)
	}
}

// canonical: vsd-0, csd-0 and cmd-0, a name that programs can use.
func (c *conformer) canonical(marks) {
	if name := fhir.Unquote(fhir.Member(c.resource.Body, "name")); name != "" && !usable(name) {
		c.note("warning", "invariant", c.at("name"), "is %q; programs need a capital letter, then letters, digits and _", name)
	}
}

// usable tells whether a name is [A-Z]([A-Za-z0-9_]){0,254}.
func usable(name string) bool {
	if len(name) > 255 {
		return false
	}
	for i, c := range []byte(name) {
		upper, lower, digit := c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c >= '0' && c <= '9'
		if !upper && (i == 0 || !lower && !digit && c != '_') {
			return false
		}
	}
	return true
}
