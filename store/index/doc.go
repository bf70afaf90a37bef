// Package index answers searches without SQL.
//
// An [Index] has a base and a delta. Its base is one checked, memory-mapped file of
// the index rows of all resources at one sequence number, made by a [Builder] from the
// store's tables; its delta has the resources that changed since, whose rows in the base do
// not count any more. Both are immutable while a [View] looks at them. A [Set] is what a
// View finds for a condition; sets are combined without being computed, and computed as far
// as a total or a page wants.
package index
