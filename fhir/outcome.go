package fhir

import (
	"errors"
	"net/http"
	"strings"
)

// issueOf gives the code of http://hl7.org/fhir/issue-type for each Kind.
var issueOf = [kinds]string{
	Internal: "exception", Invalid: "invalid", NotFound: "not-found", Gone: "deleted",
	Conflict: "conflict", Forbidden: "forbidden", TooCostly: "too-costly", Unsupported: "not-supported",
	Unauthenticated: "login", NotAllowed: "not-supported", NotAcceptable: "not-supported",
	PreconditionFailed: "conflict", TooLarge: "too-long", UnsupportedMedia: "not-supported",
	Unprocessable: "processing", TooMany: "throttled", Busy: "transient", Full: "no-store",
}

// neutral is what a user is told of an error that is not theirs to know.
const neutral = "The server failed to do this. It is not the fault of the request; the log of the server says more."

// Issue is one finding in an OperationOutcome.
type Issue struct {
	Severity string // "error", "warning", "information"
	Code     string // of http://hl7.org/fhir/issue-type
	Text     string // what a reader is told
	Path     string // FHIRPath of the element, or ""
	Detail   string // of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type, or ""
}

// Outcome returns the OperationOutcome that tells of err: one issue for each [Error]
// that errors.Join put together. Causes and errors of other types are never shown.
// Outcome(nil) says that all is well.
func Outcome(err error) []byte {
	if err == nil {
		return NewOutcome(Issue{Severity: "information", Code: "informational", Text: "All OK"})
	}
	return NewOutcome(issues(nil, err)...)
}

// Issues returns what [Outcome] would tell of err; nothing for nil.
func Issues(err error) []Issue {
	if err == nil {
		return nil
	}
	return issues(nil, err)
}

// issues appends what err and the errors joined in it have to say.
func issues(dst []Issue, err error) []Issue {
	if e, ok := err.(*Error); ok {
		return append(dst, e.issue())
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			dst = issues(dst, e)
		}
		return dst
	}
	if inner := errors.Unwrap(err); inner != nil {
		return issues(dst, inner)
	}
	return append(dst, Issue{Severity: "error", Code: issueOf[Internal], Text: neutral})
}

func (e *Error) issue() Issue {
	if e.Kind == Internal || e.Kind >= kinds {
		return Issue{Severity: "error", Code: issueOf[Internal], Text: neutral}
	}
	code := e.Code
	if code == "" {
		code = issueOf[e.Kind]
	}
	return Issue{Severity: "error", Code: code, Text: e.Text, Path: e.Path, Detail: e.Detail}
}

// NewOutcome returns an OperationOutcome with the given issues.
func NewOutcome(issues ...Issue) []byte {
	b := append(make([]byte, 0, 512), `{"resourceType":"OperationOutcome","issue":[`...)
	for n, i := range issues {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"severity":"`...)
		b = append(b, i.Severity...)
		b = append(b, `","code":"`...)
		b = append(b, i.Code...)
		b = append(b, '"')
		if text := strings.TrimSpace(shown(i.Text)); text != "" {
			b = append(b, `,"details":{`...)
			if i.Detail != "" {
				b = append(b, `"coding":[{"system":"http://hl7.org/fhir/tools/CodeSystem/tx-issue-type","code":"`...)
				b = append(b, i.Detail...)
				b = append(b, `"}],`...)
			}
			b = append(b, `"text":`...)
			b = AppendString(b, text)
			b = append(b, `},"diagnostics":`...)
			b = AppendString(b, text)
		}
		if i.Path != "" {
			b = append(b, `,"expression":[`...)
			b = AppendString(b, shown(i.Path))
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// shown is a text without control characters.
func shown(text string) string {
	if ordinary(text) == len(text) {
		return text
	}
	return strings.Map(printable, text)
}

// printable replaces control characters, which texts in FHIR cannot have.
func printable(c rune) rune {
	if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
		return '\ufffd'
	}
	return c
}

// kindOfStatus maps the answers that a web framework gives by itself.
var kindOfStatus = map[int]Kind{
	http.StatusUnauthorized: Unauthenticated, http.StatusForbidden: Forbidden,
	http.StatusNotFound: NotFound, http.StatusMethodNotAllowed: NotAllowed,
	http.StatusNotAcceptable: NotAcceptable, http.StatusRequestTimeout: Busy, http.StatusConflict: Conflict,
	http.StatusGone: Gone, http.StatusPreconditionFailed: PreconditionFailed,
	http.StatusRequestEntityTooLarge: TooLarge, http.StatusRequestURITooLong: TooLarge,
	http.StatusUnsupportedMediaType: UnsupportedMedia, http.StatusUnprocessableEntity: Unprocessable,
	http.StatusTooManyRequests: TooMany, http.StatusRequestHeaderFieldsTooLarge: TooLarge,
	http.StatusNotImplemented: Unsupported, http.StatusServiceUnavailable: Busy,
	http.StatusInsufficientStorage: Full,
}

// FromStatus makes an Error of an HTTP status and the text that came with it. Other
// statuses below 500 are Invalid, all others Internal; an empty text is replaced by
// that of the status.
func FromStatus(code int, text string) *Error {
	if text == "" {
		text = http.StatusText(code)
	}
	kind, ok := kindOfStatus[code]
	if !ok && code >= 400 && code < 500 {
		kind = Invalid
	}
	return &Error{Kind: kind, Text: text}
}
