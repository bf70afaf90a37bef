package xml

import (
	"html"
	"strconv"
	"strings"
)

// appendNarrative appends a narrative that fhir.Parse took as XML can hold it: in the
// namespace of XHTML, and with numbers for the characters that only HTML has names for.
func appendNarrative(out []byte, div string) []byte {
	div = strings.TrimSpace(div)
	if rest, ok := strings.CutPrefix(div, "<div"); ok && !declares(rest) {
		out = append(out, `<div xmlns="`+xhtml+`"`...)
		div = rest
	}
	for {
		at := strings.IndexByte(div, '&')
		if at < 0 {
			return append(out, div...)
		}
		out = append(out, div[:at]...)
		div = div[at:]
		end := 1 + len(div[1:]) - len(strings.TrimLeft(div[1:], nameBytes))
		if end < len(div) && div[end] == ';' {
			out = appendEntity(out, div[:end+1])
			end++
		} else { // in a comment
			out = append(out, div[:end]...)
		}
		div = div[end:]
	}
}

// nameBytes are what a reference to a character is made of.
const nameBytes = "#abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// declares tells whether the attributes that a tag begins with declare a namespace.
func declares(attributes string) bool {
	for {
		attributes = strings.TrimLeft(attributes, " \t\r\n")
		name, rest, ok := strings.Cut(attributes, "=")
		if !ok || strings.ContainsAny(name, "<>") {
			return false
		}
		if strings.TrimSpace(name) == "xmlns" {
			return true
		}
		rest = strings.TrimLeft(rest, " \t\r\n")
		if rest == "" {
			return false
		}
		_, attributes, _ = strings.Cut(rest[1:], rest[:1])
	}
}

// appendEntity appends one reference to a character.
func appendEntity(out []byte, entity string) []byte {
	switch entity {
	case "&amp;", "&lt;", "&gt;", "&quot;", "&apos;":
		return append(out, entity...)
	}
	plain := html.UnescapeString(entity)
	if entity[1] == '#' || plain == entity {
		return append(out, entity...)
	}
	for _, r := range plain {
		out = append(strconv.AppendInt(append(out, "&#"...), int64(r), 10), ';')
	}
	return out
}
