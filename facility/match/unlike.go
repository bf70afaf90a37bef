package match

import (
	"fmt"

	"masjala/internal/linkage"
)

// far is how many metres apart two facilities lie that are not one which moved.
const far = 30_000

// Unlike tells why two facilities are hardly one that got another name, "" when they may be: no
// word of their names agrees, and they lie far apart or, where a position is not known, in areas
// neither of which the other one lies in.
func Unlike(a, b Facility) string {
	x, y := prepare(&a), prepare(&b)
	s := newScale([]*record{x}, []*record{y}, 0)
	for i := range x.names {
		for j := range y.names {
			if linkage.Align(x.names[i].words, y.names[j].words).Agreed > 0 {
				return ""
			}
		}
	}
	if len(x.names) == 0 || len(y.names) == 0 {
		return ""
	}
	if x.at != nil && y.at != nil {
		if d := metres(x.at, y.at); d > far {
			return "another name, " + apart(d)
		}
		return ""
	}
	if len(x.areas) == 0 || len(y.areas) == 0 || s.finest(x, &record{areas: y.areas[len(y.areas)-1:]}) != nil || s.finest(y, &record{areas: x.areas[len(x.areas)-1:]}) != nil {
		return ""
	}
	return fmt.Sprintf("another name, in %s and not in %s", x.areas[len(x.areas)-1].text, y.areas[len(y.areas)-1].text)
}
