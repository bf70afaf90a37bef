package search

import "slices"

const language = "urn:ietf:bcp:47"

// terminologyParameters returns the parameters of the types of a terminology server
// (IHE SVCM ITI-95, ITI-96, ITI-100 and the registry of R4), nil for others.
func terminologyParameters(typ string) []*Parameter {
	switch typ {
	case "CodeSystem":
		return slices.Concat(definitionParameters(), canonicalParameters(), codeSystemParameters())
	case "ValueSet":
		return slices.Concat(definitionParameters(), canonicalParameters(), valueSetParameters())
	case "ConceptMap":
		return slices.Concat(definitionParameters(), canonicalParameters(), conceptMapParameters())
	case "NamingSystem":
		return slices.Concat(definitionParameters(), namingSystemParameters())
	case "SearchParameter":
		return slices.Concat(definitionParameters(), searchParameterParameters())
	}
	return nil
}

// definitionParameters are those that all definitional resources have.
func definitionParameters() []*Parameter {
	return definedBy("conformance",
		text("name", "name"),
		text("description", "description"),
		text("publisher", "publisher"),
		code("status", "status", "http://hl7.org/fhir/publication-status"),
		date("date", momentElement, "date"),
		token("jurisdiction", conceptElement, "jurisdiction"),
		token("context", conceptElement, "useContext.valueCodeableConcept"),
		token("context-type", codingElement, "useContext.code"),
		&Parameter{Name: "context-quantity", Kind: Quantity, element: quantityElement,
			Path: []string{"useContext.valueQuantity", "useContext.valueRange"}},
		composite("context-type-value", Token),
		composite("context-type-quantity", Quantity),
	)
}

// canonicalParameters are those of definitional resources with a canonical address.
func canonicalParameters() []*Parameter {
	return definedBy("conformance",
		uri("url", "url"),
		token("version", bareElement, "version"),
		text("title", "title"),
		token("identifier", identifierElement, "identifier"),
	)
}

func codeSystemParameters() []*Parameter {
	return []*Parameter{
		uri("system", "url"),
		token("code", bareElement, "concept+.code"),
		code("content-mode", "content", "http://hl7.org/fhir/codesystem-content-mode"),
		code("language", "concept+.designation.language", language),
		canonical("supplements", "CodeSystem", "supplements"),
	}
}

func valueSetParameters() []*Parameter {
	return []*Parameter{
		uri("reference", "compose.include.system"),
		uri("expansion", "expansion.identifier"),
		token("code", bareElement, "expansion.contains+.code", "compose.include.concept.code"),
	}
}

func conceptMapParameters() []*Parameter {
	return []*Parameter{
		canonical("source", "ValueSet", "sourceCanonical"),
		canonical("target", "ValueSet", "targetCanonical"),
		canonical("source-uri", "ValueSet", "sourceUri", "sourceCanonical"),
		canonical("target-uri", "ValueSet", "targetUri", "targetCanonical"),
		uri("source-system", "group.source"),
		uri("target-system", "group.target"),
		token("source-code", bareElement, "group.element.code"),
		token("target-code", bareElement, "group.element.target.code"),
		uri("dependson", "group.element.target.dependsOn.property"),
		uri("product", "group.element.target.product.property"),
		canonical("other", "ConceptMap", "group.unmapped.url"),
	}
}

func searchParameterParameters() []*Parameter {
	return append(definedBy("conformance", uri("url", "url"), token("version", bareElement, "version")),
		code("base", "base", "http://hl7.org/fhir/resource-types"),
		token("code", bareElement, "code"),
		canonical("component", "SearchParameter", "component.definition"),
		canonical("derived-from", "SearchParameter", "derivedFrom"),
		code("target", "target", "http://hl7.org/fhir/resource-types"),
		code("type", "type", "http://hl7.org/fhir/search-param-type"),
	)
}

func namingSystemParameters() []*Parameter {
	return []*Parameter{
		code("kind", "kind", "http://hl7.org/fhir/namingsystem-type"),
		token("type", conceptElement, "type"),
		text("responsible", "responsible"),
		text("contact", "contact.name"),
		token("telecom", contactElement, "contact.telecom"),
		code("id-type", "uniqueId.type", "http://hl7.org/fhir/namingsystem-identifier-type"),
		text("value", "uniqueId.value"),
		date("period", periodElement, "uniqueId.period"),
	}
}
