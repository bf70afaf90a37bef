package table

import (
	"strings"
	"unicode/utf8"
)

// Escape makes a text harmless in delimited text. One that begins, perhaps after apostrophes,
// with a sign that makes a formula of it (= + - @, also as wide as those of Chinese and Japanese, tab, end of line) gets an
// apostrophe in front. Every other text stays as it is. [Unescape] gives the text back.
func Escape(s string) string {
	if runs(s) {
		return "'" + s
	}
	return s
}

// Unescape takes away what [Escape] put in front: one apostrophe of a text that goes on, perhaps
// after more of them, with a sign that makes a formula.
func Unescape(s string) string {
	if strings.HasPrefix(s, "'") && runs(s) {
		return s[1:]
	}
	return s
}

// runs tells whether a text begins with the sign of a formula, apostrophes aside.
func runs(s string) bool {
	s = strings.TrimLeft(s, "'")
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", first)
}
