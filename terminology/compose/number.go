package compose

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"masjala/terminology/concept"
)

const (
	maxDigits   = 64  // of a decimal that is compared as a number
	maxExponent = 400 // likewise
)

// decimal tells whether a code system declares that the values of a property are decimals.
func decimal(set *concept.Set, property string) bool {
	return slices.ContainsFunc(set.Meta().Properties, func(d concept.Declared) bool { return d.Code == property && d.Type == "decimal" })
}

// number reads a decimal as FHIR writes it; nil for any other text, and for one that is too
// long to be compared but as text.
func number(text string) *big.Rat {
	if text == "" || len(text) > maxDigits || strings.Trim(text, "+-.0123456789eE") != "" {
		return nil
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if n, err := strconv.Atoi(text[i+1:]); err != nil || n > maxExponent || n < -maxExponent {
			return nil
		}
	}
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return n
}

// alike is the same text for decimals that are the same number in whatever precision, as 1.50 and
// 1.5 are, and another one for all else.
func alike(text string) string {
	if n := number(text); n != nil {
		return "=" + n.RatString()
	}
	return `"` + text
}

// numbers adds the concepts that have one of some numbers as the value of a property.
func numbers(set *concept.Set, property string, list []string, out *concept.Bits) {
	wanted := make(map[string]bool, len(list))
	for _, text := range list {
		wanted[alike(text)] = true
	}
	for v, have := range set.Values(property) {
		if wanted[alike(string(v))] {
			out.AddNumbers(have)
		}
	}
}

// hasNumber tells whether a concept has a number as the value of a property.
func hasNumber(set *concept.Set, k uint32, property, want string) bool {
	want = alike(want)
	for p := range set.Properties(k) {
		if p.Code == property && alike(string(p.Value)) == want {
			return true
		}
	}
	return false
}
