package fhir

import (
	"bytes"
	"html"
	"slices"
	"strings"
	"unicode/utf8"
)

// narrativeTag tells whether a narrative may have the element
// (https://hl7.org/fhir/R4/narrative.html#xhtml, invariant txt-1).
func narrativeTag(name string) bool {
	switch name {
	case "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup",
		"dd", "del", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
		"kbd", "li", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody",
		"td", "tfoot", "th", "thead", "tr", "tt", "ul", "var":
		return true
	}
	return false
}

// narrativeBlocked are attributes that would act (events, forms) rather than show.
func narrativeBlocked(name string) bool {
	return strings.HasPrefix(name, "on") || name == "action" || name == "formaction"
}

// validNarrative tells whether s is one well-formed div with nothing but what a narrative
// may have in it.
func validNarrative(s []byte) bool {
	s = bytes.TrimSpace(s)
	if !bytes.HasPrefix(s, []byte("<div")) {
		return false
	}
	var open []string
	for len(s) > 0 {
		at := bytes.IndexByte(s, '<')
		if at < 0 || at > 0 && len(open) == 0 || !validEntities(s[:at]) {
			return false
		}
		s = s[at:]
		if bytes.HasPrefix(s, []byte("<!--")) {
			end := bytes.Index(s[4:], []byte("--"))
			if end < 0 || !bytes.HasPrefix(s[4+end:], []byte("-->")) {
				return false
			}
			s = s[4+end+3:]
			continue
		}
		tag, rest, ok := readTag(s)
		if !ok {
			return false
		}
		switch {
		case tag.closing && (len(open) == 0 || open[len(open)-1] != tag.name):
			return false
		case tag.closing:
			open = open[:len(open)-1]
		case !tag.empty:
			open = append(open, tag.name)
		}
		if s = rest; len(open) == 0 {
			return len(bytes.TrimSpace(s)) == 0
		}
	}
	return false
}

// ReadNarrative tells of a narrative whether its div declares the namespace of XHTML, and
// whether it has something to be seen: text or an image (invariant txt-2). What breaks other
// rules counts as both.
func ReadNarrative(div string) (namespace, shows bool) {
	s, first := []byte(div), true
	for {
		at := bytes.IndexByte(s, '<')
		if at < 0 {
			at = len(s)
		}
		shows = shows || strings.TrimSpace(html.UnescapeString(string(s[:at]))) != ""
		if s = s[at:]; len(s) == 0 {
			return namespace, shows
		}
		if after, ok := bytes.CutPrefix(s, []byte("<!--")); ok {
			_, s, _ = bytes.Cut(after, []byte("-->"))
			continue
		}
		tag, rest, ok := readTag(s)
		if !ok {
			return true, true
		}
		if first {
			namespace, first = tag.namespace, false
		}
		shows = shows || tag.name == "img"
		s = rest
	}
}

// tag is a start tag, an end tag or an empty element.
type tag struct {
	name           string
	closing, empty bool
	namespace      bool // it declares that of XHTML, the only one that it may
}

// readTag reads the tag that s starts with. It fails if the tag or one of its attributes
// is not well-formed or not allowed.
func readTag(s []byte) (t tag, rest []byte, ok bool) {
	s = s[1:]
	if len(s) > 0 && s[0] == '/' {
		t.closing = true
		s = s[1:]
	}
	n := 0
	for n < len(s) && nameByte(s[n]) {
		n++
	}
	t.name = string(s[:n])
	if !narrativeTag(t.name) {
		return t, nil, false
	}
	s = s[n:]
	var names []string
	for {
		s = bytes.TrimLeft(s, " \t\r\n")
		switch {
		case len(s) == 0:
			return t, nil, false
		case s[0] == '>':
			return t, s[1:], true
		case s[0] == '/' && len(s) > 1 && s[1] == '>' && !t.closing:
			t.empty = true
			return t, s[2:], true
		case t.closing:
			return t, nil, false
		}
		var name string
		if name, s, ok = readAttribute(s); !ok || slices.Contains(names, name) {
			return t, nil, false
		}
		names = append(names, name)
		t.namespace = t.namespace || name == "xmlns"
	}
}

// xhtml is the one namespace of narratives.
const xhtml = "http://www.w3.org/1999/xhtml"

// readAttribute reads name="value". Of names with a prefix it takes those of XML itself.
func readAttribute(s []byte) (name string, rest []byte, ok bool) {
	n := 0
	for n < len(s) && (nameByte(s[n]) || s[n] == ':') {
		n++
	}
	name = string(s[:n])
	prefix, _, prefixed := strings.Cut(name, ":")
	s = bytes.TrimLeft(s[n:], " \t\r\n")
	if n == 0 || narrativeBlocked(strings.ToLower(name)) || prefixed && prefix != "xml" && prefix != "xmlns" || len(s) == 0 || s[0] != '=' {
		return "", nil, false
	}
	s = bytes.TrimLeft(s[1:], " \t\r\n")
	if len(s) == 0 || s[0] != '"' && s[0] != '\'' {
		return "", nil, false
	}
	end := bytes.IndexByte(s[1:], s[0])
	if end < 0 || name == "xmlns" && string(s[1:1+end]) != xhtml {
		return "", nil, false
	}
	value := bytes.ToLower(bytes.TrimSpace(s[1 : 1+end]))
	if bytes.IndexByte(value, '<') >= 0 || !validEntities(s[1:1+end]) || bytes.HasPrefix(value, []byte("javascript:")) {
		return "", nil, false
	}
	return name, s[end+2:], true
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

// validEntities tells whether every & starts a reference to a character that XML can hold:
// &name; or &#number;
func validEntities(s []byte) bool {
	for {
		at := bytes.IndexByte(s, '&')
		if at < 0 {
			return true
		}
		s = s[at:]
		end := bytes.IndexByte(s[:min(len(s), 34)], ';') // the longest name of HTML has 31 letters
		if end < 2 || bytes.ContainsAny(s[1:end], "& \t\r\n<>") {
			return false
		}
		plain := html.UnescapeString(string(s[:end+1]))
		if plain == string(s[:end+1]) || strings.HasSuffix(plain, ";") && plain != ";" { // unknown, or known in part
			return false
		}
		for _, r := range plain {
			if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == utf8.RuneError || r == 0xFFFE || r == 0xFFFF {
				return false
			}
		}
		s = s[end+1:]
	}
}
