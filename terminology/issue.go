package terminology

import (
	"slices"
	"sort"
	"strings"

	"masjala/fhir"
)

// Issue is one finding of a validation, as the terminology ecosystem tells it (TX-8).
type Issue struct {
	Severity string // error, warning or information
	Code     string // of http://hl7.org/fhir/issue-type
	Detail   string // of http://hl7.org/fhir/tools/CodeSystem/tx-issue-type
	ID       string // of the message
	Text     string
	Path     string // element of the request that is to blame; empty for all of it
	Hint     string // what may have been meant
}

// findings gathers issues, the texts of those that count against the code, and systems
// that are not known.
type findings struct {
	issues   []Issue
	messages []string
	unknown  []string
}

// add notes an issue, once.
func (f *findings) add(i Issue) bool {
	if slices.ContainsFunc(f.issues, func(o Issue) bool { return o.Text == i.Text && o.Path == i.Path }) {
		return false
	}
	f.issues = append(f.issues, i)
	return true
}

// blame notes an issue and shows its text in the message.
func (f *findings) blame(i Issue) {
	f.add(i)
	f.message(i.Text)
}

func (f *findings) message(text string) {
	if text != "" && !slices.Contains(f.messages, text) {
		f.messages = append(f.messages, text)
	}
}

// missing notes a system that is not known; false if it was noted before.
func (f *findings) missing(canonical string) bool {
	if slices.Contains(f.unknown, canonical) {
		return false
	}
	f.unknown = append(f.unknown, canonical)
	return true
}

func (f *findings) failed() bool {
	return slices.ContainsFunc(f.issues, func(i Issue) bool { return i.Severity == "error" })
}

// text is the message of all findings: what counts, in the order of the alphabet.
func (f *findings) text() string {
	for _, i := range f.issues {
		if i.Severity == "error" {
			f.message(i.Text)
		}
	}
	sort.Strings(f.messages)
	return strings.Join(f.messages, "; ")
}

const messageIDExtension = `"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-message-id","valueString":`

// appendIssues appends issues as an OperationOutcome.
func appendIssues(b []byte, list []Issue) []byte {
	b = append(b, `{"resourceType":"OperationOutcome","issue":[`...)
	for n := range list {
		i := &list[n]
		if n > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		if i.ID != "" {
			b = append(b, messageIDExtension...)
			b = fhir.AppendString(b, i.ID)
			b = append(b, "}],"...)
		}
		b = appendAll(b, `"severity":"`, i.Severity, `","code":"`, i.Code, `","details":{`)
		if i.Detail != "" {
			b = appendAll(b, `"coding":[{"system":"http://hl7.org/fhir/tools/CodeSystem/tx-issue-type","code":"`, i.Detail, `"}],`)
		}
		b = append(b, `"text":`...)
		b = fhir.AppendString(b, i.Text)
		b = append(b, '}')
		if i.Hint != "" {
			b = append(b, `,"diagnostics":`...)
			b = fhir.AppendString(b, i.Hint)
		}
		if i.Path != "" {
			b = append(b, `,"expression":[`...)
			b = fhir.AppendString(b, i.Path)
			b = append(b, ']')
		}
		b = append(b, '}')
	}
	return append(b, "]}"...)
}

// appendAll appends texts one after the other, as they are.
func appendAll(b []byte, texts ...string) []byte {
	for _, t := range texts {
		b = append(b, t...)
	}
	return b
}
