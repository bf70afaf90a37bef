// Package searchparam lets administrators define search parameters while the program runs,
// for national attributes that R4 does not know (https://hl7.org/fhir/R4/searchparameter.html).
//
// [Registry] checks SearchParameter resources and keeps them like all others. [Indexer]
// follows them: it makes their parameters known to package search at once, and indexes
// what was stored before in the background, in small transactions that make no versions.
// Until that is done a search by such a parameter is refused with Busy, because it would
// find only a part. What is done is kept in the store, so that a restart goes on from there.
// Parameters that a newer program brings along are indexed the same way, but searches by
// them are not refused.
package searchparam
