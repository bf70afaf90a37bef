// Package rf2 brings in snapshots of SNOMED CT in Release Format 2: concepts, descriptions with
// their language reference sets, inferred relationships, and simple, association, attribute
// value and map reference sets (https://docs.snomed.org, Release File Specification).
//
// [Run] takes a folder or a zip archive as it was released. The first line of a file says what
// it holds, its name only that it is no snapshot; lines are read one by one into tables of
// numbers, so that memory grows with the number of components and not with their text as
// released. The outcome is one CodeSystem http://snomed.info/sct, whose version names edition and date
// (https://hl7.org/fhir/R4/snomedct.html): displays are the preferred terms of a dialect,
// designations the other terms by dialect and use; parents, attributes with their group,
// module, state and reference sets (memberOf) are properties. Targets of associations and of
// simple maps are properties named by the reference set; implicit concept maps are read from them.
//
// A line that cannot be used becomes an issue with file and line, and stops no other.
package rf2
