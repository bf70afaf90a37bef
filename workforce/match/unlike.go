package match

import "masjala/internal/linkage"

// Unlike tells why two persons are hardly one who got another name, "" when they may be: no word
// of their names agrees, and they were born on other days or are of another sex.
func Unlike(a, b Worker) string {
	x, y := prepare(&a), prepare(&b)
	newScale([]*record{x}, []*record{y}, 0)
	for _, n := range x.names {
		for _, m := range y.names {
			if linkage.Align(n, m).Agreed > 0 {
				return ""
			}
		}
	}
	short := min(len(x.birth), len(y.birth))
	switch {
	case len(x.names) == 0 || len(y.names) == 0:
	case x.birth[:short] != y.birth[:short]:
		return "another name and date of birth"
	case x.gender != "" && y.gender != "" && x.gender != y.gender:
		return "another name and sex"
	}
	return ""
}
