package main

import (
	"math/rand/v2"
	"slices"
	"sync"

	"masjala/internal/bench/national"
)

// zipf draws numbers below n so that the one of rank k comes with a weight of 1/k: a Zipf
// distribution of exponent 1. Which number has which rank is scattered over all n, unless
// the order is to be kept.
type zipf struct {
	sums   []float64 // of the weights up to each rank
	stride int
}

// newZipf prepares draws below n, scattered or in order.
func newZipf(n int, inOrder bool) *zipf {
	z := &zipf{sums: harmonic(n), stride: 1}
	if !inOrder {
		z.stride = national.Stride(n)
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

func (z *zipf) draw(r *rand.Rand) int {
	u := r.Float64() * z.sums[len(z.sums)-1]
	rank, _ := slices.BinarySearch(z.sums, u)
	n := len(z.sums)
	return min(rank, n-1) * z.stride % n
}
