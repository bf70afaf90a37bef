package tabular

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/importers"
	"masjala/importers/cell"
)

// cellLength is how many bytes one cell is given: spreadsheet programs take 32,767 characters.
const cellLength = 30_000

// Fits tells whether a text comes back from a cell as it is.
func Fits(text string) bool {
	if text == "" || len(text) > cellLength || text == "#N/A" || importers.Clean(text) != text {
		return false
	}
	_, repaired := cell.Repair(text)
	return !repaired
}

// IsNull tells whether a text stands for nothing in most columns.
func IsNull(text string) bool {
	return slices.ContainsFunc(importers.NullWords(), func(w string) bool { return strings.EqualFold(w, text) })
}

// quoted makes a text that no reader of tables changes of canonical JSON: letters beyond ASCII,
// repeated blanks and what workbooks take for an escape are written as escapes.
func quoted(canonical []byte) string {
	var b strings.Builder
	b.Grow(len(canonical))
	for len(canonical) > 0 {
		r, size := utf8.DecodeRune(canonical)
		switch {
		case r >= 0x10000:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		case r >= 0x7f:
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == ' ' && len(canonical) > 1 && canonical[1] == ' ':
			b.WriteString(`\u0020`)
		case r == '_' && len(canonical) > 1 && canonical[1] == 'x':
			b.WriteString(`\u005f`)
		default:
			b.WriteRune(r)
		}
		canonical = canonical[size:]
	}
	return b.String()
}

// pieces cuts a quoted text into cells, between two letters or digits, so that none begins or
// ends with a sign that a reader of tables could take for something.
func pieces(text string) []string {
	var out []string
	for len(text) > cellLength {
		at := cellLength
		for at > 1 && !(isWord(text[at-1]) && isWord(text[at])) {
			at--
		}
		if at == 1 {
			at = cellLength
		}
		out, text = append(out, text[:at]), text[at:]
	}
	return append(out, text)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// mostMembers is how many members an object in a cell may have: more than any type of R4.
const mostMembers = 128

// readObject reads what pieces and quoted made. It fails with Invalid for what is no object, or
// one that no resource can hold.
func readObject(cells []importers.Cell) (*Object, error) {
	var text strings.Builder
	for _, c := range cells {
		text.WriteString(c.Shown)
	}
	if strings.TrimSpace(text.String()) == "" {
		return nil, nil
	}
	if err := bounded(text.String()); err != nil {
		return nil, err
	}
	if !gjson.Valid(text.String()) {
		return nil, fhir.Errorf(fhir.Invalid, "it is no JSON")
	}
	v := gjson.Parse(text.String())
	if !v.IsObject() {
		return nil, fhir.Errorf(fhir.Invalid, "it is no JSON object")
	}
	o := &Object{}
	v.ForEach(func(name, value gjson.Result) bool {
		o.Set(name.String(), appendCanonical(nil, value))
		return true
	})
	return o, nil
}

// bounded fails with Invalid for a text that may be JSON and has more objects and lists inside of
// each other, or more members in one object, than a resource may have: reading them takes time by
// the square of their number.
func bounded(text string) error {
	var left [fhir.MaxDepth + 1]int // how many more members or items may follow, by depth
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > fhir.MaxDepth {
				return fhir.Errorf(fhir.Invalid, "more than %d objects and lists are inside of each other", fhir.MaxDepth)
			}
			if left[depth] = mostMembers; c == '[' {
				left[depth] = len(text)
			}
		case (c == '}' || c == ']') && depth > 0:
			depth--
		case c == ',' && depth > 0:
			if left[depth]--; left[depth] == 0 {
				return fhir.Errorf(fhir.Invalid, "an object has more than %d members", mostMembers)
			}
		}
	}
	return nil
}

// appendCanonical writes a value without blanks between its parts or needless escapes.
func appendCanonical(dst []byte, v gjson.Result) []byte {
	if v.Type == gjson.String {
		return fhir.AppendString(dst, v.Str)
	}
	if !v.IsArray() && !v.IsObject() {
		return append(dst, v.Raw...)
	}
	open, end := byte('['), byte(']')
	if v.IsObject() {
		open, end = '{', '}'
	}
	dst = append(dst, open)
	first := true
	v.ForEach(func(name, value gjson.Result) bool {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		if open == '{' {
			dst = append(fhir.AppendString(dst, name.String()), ':')
		}
		dst = appendCanonical(dst, value)
		return true
	})
	return append(dst, end)
}
