package national

import "strconv"

// service appends the HealthcareService of every 20th facility.
func (c *Country) service(w *writer, n int) {
	at := n * serviceEvery
	s := specialties[n%len(specialties)]
	w.begin(c, Service, n)
	w.raw(`,"identifier":[`).identifier("official", FacilitySystem, facilityCode(at)+"/"+s.code).raw(`],"active":true,"providedBy":`).reference(c, FacilityOrganization, at)
	w.raw(`,"type":[`).coding(SpecialtySystem, s.code, s.display).raw(`],"location":[`).reference(c, FacilityLocation, at)
	w.raw(`],"name":`).text(s.display + ", " + c.Facility(at).Name)
	w.end()
}

// endpoint appends the Endpoint of every 200th facility.
func (c *Country) endpoint(w *writer, n int) {
	at := n * endpointEvery
	w.begin(c, Endpoint, n)
	w.raw(`,"status":"active","connectionType":{"system":"http://terminology.hl7.org/CodeSystem/endpoint-connection-type","code":"hl7-fhir-rest"}`)
	w.raw(`,"name":`).text(c.Facility(at).Name).raw(`,"managingOrganization":`).reference(c, FacilityOrganization, at)
	w.raw(`,"payloadType":[`).coding("http://terminology.hl7.org/CodeSystem/endpoint-payload-type", "any", "").raw(`],"address":"https://f` + strconv.Itoa(at) + `.example.org/fhir"`)
	w.end()
}

// affiliation appends how every 50th facility gets its supplies: from the one before it that
// does, in the order of a heap.
func (c *Country) affiliation(w *writer, n int) {
	w.begin(c, Affiliation, n)
	w.raw(`,"active":true,"organization":`).reference(c, FacilityOrganization, max(0, n-1)/2*affiliationEvery)
	w.raw(`,"participatingOrganization":`).reference(c, FacilityOrganization, n*affiliationEvery)
	w.raw(`,"code":[`).coding("https://registry.example.org/CodeSystem/hierarchy", "supply", "Supply chain").raw("]")
	w.end()
}

// Append appends the nth resource of a kind as JSON.
func (c *Country) Append(dst []byte, k Kind, n int) []byte {
	w := writer{out: dst}
	appenders[k](c, &w, n)
	return w.out
}

var appenders = [kinds]func(*Country, *writer, int){
	AreaOrganization: (*Country).areaOrganization, AreaLocation: (*Country).areaLocation,
	FacilityOrganization: (*Country).facilityOrganization, FacilityLocation: (*Country).facilityLocation,
	Service: (*Country).service, Endpoint: (*Country).endpoint, Affiliation: (*Country).affiliation,
	Worker: (*Country).worker, Role: (*Country).role,
}
