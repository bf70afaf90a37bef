// Package spool keeps what is written once and read afterwards in temporary files instead of
// the heap. A [Spool] is such a file; [Map] gives the bytes of a file where the system has
// them, so that it may let go of them when memory is short.
package spool
