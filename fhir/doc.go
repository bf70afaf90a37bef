// Package fhir holds FHIR R4 (4.0.1) resources and the values they are made of.
//
// A [Resource] is one version of one resource: its identity, its version stamp and
// its canonical JSON text. [Parse] reads JSON strictly; [Resource.AppendJSON] writes
// it back by copying bytes. [Error] is the one error type that every front end can
// map to its own status, page or exit code; [Outcome] turns any error into an
// OperationOutcome.
//
// The package knows nothing of HTTP, storage or search.
package fhir
