package fhir

import (
	"bytes"
	"iter"

	"github.com/tidwall/gjson"
)

// referenceKey starts every Reference.reference of a canonical body. Inside a string it
// cannot occur, because quotes are escaped there.
var referenceKey = []byte(`"reference":"`)

// References yields the text of every Reference.reference of a canonical body, in order,
// but for those to contained resources ("#x").
func References(body []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			at := bytes.Index(body, referenceKey)
			if at < 0 {
				return
			}
			body = body[at+len(referenceKey)-1:]
			end := stringEnd(body)
			if ref := unquote(body[:end]); len(ref) > 0 && ref[0] != '#' && !yield(ref) {
				return
			}
			body = body[end:]
		}
	}
}

// RewriteReferences returns r with fn applied to every Reference.reference but those to
// contained resources. If fn changes nothing it returns r itself; it never changes r.
func RewriteReferences(r *Resource, fn func(ref string) string) *Resource {
	var out []byte
	body, done := r.Body, 0
	for at := 0; ; {
		next := bytes.Index(body[at:], referenceKey)
		if next < 0 {
			break
		}
		at += next + len(referenceKey) - 1
		end := at + stringEnd(body[at:])
		if ref := unquote(body[at:end]); len(ref) > 0 && ref[0] != '#' {
			if to := fn(ref); to != ref {
				out = append(out, body[done:at]...)
				out = AppendString(out, to)
				done = end
			}
		}
		at = end
	}
	if done == 0 {
		return r
	}
	c := *r
	c.Body = append(out, body[done:]...)
	return &c
}

// stringEnd returns the position after the JSON string that b starts with.
func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// unquote returns the text of a JSON string.
func unquote(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 && len(b) >= 2 {
		return string(b[1 : len(b)-1])
	}
	return gjson.ParseBytes(b).Str
}
