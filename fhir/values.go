package fhir

// The data types that importers build resources from
// (https://hl7.org/fhir/R4/datatypes.html). Empty members are not written.

// Coding is a code in a code system.
type Coding struct {
	System  string `json:"system,omitempty"`
	Version string `json:"version,omitempty"`
	Code    string `json:"code,omitempty"`
	Display string `json:"display,omitempty"`
}

// CodeableConcept is a concept given by codes, a text or both.
type CodeableConcept struct {
	Coding []Coding `json:"coding,omitempty"`
	Text   string   `json:"text,omitempty"`
}

// Identifier is a business identifier.
type Identifier struct {
	Use      string           `json:"use,omitempty"`
	Type     *CodeableConcept `json:"type,omitempty"`
	System   string           `json:"system,omitempty"`
	Value    string           `json:"value,omitempty"`
	Period   *Period          `json:"period,omitempty"`
	Assigner *Reference       `json:"assigner,omitempty"`
}

// Reference points to another resource.
type Reference struct {
	Reference  string      `json:"reference,omitempty"`
	Type       string      `json:"type,omitempty"`
	Identifier *Identifier `json:"identifier,omitempty"`
	Display    string      `json:"display,omitempty"`
}

// Period is a span of time; its ends are dateTimes.
type Period struct {
	Start string `json:"start,omitempty"`
	End   string `json:"end,omitempty"`
}

// HumanName is a name of a person.
type HumanName struct {
	Use    string   `json:"use,omitempty"`
	Text   string   `json:"text,omitempty"`
	Family string   `json:"family,omitempty"`
	Given  []string `json:"given,omitempty"`
	Prefix []string `json:"prefix,omitempty"`
	Suffix []string `json:"suffix,omitempty"`
	Period *Period  `json:"period,omitempty"`
}

// Address is a postal or physical address.
type Address struct {
	Use        string   `json:"use,omitempty"`
	Type       string   `json:"type,omitempty"`
	Text       string   `json:"text,omitempty"`
	Line       []string `json:"line,omitempty"`
	City       string   `json:"city,omitempty"`
	District   string   `json:"district,omitempty"`
	State      string   `json:"state,omitempty"`
	PostalCode string   `json:"postalCode,omitempty"`
	Country    string   `json:"country,omitempty"`
	Period     *Period  `json:"period,omitempty"`
}

// ContactPoint is a telephone number, e-mail or other address to reach someone at.
type ContactPoint struct {
	System string  `json:"system,omitempty"`
	Value  string  `json:"value,omitempty"`
	Use    string  `json:"use,omitempty"`
	Rank   int     `json:"rank,omitempty"`
	Period *Period `json:"period,omitempty"`

	ValueElement *Element `json:"_value,omitempty"` // extensions of Value
}

// Element is what a primitive value may have beside it.
type Element struct {
	Extension []Extension `json:"extension,omitempty"`
}

// Extension is an extension with at most one of the values, or with extensions.
type Extension struct {
	URL                  string           `json:"url"`
	Extension            []Extension      `json:"extension,omitempty"`
	ValueString          string           `json:"valueString,omitempty"`
	ValueCode            string           `json:"valueCode,omitempty"`
	ValueURI             string           `json:"valueUri,omitempty"`
	ValueURL             string           `json:"valueUrl,omitempty"`
	ValueCanonical       string           `json:"valueCanonical,omitempty"`
	ValueDate            string           `json:"valueDate,omitempty"`
	ValueDateTime        string           `json:"valueDateTime,omitempty"`
	ValueInstant         string           `json:"valueInstant,omitempty"`
	ValueBoolean         *bool            `json:"valueBoolean,omitempty"`
	ValueInteger         *int             `json:"valueInteger,omitempty"`
	ValueDecimal         Decimal          `json:"valueDecimal,omitempty"`
	ValueCoding          *Coding          `json:"valueCoding,omitempty"`
	ValueCodeableConcept *CodeableConcept `json:"valueCodeableConcept,omitempty"`
	ValueReference       *Reference       `json:"valueReference,omitempty"`
	ValueIdentifier      *Identifier      `json:"valueIdentifier,omitempty"`
	ValuePeriod          *Period          `json:"valuePeriod,omitempty"`
	ValueAddress         *Address         `json:"valueAddress,omitempty"`
	ValueAttachment      *Attachment      `json:"valueAttachment,omitempty"`
	ValueQuantity        *Quantity        `json:"valueQuantity,omitempty"`
}

// Attachment is content, or where it is.
type Attachment struct {
	ContentType string `json:"contentType,omitempty"`
	Language    string `json:"language,omitempty"`
	Data        []byte `json:"data,omitempty"`
	URL         string `json:"url,omitempty"`
	Title       string `json:"title,omitempty"`
}

// Quantity is a measured amount.
type Quantity struct {
	Value  Decimal `json:"value,omitempty"`
	Unit   string  `json:"unit,omitempty"`
	System string  `json:"system,omitempty"`
	Code   string  `json:"code,omitempty"`
}

// Meta is what a sender may say about a resource.
type Meta struct {
	Extension []Extension `json:"extension,omitempty"`
	Source    string      `json:"source,omitempty"`
	Profile   []string    `json:"profile,omitempty"`
	Security  []Coding    `json:"security,omitempty"`
	Tag       []Coding    `json:"tag,omitempty"`
}

// Position is a point on the Earth, in degrees as written (Location.position).
type Position struct {
	Longitude Decimal `json:"longitude,omitempty"`
	Latitude  Decimal `json:"latitude,omitempty"`
	Altitude  Decimal `json:"altitude,omitempty"`
}

// Decimal is a decimal with the digits it was written with: "1.50". Empty means none.
type Decimal string

// MarshalJSON writes the digits as they are. It fails if they are no JSON number.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if !isDecimal(d) {
		return nil, Errorf(Invalid, "%q is not a number; write it like 12.50.", clip(string(d)))
	}
	return []byte(d), nil
}
