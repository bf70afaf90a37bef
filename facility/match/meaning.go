package match

import (
	"slices"
	"strings"

	"masjala/internal/linkage"
)

// Meaning is what sort of facility a text names if it names nothing else, in any language:
// "dispensary" for "Zahanati", "DISP." and "Dispensaire"; "" for a text with other words in it.
func Meaning(text string) string {
	parts, v := strings.Fields(linkage.Fold(text)), words()
	var kinds []string
	for i := 0; i < len(parts); {
		k, width := v.kindAt(parts[i:])
		switch {
		case width > 0:
			kinds = append(kinds, string(k))
			i += width
		case v.filler[parts[i]]:
			i++
		default:
			return ""
		}
	}
	slices.Sort(kinds)
	return strings.Join(slices.Compact(kinds), " ")
}
