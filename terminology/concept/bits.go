package concept

import "math/bits"

// Bits is a set of concept numbers below a fixed limit. The zero value is the empty set of
// limit 0. Its methods that take another set want one of the same limit. It is safe for
// concurrent reading.
type Bits struct {
	words []uint64
	limit uint32
}

// NewBits returns an empty set for numbers below limit.
func NewBits(limit int) *Bits {
	return &Bits{words: make([]uint64, (limit+63)/64), limit: uint32(limit)}
}

// Add puts a number in.
func (b *Bits) Add(n uint32) { b.words[n/64] |= 1 << (n % 64) }

// AddRange puts in all numbers from first to last.
func (b *Bits) AddRange(first, last uint32) {
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
func (b *Bits) Remove(n uint32) { b.words[n/64] &^= 1 << (n % 64) }

// Has tells whether a number is in.
func (b *Bits) Has(n uint32) bool { return n < b.limit && b.words[n/64]&(1<<(n%64)) != 0 }

// And keeps what o has too.
func (b *Bits) And(o *Bits) {
	for i := range b.words {
		b.words[i] &= o.words[i]
	}
}

// Or adds all of o.
func (b *Bits) Or(o *Bits) {
	for i := range b.words {
		b.words[i] |= o.words[i]
	}
}

// AndNot takes all of o out.
func (b *Bits) AndNot(o *Bits) {
	for i := range b.words {
		b.words[i] &^= o.words[i]
	}
}

// Not turns the set into all that it lacked.
func (b *Bits) Not() {
	for i := range b.words {
		b.words[i] = ^b.words[i]
	}
	if r := b.limit % 64; r != 0 {
		b.words[len(b.words)-1] &= 1<<r - 1
	}
}

// Clone returns a copy that may be changed.
func (b *Bits) Clone() *Bits {
	c := NewBits(int(b.limit))
	copy(c.words, b.words)
	return c
}

// Count tells how many numbers are in.
func (b *Bits) Count() int {
	n := 0
	for _, w := range b.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Skip returns the number that n smaller ones of the set precede; false if there are too few.
func (b *Bits) Skip(n int) (uint32, bool) {
	for i, w := range b.words {
		c := bits.OnesCount64(w)
		if n >= c {
			n -= c
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		return uint32(i*64 + bits.TrailingZeros64(w)), true
	}
	return 0, false
}

// From calls yield with each number of the set from first on, in order, until it returns false.
func (b *Bits) From(first uint32, yield func(uint32) bool) {
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
