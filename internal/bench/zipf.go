package main

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// zipf draws numbers below n so that the one of rank k comes with a weight of 1/k: a Zipf
// distribution of exponent 1. Which number has which rank is scattered over all n, unless
// the order is to be kept.
type zipf struct {
	sums   []float64 // of the weights up to each rank
	stride uint64
}

// newZipf prepares draws below n, scattered or in order.
func newZipf(n int, inOrder bool) *zipf {
	z := &zipf{sums: harmonic(n), stride: 1}
	if !inOrder {
		z.stride = scatter(uint64(n))
	}
	return z
}

// harmonics keeps the sums, which many shapes share.
var harmonics sync.Map

func harmonic(n int) []float64 {
	if kept, ok := harmonics.Load(n); ok {
		return kept.([]float64)
	}
	sums, sum := make([]float64, n), 0.0
	for i := range sums {
		sum += 1 / float64(i+1)
		sums[i] = sum
	}
	harmonics.Store(n, sums)
	return sums
}

// scatter returns a step that meets all of n numbers.
func scatter(n uint64) uint64 {
	step := max(1, n*618/1000)
	for a, b := step, n; ; a, b = step, n {
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return step
		}
		step++
	}
}

func (z *zipf) draw(r *rand.Rand) int {
	u := r.Float64() * z.sums[len(z.sums)-1]
	rank, _ := slices.BinarySearch(z.sums, u)
	n := uint64(len(z.sums))
	return int(uint64(min(rank, len(z.sums)-1)) * z.stride % n)
}
