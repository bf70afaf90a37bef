package concept

// MapURI is the uri of a property whose values are what concepts of a code system map to, by
// the implicit concept map of that address: system?fhir_cm=code
// (https://hl7.org/fhir/R4/snomedct.html#implicit-cm).
func MapURI(system, code string) string { return system + "?fhir_cm=" + code }
