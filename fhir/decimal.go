package fhir

import (
	"math"
	"strconv"
	"strings"
)

// DecimalRange returns the value of a decimal and the half-open range [lo, hi) that its
// precision stands for: "100" is 99.5 to 100.5, "100.00" 99.995 to 100.005. A number
// with an exponent stands for at least two digits: "1e2" is 95 to 105
// (https://hl7.org/fhir/R4/search.html#number). It fails with Invalid.
func DecimalRange(s string) (value, lo, hi float64, err error) {
	if !isDecimal(s) {
		return 0, 0, 0, Errorf(Invalid, "%q is not a number; write it like 12.50.", clip(s))
	}
	value, err = strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, 0, 0, Errorf(Invalid, "%q is too large a number.", clip(s)).Because(err)
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(s), "e")
	_, fraction, _ := strings.Cut(mantissa, ".")
	places := len(fraction)
	if scientific {
		power, _ := strconv.Atoi(exponent)
		places = max(places, 1) - power
	}
	half := 0.5 * math.Pow10(-places)
	return value, value - half, value + half, nil
}

// isDecimal tells whether s is a JSON number: -?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?
func isDecimal[T ~string | ~[]byte](s T) bool {
	i := 0
	if i < len(s) && s[i] == '-' {
		i++
	}
	whole := digitsFrom(s, i)
	if whole == i || s[i] == '0' && whole > i+1 {
		return false
	}
	i = whole
	if i < len(s) && s[i] == '.' {
		end := digitsFrom(s, i+1)
		if end == i+1 {
			return false
		}
		i = end
	}
	if i < len(s) && (s[i] == 'e' || s[i] == 'E') {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		end := digitsFrom(s, i)
		if end == i {
			return false
		}
		i = end
	}
	return i == len(s)
}

// digitsFrom returns the position after the digits that start at i.
func digitsFrom[T ~string | ~[]byte](s T, i int) int {
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return i
}
