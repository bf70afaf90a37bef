// Package accesslog keeps a file with a line of JSON for each request: who asked for what,
// and how it ended. Queries are not written, because they hold names of people.
//
// A [Log] gathers lines and writes them many at a time, at least once a second. When its
// file was moved away, as log rotation does, it makes a new one.
package accesslog
