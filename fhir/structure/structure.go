package structure

import (
	"slices"
	"sort"
)

// Primitive is the sort of a primitive type; Complex for all others.
type Primitive uint8

// The primitive types of R4 (https://hl7.org/fhir/R4/datatypes.html#primitive).
const (
	Complex Primitive = iota
	Boolean
	Integer
	UnsignedInt
	PositiveInt
	Decimal
	String
	Code
	ID
	URI
	URL
	Canonical
	OID
	UUID
	Markdown
	Base64Binary
	Date
	DateTime
	Instant
	Time
	XHTML
)

// Type is a resource type, a data type, or the type of one backbone element, which is
// named by its path ("Location.position").
type Type struct {
	Name       string
	Primitive  Primitive
	IsResource bool
	Open       bool      // nothing is known of its elements
	Choices    []string  // names of its choice elements without [x]
	Elements   []Element // in the order of the definition; a choice has one for each of its types
	byName     []uint8   // positions in Elements, sorted by Name
}

// Element is an element of a type as JSON spells it.
type Element struct {
	Name     string   // "name", "valueString"
	Min      uint8    // 0 or 1, for a choice for all of its elements together
	Many     bool     // may repeat: always a JSON array
	Attr     bool     // id and url attributes: cannot have extensions
	Summary  bool     // part of _summary=true
	Modifier bool     // changes the meaning of what holds it
	Choice   uint8    // 1 + position in Type.Choices; 0 when the element is no choice
	Targets  []string // Reference, canonical: types it may point to; empty for any
	codes    uint8    // position in codeSets; 0 for none
	typ      uint16   // position in types
}

// Type returns the type of the element's values.
func (e *Element) Type() *Type { return &types[e.typ] }

// Codes returns the codes that a required binding allows, sorted; nil if any will do.
func (e *Element) Codes() []string { return codeSets[e.codes] }

// Allows tells whether a required binding lets the element have this code.
func (e *Element) Allows(code string) bool {
	if e.codes == 0 {
		return true
	}
	_, found := slices.BinarySearch(codeSets[e.codes], code)
	return found
}

// Path returns the element's name in FHIRPath: "value" for valueString.
func (t *Type) Path(e *Element) string {
	if e.Choice > 0 {
		return t.Choices[e.Choice-1]
	}
	return e.Name
}

// Find returns the position of the element with that JSON name, -1 if there is none.
// It tries hint first: members mostly come in the order of the definition.
func (t *Type) Find(name []byte, hint int) int {
	if hint < len(t.Elements) && t.Elements[hint].Name == string(name) {
		return hint
	}
	low, high := 0, len(t.byName)
	for low < high {
		mid := (low + high) / 2
		at := int(t.byName[mid])
		switch have := t.Elements[at].Name; {
		case have == string(name):
			return at
		case have < string(name):
			low = mid + 1
		default:
			high = mid
		}
	}
	return -1
}

// Resource returns the type of a resource; nil if R4 has no resource of that name. The
// type is Open if R4 has one that this program does not serve.
func Resource(name string) *Type {
	i := sort.SearchStrings(resourceNames[:], name)
	if i == len(resourceNames) || resourceNames[i] != name {
		return nil
	}
	return &types[resourceTypes[i]]
}

// Named returns a type by its name, resource, data type or path of a backbone element;
// nil if it is not in the table.
func Named(name string) *Type {
	for i := range types {
		if types[i].Name == name {
			return &types[i]
		}
	}
	return nil
}

// All returns every type of the table, in its order. The caller may not change it.
func All() []Type { return types[:] }
