package cell

import (
	"strings"
	"unicode"
)

// zeros are the noughts of the digits that lists are written with, ten in a row each: Arabic, Persian and
// Urdu, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Kannada, Malayalam, Thai, Lao, Burmese, Khmer
// and those of full width.
var zeros = []rune{'٠', '۰', '०', '০', '੦', '૦', '௦', '౦', '೦', '൦', '๐', '໐', '၀', '០', '０'}

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
		for _, zero := range zeros {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, text)
}
