package importers

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean returns a cell's text as it is stored: outer and repeated spaces of every sort
// (no-break too), zero-width characters and control characters go, HTML entities are decoded,
// accents are composed.
func Clean(s string) string {
	if isTidy(s) {
		return s
	}
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		s = html.UnescapeString(s)
	}
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c':
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// hasEntities tells whether a text has characters written as HTML writes them: &amp;
func hasEntities(s string) bool {
	return strings.Contains(s, "&") && strings.Contains(s, ";") && html.UnescapeString(s) != s
}

// oddSpaces tells whether a text has spaces around it, or several in a row.
func oddSpaces(s string) bool {
	return s != "" && (strings.TrimSpace(s) != s || strings.Contains(s, "  "))
}

// isTidy tells at a glance that Clean has nothing to do.
func isTidy(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == '&' || (c == ' ' && before == ' ') {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}

// Key folds a text for comparison: lower case, no accents, anything but letters and digits is
// one space. Two spellings of a name that differ only in these have the same key.
func Key(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	put := func(r rune) {
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
	}
	if !isASCII(s) {
		s = norm.NFKD.String(s)
	}
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Cf, r), r == '\'', r == '’', r == '`', r == 'ʼ', r == '‘':
		case unicode.IsLetter(r):
			put(unicode.ToLower(r))
		case unicode.IsDigit(r), unicode.Is(unicode.M, r):
			put(r)
		default:
			gap = true
		}
	}
	return b.String()
}

// Slug turns a text into a code: its key with hyphens, at most 64 bytes.
func Slug(s string) string {
	k := strings.ReplaceAll(Key(s), " ", "-")
	if len(k) > 64 {
		for k = k[:64]; !utf8.ValidString(k); {
			k = k[:len(k)-1]
		}
	}
	return strings.TrimRight(k, "-")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
