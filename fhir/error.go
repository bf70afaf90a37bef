package fhir

import (
	"errors"
	"fmt"
)

// Kind classes an error by what the caller can do about it. Each front end
// (api, web, cmd) maps a Kind to its own status, page or exit code.
type Kind uint8

const (
	Internal           Kind = iota // a bug or a broken disk: the caller can only report it
	Invalid                        // the request is wrong and will stay wrong
	NotFound                       // nothing has that identity
	Gone                           // it was there and was deleted
	Conflict                       // someone else changed it, or the value must be unique
	Forbidden                      // the caller may not do this
	TooCostly                      // the answer would be too large; narrow the request
	Unsupported                    // a legal request for something this server does not do
	Unauthenticated                // the caller did not say who it is, or not convincingly
	NotAllowed                     // the method does not exist for this address
	NotAcceptable                  // none of the wanted formats can be made
	PreconditionFailed             // If-Match, or a condition that met several resources
	TooLarge                       // the request is larger than allowed
	UnsupportedMedia               // the format of the request body is not known
	Unprocessable                  // well-formed, but breaks a rule of the domain
	TooMany                        // the caller asks too often
	Busy                           // try again later
	Full                           // no space left to store the change
	kinds                          // how many there are
)

// Error is a failure with a text that may be shown to a user.
// The wrapped cause goes to the log, never to the user.
type Error struct {
	Kind Kind
	Text string // one sentence: what is wrong, where, what to do
	Path string // FHIRPath or sheet cell that is to blame, if known
	Code string // of http://hl7.org/fhir/issue-type, where finer than that of the Kind
	// Detail is a code of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type, by which
	// clients of terminology tell what went wrong; empty elsewhere.
	Detail string
	// Said is what Text was made of, so that it can be said in another language.
	Said []Phrase
	err  error
}

// Phrase is a sentence before its arguments were put in: the format that Errorf was given, or
// the key of a message in a catalogue.
type Phrase struct {
	Key  string
	Args []any
}

func (e *Error) Error() string {
	if e.err == nil {
		return e.Text
	}
	return e.Text + ": " + e.err.Error()
}

// Unwrap returns the cause that is logged but not shown.
func (e *Error) Unwrap() error { return e.err }

// Errorf builds an Error. Give the cause, if any, to Because.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...), Said: []Phrase{{format, args}}}
}

// Because returns a copy of e with a cause that is logged but not shown.
func (e *Error) Because(err error) *Error {
	c := *e
	c.err = err
	return &c
}

// At returns a copy of e that blames path.
func (e *Error) At(path string) *Error {
	c := *e
	c.Path = path
	return &c
}

// Coded returns a copy of e with a code of http://hl7.org/fhir/issue-type of its own.
func (e *Error) Coded(code string) *Error {
	c := *e
	c.Code = code
	return &c
}

// Detailed returns a copy of e with a Detail.
func (e *Error) Detailed(code string) *Error {
	c := *e
	c.Detail = code
	return &c
}

// KindOf reports the Kind of the first Error in err's chain.
// Any other error is Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
