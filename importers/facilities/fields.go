package facilities

// columnsOf are the targets of the columns that each field of a facility comes from, for people who
// decide about it.
var columnsOf = func() map[string][]string {
	out := map[string][]string{
		"Location.extension":          {"status", "beds"},
		"Organization.extension":      {"opened"},
		"Location.type":               {"type"},
		"Organization.type":           {"type", "ownership"},
		"Organization.type.ownership": {"ownership"},
		"Organization.active":         {"status"},
		"Organization.contact":        {"contact"},
		"Location.position":           {"latitude", "longitude", "coordinates", "altitude"},
		"Location.hoursOfOperation":   {"hours", "allDay"},
		"HealthcareService.type":      {"service", "offers"},
	}
	for _, typ := range []string{"Location.", "Organization."} {
		for element, targets := range map[string][]string{
			"identifier": {"id", "identifier"}, "name": {"name"}, "_name": {"translation"}, "alias": {"alias"}, "status": {"status"},
			"telecom": {"phone", "email", "website"}, "telecom.phone": {"phone"}, "telecom.email": {"email"}, "telecom.url": {"website"},
			"address": {"address", "postalAddress", "city", "postalCode"}, "address.text": {"address", "postalAddress"}, "address.type": {"postalAddress"}, "address.line": {"postalAddress"},
			"address.city": {"city"}, "address.postalCode": {"postalCode"}, "partOf": {"area", "areaCode"},
		} {
			out[typ+element] = targets
		}
	}
	return out
}()
