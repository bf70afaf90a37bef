package concept

import (
	"math/bits"
	"slices"
)

// Bits is a set of concept numbers below a fixed limit. The zero value is the empty set of
// limit 0. Its methods that take another set want one of the same limit. It is safe for
// concurrent reading.
type Bits struct {
	words []uint64
	limit uint32

	sparse bool     // instead of words, runs
	runs   []uint32 // first and last number of each, in rising order, not touching
}

// NewBits returns an empty set for numbers below limit.
func NewBits(limit int) *Bits {
	return &Bits{words: make([]uint64, (limit+63)/64), limit: uint32(limit)}
}

// Add puts a number in.
func (b *Bits) Add(n uint32) {
	if b.sparse {
		b.put(n, n)
		return
	}
	b.words[n/64] |= 1 << (n % 64)
}

// AddRange puts in all numbers from first to last.
func (b *Bits) AddRange(first, last uint32) {
	if b.sparse {
		b.put(first, last)
		return
	}
	low, high := ^uint64(0)<<(first%64), ^uint64(0)>>(63-last%64)
	i, j := first/64, last/64
	if i == j {
		b.words[i] |= low & high
		return
	}
	b.words[i] |= low
	for k := i + 1; k < j; k++ {
		b.words[k] = ^uint64(0)
	}
	b.words[j] |= high
}

// Remove takes a number out.
func (b *Bits) Remove(n uint32) {
	if b.sparse {
		b.cut(n)
		return
	}
	b.words[n/64] &^= 1 << (n % 64)
}

// Has tells whether a number is in.
func (b *Bits) Has(n uint32) bool {
	if b.sparse {
		i := b.run(n)
		return i < len(b.runs) && b.runs[i] <= n
	}
	return n < b.limit && b.words[n/64]&(1<<(n%64)) != 0
}

// And keeps what o has too.
func (b *Bits) And(o *Bits) {
	switch {
	case b.sparse && o.sparse:
		b.combined(o, inBoth)
		return
	case b.sparse && b.few():
		b.filter(o.Has)
		return
	case b.sparse:
		b.spread()
	case o.sparse:
		b.outside(o)
		return
	}
	for i := range b.words {
		b.words[i] &= o.words[i]
	}
}

// Or adds all of o.
func (b *Bits) Or(o *Bits) {
	switch {
	case b.sparse && o.sparse:
		b.combined(o, inAny)
		return
	case b.sparse:
		b.spread()
	case o.sparse:
		for i := 0; i < len(o.runs); i += 2 {
			b.AddRange(o.runs[i], o.runs[i+1])
		}
		return
	}
	for i := range b.words {
		b.words[i] |= o.words[i]
	}
}

// AndNot takes all of o out.
func (b *Bits) AndNot(o *Bits) {
	switch {
	case b.sparse && o.sparse:
		b.combined(o, inFirst)
		return
	case b.sparse && b.few():
		b.filter(func(n uint32) bool { return !o.Has(n) })
		return
	case b.sparse:
		b.spread()
	case o.sparse:
		for i := 0; i < len(o.runs); i += 2 {
			b.RemoveRange(o.runs[i], o.runs[i+1]+1)
		}
		return
	}
	for i := range b.words {
		b.words[i] &^= o.words[i]
	}
}

// Not turns the set into all that it lacked.
func (b *Bits) Not() {
	if b.sparse {
		if b.limit > 0 {
			b.runs = combine([]uint32{0, b.limit - 1}, b.runs, inFirst)
		}
		return
	}
	for i := range b.words {
		b.words[i] = ^b.words[i]
	}
	if r := b.limit % 64; r != 0 {
		b.words[len(b.words)-1] &= 1<<r - 1
	}
}

// Clone returns a copy that may be changed.
func (b *Bits) Clone() *Bits {
	return &Bits{words: slices.Clone(b.words), limit: b.limit, sparse: b.sparse, runs: slices.Clone(b.runs)}
}

// Count tells how many numbers are in.
func (b *Bits) Count() int {
	if b.sparse {
		return b.countRuns()
	}
	n := 0
	for _, w := range b.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Skip returns the number that n smaller ones of the set precede; false if there are too few.
func (b *Bits) Skip(n int) (uint32, bool) {
	if b.sparse {
		return b.skipRuns(n)
	}
	return b.skipWords(n)
}

// From calls yield with each number of the set from first on, in order, until it returns false.
func (b *Bits) From(first uint32, yield func(uint32) bool) {
	if b.sparse {
		b.fromRuns(first, yield)
		return
	}
	if first >= b.limit {
		return
	}
	i := first / 64
	w := b.words[i] & (^uint64(0) << (first % 64))
	for {
		for ; w != 0; w &= w - 1 {
			if !yield(i*64 + uint32(bits.TrailingZeros64(w))) {
				return
			}
		}
		if i++; int(i) == len(b.words) {
			return
		}
		w = b.words[i]
	}
}

// All calls yield with each number of the set, in order, until it returns false. It can be
// ranged over.
func (b *Bits) All(yield func(uint32) bool) { b.From(0, yield) }
