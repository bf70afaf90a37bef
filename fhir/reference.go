package fhir

import (
	"bytes"
	"iter"

	"github.com/tidwall/gjson"

	"masjala/fhir/structure"
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
// contained resources, and to what else may point into the same bundle: every urn:uuid:
// and urn:oid: in elements of type uri, url, oid and uuid and in the links and images of
// narratives (https://hl7.org/fhir/R4/http.html#trules). If fn changes nothing it returns
// r itself; it never changes r.
func RewriteReferences(r *Resource, fn func(ref string) string) *Resource {
	if len(r.Body) == 0 {
		return r // a deletion
	}
	body := rewriteReferences(r.Body, fn)
	if bytes.Contains(body, []byte("urn:uuid:")) || bytes.Contains(body, []byte("urn:oid:")) {
		if t := structure.Resource(r.Type); t != nil {
			w := rewriter{fn: fn}
			if out := w.object(make([]byte, 0, len(body)), t, body); w.changed {
				body = out
			}
		}
	}
	if &body[0] == &r.Body[0] {
		return r
	}
	c := *r
	c.Body = body
	return &c
}

// rewriteReferences returns body with fn applied to its references; body itself if nothing changes.
func rewriteReferences(body []byte, fn func(ref string) string) []byte {
	var out []byte
	done := 0
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
		return body
	}
	return append(out, body[done:]...)
}

// rewriter copies canonical JSON and applies fn to the URNs in it.
type rewriter struct {
	fn      func(string) string
	changed bool
}

// object appends an object of type t to dst.
func (w *rewriter) object(dst []byte, t *structure.Type, object []byte) []byte {
	if len(object) == 0 || object[0] != '{' || t.Open {
		return append(dst, object...)
	}
	dst = append(dst, '{')
	hint, first := 0, true
	for name, value := range Members(object) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, '"')
		dst = append(dst, name...)
		dst = append(dst, '"', ':')
		i := t.Find(name, hint)
		if i < 0 {
			dst = append(dst, value...)
			continue
		}
		hint = i + 1
		dst = w.element(dst, &t.Elements[i], value)
	}
	return append(dst, '}')
}

func (w *rewriter) element(dst []byte, e *structure.Element, value []byte) []byte {
	if !e.Many {
		return w.value(dst, e.Type(), value)
	}
	dst = append(dst, '[')
	first := true
	for item := range Items(value) {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = w.value(dst, e.Type(), item)
	}
	return append(dst, ']')
}

func (w *rewriter) value(dst []byte, t *structure.Type, value []byte) []byte {
	switch t.Primitive {
	case structure.Complex:
		if t.IsResource {
			if t = structure.Resource(string(resourceType(value))); t == nil {
				return append(dst, value...)
			}
		}
		return w.object(dst, t, value)
	case structure.URI, structure.URL, structure.OID, structure.UUID:
		return w.urn(dst, value)
	case structure.XHTML:
		return w.narrative(dst, value)
	}
	return append(dst, value...)
}

// urn appends a string, rewritten if it is a URN.
func (w *rewriter) urn(dst, value []byte) []byte {
	if !bytes.HasPrefix(value, []byte(`"urn:uuid:`)) && !bytes.HasPrefix(value, []byte(`"urn:oid:`)) {
		return append(dst, value...)
	}
	ref := unquote(value)
	to := w.fn(ref)
	if to == ref {
		return append(dst, value...)
	}
	w.changed = true
	return AppendString(dst, to)
}

// narrative appends a div with the URNs in its href and src attributes rewritten.
func (w *rewriter) narrative(dst, value []byte) []byte {
	for {
		at := bytes.Index(value, []byte("urn:"))
		if at < 0 {
			return append(dst, value...)
		}
		dst = append(dst, value[:at]...)
		before := bytes.TrimRight(value[:at], `\"'`)
		value = value[at:]
		end := bytes.IndexAny(value, `\"'`)
		if end < 0 || !bytes.HasSuffix(before, []byte("href=")) && !bytes.HasSuffix(before, []byte("src=")) {
			dst = append(dst, "urn:"...)
			value = value[len("urn:"):]
			continue
		}
		ref := string(value[:end])
		if to := w.fn(ref); to != ref {
			w.changed = true
			quoted := AppendString(nil, to)
			dst = append(dst, quoted[1:len(quoted)-1]...)
		} else {
			dst = append(dst, ref...)
		}
		value = value[end:]
	}
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
