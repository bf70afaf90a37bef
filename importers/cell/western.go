package cell

import (
	"strings"
	"unicode"

	"masjala/internal/linkage"
)

// Western writes the digits of a text without letters, such as a number, a day or a telephone, as 0 to 9,
// and the marks that stand between them in Arabic as point and comma. A text with letters stays as it is.
func Western(text string) string {
	foreign := false
	for _, r := range text {
		if unicode.IsLetter(r) {
			return text
		}
		foreign = foreign || r >= '٠' && unicode.IsDigit(r)
	}
	if !foreign {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch r {
		case '٫':
			return '.'
		case '٬':
			return -1
		case '،':
			return ','
		case '٪':
			return '%'
		}
		if unicode.IsDigit(r) {
			return linkage.Digit(r)
		}
		return r
	}, text)
}
