package api

import (
	"strings"
	"unicode/utf8"

	"masjala/fhir"
	"masjala/fhir/search"
)

// control is the parameters that say how to answer, not what is asked.
type control struct {
	format string // _format
	pretty bool   // _pretty
	cursor string // _cursor: where a page starts
	back   string // _back: cursors of the pages before it
}

// readPairs decodes the parameters of a query or a form, in order, and appends those that
// are not control to dst. It fails with Invalid when the text is not form encoded UTF-8.
// What it returns shares no memory with raw if raw is escaped; raw itself must be kept.
func readPairs(dst []search.Pair, raw string, ctl *control) ([]search.Pair, error) {
	for raw != "" {
		var part string
		part, raw, _ = strings.Cut(raw, "&")
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err := unescapeForm(name)
		if err != nil {
			return nil, err
		}
		if value, err = unescapeForm(value); err != nil {
			return nil, err
		}
		switch name {
		case "_format":
			ctl.format = value
		case "_pretty":
			ctl.pretty = value == "true"
		case "_cursor":
			ctl.cursor = value
		case backName:
			if err := ctl.readBack(value); err != nil {
				return nil, err
			}
		default:
			dst = append(dst, search.Pair{Name: name, Value: value})
		}
	}
	return dst, nil
}

// value returns the last value of a parameter, "" if there is none.
func value(pairs []search.Pair, name string) string {
	for i := len(pairs) - 1; i >= 0; i-- {
		if pairs[i].Name == name {
			return pairs[i].Value
		}
	}
	return ""
}

// unescape decodes percent signs; it returns s itself when there are none.
func unescape(s string) (string, error) {
	if strings.IndexByte(s, '%') < 0 {
		return checked(s)
	}
	return decode(s, false)
}

// unescapeForm decodes percent signs and takes + for a blank.
func unescapeForm(s string) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return checked(s)
	}
	return decode(s, true)
}

func decode(s string, form bool) (string, error) {
	var room [256]byte
	b := room[:]
	if len(s) > len(b) {
		b = make([]byte, len(s))
	}
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				return "", fhir.Errorf(fhir.Invalid, "The address has a %% without two hexadecimal digits after it; write a percent sign as %%25.")
			}
			c = hexDigit(s[i+1])<<4 | hexDigit(s[i+2])
			i += 2
		case c == '+' && form:
			c = ' '
		}
		b[n] = c
		n++
	}
	return checked(string(b[:n]))
}

// checked refuses text that is not UTF-8.
func checked(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fhir.Errorf(fhir.Invalid, "The address or form is not UTF-8; encode its characters as UTF-8.")
	}
	return s, nil
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func hexDigit(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c >= 'a':
		return c - 'a' + 10
	}
	return c - 'A' + 10
}

// appendPair appends name=value to a query, escaped.
func appendPair(dst []byte, name, value string) []byte {
	if n := len(dst); n > 0 && dst[n-1] != '?' {
		dst = append(dst, '&')
	}
	dst = appendEscaped(dst, name)
	dst = append(dst, '=')
	return appendEscaped(dst, value)
}

// appendEscaped escapes all that could mean something in a query; what FHIR search uses
// and URLs allow there (: , $ / and the like) stays readable.
func appendEscaped(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~:,$/*@!()", c) >= 0 {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, '%', digits[c>>4], digits[c&15])
	}
	return dst
}
