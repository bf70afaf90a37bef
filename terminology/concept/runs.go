package concept

import (
	"math/bits"
	"slices"
	"sort"
)

// NewRuns returns an empty set for numbers below limit that is kept as runs of numbers
// while those are few: all below a concept, or what a value of a property selects, takes
// some bytes and not a bit for each concept. Numbers are best added in rising order.
func NewRuns(limit int) *Bits { return &Bits{limit: uint32(limit), sparse: true} }

// What of two sets combine keeps, by a bit for each of: in neither, in the first, in the
// second, in both.
const (
	inFirst = 1 << 1
	inBoth  = 1 << 3
	inAny   = 1<<1 | 1<<2 | 1<<3
)

// combine sweeps over two lists of runs.
func combine(a, o []uint32, keep uint8) []uint32 {
	edge := func(list []uint32, i int) uint64 {
		if i == len(list) {
			return 1 << 32
		}
		return uint64(list[i]) + uint64(i&1) // a run ends before its last number plus one
	}
	var out []uint32
	in, start := false, uint64(0)
	for i, j := 0, 0; i < len(a) || j < len(o); {
		x, y := edge(a, i), edge(o, j)
		at := min(x, y)
		for ; i < len(a) && edge(a, i) == at; i++ {
		}
		for ; j < len(o) && edge(o, j) == at; j++ {
		}
		if now := keep>>(i&1|j&1<<1)&1 == 1; now != in {
			if in = now; in {
				start = at
			} else {
				out = append(out, uint32(start), uint32(at-1))
			}
		}
	}
	return out
}

// combined makes a sparse set what combine keeps of it and another sparse one.
func (b *Bits) combined(o *Bits, keep uint8) {
	b.runs = combine(b.runs, o.runs, keep)
	b.settle()
}

// few tells whether going through the numbers of a sparse set takes less than through words.
func (b *Bits) few() bool { return b.Count() <= int(b.limit)/32 }

// settle turns a set of many runs into one of words.
func (b *Bits) settle() {
	if len(b.runs)/2 > max(16, int(b.limit)/128) {
		b.spread()
	}
}

// spread turns a sparse set into one of words.
func (b *Bits) spread() {
	runs := b.runs
	*b = *NewBits(int(b.limit))
	for i := 0; i < len(runs); i += 2 {
		b.AddRange(runs[i], runs[i+1])
	}
}

// AddNumbers puts in all numbers of a list.
func (b *Bits) AddNumbers(n Numbers) {
	switch {
	case b.sparse && n.Len() > int(b.limit)/128:
		b.spread()
	case b.sparse && len(b.runs) > 0:
		one := NewRuns(int(b.limit))
		one.AddNumbers(n)
		b.Or(one)
		return
	}
	if b.sparse {
		for k := range n.All() {
			b.put(k, k)
		}
		return
	}
	for i := range n.list.len() {
		k := n.list.at(i)
		b.words[k/64] |= 1 << (k % 64)
	}
}

// run finds the first run that ends at a number or after it: its place in runs.
func (b *Bits) run(n uint32) int {
	return 2 * sort.Search(len(b.runs)/2, func(i int) bool { return b.runs[2*i+1] >= n })
}

// put adds numbers to a sparse set.
func (b *Bits) put(first, last uint32) {
	n := len(b.runs)
	switch {
	case n == 0 || first > b.runs[n-1]+1:
		b.runs = append(b.runs, first, last)
		b.settle()
	case first >= b.runs[n-2]:
		b.runs[n-1] = max(b.runs[n-1], last)
	case n == 2 && last+1 < b.runs[0]:
		b.runs = slices.Insert(b.runs, 0, first, last)
	default:
		b.runs = combine(b.runs, []uint32{first, last}, inAny)
		b.settle()
	}
}

// cut takes a number out of a sparse set.
func (b *Bits) cut(n uint32) {
	if i := b.run(n); i < len(b.runs) && b.runs[i] <= n {
		b.runs = combine(b.runs, []uint32{n, n}, inFirst)
		b.settle()
	}
}

// filter keeps the numbers of a sparse set for which ok holds.
func (b *Bits) filter(ok func(uint32) bool) {
	left := NewRuns(int(b.limit))
	for n := range b.All {
		if ok(n) {
			left.Add(n)
		}
	}
	*b = *left
}

// outside takes what is in no run of a sparse set out of one of words.
func (b *Bits) outside(o *Bits) {
	from := uint32(0)
	for i := 0; i < len(o.runs); i += 2 {
		b.RemoveRange(from, o.runs[i])
		from = o.runs[i+1] + 1
	}
	b.RemoveRange(from, b.limit)
}

func (b *Bits) countRuns() int {
	n := 0
	for i := 0; i < len(b.runs); i += 2 {
		n += int(b.runs[i+1]-b.runs[i]) + 1
	}
	return n
}

func (b *Bits) skipRuns(n int) (uint32, bool) {
	for i := 0; i < len(b.runs); i += 2 {
		size := int(b.runs[i+1]-b.runs[i]) + 1
		if n < size {
			return b.runs[i] + uint32(n), true
		}
		n -= size
	}
	return 0, false
}

func (b *Bits) fromRuns(first uint32, yield func(uint32) bool) {
	for i := b.run(first); i < len(b.runs); i += 2 {
		for n := max(first, b.runs[i]); n <= b.runs[i+1]; n++ {
			if !yield(n) {
				return
			}
		}
	}
}

// skipWords is Skip of a set of words.
func (b *Bits) skipWords(n int) (uint32, bool) {
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
