package definition

import "masjala/importers"

// Name turns a title into the name that programs use: letters, digits and underscores,
// starting with a capital (cnl-0).
func Name(title string) string {
	var out []byte
	upper := true
	for _, c := range []byte(importers.Key(title)) {
		switch {
		case c >= 'a' && c <= 'z' && upper:
			out, upper = append(out, c-'a'+'A'), false
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && len(out) > 0:
			out, upper = append(out, c), false
		default:
			upper = true
		}
	}
	if len(out) == 0 {
		return "List"
	}
	return string(out)
}
