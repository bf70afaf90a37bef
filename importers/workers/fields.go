package workers

// columnsOf are the targets of the columns that each field of a worker comes from, for people who
// decide about it.
var columnsOf = map[string][]string{
	"Practitioner.identifier": {"identifier"}, "Practitioner.name": {"family", "given", "name", "prefix", "suffix", "maiden"}, "Practitioner.gender": {"gender"},
	"Practitioner.birthDate": {"birthDate"}, "Practitioner.telecom": {"phone", "email"}, "Practitioner.telecom.phone": {"phone"}, "Practitioner.telecom.email": {"email"},
	"Practitioner.address": {"street", "town"}, "Practitioner.address.line": {"street"}, "Practitioner.address.city": {"town"},
	"Practitioner.qualification": {"licenceNumber", "licenceType", "licenceIssuer", "licenceFrom", "licenceUntil"},
	"PractitionerRole.code":      {"cadre"}, "PractitionerRole.specialty": {"specialty"}, "PractitionerRole.period": {"start", "end"}, "PractitionerRole.period.start": {"start"}, "PractitionerRole.period.end": {"end"},
	"PractitionerRole.location": {"facilityCode", "facilityName"}, "PractitionerRole.organization": {"facilityCode", "facilityName"},
}
