package facilities

import (
	"strings"
	"unicode"

	"masjala/importers"
	"masjala/importers/cell"
)

// wordy tells whether a value has letters.
func wordy(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// degrees tells whether a value could be a coordinate, in whatever notation.
func degrees(s string) bool {
	digits, letters := 0, 0
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits++
		case unicode.IsLetter(r):
			letters++
		}
	}
	return digits > 0 && letters <= 2
}

// twoDegrees tells whether a value could be both coordinates.
func twoDegrees(s string) bool {
	_, ok := cell.Point(s)
	return ok
}

func mailLike(s string) bool { return strings.Contains(s, "@") }

func webLike(s string) bool {
	return strings.Contains(s, "://") || (strings.Contains(s, ".") && !strings.Contains(s, " "))
}

func yesOrNo(s string) bool {
	_, ok := claim(s)
	return ok
}

// claim reads yes, which may be a mark, or no.
func claim(s string) (yes, ok bool) {
	switch strings.ToLower(s) {
	case "x", "✓", "✔":
		return true, true
	}
	return importers.Truth(s)
}
