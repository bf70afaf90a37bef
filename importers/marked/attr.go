package marked

import (
	"bytes"
	"encoding/xml"
	"html"
	"strings"
	"unicode/utf8"
)

// attr finds an attribute in a tag: where it begins (with the blank before it) and ends, and
// where its value lies between the quotes. The name is with its prefix, if any.
func attr(tag []byte, name string) (from, to, valueFrom, valueTo int) {
	for i := 1; i < len(tag); {
		for i < len(tag) && !isBlank(tag[i]) {
			i++
		}
		begin := i
		for i < len(tag) && isBlank(tag[i]) {
			i++
		}
		key := i
		for i < len(tag) && tag[i] != '=' && tag[i] != '>' && tag[i] != '/' && !isBlank(tag[i]) {
			i++
		}
		this := string(tag[key:i])
		for i < len(tag) && tag[i] != '"' && tag[i] != '\'' && tag[i] != '>' {
			i++
		}
		if i >= len(tag) || tag[i] == '>' {
			break
		}
		value := i + 1
		length := bytes.IndexByte(tag[value:], tag[i])
		if length < 0 {
			break
		}
		i = value + length + 1
		if this == name {
			return begin, i, value, value + length
		}
	}
	return -1, -1, -1, -1
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// valueOf returns the value of an attribute, "" when the tag has none.
func valueOf(tag []byte, name string) string {
	if from, _, begin, stop := attr(tag, name); from >= 0 {
		return html.UnescapeString(string(tag[begin:stop]))
	}
	return ""
}

// without returns the tag without an attribute.
func without(tag []byte, name string) []byte {
	from, to, _, _ := attr(tag, name)
	if from < 0 {
		return tag
	}
	return append(append([]byte{}, tag[:from]...), tag[to:]...)
}

// with returns the tag with an attribute of that value, in its place or as the last one.
func with(tag []byte, name, value string) []byte {
	tag = without(tag, name)
	at := len(tag) - 1
	if at > 0 && tag[at-1] == '/' {
		at--
	}
	out := append([]byte{}, bytes.TrimRight(tag[:at], " \t\r\n")...)
	out = append(out, ' ')
	out = append(append(append(out, name...), '=', '"'), escape(value)...)
	return append(append(out, '"'), tag[at:]...)
}

// escape writes a text for XML; characters that XML does not allow are left out.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}

// maxCell is how many characters a cell of a workbook holds.
const maxCell = 32_767

// short cuts a text to what a cell holds.
func short(s string) string {
	if len(s) <= maxCell {
		return s
	}
	return string([]rune(s)[:min(maxCell, utf8.RuneCountInString(s))])
}
