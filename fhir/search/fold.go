package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns the form in which texts are compared: without case, accents and other
// marks on letters, compatibility forms (full-width, ligatures) replaced, typographic
// apostrophes and dashes made plain, white space collapsed to single blanks and trimmed.
// Vowel signs that are letters of their own scripts stay. Fold(Fold(s)) is Fold(s).
func Fold(s string) string {
	if plain(s) {
		return s
	}
	var room [96]byte
	b := room[:0]
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			if r, size = utf8.DecodeRuneInString(s[i:]); int(r) >= len(latin) {
				return foldAny(s)
			}
		}
		i += size
		if to := latin[r]; to != " " {
			b = append(b, to...)
		} else {
			b = appendBlank(b)
		}
	}
	return string(trimRight(b))
}

// foldAny folds a text with runes beyond Latin.
func foldAny(s string) string {
	b := make([]byte, 0, len(s)+8)
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, "\ufffd")) {
		b = appendFolded(b, r)
	}
	return string(norm.NFC.Bytes(trimRight(b)))
}

// latin holds what each rune of the Latin scripts folds to; blanks are " ".
var latin = foldLatin()

func foldLatin() (table [0x250]string) {
	for r := range table {
		var b []byte
		for _, part := range norm.NFKD.String(string(rune(r))) {
			if folded := appendFolded([]byte{'x'}, part); part == ' ' {
				b = append(b, ' ')
			} else {
				b = append(b, folded[1:]...)
			}
		}
		table[r] = string(norm.NFC.Bytes(b))
	}
	return table
}

// plain tells whether s is folded already and easily seen to be so.
func plain(s string) bool {
	blank := true // a blank may not come now
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == 0x7f || c >= 'A' && c <= 'Z' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return s == "" || !blank
}

// appendFolded appends one rune of a decomposed text.
func appendFolded(b []byte, r rune) []byte {
	switch {
	case unicode.IsSpace(r) || r == 0x200b || unicode.IsControl(r):
		return appendBlank(b)
	case isMark(r):
		return b
	}
	if to, ok := spelled(r); ok {
		return append(b, to...)
	}
	return utf8.AppendRune(b, unicode.ToLower(unicode.ToUpper(r)))
}

func appendBlank(b []byte) []byte {
	if len(b) == 0 || b[len(b)-1] == ' ' {
		return b
	}
	return append(b, ' ')
}

func trimRight(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == ' ' {
		return b[:n-1]
	}
	return b
}

// isMark tells whether r is an accent, a point or another mark that readers leave out.
// Vowel signs of Indic and South-East Asian scripts are combining marks too, but words
// differ by them.
func isMark(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36f, // Latin, Greek, Cyrillic
		r >= 0x483 && r <= 0x489,
		r >= 0x591 && r <= 0x5c7 && unicode.Is(unicode.Mn, r),                      // Hebrew points
		r >= 0x610 && r <= 0x61a, r >= 0x64b && r <= 0x65f, r == 0x670, r == 0x640, // Arabic
		r >= 0x135d && r <= 0x135f, // Ethiopic
		r >= 0x1ab0 && r <= 0x1aff, r >= 0x1dc0 && r <= 0x1dff, r >= 0x20d0 && r <= 0x20ff,
		r >= 0x200c && r <= 0x200f, r == 0xad, r == 0xfeff, // invisible
		r >= 0xfe00 && r <= 0xfe0f, r >= 0xfe20 && r <= 0xfe2f:
		return true
	}
	return false
}

// spelled gives the plain spelling of letters and signs that do not decompose.
func spelled(r rune) (string, bool) {
	switch r {
	case 'ß', 'ẞ':
		return "ss", true
	case 'æ', 'Æ':
		return "ae", true
	case 'œ', 'Œ':
		return "oe", true
	case 'ø', 'Ø':
		return "o", true
	case 'đ', 'Đ', 'ð', 'Ð', 'ɗ', 'Ɗ', 'ɖ', 'Ɖ':
		return "d", true
	case 'ł', 'Ł':
		return "l", true
	case 'ħ', 'Ħ':
		return "h", true
	case 'ı':
		return "i", true
	case 'ŋ', 'Ŋ':
		return "ng", true
	case 'ɓ', 'Ɓ':
		return "b", true
	case 'ƙ', 'Ƙ':
		return "k", true
	case 'ƴ', 'Ƴ':
		return "y", true
	case 'ɛ', 'Ɛ':
		return "e", true
	case 'ɔ', 'Ɔ':
		return "o", true
	case '‘', '’', 'ʼ', 'ʻ', 'ʹ', '′', '`', '´', '＇':
		return "'", true
	case '“', '”', '„', '«', '»':
		return `"`, true
	case '‐', '‑', '‒', '–', '—', '−':
		return "-", true
	}
	return "", false
}

// cut shortens a folded text to MaxText bytes, at a rune.
func cut(s string) string {
	if len(s) <= MaxText {
		return s
	}
	return strings.TrimRight(head(s), " ")
}

// head returns the first MaxText bytes of a text, ending at a rune.
func head(s string) string {
	if len(s) <= MaxText {
		return s
	}
	n := MaxText
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Trigrams appends every three neighbouring runes of a folded text, packed in 21 bits
// each, to dst: each once, in order of appearance. Texts of less than three runes have none.
func Trigrams(folded string, dst []uint64) []uint64 {
	const mask = 1<<63 - 1
	var window uint64
	runes, first := 0, len(dst)
next:
	for _, r := range folded {
		window = (window<<21 | uint64(r)) & mask
		if runes++; runes < 3 {
			continue
		}
		for _, t := range dst[first:] {
			if t == window {
				continue next
			}
		}
		dst = append(dst, window)
	}
	return dst
}
