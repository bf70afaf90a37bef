package api

import "context"

// fhirVersion is the version of FHIR that the server speaks.
const fhirVersion = "4.0.1"

// versions is $versions: which versions of FHIR the server speaks, and which when none is
// asked for (http://hl7.org/fhir/capabilitystatement-operation-versions.html).
func versions(context.Context, *Call) (Answer, error) {
	const short = "4.0"
	return Answer{Body: []byte(`{"resourceType":"Parameters","parameter":[{"name":"version","valueString":"` + short +
		`"},{"name":"default","valueString":"` + short + `"}]}`)}, nil
}
