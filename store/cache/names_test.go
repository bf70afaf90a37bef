package cache_test

import (
	"math/rand/v2"
	"testing"

	"masjala/store/cache"
)

// A table of names holds what a map of tags holds, when many tags have the same home, around its
// end, and when it is full.
func TestNamesAgainstAMap(t *testing.T) {
	const places = 64
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 11))
		n, want := cache.NewNames(places), map[uint64]int64{}
		few := uint64(1 + r.IntN(200))
		tag := func() uint64 { // near the end of the table, near its start, or anywhere
			return (r.Uint64N(few)*uint64(1+r.IntN(3)) + []uint64{0, 1<<24 - 100, 1 << 23}[r.IntN(3)]) & (1<<24 - 1)
		}
		for range 5000 {
			at, seq := tag(), 1+r.Int64N(1<<40-1)
			switch r.IntN(3) {
			case 0:
				if got := n.Remove(cache.HashOf(at)); got != want[at] {
					t.Fatalf("seed %d: removed %d, want %d", seed, got, want[at])
				}
				delete(want, at)
			default:
				_, known := want[at]
				if ok := n.Set(cache.HashOf(at), seq); ok {
					want[at] = seq
				} else if known || len(want) < places*3/4 {
					t.Fatalf("seed %d: a table with %d of %d places taken has no room", seed, len(want), places)
				}
			}
			if at = tag(); n.Find(cache.HashOf(at)) != want[at] {
				t.Fatalf("seed %d: tag %x is %d, want %d", seed, at, n.Find(cache.HashOf(at)), want[at])
			}
		}
		for at, seq := range want {
			if got := n.Find(cache.HashOf(at)); got != seq {
				t.Errorf("seed %d: tag %x is %d, want %d", seed, at, got, seq)
			}
		}
	}
}
