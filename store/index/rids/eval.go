package rids

import (
	"math/bits"
	"sort"
)

// block evaluates one block of the set. What it returns may lie in the room until released.
func (s *Set) block(key int) block {
	switch s.kind {
	case isList:
		return s.listBlock(key)
	case isBitmap:
		if i := s.bitmap.below(key); i >= 0 && s.bitmap.key(i) == key {
			return s.bitmap.block(i, s.room)
		}
		return block{}
	case isMutable:
		return s.mutable.block(key)
	case isAnd:
		return s.andBlock(key, s.kids)
	case isOr:
		return s.orBlock(key)
	}
	a := s.kids[0].block(key)
	if a.n == 0 {
		return a
	}
	b := s.kids[1].block(key)
	return s.room.without(&a, &b)
}

// countBlock counts one block of the set. Bits that need only be counted are not kept.
func (s *Set) countBlock(key int) int {
	if s.kind != isAnd {
		b := s.block(key)
		return b.n
	}
	rest, last := s.kids[:len(s.kids)-1], s.kids[len(s.kids)-1]
	if len(rest) == 2 {
		if n, ok := s.countThree(key); ok {
			return n
		}
	}
	a := s.andBlock(key, rest)
	if a.n == 0 {
		return 0
	}
	if a.list != nil && !last.ready(key) {
		b := s.narrow(&a, last, key)
		return b.n
	}
	b := last.block(key)
	return s.room.countBoth(&a, &b)
}

// countThree counts a block that three sets have as bits; false when it is not so.
func (s *Set) countThree(key int) (int, bool) {
	var w [3]*words
	for i, k := range s.kids {
		if !k.ready(key) {
			return 0, false
		}
		b := k.block(key)
		if w[i] = b.words; w[i] == nil {
			return 0, false
		}
	}
	return countAndThree(w[0], w[1], w[2]), true
}

func countAndThree(a, b, c *words) (n int) {
	for i := 0; i < blockWords; i += 4 {
		n += bits.OnesCount64(a[i]&b[i]&c[i]) + bits.OnesCount64(a[i+1]&b[i+1]&c[i+1]) +
			bits.OnesCount64(a[i+2]&b[i+2]&c[i+2]) + bits.OnesCount64(a[i+3]&b[i+3]&c[i+3])
	}
	return n
}

// countBoth counts what two blocks have in common.
func (r *Room) countBoth(a, b *block) int {
	switch {
	case a.n == 0 || b.all():
		return a.n
	case b.n == 0 || a.all():
		return b.n
	case a.words != nil && b.words != nil:
		return countAnd(a.words, b.words)
	case a.words != nil:
		return countIn(b.list, a.words)
	case b.words != nil:
		return countIn(a.list, b.words)
	}
	both := r.both(a, b)
	return both.n
}

// countIn counts the rids of a list that are among bits.
func countIn(list []uint16, w *words) (n int) {
	for _, x := range list {
		n += int(w[x>>6] >> (x & 63) & 1)
	}
	return n
}

func countAnd(a, b *words) (n int) {
	for i := 0; i < blockWords; i += 4 {
		n += bits.OnesCount64(a[i]&b[i]) + bits.OnesCount64(a[i+1]&b[i+1]) +
			bits.OnesCount64(a[i+2]&b[i+2]) + bits.OnesCount64(a[i+3]&b[i+3])
	}
	return n
}

// keepAnd is countAnd that keeps the bits.
func keepAnd(w, a, b *words) (n int) {
	for i := 0; i < blockWords; i += 4 {
		x, y, z, u := a[i]&b[i], a[i+1]&b[i+1], a[i+2]&b[i+2], a[i+3]&b[i+3]
		w[i], w[i+1], w[i+2], w[i+3] = x, y, z, u
		n += bits.OnesCount64(x) + bits.OnesCount64(y) + bits.OnesCount64(z) + bits.OnesCount64(u)
	}
	return n
}

// listBlock cuts a block out of a list.
func (s *Set) listBlock(key int) block {
	low := uint32(key) << 16
	from := sort.Search(len(s.rids), func(i int) bool { return s.rids[i] >= low })
	to := from + sort.Search(len(s.rids)-from, func(i int) bool { return s.rids[from+i]>>16 > uint32(key) })
	return s.room.pack(s.rids[from:to])
}

// pack makes a block of sorted rids of one block.
func (r *Room) pack(rids []uint32) block {
	if len(rids) <= arrayMax {
		list := r.list(len(rids))[:len(rids)]
		for i, x := range rids {
			list[i] = uint16(x)
		}
		return block{n: len(list), list: list}
	}
	w := r.words()
	clear(w[:])
	for _, x := range rids {
		w[uint16(x)>>6] |= 1 << (x & 63)
	}
	return block{n: len(rids), words: w}
}

// andBlock evaluates a block of an intersection, the smallest set first.
func (s *Set) andBlock(key int, kids []*Set) block {
	a := kids[0].block(key)
	for _, k := range kids[1:] {
		if a.n == 0 {
			return a
		}
		a = s.narrow(&a, k, key)
	}
	return a
}

// fewAsked is up to how many rids are looked up one by one in an expression, rather than
// its block evaluated.
const fewAsked = 64

// ready tells whether a block of the set lies there and need not be made.
func (s *Set) ready(key int) bool {
	if s.kind != isBitmap {
		return s.kind <= isMutable
	}
	i := s.bitmap.below(key)
	return i < 0 || !s.bitmap.isRuns(i)
}

// narrow returns what of a block a set has too.
func (s *Set) narrow(a *block, k *Set, key int) block {
	if a.list == nil || a.n > fewAsked || k.ready(key) {
		b := k.block(key)
		return s.room.both(a, &b)
	}
	out := s.room.list(a.n)
	high := uint32(key) << 16
	for _, x := range a.list {
		if k.Contains(high | uint32(x)) {
			out = append(out, x)
		}
	}
	return block{n: len(out), list: out}
}

// both intersects two blocks.
func (r *Room) both(a, b *block) block {
	switch {
	case a.n == 0 || b.all():
		return *a
	case b.n == 0 || a.all():
		return *b
	case a.words != nil && b.words != nil:
		w := r.words()
		return block{n: keepAnd(w, a.words, b.words), words: w}
	case a.words != nil:
		a, b = b, a
	}
	out := r.list(len(a.list))
	if b.words != nil {
		for _, x := range a.list {
			if b.words[x>>6]&(1<<(x&63)) != 0 {
				out = append(out, x)
			}
		}
		return block{n: len(out), list: out}
	}
	out = intersect(out, a.list, b.list)
	return block{n: len(out), list: out}
}

// skewed is how many times longer a list must be to be searched rather than walked.
const skewed = 4

// intersect appends what two sorted lists have in common.
func intersect(out, a, b []uint16) []uint16 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a)*skewed < len(b) {
		return seek(out, a, b)
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			out = append(out, a[i])
			i, j = i+1, j+1
		}
	}
	return out
}

// seek is intersect that looks for each of a in b, in growing steps from the one before.
func seek(out, a, b []uint16) []uint16 {
	for _, x := range a {
		step := 1
		for step < len(b) && b[step] < x {
			step *= 2
		}
		lo, hi := step/2, min(step+1, len(b))
		for lo < hi {
			if mid := int(uint(lo+hi) >> 1); b[mid] < x {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if b = b[lo:]; len(b) == 0 {
			break
		}
		if b[0] == x {
			out = append(out, x)
		}
	}
	return out
}

// without returns what a has and b has not.
func (r *Room) without(a, b *block) block {
	switch {
	case a.n == 0 || b.n == 0:
		return *a
	case b.all():
		return block{}
	case a.list != nil:
		out := r.list(len(a.list))
		for _, x := range a.list {
			if !b.contains(x) {
				out = append(out, x)
			}
		}
		return block{n: len(out), list: out}
	}
	w := r.words()
	if a.words != nil {
		*w = *a.words
	} else {
		a.addAll(w)
	}
	if b.words != nil {
		for i, x := range b.words {
			w[i] &^= x
		}
	} else {
		for _, x := range b.list {
			w[x>>6] &^= 1 << (x & 63)
		}
	}
	return block{n: w.count(), words: w}
}

func (b *block) addAll(w *words) {
	for i := range w {
		w[i] = ^uint64(0)
	}
}

// orBlock evaluates a block of a union.
func (s *Set) orBlock(key int) block {
	var one block // while only one set has something
	var w *words
	for _, k := range s.kids {
		if k.below(key) != key {
			continue
		}
		m := s.room.mark()
		b := k.block(key)
		switch {
		case b.n == 0:
			s.room.release(m)
			continue
		case b.all():
			return b
		case w == nil && one.n == 0:
			one = b
			continue // what it lies in must stay
		case w == nil:
			one, w = s.room.merge(&one, &b)
			continue
		}
		b.addTo(w)
		s.room.release(m)
	}
	if w != nil {
		return block{n: w.count(), words: w}
	}
	return one
}

// merge unites two blocks: as a list while that is short, else as bits to be counted later.
func (r *Room) merge(a, b *block) (block, *words) {
	if a.list != nil && b.list != nil && a.n+b.n <= arrayMax {
		out := unite(r.list(a.n+b.n), a.list, b.list)
		return block{n: len(out), list: out}, nil
	}
	w := r.words()
	clear(w[:])
	a.addTo(w)
	b.addTo(w)
	return block{}, w
}

// unite appends two sorted lists, each rid once.
func unite(out, a, b []uint16) []uint16 {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case a[0] > b[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}
