package search

import (
	"slices"
	"strings"
)

// element is the data type of the elements that a parameter looks at. It decides how
// they are indexed and how a wanted value is read.
type element uint8

const (
	textElement element = iota + 1 // string, markdown
	codeElement                    // code with a required binding
	booleanElement
	bareElement // string that is searched as a token: version, language
	idElement   // the logical id
	uriElement
	canonicalElement // canonical or uri that is searched as a reference
	identifierElement
	conceptElement // CodeableConcept
	codingElement
	contactElement // ContactPoint
	nameElement    // HumanName
	addressElement
	referenceElement
	periodElement
	momentElement   // date, dateTime, instant
	quantityElement // Quantity
	positionElement
	numberElement        // integer, decimal
	contextElement       // UsageContext, as a pair
	qualificationElement // Practitioner.qualification, as a pair
	phoneticElement      // string, by its sound
	phoneticNameElement  // HumanName, by its sound
)

const definitions = "http://hl7.org/fhir/SearchParameter/"

// types are the resource types that can be searched, in the order they are declared.
var types = []string{
	"Organization", "Location", "Practitioner", "PractitionerRole", "HealthcareService", "Endpoint",
	"OrganizationAffiliation", "CodeSystem", "ValueSet", "ConceptMap", "NamingSystem", "SearchParameter",
}

var (
	everywhere = commonParameters()
	builtin    = newTable(typeParameters())
)

// Types returns the resource types that have search parameters.
func Types() []string { return slices.Clone(types) }

// Parameters returns the search parameters of a resource type, those of every type
// last; only those of every type for "" and nil for a type that is not supported.
func Parameters(typ string) []*Parameter {
	if typ == "" {
		return slices.Clone(everywhere)
	}
	i := slices.Index(types, typ)
	if i < 0 {
		return nil
	}
	return slices.Concat(tables().perType[i], everywhere)
}

// held tells whether a resource type can be searched.
func held(typ string) bool { return slices.Contains(types, typ) }

// Lookup returns the parameter of a resource type by its name, nil if there is none.
// The type "" has the parameters of every type only.
func Lookup(typ, name string) *Parameter {
	if strings.HasPrefix(name, "_") {
		return named(everywhere, name)
	}
	if i := slices.Index(types, typ); i >= 0 {
		return named(tables().perType[i], name)
	}
	return nil
}

func named(ps []*Parameter, name string) *Parameter {
	for _, p := range ps {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func typeParameters() [][]*Parameter {
	list := make([][]*Parameter, len(types))
	for i, t := range types {
		list[i] = directoryParameters(t)
		if list[i] == nil {
			list[i] = terminologyParameters(t)
		}
		for _, p := range list[i] {
			p.Type = t
			if p.URL == "" {
				p.URL = definitions + t + "-" + p.Name
			}
		}
	}
	return list
}

func commonParameters() []*Parameter {
	list := []*Parameter{
		token("_id", idElement, "id"),
		date("_lastUpdated", momentElement, "meta.lastUpdated"),
		token("_tag", codingElement, "meta.tag"),
		uri("_profile", "meta.profile"),
		token("_security", codingElement, "meta.security"),
		uri("_source", "meta.source"),
	}
	for _, p := range list {
		p.URL = definitions + "Resource-" + p.Name[1:]
	}
	return list
}

// definedBy gives parameters that several types share the name of their definition.
func definedBy(origin string, ps ...*Parameter) []*Parameter {
	for _, p := range ps {
		p.URL = definitions + origin + "-" + p.Name
	}
	return ps
}

func text(name string, paths ...string) *Parameter {
	return &Parameter{Name: name, Kind: String, Path: paths, element: textElement}
}

func token(name string, e element, paths ...string) *Parameter {
	return &Parameter{Name: name, Kind: Token, Path: paths, element: e}
}

func code(name, path, system string) *Parameter {
	return &Parameter{Name: name, Kind: Token, Path: []string{path}, element: codeElement, system: system}
}

func flag(name string) *Parameter {
	return &Parameter{Name: name, Kind: Token, Path: []string{name}, element: booleanElement,
		system: "http://terminology.hl7.org/CodeSystem/special-values"}
}

func uri(name string, paths ...string) *Parameter {
	return &Parameter{Name: name, Kind: URI, Path: paths, element: uriElement}
}

func reference(name, path, target string) *Parameter {
	return &Parameter{Name: name, Kind: Reference, Path: []string{path}, Targets: []string{target}, element: referenceElement}
}

func canonical(name, target string, paths ...string) *Parameter {
	return &Parameter{Name: name, Kind: Reference, Path: paths, Targets: []string{target}, element: canonicalElement}
}

func date(name string, e element, path string) *Parameter {
	return &Parameter{Name: name, Kind: Date, Path: []string{path}, element: e}
}
