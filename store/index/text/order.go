package text

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// window is how many bytes are compared at once.
const window = 8

// keyed is a suffix and the window that it is sorted by.
type keyed struct {
	key uint64
	at  uint32
}

// run is a range of suffixes that begin alike for depth bytes.
type run struct {
	from, to, depth int
}

// order sorts suffixes, those at a time whose first two bytes are from low up to high.
type order struct {
	text      []byte
	low, high int
	sorted    []uint32
	todo      []run
	room      []keyed
	limits    limits
}

// pairs is how many there are of two bytes.
const pairs = 1 << 16

// suffixes calls fn with where the suffixes of all texts begin, in ascending order, some
// at a time: those that begin with a rune, so that every substring is the beginning of one.
// The text has a NUL after each of its texts, and window more bytes. It is false if there are
// too many, or too much is to be compared; then fn may have had some.
func suffixes(text []byte, l limits, fn func(sorted []uint32)) bool {
	o := order{text: text, limits: l}
	counts := make([]int, pairs)
	if o.count(counts) > l.suffixes {
		return false
	}
	for o.low = 0; o.low < pairs; o.low = o.high {
		n := counts[o.low]
		for o.high = o.low + 1; o.high < pairs && n+counts[o.high] <= l.atOnce; o.high++ {
			n += counts[o.high]
		}
		if n == 0 {
			continue
		}
		o.begin(counts[o.low:o.high], n)
		if !o.finish() {
			return false
		}
		fn(o.sorted)
	}
	return true
}

// count counts the suffixes by their first two bytes.
func (o *order) count(counts []int) (all int) {
	for at := range o.end() {
		if o.suffix(at) {
			counts[o.pair(at)]++
			all++
		}
	}
	return all
}

// end is where there are no more suffixes.
func (o *order) end() int { return len(o.text) - window }

// begin orders n suffixes, so many of each pair, by their first two bytes.
func (o *order) begin(counts []int, n int) {
	if cap(o.sorted) < n {
		o.sorted = make([]uint32, max(n, min(2*cap(o.sorted), o.limits.atOnce)))
	}
	o.sorted = o.sorted[:n]
	next := make([]int, len(counts))
	sum := 0
	for i, n := range counts {
		next[i] = sum
		if n > 1 && (o.low+i)&0xff != 0 {
			o.todo = append(o.todo, run{sum, sum + n, 2})
		}
		sum += n
	}
	for at := range o.end() {
		if i := o.pair(at) - o.low; i >= 0 && i < len(next) && o.suffix(at) {
			o.sorted[next[i]] = uint32(at)
			next[i]++
		}
	}
}

// finish orders what is left to do, unless that is too much.
func (o *order) finish() bool {
	for len(o.todo) > 0 {
		r := o.todo[len(o.todo)-1]
		o.todo = o.todo[:len(o.todo)-1]
		if o.limits.work -= r.to - r.from; o.limits.work < 0 {
			return false
		}
		if r.to-r.from > o.limits.room {
			o.split(r)
		} else {
			o.sort(r)
		}
	}
	return true
}

// suffix tells whether a suffix begins at a position.
func (o *order) suffix(at int) bool {
	return o.text[at] != 0 && utf8.RuneStart(o.text[at])
}

// pair returns the first two bytes of a suffix.
func (o *order) pair(at int) int {
	return int(o.text[at])<<8 | int(o.text[at+1])
}

// key returns the window of text at a position, without what follows a NUL.
func (o *order) key(at int) uint64 {
	k := binary.BigEndian.Uint64(o.text[at:])
	if n := before(k); n < window {
		after := 8 * (window - 1 - n)
		return k >> after << after
	}
	return k
}

// before returns how many bytes of a window are before its first NUL.
func before(k uint64) int {
	const low, high = 0x0101010101010101, 0x8080808080808080
	k = bits.ReverseBytes64(k)
	return bits.TrailingZeros64((k-low)&^k&high) / 8
}

// sort sorts a run by the next window, and leaves those that are alike in it for later.
func (o *order) sort(r run) {
	if cap(o.room) < r.to-r.from {
		o.room = make([]keyed, max(r.to-r.from, min(2*cap(o.room), o.limits.room)))
	}
	room, part := o.room[:r.to-r.from], o.sorted[r.from:r.to]
	for i, at := range part {
		room[i] = keyed{o.key(int(at) + r.depth), at}
	}
	slices.SortFunc(room, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	first := 0
	for i, k := range room {
		part[i] = k.at
		if i+1 == len(room) || room[i+1].key != k.key {
			o.later(run{r.from + first, r.from + i + 1, r.depth + window}, k.key)
			first = i + 1
		}
	}
}

// later notes a run that is not in order yet, if it is not: of more than one, with a window
// in which none has ended.
func (o *order) later(r run, key uint64) {
	if r.to-r.from > 1 && before(key) == window {
		o.todo = append(o.todo, r)
	}
}

// split parts a run into what is below, like and above one of its windows.
func (o *order) split(r run) {
	part := o.sorted[r.from:r.to]
	key := func(i int) uint64 { return o.key(int(part[i]) + r.depth) }
	pivot := key(len(part) / 2)
	low, i, high := 0, 0, len(part)
	for i < high {
		switch k := key(i); {
		case k < pivot:
			part[i], part[low] = part[low], part[i]
			low++
			i++
		case k > pivot:
			high--
			part[i], part[high] = part[high], part[i]
		default:
			i++
		}
	}
	if low > 1 {
		o.todo = append(o.todo, run{r.from, r.from + low, r.depth})
	}
	if len(part)-high > 1 {
		o.todo = append(o.todo, run{r.from + high, r.to, r.depth})
	}
	o.later(run{r.from + low, r.from + high, r.depth + window}, pivot)
}
