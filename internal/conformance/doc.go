// Command conformance writes docs/conformance.md: every requirement id of the reference
// folder with what became of it.
//
// A requirement is done when a test that marks it with testutil.Requirement passed in the
// run that is read, and none that marks it failed. Otherwise docs/conformance.yaml must
// say that it comes later, or does not apply, and why; the command fails if it does not.
//
//	go test -json ./... > FILE
//	go run ./internal/conformance -tests FILE
package main
