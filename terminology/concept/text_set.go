package concept

import "encoding/binary"

// RemoveRange takes out all numbers from first up to, not with, end.
func (b *Bits) RemoveRange(first, end uint32) {
	for ; first < end && first%64 != 0; first++ {
		b.Remove(first)
	}
	for ; first+64 <= end; first += 64 {
		b.words[first/64] = 0
	}
	for ; first < end; first++ {
		b.Remove(first)
	}
}

// andNotBytes takes out the numbers of a set that is written as 64-bit words.
func (b *Bits) andNotBytes(set []byte) {
	for i := range b.words {
		b.words[i] &^= binary.LittleEndian.Uint64(set[8*i:])
	}
}

// sets keeps sets of ranks for later use. A pool of package sync would lose them at each
// collection of garbage, which their making would bring nearer.
var sets = make(chan *Bits, 32)

// borrow returns an empty set for ranks.
func (s *Set) borrow() *Bits {
	select {
	case b := <-sets:
		if cap(b.words) >= len64(s.n) {
			b.words, b.limit = b.words[:len64(s.n)], s.n
			clear(b.words)
			return b
		}
	default:
	}
	return NewBits(int(s.n))
}

// giveBack ends the use of a borrowed set.
func (s *Set) giveBack(b *Bits) {
	select {
	case sets <- b:
	default:
	}
}
