// Package decisions keeps what people decided about imported lists: which code or area a
// spelling means ([Value]), and whether a row is a facility or person that is stored already
// ([Twin]). [Keep] stores them, [Open] gives the [Book] in which an import looks them up.
//
// A decision on a spelling is an element of a ConceptMap, one for each kind of list, meaning
// and heading of a column, which $translate answers from and which can be edited as any other; its URL is
// urn:masjala:values:KIND:TARGET:COLUMN, and spellings are codes of urn:masjala:spelling:KIND:TARGET. An
// area that a spelling means gets it as an alias, too. Decisions on twins are bookkeeping of
// the store. All of one call are stored in one transaction, or none.
//
// What was decided for one heading serves other headings of the same meaning, unless they disagree.
package decisions
