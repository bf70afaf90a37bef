// Package index holds what is kept in memory beside the store.
//
// A [Cache] keeps current resources within a bound of bytes. The store's writer brings it
// up to date after each commit and before the commit is acknowledged, so that a reader
// who was told of a write sees it.
package index
