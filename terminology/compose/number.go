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

// sameNumber tells whether two texts are the same decimal, in whatever precision: 1.50 is 1.5.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, y := number(a), number(b)
	return x != nil && y != nil && x.Cmp(y) == 0
}

// numbers adds the concepts that have one of some numbers as the value of a property.
func numbers(set *concept.Set, property string, list []string, out *concept.Bits) {
	for v, have := range set.Values(property) {
		if slices.ContainsFunc(list, func(want string) bool { return sameNumber(string(v), want) }) {
			out.AddNumbers(have)
		}
	}
}

// hasNumber tells whether a concept has a number as the value of a property.
func hasNumber(set *concept.Set, k uint32, property, want string) bool {
	for p := range set.Properties(k) {
		if p.Code == property && sameNumber(string(p.Value), want) {
			return true
		}
	}
	return false
}
