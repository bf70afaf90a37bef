package importers

import (
	"slices"
	"strings"
	"unicode"
)

// The years that a heading may name.
const (
	firstYear = 1950
	lastYear  = 2099
)

// IsYear tells whether a number is a year that a column may be of.
func IsYear(n int) bool { return n >= firstYear && n <= lastYear }

// ofYear are the words that join a year to what it is of: beds in 2022, lits en 2022, vitanda mwaka 2022.
var ofYear = []string{"in", "of", "for", "fy", "year", "en", "de", "pour", "annee", "exercice", "em", "ano", "del", "mwaka", "wa", "ya", "kwa", "عام", "سنة", "في"}

// dated takes the year off the key of a heading: "beds 2022", "2022 beds", "beds2022", "beds fy 2022 23". year is 0
// when there is none.
func dated(key string) (rest string, year int) {
	words := strings.Fields(key)
	for i, word := range words {
		stem := strings.TrimRightFunc(word, unicode.IsDigit)
		if year = small(word[len(stem):], lastYear); !IsYear(year) {
			continue
		}
		after := words[i+1:]
		if len(after) > 0 {
			if next := small(after[0], lastYear); next == year+1 || next > 0 && next == (year+1)%100 {
				after = after[1:]
			}
		}
		left := words[:i:i]
		for len(left) > 0 && stem == "" && slices.Contains(ofYear, left[len(left)-1]) {
			left = left[:len(left)-1]
		}
		if stem != "" {
			left = append(left, stem)
		}
		return strings.Join(append(left, after...), " "), year
	}
	return key, 0
}

// dated scores a heading that is one of the names of the target but for a year.
func (t *Target) dated(key string) (score float64, rank, year int) {
	rest, year := dated(key)
	if score, rank = headingScore(rest, t); score < 0.85 {
		return 0, 0, 1
	}
	return score, rank, max(1, year)
}

// beside tells whether two columns of one target show items of one list.
func (c *Column) beside(o *Column) bool {
	return o.System == c.System && o.Level == c.Level && o.Nth() == c.Nth() && o.Language == c.Language && o.Year == c.Year
}
