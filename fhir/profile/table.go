package profile

import "strings"

// Where the canonical addresses of the profiles of IHE lie.
const (
	mcsd = "https://profiles.ihe.net/ITI/mCSD/StructureDefinition/"
	svcm = "https://profiles.ihe.net/ITI/SVCM/StructureDefinition/"
)

// Profile is a set of rules for resources of one type, beyond those of R4.
type Profile struct {
	URL  string // canonical address, without a version
	Type string // of the resources it is for

	base     *Profile                // whose rules hold, too
	required []string                // elements that must be there
	banned   []string                // elements that must not be there
	rule     func(*conformer, marks) // what these do not say
}

// unsaid are the elements that no resource of mCSD may have: they could change what all
// others mean (ITI mCSD volume 3).
var unsaid = []string{"implicitRules", "modifierExtension"}

// The profiles of IHE mCSD 4.0 and SVCM 1.5, as their StructureDefinitions state them.
var (
	organization = &Profile{URL: mcsd + "IHE.mCSD.Organization", Type: "Organization",
		required: []string{"type", "name"}, banned: unsaid, rule: (*conformer).anyOrganization}
	facilityOrganization = &Profile{URL: mcsd + "IHE.mCSD.FacilityOrganization", Type: "Organization",
		base: organization, rule: (*conformer).isFacility}
	jurisdictionOrganization = &Profile{URL: mcsd + "IHE.mCSD.JurisdictionOrganization", Type: "Organization",
		base: organization, rule: (*conformer).isJurisdiction}

	location = &Profile{URL: mcsd + "IHE.mCSD.Location", Type: "Location",
		required: []string{"status", "name", "type"}, banned: unsaid, rule: (*conformer).identifiers}
	facilityLocation = &Profile{URL: mcsd + "IHE.mCSD.FacilityLocation", Type: "Location",
		base: location, required: []string{"managingOrganization"}, rule: (*conformer).facilityLocation}
	jurisdictionLocation = &Profile{URL: mcsd + "IHE.mCSD.JurisdictionLocation", Type: "Location",
		base: location, required: []string{"managingOrganization"}, rule: (*conformer).jurisdictionLocation}
	locationDistance = &Profile{URL: mcsd + "IHE.mCSD.LocationDistance", Type: "Location",
		base: location, required: []string{"position"}}

	practitioner = &Profile{URL: mcsd + "IHE.mCSD.Practitioner", Type: "Practitioner",
		required: []string{"name"}, banned: unsaid, rule: (*conformer).identifiers}
	practitionerRole = &Profile{URL: mcsd + "IHE.mCSD.PractitionerRole", Type: "PractitionerRole",
		required: []string{"code"}, banned: unsaid, rule: (*conformer).identifiers}
	healthcareService = &Profile{URL: mcsd + "IHE.mCSD.HealthcareService", Type: "HealthcareService",
		required: []string{"type", "name"}, banned: unsaid, rule: (*conformer).identifiers}

	affiliation = &Profile{URL: mcsd + "IHE.mCSD.OrganizationAffiliation", Type: "OrganizationAffiliation",
		required: []string{"active", "organization", "participatingOrganization", "code"},
		banned:   append([]string{"network"}, unsaid...), rule: (*conformer).identifiers}
	affiliationDocShare = &Profile{URL: mcsd + "IHE.mCSD.OrganizationAffiliation.DocShare", Type: "OrganizationAffiliation",
		base: affiliation, required: []string{"identifier"}, rule: (*conformer).sharesDocuments}

	endpoint = &Profile{URL: mcsd + "IHE.mCSD.Endpoint", Type: "Endpoint",
		required: []string{"managingOrganization"}, banned: unsaid, rule: (*conformer).anyEndpoint}
	endpointDocShare = &Profile{URL: mcsd + "IHE.mCSD.Endpoint.DocShare", Type: "Endpoint",
		base: endpoint, banned: []string{"name", "header"}, rule: (*conformer).documentEndpoint}

	codeSystem = &Profile{URL: svcm + "IHE.SVCM.CodeSystem", Type: "CodeSystem",
		required: append([]string{"concept"}, shareable...), rule: (*conformer).canonical}
	valueSet = &Profile{URL: svcm + "IHE.SVCM.ValueSet", Type: "ValueSet",
		required: shareable, rule: (*conformer).canonical}
	conceptMap = &Profile{URL: svcm + "IHE.SVCM.ConceptMap", Type: "ConceptMap",
		required: []string{"url"}, rule: (*conformer).canonical}
)

// shareable are the elements of the shareable code system and value set of R4.
var shareable = []string{"url", "version", "name", "status", "experimental", "publisher", "description"}

// all lists the profiles, those of a type together and the general one first.
var all = []*Profile{
	organization, facilityOrganization, jurisdictionOrganization,
	location, facilityLocation, jurisdictionLocation, locationDistance,
	practitioner, practitionerRole, healthcareService,
	affiliation, affiliationDocShare, endpoint, endpointDocShare,
	codeSystem, valueSet, conceptMap,
}

// Named returns the profile of a canonical address, whatever its version; nil if this
// package does not know it.
func Named(url string) *Profile {
	url, _, _ = strings.Cut(url, "|")
	for _, p := range all {
		if p.URL == url {
			return p
		}
	}
	return nil
}

// Supported lists the addresses of the profiles known for a resource type, the general
// one first.
func Supported(typ string) []string {
	var urls []string
	for _, p := range all {
		if p.Type == typ {
			urls = append(urls, p.URL)
		}
	}
	return urls
}
