package concept

import (
	"strings"
	"unicode"

	"masjala/fhir/search"
)

// Words appends the words of a text to dst: folded to lower case without accents, split
// where neither letters nor digits stand.
func Words(dst []string, s string) []string {
	for w := range strings.FieldsFuncSeq(search.Fold(s), apart) {
		dst = append(dst, w)
	}
	return dst
}

// apart tells whether a rune stands between words. Marks do not: those that are left after
// folding are vowels.
func apart(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// longestRun is how many letters of a text without blanks begin words at most.
const longestRun = 32

// inside appends to the words of a text what else it is found by: in scripts that leave no
// blanks between words, what begins at any letter.
func inside(words []string) []string {
	dst := words
	for _, w := range words {
		if !unspaced(w) {
			continue
		}
		left := longestRun
		for i := range w {
			if i > 0 {
				dst = append(dst, w[i:])
			}
			if left--; left == 0 {
				break
			}
		}
	}
	return dst
}

// unspaced tells whether a word is in a script that leaves no blanks between words.
func unspaced(w string) bool {
	for _, r := range w {
		if r < 0xe00 {
			continue
		}
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return true
		}
	}
	return false
}

// squeezed appends the letters and digits of a code, folded: what is left when nobody
// remembers where its points and dashes are.
func squeezed(dst, code []byte) []byte {
	from := len(dst)
	for _, c := range code {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			dst = append(dst, c)
		case c >= 'A' && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		case c >= 0x80:
			dst = dst[:from]
			for _, w := range Words(nil, string(code)) {
				dst = append(dst, w...)
			}
			return dst
		}
	}
	return dst
}

// sameText appends the form in which two texts are the same: their words.
func sameText(dst []byte, words []string) []byte {
	for i, w := range words {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = append(dst, w...)
	}
	return dst
}
