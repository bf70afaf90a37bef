package terminology

import (
	"cmp"
	"strings"
)

// compareVersions orders business versions: runs of digits by their number, all else as
// text, so that 1.9 < 1.10, 2023-12 < 2024-01 and 4.0.1 > 4.0.0. A pre-release
// ("4.0.0-ballot") comes before the release itself.
func compareVersions(a, b string) int {
	x, preX, _ := strings.Cut(a, "-")
	y, preY, _ := strings.Cut(b, "-")
	if !strings.Contains(x, ".") || !strings.Contains(y, ".") { // not of the form 1.2.3-pre
		return compareRuns(a, b)
	}
	if c := compareRuns(x, y); c != 0 {
		return c
	}
	if (preX == "") != (preY == "") {
		return cmp.Compare(len(preY), len(preX))
	}
	return compareRuns(preX, preY)
}

func compareRuns(a, b string) int {
	for a != "" && b != "" {
		x, y := run(a), run(b)
		a, b = a[len(x):], b[len(y):]
		if digit(x[0]) && digit(y[0]) {
			m, n := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); c != 0 {
				return c
			}
			continue
		}
		if c := cmp.Compare(x, y); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// run is the digits or the other characters that s starts with.
func run(s string) string {
	i := 1
	for i < len(s) && digit(s[i]) == digit(s[0]) {
		i++
	}
	return s[:i]
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
