// Package sqlite is the store on one SQLite file.
//
// [Open] gives a [Store]. One goroutine writes, in groups of jobs that share a commit;
// as many connections as the machine has cores read. Every commit is on the disk before
// anybody is told. Search rows are plain tables, filled from the entries of a draft.
//
// What the store guarantees and why it is built this way is in store/DESIGN.md.
package sqlite
