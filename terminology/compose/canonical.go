package compose

import "strings"

// Canonical takes the address of a resource and the version behind its bar apart. In an
// implicit value set of an expression, pairs of bars are around terms.
func Canonical(s string) (url, version string) {
	if !strings.Contains(s, "?fhir_vs=ecl/") {
		url, version, _ = strings.Cut(s, "|")
		return url, version
	}
	if strings.Count(s, "|")%2 == 0 {
		return s, ""
	}
	i := strings.LastIndexByte(s, '|')
	return s[:i], s[i+1:]
}
