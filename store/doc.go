// Package store keeps versioned resources, the rows they are searched by, and the feed
// of their changes.
//
// [Store] is what readers use; [Tx] is what writers get, inside [Store.Write]. Writes
// go through one writer, so commit order is the only clock: every commit has one time,
// later than the one before, and every version a sequence number that never repeats.
// Nobody is told that a write happened before it is on the disk, and whoever was told
// sees it by every way of reading. Walks from page to page meet everything once, while
// writes go on.
//
// [Registries] sends each resource type to the domain that holds its rules; everything
// that changes data enters through it.
//
// Engines live in packages below and are held to storetest. DESIGN.md says what is
// promised and why it is built so.
package store
