// Package compose turns the definition of a value set into the codes it has.
//
// [ParseDefinition] reads a ValueSet; [Compile] makes a [Plan] of it: for each code system
// a set of concept numbers, or a list in the order of the definition. A plan answers
// whether a code is a member ([Plan.Find]) and lists members page by page ([Plan.List])
// without making the whole expansion. Filters are set algebra over intervals and
// postings; regular expressions run in linear time.
//
// Where code systems and other value sets come from is the caller's [Source].
package compose
