package concept_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"masjala/terminology/concept"
)

// TestBits holds sets to a map, at limits around the size of a word: of words, of runs, and
// both kinds together.
func TestBits(t *testing.T) {
	words, runs := concept.NewBits, concept.NewRuns
	for name, of := range map[string][2]func(int) *concept.Bits{
		"words": {words, words}, "runs": {runs, runs}, "words and runs": {words, runs}, "runs and words": {runs, words},
	} {
		t.Run(name, func(t *testing.T) { heldToAMap(t, of) })
	}
}

func heldToAMap(t *testing.T, of [2]func(int) *concept.Bits) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 3))
	for _, limit := range []int{1, 2, 63, 64, 65, 127, 128, 129, 300, 2000} {
		a, b := of[0](limit), of[1](limit)
		in := [2]map[uint32]bool{{}, {}}
		for range 200 {
			first := uint32(r.IntN(limit))
			last := first + uint32(r.IntN(limit-int(first)))
			which, bits := r.IntN(2), []*concept.Bits{a, b}
			switch r.IntN(7) {
			case 0:
				bits[which].Add(first)
				in[which][first] = true
			case 1:
				bits[which].Remove(first)
				delete(in[which], first)
			case 2:
				bits[which].AddRange(first, last)
				for n := first; n <= last; n++ {
					in[which][n] = true
				}
			case 3:
				a.AndNot(b)
				for n := range in[1] {
					delete(in[0], n)
				}
			case 4:
				b.Not()
				for n := range uint32(limit) {
					if in[1][n] {
						delete(in[1], n)
					} else {
						in[1][n] = true
					}
				}
			case 5:
				if r.IntN(9) == 0 { // begin anew: what is kept changes as a set fills
					a, b = of[0](limit), of[1](limit)
					in = [2]map[uint32]bool{{}, {}}
				}
			default:
				a.And(b)
				for n := range in[0] {
					if !in[1][n] {
						delete(in[0], n)
					}
				}
			}
			sameBits(t, a, in[0], limit)
			sameBits(t, b, in[1], limit)
		}
		c, before := a.Clone(), a.Count()
		c.Or(b)
		if a.Count() != before {
			t.Fatalf("limit %d: a clone shares what it has", limit)
		}
		for n := range uint32(limit) {
			if c.Has(n) != (in[0][n] || in[1][n]) {
				t.Fatalf("limit %d: Or at %d is %t", limit, n, c.Has(n))
			}
		}
	}
}

func sameBits(t *testing.T, b *concept.Bits, want map[uint32]bool, limit int) {
	t.Helper()
	var list []uint32
	for n := range uint32(limit) {
		if b.Has(n) != want[n] {
			t.Fatalf("limit %d: Has(%d) = %t", limit, n, b.Has(n))
		}
		if want[n] {
			list = append(list, n)
		}
	}
	if got := slices.Collect(b.All); !slices.Equal(got, list) || b.Count() != len(list) {
		t.Fatalf("limit %d: All = %v, Count = %d, want %v", limit, got, b.Count(), list)
	}
	for i := range len(list) + 1 {
		n, ok := b.Skip(i)
		if ok != (i < len(list)) || ok && n != list[i] {
			t.Fatalf("limit %d: Skip(%d) = %d, %t", limit, i, n, ok)
		}
	}
	if b.Has(uint32(limit)) || b.Has(1<<31) {
		t.Fatalf("limit %d: has a number beyond", limit)
	}
}
