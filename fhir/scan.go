package fhir

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Limits of what is read.
const (
	MaxDepth   = 128     // objects and lists inside of each other
	MaxIssues  = 20      // findings after which reading stops
	MaxBytes   = 1 << 30 // size of one resource
	maxNested  = 8       // resources inside of each other
	maxMembers = 128     // members of an object of unknown type
	maxString  = 1 << 20 // characters of a string, as R4 says
)

// reader reads one resource in one pass over its bytes and writes the canonical text of
// it: compact, members in the order they came, numbers as written, strings with no more
// escapes than needed. Its methods return false when reading cannot go on.
type reader struct {
	data   []byte
	pos    int
	out    []byte // canonical text so far
	path   []step // where the reader is
	errs   []error
	quiet  int // > 0 while skipping what was blamed already
	depth  int
	nested int // resources the reader is in
	keys   [][]byte
	runs   []run
	word   []byte // a member name that had escapes

	allowUnknown bool
	split        split
	entries      func(index int, raw []byte) // set by ParseBundle: takes the resource of each entry
}

// step is one part of a FHIRPath.
type step struct {
	name  string
	index int // position in a list, -1 if it is none
}

// blame notes that the form is wrong at the present path; it tells whether reading may go on.
func (r *reader) blame(format string, args ...any) bool {
	return r.note("structure", format, args...)
}

// note notes a finding with its issue code.
func (r *reader) note(code, format string, args ...any) bool {
	if r.quiet > 0 {
		return true
	}
	path, text := r.where(), fmt.Sprintf(format, args...)
	if path == "" {
		path = "The resource"
	}
	text = path + " " + text
	r.errs = append(r.errs, &Error{Kind: Invalid, Text: text, Path: r.where(), Code: code})
	return len(r.errs) < MaxIssues
}

// broken notes that the text is no JSON; it always returns false.
func (r *reader) broken(format string, args ...any) bool {
	at := min(r.pos, len(r.data))
	line := 1 + bytes.Count(r.data[:at], []byte{'\n'})
	column := at - bytes.LastIndexByte(r.data[:at], '\n')
	r.errs = append(r.errs, &Error{Kind: Invalid, Path: r.where(), Code: "structure", Text: fmt.Sprintf(
		"The JSON is broken at line %d, column %d: %s.", line, column, fmt.Sprintf(format, args...))})
	return false
}

// where returns the present path in FHIRPath.
func (r *reader) where() string {
	var b strings.Builder
	for i, s := range r.path {
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(s.name)
		if s.index >= 0 {
			b.WriteByte('[')
			b.WriteString(strconv.Itoa(s.index))
			b.WriteByte(']')
		}
	}
	return b.String()
}

func (r *reader) err() error {
	switch len(r.errs) {
	case 0:
		return nil
	case 1:
		return r.errs[0]
	}
	return errors.Join(r.errs...)
}

// peek skips white space and returns the next byte, 0 at the end.
func (r *reader) peek() byte {
	for r.pos < len(r.data) {
		switch c := r.data[r.pos]; c {
		case ' ', '\n', '\t', '\r':
			r.pos++
		default:
			return c
		}
	}
	return 0
}

// member moves to the next member of an object and returns its name, which is valid until
// the next call. first tells that none was read yet. At the end of the object more is false.
func (r *reader) member(first bool) (name []byte, more, ok bool) {
	c := r.peek()
	if c == '}' {
		r.pos++
		return nil, false, true
	}
	if !first {
		if c != ',' {
			return nil, false, r.broken("a comma or } is missing")
		}
		r.pos++
		c = r.peek()
	}
	if c != '"' {
		return nil, false, r.broken("a member name in quotes is missing")
	}
	if name, ok = r.name(); !ok {
		return nil, false, false
	}
	if len(name) == 0 {
		return nil, false, r.broken("a member has an empty name")
	}
	if r.peek() != ':' {
		return nil, false, r.broken("a colon is missing")
	}
	r.pos++
	return name, true, true
}

// name reads a member name.
func (r *reader) name() ([]byte, bool) {
	i := r.pos + 1
	for i < len(r.data) && plain[r.data[i]] {
		i++
	}
	if i < len(r.data) && r.data[i] == '"' {
		name := r.data[r.pos+1 : i]
		r.pos = i + 1
		return name, true
	}
	mark := len(r.out)
	_, ok := r.text()
	if ok {
		r.word = append(r.word[:0], unquote(r.out[mark:])...)
	}
	r.out = r.out[:mark]
	return r.word, ok
}

// item moves to the next item of a list.
func (r *reader) item(first bool) (more, ok bool) {
	c := r.peek()
	if c == ']' {
		r.pos++
		return false, true
	}
	if !first {
		if c != ',' {
			return false, r.broken("a comma or ] is missing")
		}
		r.pos++
		if r.peek() == ']' {
			return false, r.broken("a value is missing")
		}
	}
	return true, true
}

// plain tells which bytes stand for themselves in a string and need no look at their neighbours.
var plain = func() (p [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		p[c] = c != '"' && c != '\\'
	}
	return p
}()

// text reads a string and writes it. escaped tells that it is written with escapes.
func (r *reader) text() (escaped, ok bool) {
	r.out = append(r.out, '"')
	i := r.pos + 1
	start, high := i, false
	for i < len(r.data) {
		c := r.data[i]
		if plain[c] {
			i++
			continue
		}
		switch {
		case c == '"':
			if high && !utf8.Valid(r.data[start:i]) {
				return false, r.broken("the text is not UTF-8")
			}
			r.out = append(r.out, r.data[start:i]...)
			r.out = append(r.out, '"')
			r.pos = i + 1
			return escaped, true
		case c == '\\':
			if high && !utf8.Valid(r.data[start:i]) {
				return false, r.broken("the text is not UTF-8")
			}
			r.out = append(r.out, r.data[start:i]...)
			r.pos = i
			before := len(r.out)
			if !r.escape() {
				return false, false
			}
			escaped = escaped || r.out[before] == '\\'
			i, high = r.pos, false
			start = i
		case c < ' ':
			r.pos = i
			return false, r.broken("a control character stands in a string; write it as an escape")
		default:
			high = true
			i++
		}
	}
	r.pos = len(r.data)
	return false, r.broken("a string does not end")
}

// escape reads one escape, or a pair that makes one character, and writes the character.
func (r *reader) escape() bool {
	if r.pos+1 >= len(r.data) {
		return r.broken("a string does not end")
	}
	c := r.data[r.pos+1]
	if c == 'u' {
		return r.unicode()
	}
	switch c {
	case '"', '\\':
		r.out = appendEscape(r.out, c)
	case '/':
		r.out = append(r.out, c)
	case 'n':
		r.out = appendEscape(r.out, '\n')
	case 't':
		r.out = appendEscape(r.out, '\t')
	case 'r':
		r.out = appendEscape(r.out, '\r')
	case 'b':
		r.out = appendEscape(r.out, '\b')
	case 'f':
		r.out = appendEscape(r.out, '\f')
	default:
		return r.broken("there is no escape \\%c", c)
	}
	r.pos += 2
	return true
}

func (r *reader) unicode() bool {
	c, ok := r.hex(r.pos)
	if !ok {
		return r.broken("\\u needs four hexadecimal digits")
	}
	if utf16.IsSurrogate(c) {
		low, ok := r.hex(r.pos + 6)
		c = utf16.DecodeRune(c, low)
		if !ok || c == utf8.RuneError {
			return r.broken("half of a surrogate pair stands alone")
		}
		r.pos += 6
	}
	r.pos += 6
	if c < ' ' || c == '"' || c == '\\' {
		r.out = appendEscape(r.out, byte(c))
		return true
	}
	r.out = utf8.AppendRune(r.out, c)
	return true
}

// hex reads \uXXXX at a position.
func (r *reader) hex(at int) (rune, bool) {
	if at+6 > len(r.data) || r.data[at] != '\\' || r.data[at+1] != 'u' {
		return 0, false
	}
	var c rune
	for _, d := range r.data[at+2 : at+6] {
		switch {
		case d >= '0' && d <= '9':
			c = c<<4 | rune(d-'0')
		case d >= 'a' && d <= 'f':
			c = c<<4 | rune(d-'a'+10)
		case d >= 'A' && d <= 'F':
			c = c<<4 | rune(d-'A'+10)
		default:
			return 0, false
		}
	}
	return c, true
}

// token reads a number, true, false or null and writes it.
func (r *reader) token() ([]byte, bool) {
	start := r.pos
	for r.pos < len(r.data) && tokenByte(r.data[r.pos]) {
		r.pos++
	}
	word := r.data[start:r.pos]
	switch string(word) {
	case "true", "false", "null":
	default:
		if !isDecimal(word) {
			r.pos = start
			return nil, r.broken("a value is missing or not JSON")
		}
	}
	r.out = append(r.out, word...)
	return word, true
}

func tokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '+' || c == '.'
}

// enter counts one more level; it tells whether that is allowed.
func (r *reader) enter() bool {
	r.depth++
	if r.depth > MaxDepth {
		return r.broken("more than %d objects and lists are inside of each other", MaxDepth)
	}
	return true
}
