// Package plain opens files of text as they are published: as they are, compressed with gzip,
// or as one entry of a zip archive, told apart by their first bytes.
package plain
