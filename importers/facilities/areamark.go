package facilities

import (
	"regexp"
	"slices"
	"strings"

	"masjala/facility/place"
)

// councils are the abbreviations that lists put behind the name of an area: of councils, and of the
// health office of a district.
var councils = []string{"dc", "mc", "tc", "cc", "rdc", "dho", "dhmt", "dhd"}

// prefixed is a name with the abbreviation of the province before it: ec Buffalo City.
var prefixed = regexp.MustCompile(`^[a-z]{2} +[A-Z]`)

// unmarked is the core of an area's name without such marks. marked tells whether it has one.
func unmarked(name string) (core string, marked bool) {
	if prefixed.MatchString(name) {
		name, marked = name[3:], true
	}
	words := strings.Fields(place.Core(name))
	for len(words) > 1 && slices.Contains(councils, words[len(words)-1]) {
		words, marked = words[:len(words)-1], true
	}
	return place.Core(strings.Join(words, " ")), marked
}
