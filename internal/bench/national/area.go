package national

import "strconv"

// AreaCode is the identifier of an area, of AreaSystem.
func AreaCode(area int) string { return "A" + strconv.Itoa(1_000_000 + area)[1:] }

// areaOrganization appends the Organization of an area.
func (c *Country) areaOrganization(w *writer, n int) {
	w.begin(c, AreaOrganization, n)
	w.raw(`,"identifier":[`).identifier("official", AreaSystem, AreaCode(n)).raw(`],"active":true,"type":[`).coding(kindSystem, "jurisdiction", "").raw("]")
	w.raw(`,"name":`).text(c.names[n])
	if above := c.Parent(n); above >= 0 {
		w.raw(`,"partOf":`).reference(c, AreaOrganization, above)
	}
	w.end()
}

// areaLocation appends the Location of an area.
func (c *Country) areaLocation(w *writer, n int) {
	w.begin(c, AreaLocation, n)
	w.raw(`,"identifier":[`).identifier("official", AreaSystem, AreaCode(n)).raw(`],"status":"active","name":`).text(c.names[n])
	w.raw(`,"mode":"instance","type":[`).coding(kindSystem, "jurisdiction", "").raw("]")
	w.raw(`,"physicalType":`).coding("http://terminology.hl7.org/CodeSystem/location-physical-type", "jdn", "Jurisdiction")
	w.raw(`,"managingOrganization":`).reference(c, AreaOrganization, n)
	if above := c.Parent(n); above >= 0 {
		w.raw(`,"partOf":`).reference(c, AreaLocation, above)
	}
	w.end()
}
