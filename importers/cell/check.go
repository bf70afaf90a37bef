package cell

import (
	"slices"
	"strings"
)

// Scheme is a way to make check digits.
type Scheme string

// The schemes that are known. Codes are checked without spaces, points, slashes and hyphens.
const (
	Luhn     Scheme = "luhn"
	Verhoeff Scheme = "verhoeff"
	Damm     Scheme = "damm"
	Mod11_10 Scheme = "iso7064-mod11-10" // digits
	Mod11_2  Scheme = "iso7064-mod11-2"  // digits, the last may be X
	Mod97_10 Scheme = "iso7064-mod97-10" // digits, two of them check
	Mod37_36 Scheme = "iso7064-mod37-36" // digits and letters
)

// Schemes lists them, the stricter first.
var Schemes = []Scheme{Mod97_10, Mod37_36, Mod11_2, Luhn, Verhoeff, Damm, Mod11_10}

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// values turns a code into the values of its characters; nil when it has others than those of
// the first n of the alphabet, or fewer than two.
func values(code string, n int) []int {
	var out []int
	for _, c := range strings.ToUpper(code) {
		if strings.ContainsRune(" -./", c) {
			continue
		}
		v := strings.IndexRune(alphabet[:n], c)
		if v < 0 {
			return nil
		}
		out = append(out, v)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// Verify tells whether a code has the check digit that a scheme gives it.
func Verify(s Scheme, code string) bool {
	switch s {
	case Mod37_36:
		return hybrid(values(code, 36), 36)
	case Mod11_10:
		return hybrid(values(code, 10), 10)
	case Mod97_10:
		d := values(code, 10)
		return len(d) > 2 && pure(d, 10, 97)
	case Mod11_2:
		last := strings.TrimSuffix(strings.ToUpper(code), "X")
		d := values(last+"00"[:len(code)-len(last)], 10)
		if d != nil && len(last) < len(code) {
			d[len(d)-1] = 10
		}
		return d != nil && pure(d, 2, 11)
	}
	d := values(code, 10)
	if d == nil {
		return false
	}
	switch s {
	case Luhn:
		return luhn(d)
	case Verhoeff:
		return verhoeff(d)
	case Damm:
		return damm(d)
	}
	return false
}

func luhn(d []int) bool {
	sum := 0
	for i, v := range slices.Backward(d) {
		if (len(d)-1-i)%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

// hybrid is an ISO 7064 system of two moduli, m and m+1.
func hybrid(d []int, m int) bool {
	if d == nil {
		return false
	}
	p := m
	for _, v := range d[:len(d)-1] {
		if p = (p + v) % m; p == 0 {
			p = m
		}
		p = p * 2 % (m + 1)
	}
	return (p+d[len(d)-1])%m == 1
}

// pure is an ISO 7064 system of one modulus.
func pure(d []int, radix, m int) bool {
	p := 0
	for _, v := range d {
		p = (p*radix + v) % m
	}
	return p == 1
}

// turned is the permutation of Verhoeff's scheme, applied once per place.
var turned = [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}

// dihedral multiplies in the symmetry group of the pentagon.
func dihedral(a, b int) int {
	switch {
	case a < 5 && b < 5:
		return (a + b) % 5
	case a < 5:
		return (a+b-5)%5 + 5
	case b < 5:
		return (a-5-b+5)%5 + 5
	}
	return (a - b + 5) % 5
}

func verhoeff(d []int) bool {
	c := 0
	for i, v := range slices.Backward(d) {
		for range (len(d) - 1 - i) % 8 {
			v = turned[v]
		}
		c = dihedral(c, v)
	}
	return c == 0
}

// quasigroup is the table of Damm's scheme.
var quasigroup = [10]string{"0317598642", "7092154863", "4206871359", "1750983426", "6123045978", "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"}

func damm(d []int) bool {
	c := 0
	for _, v := range d {
		c = int(quasigroup[c][v] - '0')
	}
	return c == 0
}

// SchemeVote finds out whether the codes of a column have check digits.
type SchemeVote struct {
	codes  int
	passed [16]int
}

// Add counts a code.
func (v *SchemeVote) Add(code string) {
	v.codes++
	for i, s := range Schemes {
		if Verify(s, code) {
			v.passed[i]++
		}
	}
}

// Scheme is the scheme that at least 19 of 20 codes verify in, of 50 at least: by chance one
// in ten would. codes and passed count all of them and those that verify. ok is false when
// there is no such scheme.
func (v *SchemeVote) Scheme() (s Scheme, codes, passed int, ok bool) {
	best := 0
	for i := range Schemes {
		if v.passed[i] > v.passed[best] {
			best = i
		}
	}
	passed = v.passed[best]
	return Schemes[best], v.codes, passed, v.codes >= 50 && passed*20 >= v.codes*19
}
