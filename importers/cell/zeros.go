package cell

import "strings"

// RestoreZeros gives back the zeros that a number lost in front, if evidence shows which: known
// tells whether a number exists (in the registry, in another list), most is how many zeros may
// be missing. It fails when the number itself is known, none of the longer ones is, or several are.
func RestoreZeros(number string, most int, known func(string) bool) (string, bool) {
	if number == "" || strings.Trim(number, "0123456789") != "" || known(number) {
		return "", false
	}
	found := ""
	for n := 1; n <= most; n++ {
		if padded := strings.Repeat("0", n) + number; known(padded) {
			if found != "" {
				return "", false
			}
			found = padded
		}
	}
	return found, found != ""
}
