// Package cache keeps current resources in memory, packed densely and outside of the Go heap.
//
// A [Cache] has a bound of bytes that its tables and its content share, all of it in memory
// that the garbage collector neither walks nor counts. A resource is kept compressed with a
// dictionary of its type, which is made of the first resources of that type that come by:
// a tenth to a fifth of its size, by an encoder that searches the dictionary thoroughly and writes S2. To unpack one costs less than a microsecond.
//
// The store's writer brings the Cache up to date after each commit and before the commit is
// acknowledged, so that a reader who was told of a write sees it.
package cache
