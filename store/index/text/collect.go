package text

import (
	"math/bits"
	"slices"
)

// Buffer is room for the results of one query after the other. The zero value is ready.
type Buffer struct {
	rids, spare []uint32
}

// result makes what was collected into a set.
func (b *Buffer) result() Rids {
	if len(b.rids) == 0 {
		return Rids{}
	}
	b.sort()
	b.rids = slices.Compact(b.rids)
	return Rids{Count: len(b.rids), List: b.rids}
}

const (
	digit = 11  // bits that a pass of the radix sort goes by
	short = 256 // what is not longer is sorted by comparing
)

// sort sorts what was collected: by digits, the lowest first, because comparing takes
// several times as long for some thousands.
func (b *Buffer) sort() {
	if len(b.rids) <= short {
		slices.Sort(b.rids)
		return
	}
	if cap(b.spare) < len(b.rids) {
		b.spare = make([]uint32, cap(b.rids))
	}
	from, to := b.rids, b.spare[:len(b.rids)]
	var all uint32
	ascending := true
	for i, v := range from {
		all |= v
		ascending = ascending && (i == 0 || from[i-1] <= v)
	}
	if ascending {
		return
	}
	for shift := 0; shift < bits.Len32(all); shift += digit {
		var ends [1 << digit]uint32
		for _, v := range from {
			ends[v>>shift%(1<<digit)]++
		}
		sum := uint32(0)
		for i, n := range ends {
			ends[i], sum = sum, sum+n
		}
		for _, v := range from {
			at := &ends[v>>shift%(1<<digit)]
			to[*at] = v
			*at++
		}
		from, to = to, from
	}
	b.rids, b.spare = from, to
}
