// Package codes brings in code lists: a sheet with a code and a name in each row becomes a
// CodeSystem, and a ValueSet of all its codes to choose from (TSF-1, TSF-5, IMP-3). The other way,
// [Table] writes a code system as a list that gives the same code system when it is imported
// (TSF-2).
//
// The canonical URL of the code system stands in a column, or is the system of the code column in
// the mapping; that of the value set its valueSet; both are proposed from the name of the file.
// Columns for parent, definition, status and other languages are understood; every other column
// that is mapped to "property" becomes a concept property. The same list again changes nothing,
// in whatever order its rows stand.
package codes
