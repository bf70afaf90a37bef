// Package concept keeps the concepts of code systems ready to answer questions.
//
// A [Set] is immutable and named by its content hash: the same concepts with the same
// meaning always have the same name, whoever sent them. Its hot side is one flat,
// checksummed file that is mapped read-only: code table, displays, designations,
// flags, properties, hierarchy, postings and the text index that [Set.Search] reads. Its cold side, the JSON of each
// concept as it was loaded, lies in Badger.
//
// Concepts are numbered in pre-order over a tree cover of the hierarchy, so that "is a"
// is an interval test, also where concepts have several parents. [Bits] holds sets of
// such numbers.
//
// A [Library] writes, opens, checks, repairs and sweeps sets. Everything it keeps on the
// disk is derived: damage is found before anything is served, and repaired from what the
// caller has stored.
package concept
