// Package index holds what is kept in memory beside the store.
//
// A [Cache] keeps current resources within a bound of bytes. The store's writer brings it
// up to date after each commit and before the commit is acknowledged, so that a reader
// who was told of a write sees it.
//
// An [Index] answers searches without SQL. Its base is one checked, memory-mapped file of
// the index rows of all resources at one sequence number, made by a [Builder] from the
// store's tables; its delta has the resources that changed since, whose rows in the base do
// not count any more. Both are immutable while a [View] looks at them. A [Set] is what a
// View finds for a condition; sets are combined without being computed, and computed as far
// as a total or a page wants.
package index
