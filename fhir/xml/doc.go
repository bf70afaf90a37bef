// Package xml turns resources from JSON into XML and back, by the table of R4 types
// (https://hl7.org/fhir/R4/xml.html, https://hl7.org/fhir/R4/json.html).
//
// [Append] writes the elements in the order of their definition, as XML wants; decimals keep
// their digits. [ToJSON] reads XML into JSON that [fhir.Parse] then checks: it refuses
// document types, entities and what R4 does not define, and names the element at fault.
// Going from one format to the other and back loses nothing of the types that are known;
// others can be written where a known one holds them, but not read.
package xml
