// Package maps brings in concept maps from tables of pairs, and writes them as such tables: a row
// says that a code of one code system has a counterpart in another, and how close it is (TSF-9,
// TSF-10).
//
// Equivalence is read as one of the codes of R4, as a relationship of R5, or in words. A row that
// has a mode in its column for what is unmapped says what becomes of the codes that no row names.
package maps
