// Package valuesets brings in value sets from tables and writes them as tables: definitions, whose
// rows say which codes belong to a value set (TSF-5, TSF-6), and frozen expansions, whose rows are
// the codes themselves, in their order (TSF-7, TSF-8).
//
// A row of a definition is a code of a code system, a filter, another value set or a whole code
// system, to be included or excluded. Rows that are to be met together have the same part. A row of
// an expansion is an entry; its level says below which entry it stands.
package valuesets
