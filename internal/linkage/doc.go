// Package linkage tells whether two records mean the same thing, for the registries that
// know what their records are (facility/match, workforce/match).
//
// [Fold] makes spellings and scripts comparable and [Words] cuts a name into words; [Align]
// compares two names word by word, in any order, and weighs each word by how rare it is
// ([Rarity]). What speaks for and against a pair is a list of [Evidence] in bits: how many
// times more likely, as a power of two, it is between records that mean the same. Their sum
// with the [Prior] is a [Verdict], from which come score and explanation. [Index] proposes
// which records are worth comparing, and [Assign] gives each record at most one partner.
//
// The package knows neither resources nor stores, and imports none of ours, so that
// domains may use it.
package linkage
