// Package structure is the table of FHIR R4 types: for each type its elements in order,
// with their types, cardinalities, reference targets and the codes that a required
// binding allows.
//
// [Resource] and [Named] find a [Type]; [Type.Find] finds an [Element] in it. The table
// is generated from the R4 definitions of the types this program serves and exchanges,
// with the remaining data types written by hand; types outside of it are Open: nothing
// is known of what is in them. The data is static: looking things up allocates nothing.
package structure

//go:generate go run ./gen
