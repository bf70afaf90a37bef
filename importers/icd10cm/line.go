package icd10cm

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// row is one line of the order file.
type row struct {
	code        string // as in the file, without a point
	billable    bool
	short, long string
}

// Places of the columns, from 0.
const (
	atCode  = 6
	atFlag  = 14
	atShort = 16
	atLong  = 77
)

var code = regexp.MustCompile(`^[A-Z][0-9][0-9A-Z]{1,5}$`)

// parse reads a line: the order number in columns 1 to 5, the code from 7, the flag in 15,
// the short title from 17 and the long one from 78.
func parse(line string) (row, error) {
	line = strings.TrimRight(line, "\r\n ")
	if !utf8.ValidString(line) || strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }) {
		return row{}, errors.New("the line is no UTF-8 or has control characters")
	}
	if len(line) <= atShort || !utf8.RuneStart(line[atShort]) {
		return row{}, errors.New("the line is too short: it has no title")
	}
	r := row{code: strings.TrimSpace(line[atCode:atFlag]), billable: line[atFlag] == '1'}
	switch {
	case strings.Trim(line[:5], "0123456789") != "" || line[5] != ' ':
		return r, errors.New("the line does not begin with an order number of five digits")
	case !code.MatchString(r.code):
		return r, errors.New("there is no code in columns 7 to 13")
	case line[atFlag] != '0' && line[atFlag] != '1':
		return r, errors.New("column 15, whether the code may be billed, is neither 0 nor 1")
	}
	end := min(len(line), atLong)
	for end < len(line) && !utf8.RuneStart(line[end]) {
		end++
	}
	r.short, r.long = strings.TrimSpace(line[atShort:end]), strings.TrimSpace(line[end:])
	if r.long == "" {
		r.long = r.short
	}
	if r.long == "" {
		return r, errors.New("the code has no title")
	}
	return r, nil
}

// pointed writes a code as FHIR does: with a point after three characters.
func pointed(code string) string {
	if len(code) <= 3 {
		return code
	}
	return code[:3] + "." + code[3:]
}
