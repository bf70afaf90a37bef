package fhir

import (
	"bytes"
	"unicode/utf8"

	"masjala/fhir/structure"
)

var (
	idType   = structure.Named("id")
	metaType = structure.Named("Meta")
)

// primitive reads a value of a primitive type and checks its form
// (https://hl7.org/fhir/R4/datatypes.html#primitive).
func (r *reader) primitive(t *structure.Type) bool {
	c := r.peek()
	switch t.Primitive {
	case structure.Boolean:
		if c != 't' && c != 'f' {
			return r.wrong("must be true or false")
		}
		_, ok := r.token()
		return ok
	case structure.Integer, structure.UnsignedInt, structure.PositiveInt, structure.Decimal:
		if c != '-' && (c < '0' || c > '9') {
			return r.wrong("must be a number")
		}
		word, ok := r.token()
		if ok && !validNumber(t.Primitive, word) {
			return r.note("value", "has the value %s, which is not %s", clip(string(word)), forms[t.Primitive])
		}
		return ok
	}
	if c != '"' {
		return r.wrong("must be a string")
	}
	mark := len(r.out)
	escaped, ok := r.text()
	if !ok {
		return false
	}
	raw := r.out[mark+1 : len(r.out)-1]
	if len(raw) == 0 {
		return r.blame("must not be an empty string: leave it out if there is no value")
	}
	if escaped {
		raw = []byte(unquote(r.out[mark:]))
	}
	if !validText(t.Primitive, raw, escaped) {
		return r.note("value", "has the value %q, which is not %s", clip(string(raw)), forms[t.Primitive])
	}
	return true
}

// forms says what each primitive type looks like.
var forms = [...]string{
	structure.Integer:      "a whole number between -2147483648 and 2147483647",
	structure.UnsignedInt:  "a whole number between 0 and 2147483647",
	structure.PositiveInt:  "a whole number between 1 and 2147483647",
	structure.Decimal:      "a decimal this server can keep: use at most 40 digits and a power within ±99",
	structure.String:       "a text of R4: use no control characters and at most 1,048,576 characters",
	structure.Markdown:     "a text of R4: use no control characters and at most 1,048,576 characters",
	structure.Code:         "a code: use no blanks at its ends and no two blanks together",
	structure.ID:           "an id: use 1 to 64 letters, digits, - and .",
	structure.URI:          "a URI: use no blanks",
	structure.URL:          "a URL: use no blanks",
	structure.Canonical:    "a canonical URL: use no blanks",
	structure.OID:          "an OID: write it like urn:oid:1.2.3",
	structure.UUID:         "a UUID: write it like urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
	structure.Base64Binary: "base64",
	structure.Date:         "a date: write 2020, 2020-05 or 2020-05-31, a day that exists",
	structure.DateTime:     "a date or time: write 2020, 2020-05, 2020-05-31 or 2020-05-31T10:00:00Z, a day that exists",
	structure.Instant:      "an instant: write it like 2020-05-31T10:00:00.000Z",
	structure.Time:         "a time of day: write it like 14:30:00",
	structure.XHTML:        "a narrative: write one well-formed <div> of plain XHTML without scripts, forms or events",
}

// Bounds of decimals: more could not be indexed or kept by others.
const (
	maxDigits = 40
	maxPower  = 99
)

func validNumber(p structure.Primitive, word []byte) bool {
	if p == structure.Decimal {
		if at := bytes.IndexAny(word, "eE"); at >= 0 {
			power := bytes.TrimLeft(word[at+1:], "+-0")
			if n, ok := number(string(power)); len(power) > 0 && (!ok || len(power) > 2 || n > maxPower) {
				return false
			}
			word = word[:at]
		}
		return len(word) <= maxDigits+2
	}
	negative := word[0] == '-'
	if negative {
		word = word[1:]
	}
	n, ok := number(string(word[:min(len(word), 11)]))
	if !ok || len(word) > 10 || negative && n == 0 {
		return false
	}
	switch p {
	case structure.UnsignedInt:
		return !negative && n <= 1<<31-1
	case structure.PositiveInt:
		return !negative && n >= 1 && n <= 1<<31-1
	}
	return n <= 1<<31-1 || negative && n == 1<<31
}

// validText checks a text that has no escapes left; escaped tells that it had some, which
// means quotes, backslashes or control characters.
func validText(p structure.Primitive, s []byte, escaped bool) bool {
	switch p {
	case structure.String, structure.Markdown:
		return (len(s) <= maxString || utf8.RuneCount(s) <= maxString) && (!escaped || !hasControl(s))
	case structure.Code:
		return validCode(s)
	case structure.ID:
		return ValidID(string(s))
	case structure.URI, structure.URL, structure.Canonical:
		return !hasSpace(s)
	case structure.OID:
		return validOID(s)
	case structure.UUID:
		return validUUID(s)
	case structure.Base64Binary:
		return validBase64(s)
	case structure.Date:
		m, ok := readMoment(s)
		return ok && m.precision <= days
	case structure.DateTime:
		m, ok := readMoment(s)
		return ok && (m.precision <= days || m.precision >= seconds && m.zoned)
	case structure.Instant:
		m, ok := readMoment(s)
		return ok && m.precision >= seconds && m.zoned
	case structure.Time:
		var m moment
		return m.readTime(string(s)) && m.precision >= seconds && !m.zoned
	case structure.XHTML:
		return validNarrative(s)
	}
	return true
}

// hasControl tells whether s has control characters other than tab and line ends.
func hasControl(s []byte) bool {
	for _, c := range s {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return true
		}
	}
	return false
}

// hasSpace tells whether s has white space or control characters.
func hasSpace(s []byte) bool {
	for _, c := range s {
		if c <= ' ' {
			return true
		}
	}
	return bytes.Contains(s, []byte("\u00a0"))
}

func validCode(s []byte) bool {
	blank := true // so that it must not start with one
	for _, c := range s {
		if c < ' ' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank
}

// validOID checks urn:oid:[0-2](.(0|[1-9][0-9]*))+
func validOID(s []byte) bool {
	arcs, ok := bytes.CutPrefix(s, []byte("urn:oid:"))
	if !ok {
		return false
	}
	n := 0
	for arc := range bytes.SplitSeq(arcs, []byte{'.'}) {
		if len(arc) == 0 || digitsFrom(arc, 0) != len(arc) || arc[0] == '0' && len(arc) > 1 {
			return false
		}
		if n == 0 && (len(arc) != 1 || arc[0] > '2') {
			return false
		}
		n++
	}
	return n > 1
}

func validUUID(s []byte) bool {
	id, ok := bytes.CutPrefix(s, []byte("urn:uuid:"))
	if !ok || len(id) != UUIDText {
		return false
	}
	var room [UUIDSize]byte
	_, ok = AppendUUID(room[:0], id)
	return ok
}

// validBase64 checks base64 with padding, which may have white space in it.
func validBase64(s []byte) bool {
	n, padding := 0, 0
	for _, c := range s {
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			continue
		case c == '=':
			padding++
		case padding > 0:
			return false
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/':
		default:
			return false
		}
		n++
	}
	return n > 0 && n%4 == 0 && padding <= 2
}
