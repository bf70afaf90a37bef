package search

import "slices"

const (
	mcsd           = "https://profiles.ihe.net/ITI/mCSD/"
	addressUse     = "http://hl7.org/fhir/address-use"
	purposeOfUse   = "extension[url=" + mcsd + "StructureDefinition/IHE.mCSD.PurposeOfUse].valueCodeableConcept"
	specificType   = "extension[url=" + mcsd + "StructureDefinition/ihe-endpointspecifictype].valueCodeableConcept"
	purposeOfUseSP = mcsd + "SearchParameter/IHE.mCSD.Search.PurposeOfUse"
	specificTypeSP = mcsd + "SearchParameter/Endpoint-EndpointSpecificType"
)

// directoryParameters returns the parameters of the types of a care services directory
// (IHE ITI-90 and https://hl7.org/fhir/R4/searchparameter-registry.html), nil for others.
func directoryParameters(typ string) []*Parameter {
	switch typ {
	case "Organization":
		return organizationParameters()
	case "Location":
		return locationParameters()
	case "Practitioner":
		return practitionerParameters()
	case "PractitionerRole":
		return roleParameters()
	case "HealthcareService":
		return serviceParameters()
	case "Endpoint":
		return endpointParameters()
	case "OrganizationAffiliation":
		return affiliationParameters()
	}
	return nil
}

func organizationParameters() []*Parameter {
	return append(addressParameters(),
		flag("active"),
		token("identifier", identifierElement, "identifier"),
		text("name", "name", "alias"),
		&Parameter{Name: "phonetic", Kind: String, Path: []string{"name"}, element: phoneticElement},
		token("type", conceptElement, "type"),
		reference("partof", "partOf", "Organization"),
		reference("endpoint", "endpoint", "Endpoint"),
		defined(token("ihe-mcsd-purpose-of-use", conceptElement, purposeOfUse), purposeOfUseSP),
	)
}

func locationParameters() []*Parameter {
	return append(addressParameters(),
		token("identifier", identifierElement, "identifier"),
		text("name", "name", "alias"),
		code("status", "status", "http://hl7.org/fhir/location-status"),
		token("operational-status", codingElement, "operationalStatus"),
		token("type", conceptElement, "type"),
		reference("organization", "managingOrganization", "Organization"),
		reference("partof", "partOf", "Location"),
		reference("endpoint", "endpoint", "Endpoint"),
		&Parameter{Name: "near", Kind: Position, Path: []string{"position"}, element: positionElement},
		&Parameter{Name: ContainsPoint, Kind: Position, Path: []string{boundaryPath}, element: boundaryElement},
	)
}

func practitionerParameters() []*Parameter {
	return slices.Concat(
		[]*Parameter{
			flag("active"),
			token("identifier", identifierElement, "identifier"),
			&Parameter{Name: "name", Kind: String, Path: []string{"name"}, element: nameElement},
			token("communication", conceptElement, "communication"),
		},
		definedBy("individual",
			text("family", "name.family"),
			text("given", "name.given"),
			&Parameter{Name: "phonetic", Kind: String, Path: []string{"name"}, element: phoneticNameElement},
			code("gender", "gender", "http://hl7.org/fhir/administrative-gender"),
		),
		definedBy("individual", addressParameters()...),
		contactParameters(),
		qualificationParameters(),
	)
}

func roleParameters() []*Parameter {
	return slices.Concat(
		[]*Parameter{
			flag("active"),
			token("identifier", identifierElement, "identifier"),
			token("role", conceptElement, "code"),
			token("specialty", conceptElement, "specialty"),
			date("date", periodElement, "period"),
			reference("practitioner", "practitioner", "Practitioner"),
			reference("organization", "organization", "Organization"),
			reference("location", "location", "Location"),
			reference("service", "healthcareService", "HealthcareService"),
			reference("endpoint", "endpoint", "Endpoint"),
		},
		contactParameters(),
	)
}

func serviceParameters() []*Parameter {
	return []*Parameter{
		flag("active"),
		token("identifier", identifierElement, "identifier"),
		text("name", "name"),
		token("service-category", conceptElement, "category"),
		token("service-type", conceptElement, "type"),
		token("specialty", conceptElement, "specialty"),
		token("program", conceptElement, "program"),
		token("characteristic", conceptElement, "characteristic"),
		reference("organization", "providedBy", "Organization"),
		reference("location", "location", "Location"),
		reference("coverage-area", "coverageArea", "Location"),
		reference("endpoint", "endpoint", "Endpoint"),
	}
}

func endpointParameters() []*Parameter {
	return []*Parameter{
		token("identifier", identifierElement, "identifier"),
		text("name", "name"),
		code("status", "status", "http://hl7.org/fhir/endpoint-status"),
		token("connection-type", codingElement, "connectionType"),
		token("payload-type", conceptElement, "payloadType"),
		reference("organization", "managingOrganization", "Organization"),
		defined(token("ihe-mcsd-purpose-of-use", conceptElement, purposeOfUse), purposeOfUseSP),
		defined(token("specificType", conceptElement, specificType), specificTypeSP),
	}
}

func affiliationParameters() []*Parameter {
	contact := contactParameters()
	for _, p := range contact {
		p.URL = ""
	}
	return append(contact,
		flag("active"),
		token("identifier", identifierElement, "identifier"),
		token("role", conceptElement, "code"),
		token("specialty", conceptElement, "specialty"),
		date("date", periodElement, "period"),
		reference("primary-organization", "organization", "Organization"),
		reference("participating-organization", "participatingOrganization", "Organization"),
		reference("network", "network", "Organization"),
		reference("location", "location", "Location"),
		reference("service", "healthcareService", "HealthcareService"),
		reference("endpoint", "endpoint", "Endpoint"),
	)
}

func addressParameters() []*Parameter {
	return []*Parameter{
		{Name: "address", Kind: String, Path: []string{"address"}, element: addressElement},
		text("address-city", "address.city"),
		text("address-country", "address.country"),
		text("address-postalcode", "address.postalCode"),
		text("address-state", "address.state"),
		code("address-use", "address.use", addressUse),
	}
}

func contactParameters() []*Parameter {
	return definedBy("individual",
		token("telecom", contactElement, "telecom"),
		token("email", contactElement, "telecom[system=email]"),
		token("phone", contactElement, "telecom[system=phone]"),
	)
}

func defined(p *Parameter, url string) *Parameter {
	p.URL = url
	return p
}
