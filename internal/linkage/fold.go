package linkage

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold makes spellings comparable: lower case, no accents, Latin letters where the script is
// Arabic, Cyrillic or Ethiopic, and one space for whatever is neither letter nor digit.
// Apostrophes go without a trace, but after the French l' and d'; digits stand
// apart from letters: "23KJ" is "23 kj".
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	last := ' '
	put := func(r rune) {
		if last != ' ' && unicode.IsDigit(r) != unicode.IsDigit(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	for _, r := range decomposed(s) {
		switch {
		case r < 0x80 && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
			put(r)
		case r >= 'A' && r <= 'Z':
			put(r + 'a' - 'A')
		case silent(r):
			if t := b.String(); apostrophe(r) && (t == "l" || t == "d" || strings.HasSuffix(t, " l") || strings.HasSuffix(t, " d")) {
				b.WriteByte(' ')
				last = ' '
			}
		case unicode.IsLetter(r):
			for _, l := range latin(unicode.ToLower(r)) {
				put(l)
			}
		case unicode.IsDigit(r):
			put(Digit(r))
		case unicode.Is(unicode.M, r): // vowel signs of Indian scripts
			b.WriteRune(r)
		case last != ' ':
			b.WriteByte(' ')
			last = ' '
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// decomposed takes accents off their letters, if there can be any.
func decomposed(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return norm.NFKD.String(s)
		}
	}
	return s
}

func apostrophe(r rune) bool { return strings.ContainsRune("'`´’‘ʼʻʿʾ", r) }

// silent tells whether a sign leaves no trace: accents, apostrophes, the Arabic tatweel.
func silent(r rune) bool {
	return apostrophe(r) || r == 'ـ' || unicode.Is(unicode.Mn, r) && !indian(r) || unicode.Is(unicode.Cf, r)
}

// indian tells whether a mark is a vowel sign of an Indian script, which is no accent.
func indian(r rune) bool { return r >= 0x0900 && r <= 0x0DFF }

// Digit is the Latin form of a digit of any script.
func Digit(r rune) rune {
	for zero := r; zero > r-10; zero-- {
		if !unicode.IsDigit(zero - 1) {
			return '0' + r - zero
		}
	}
	return '0' + (r-'0')%10
}
