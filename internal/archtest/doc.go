// Package archtest holds the source tree to docs/architecture.md. It has only tests:
// which package may import which, where each outside module may appear, how long files
// and functions may be, and that every package and every exported name says what it is.
package archtest
