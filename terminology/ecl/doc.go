// Package ecl selects concepts by expression constraints, the language of SNOMED CT for sets
// of concepts (https://docs.snomed.org/snomed-ct-specifications/snomed-ct-expression-constraint-language),
// in any code system with a hierarchy and properties.
//
// [Parse] reads an expression, in the brief syntax or with the words of the long one;
// [Expression.Select] evaluates it over a [concept.Set] as algebra over concept numbers:
// intervals for what lies below, postings for attributes, and a look at the properties of
// single concepts only where numbers of values or relationship groups matter.
//
// A code is written as it is if it has none of the characters that the language uses; any
// other, and one that is a word of the language, between single quotes, where \ stands before
// a quote or itself: 'Grade II', 'OR'. Attributes are the properties of concepts. A value
// that is in no relationship group is a group of its own.
//
// Errors say line and column. Length, depth and work are bounded.
package ecl
