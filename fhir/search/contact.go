package search

import "strings"

// contact returns the form in which contact values are compared: e-mail addresses
// without case; telephone numbers as their digits, without +, blanks and punctuation,
// since no two people write them alike. R4 leaves this to the server.
func contact(s string) string {
	s = strings.TrimSpace(s)
	if strings.IndexByte(s, '@') > 0 {
		return strings.ToLower(s)
	}
	digits := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c == '+' && i == 0, c == ' ', c == '-', c == '.', c == '(', c == ')', c == '/':
		default:
			return s
		}
	}
	if len(digits) == 0 {
		return s
	}
	return string(digits)
}
