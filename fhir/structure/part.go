package structure

import (
	"strings"
	"unsafe"

	"github.com/tidwall/gjson"
)

// InSummary tells whether an element of a resource belongs to _summary=true: what R4 says is
// part of it, what is mandatory, and modifiers, without which the rest could be misread
// (https://hl7.org/fhir/R4/search.html#summary).
func (e *Element) InSummary() bool {
	return e.Summary || e.Min > 0 || e.Modifier && e.Name != "modifierExtension"
}

// Part appends the members of a resource, an object in JSON, whose element keep takes, and
// those that R4 does not know. A member with an underscore goes with the one without.
func (t *Type) Part(dst, body []byte, keep func(e *Element) bool) []byte {
	dst = append(dst, '{')
	start, hint := len(dst), 0
	gjson.Parse(unsafe.String(unsafe.SliceData(body), len(body))).ForEach(func(k, v gjson.Result) bool {
		at := t.Find([]byte(strings.TrimPrefix(k.Str, "_")), hint)
		if at >= 0 {
			hint = at + 1
			if !keep(&t.Elements[at]) {
				return true
			}
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(dst, k.Raw...)
		dst = append(dst, ':')
		dst = append(dst, v.Raw...)
		return true
	})
	return append(dst, '}')
}
