package definition

import "masjala/fhir"

// Base is the address of the concept properties that R4 defines
// (https://hl7.org/fhir/R4/codesystem-concept-properties.html).
const Base = "http://hl7.org/fhir/concept-properties#"

// CodeSystem is the body of a CodeSystem.
type CodeSystem struct {
	Language         string                 `json:"language,omitempty"` // of the displays
	URL              string                 `json:"url"`
	Version          string                 `json:"version"`
	Name             string                 `json:"name"`
	Title            string                 `json:"title,omitempty"`
	Status           string                 `json:"status"`
	Experimental     bool                   `json:"experimental"`
	Date             string                 `json:"date,omitempty"`
	Publisher        string                 `json:"publisher,omitempty"`
	Description      string                 `json:"description"`
	Jurisdiction     []fhir.CodeableConcept `json:"jurisdiction,omitempty"`
	Copyright        string                 `json:"copyright,omitempty"`
	CaseSensitive    bool                   `json:"caseSensitive"`
	ValueSet         string                 `json:"valueSet,omitempty"`
	HierarchyMeaning string                 `json:"hierarchyMeaning,omitempty"`
	Compositional    bool                   `json:"compositional,omitempty"`
	Content          string                 `json:"content"`
	Count            int                    `json:"count"`
	Filter           []Filter               `json:"filter,omitempty"`
	Property         []Declaration          `json:"property,omitempty"`
	Concept          []*Concept             `json:"concept,omitempty"`
}

// Filter is a way in which value sets may select codes.
type Filter struct {
	Code        string   `json:"code"`
	Description string   `json:"description,omitempty"`
	Operator    []string `json:"operator"`
	Value       string   `json:"value"`
}

// Declaration is a property that concepts have.
type Declaration struct {
	Code        string `json:"code"`
	URI         string `json:"uri,omitempty"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type"`
}

// Concept is one code.
type Concept struct {
	Code        string        `json:"code"`
	Display     string        `json:"display,omitempty"`
	Definition  string        `json:"definition,omitempty"`
	Designation []Designation `json:"designation,omitempty"`
	Property    []any         `json:"property,omitempty"` // CodeValue, StringValue, BooleanValue
	Concept     []*Concept    `json:"concept,omitempty"`
}

// Designation is another name of a code.
type Designation struct {
	Language string       `json:"language,omitempty"`
	Use      *fhir.Coding `json:"use,omitempty"`
	Value    string       `json:"value"`
}

// CodeValue is a property whose value is a code of the same system.
type CodeValue struct {
	Code  string `json:"code"`
	Value string `json:"valueCode"`
}

// StringValue is a property whose value is a text.
type StringValue struct {
	Code  string `json:"code"`
	Value string `json:"valueString"`
}

// BooleanValue is a property that is true or false.
type BooleanValue struct {
	Code  string `json:"code"`
	Value bool   `json:"valueBoolean"`
}
