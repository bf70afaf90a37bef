package command

import (
	"errors"

	"masjala/fhir"
)

// Failure is an error on the line between client and server.
type Failure struct {
	Kind string `json:"kind"`           // "invalid", "not-found", …
	Text string `json:"text"`           // one sentence for the user
	Path string `json:"path,omitempty"` // what is to blame, if known
}

// kindNames are the wire names of the kinds of errors. They are never changed.
var kindNames = map[fhir.Kind]string{
	fhir.Internal: "internal", fhir.Invalid: "invalid", fhir.NotFound: "not-found", fhir.Gone: "gone",
	fhir.Conflict: "conflict", fhir.Forbidden: "forbidden", fhir.TooCostly: "too-costly",
	fhir.Unsupported: "unsupported", fhir.Unauthenticated: "unauthenticated", fhir.NotAllowed: "not-allowed",
	fhir.NotAcceptable: "not-acceptable", fhir.PreconditionFailed: "precondition-failed",
	fhir.TooLarge: "too-large", fhir.UnsupportedMedia: "unsupported-media",
	fhir.Unprocessable: "unprocessable", fhir.TooMany: "too-many", fhir.Busy: "busy", fhir.Full: "full",
}

// FailureOf makes the Failure of an error. What is not meant for a user is left out.
func FailureOf(err error) *Failure {
	if e := (*fhir.Error)(nil); errors.As(err, &e) {
		return &Failure{Kind: kindNames[e.Kind], Text: e.Text, Path: e.Path}
	}
	return &Failure{Kind: kindNames[fhir.Internal], Text: "The server could not finish the command; its log says why."}
}

// Err is the error that f stands for.
func (f *Failure) Err() error {
	for kind, name := range kindNames {
		if name == f.Kind {
			return &fhir.Error{Kind: kind, Text: f.Text, Path: f.Path}
		}
	}
	return &fhir.Error{Kind: fhir.Internal, Text: f.Text, Path: f.Path}
}
