package fhir

import (
	"strings"
	"testing"
)

// TestOrdinary finds each byte that is not plain at each place among plain ones.
func TestOrdinary(t *testing.T) {
	for c := range 256 {
		for n := range 20 {
			for _, filler := range []string{"x", " ", "!", "#", "[", "]", "\x7f"} {
				s := strings.Repeat(filler, n) + string([]byte{byte(c)}) + strings.Repeat(filler, 17)
				want := n
				if plain[c] {
					want = len(s)
				}
				if got := ordinary(s); got != want {
					t.Fatalf("%q begins with %d ordinary bytes, want %d", s, got, want)
				}
			}
		}
	}
}

func BenchmarkOrdinary(b *testing.B) {
	s := strings.Repeat("Gava gava vonnae stenkyr rytre ", 2)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		ordinary(s)
	}
}
