package rids

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// ErrDamaged tells that bytes are not a bitmap in roaring's portable format.
var ErrDamaged = errors.New("rids: damaged bitmap")

// The beginnings of a portable bitmap.
const (
	cookieRuns  = 12347 // some blocks are lists of runs; the upper half is their number less one
	cookiePlain = 12346
	fewBlocks   = 4 // a bitmap with runs and fewer blocks says not where they begin
)

// portable is a bitmap in roaring's portable format, read where it lies.
type portable struct {
	b       []byte
	heads   []byte // per block its number and how many rids less one, 16 bits each
	runs    []byte // a bit per block; nil when there are none
	offsets []byte // per block 32 bits; nil when there are none
	data    int    // where the first block begins
	size    int    // how many blocks
}

// read finds the parts of a bitmap. It looks at the head only.
func (p *portable) read(b []byte) error {
	if len(b) < 8 {
		return ErrDamaged
	}
	*p = portable{b: b}
	at := 4
	cookie := binary.LittleEndian.Uint32(b)
	switch {
	case cookie == cookiePlain:
		p.size = int(binary.LittleEndian.Uint32(b[4:]))
		at = 8
	case cookie&0xffff == cookieRuns:
		p.size = int(cookie>>16) + 1
		end := at + (p.size+7)/8
		if end > len(b) {
			return ErrDamaged
		}
		p.runs, at = b[at:end], end
	default:
		return ErrDamaged
	}
	if p.size > blockSize || at+4*p.size > len(b) {
		return ErrDamaged
	}
	p.heads, at = b[at:at+4*p.size], at+4*p.size
	if p.runs == nil || p.size >= fewBlocks {
		if at+4*p.size > len(b) {
			return ErrDamaged
		}
		p.offsets, at = b[at:at+4*p.size], at+4*p.size
	}
	p.data = at
	return nil
}

func (p *portable) key(i int) int  { return int(binary.LittleEndian.Uint16(p.heads[4*i:])) }
func (p *portable) card(i int) int { return int(binary.LittleEndian.Uint16(p.heads[4*i+2:])) + 1 }
func (p *portable) isRuns(i int) bool {
	return p.runs != nil && p.runs[i>>3]&(1<<(i&7)) != 0
}

// count adds up how many rids the blocks have.
func (p *portable) count() (n int) {
	for i := range p.size {
		n += p.card(i)
	}
	return n
}

// below returns the place of the last block whose number is at most key; -1 without one.
func (p *portable) below(key int) int {
	lo, hi := 0, p.size
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); p.key(mid) <= key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo - 1
}

// offset returns where a block begins.
func (p *portable) offset(i int) int {
	if p.offsets != nil {
		return int(binary.LittleEndian.Uint32(p.offsets[4*i:]))
	}
	at := p.data
	for j := range i {
		switch {
		case p.isRuns(j):
			at += 2 + 4*int(binary.LittleEndian.Uint16(p.b[at:]))
		case p.card(j) > arrayMax:
			at += 8 * blockWords
		default:
			at += 2 * p.card(j)
		}
	}
	return at
}

// block returns the i-th block. One of runs is spread out in the room.
func (p *portable) block(i int, r *Room) block {
	n := p.card(i)
	if n == blockSize {
		return allBlock
	}
	at := p.offset(i)
	switch {
	case p.isRuns(i):
		runs := uint16s(p.b[at+2 : at+2+4*int(binary.LittleEndian.Uint16(p.b[at:]))])
		return r.spread(runs, n)
	case n > arrayMax:
		return block{n: n, words: wordsOf(p.b[at : at+8*blockWords])}
	}
	return block{n: n, list: uint16s(p.b[at : at+2*n])}
}

// contains tells whether a rid is in the bitmap.
func (p *portable) contains(rid uint32) bool {
	i, low := p.below(int(rid>>16)), uint16(rid)
	if i < 0 || p.key(i) != int(rid>>16) {
		return false
	}
	if !p.isRuns(i) {
		b := p.block(i, nil)
		return b.contains(low)
	}
	at := p.offset(i)
	lo, hi := 0, int(binary.LittleEndian.Uint16(p.b[at:]))
	for lo < hi { // the last run that begins at or before low
		if mid := int(uint(lo+hi) >> 1); binary.LittleEndian.Uint16(p.b[at+2+4*mid:]) <= low {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return false
	}
	run := p.b[at+2+4*(lo-1):]
	return low-binary.LittleEndian.Uint16(run) <= binary.LittleEndian.Uint16(run[2:])
}

// spread makes a block of runs: pairs of a first rid and how many follow it.
func (r *Room) spread(runs []uint16, n int) block {
	if n <= arrayMax {
		list := r.list(n)
		for i := 0; i+1 < len(runs); i += 2 {
			for k := 0; k <= int(runs[i+1]); k++ {
				list = append(list, runs[i]+uint16(k))
			}
		}
		return block{n: len(list), list: list}
	}
	w := r.words()
	clear(w[:])
	for i := 0; i+1 < len(runs); i += 2 {
		w.addRange(int(runs[i]), min(int(runs[i])+int(runs[i+1]), blockSize-1))
	}
	return block{n: n, words: w}
}

// Encoder makes a portable bitmap, or a short list, of rids that come in ascending order.
// The zero value is ready.
type Encoder struct {
	n     int
	last  uint32
	few   []uint32
	key   int // of the block that is being filled
	list  []uint16
	bits  *words // in place of list once it is long
	have  int    // rids of the block
	heads []head
	body  []byte
}

type head struct {
	key  uint16
	card uint16 // less one
	runs bool
	at   uint32 // in the body
}

// Few is up to how many rids are better kept as a plain list.
const Few = 32

// Reset makes the Encoder ready for the next set.
func (e *Encoder) Reset() {
	e.n, e.last, e.few, e.have = 0, 0, e.few[:0], 0
	e.list, e.heads, e.body = e.list[:0], e.heads[:0], e.body[:0]
}

// Add adds a rid that is not less than the one before; the same one counts once.
func (e *Encoder) Add(rid uint32) {
	if e.n > 0 && rid == e.last {
		return
	}
	e.last = rid
	e.n++
	if e.n <= Few {
		e.few = append(e.few, rid)
		return
	}
	if e.n == Few+1 {
		for _, r := range e.few {
			e.put(r)
		}
	}
	e.put(rid)
}

// Len tells how many rids were added.
func (e *Encoder) Len() int { return e.n }

// List returns the rids while they are at most [Few].
func (e *Encoder) List() []uint32 { return e.few }

func (e *Encoder) put(rid uint32) {
	key := int(rid >> 16)
	if key != e.key {
		e.flush()
	}
	e.key = key
	low := uint16(rid)
	e.have++
	switch {
	case e.have <= arrayMax:
		e.list = append(e.list, low)
		return
	case e.have == arrayMax+1:
		if e.bits == nil {
			e.bits = new(words)
		}
		clear(e.bits[:])
		for _, x := range e.list {
			e.bits[x>>6] |= 1 << (x & 63)
		}
	}
	e.bits[low>>6] |= 1 << (low & 63)
}

// flush writes the block that was filled, in the shortest form.
func (e *Encoder) flush() {
	if e.have == 0 {
		return
	}
	h := head{key: uint16(e.key), card: uint16(e.have - 1), at: uint32(len(e.body))}
	runs := e.runs()
	switch {
	case 2+4*runs < min(2*e.have, 8*blockWords):
		h.runs = true
		e.body = binary.LittleEndian.AppendUint16(e.body, uint16(runs))
		e.eachRun(func(first, last int) {
			e.body = binary.LittleEndian.AppendUint16(e.body, uint16(first))
			e.body = binary.LittleEndian.AppendUint16(e.body, uint16(last-first))
		})
	case e.have > arrayMax:
		for _, x := range e.bits {
			e.body = binary.LittleEndian.AppendUint64(e.body, x)
		}
	default:
		for _, x := range e.list {
			e.body = binary.LittleEndian.AppendUint16(e.body, x)
		}
	}
	e.heads = append(e.heads, h)
	e.list, e.have = e.list[:0], 0
}

// runs counts the runs of the block.
func (e *Encoder) runs() (n int) {
	if e.have <= arrayMax {
		for i, x := range e.list {
			if i == 0 || e.list[i-1]+1 != x {
				n++
			}
		}
		return n
	}
	carry := uint64(0)
	for _, x := range e.bits {
		n += bits.OnesCount64(x &^ (x<<1 | carry))
		carry = x >> 63
	}
	return n
}

func (e *Encoder) eachRun(f func(first, last int)) {
	b := block{n: e.have, list: e.list}
	if e.have > arrayMax {
		b = block{n: e.have, words: e.bits}
	}
	first, last := -1, -1
	b.each(func(low int) {
		if first >= 0 && low == last+1 {
			last = low
			return
		}
		if first >= 0 {
			f(first, last)
		}
		first, last = low, low
	})
	f(first, last)
}

// Append appends the portable bitmap of all rids and ends the set: Reset must follow.
func (e *Encoder) Append(dst []byte) []byte {
	if e.n <= Few {
		for _, r := range e.few {
			e.put(r)
		}
	}
	e.flush()
	runs := false
	for _, h := range e.heads {
		runs = runs || h.runs
	}
	start := len(dst)
	if runs {
		dst = binary.LittleEndian.AppendUint32(dst, cookieRuns|uint32(len(e.heads)-1)<<16)
		flags := len(dst)
		dst = append(dst, make([]byte, (len(e.heads)+7)/8)...)
		for i, h := range e.heads {
			if h.runs {
				dst[flags+i>>3] |= 1 << (i & 7)
			}
		}
	} else {
		dst = binary.LittleEndian.AppendUint32(dst, cookiePlain)
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(e.heads)))
	}
	for _, h := range e.heads {
		dst = binary.LittleEndian.AppendUint16(dst, h.key)
		dst = binary.LittleEndian.AppendUint16(dst, h.card)
	}
	if !runs || len(e.heads) >= fewBlocks {
		body := uint32(len(dst) - start + 4*len(e.heads))
		for _, h := range e.heads {
			dst = binary.LittleEndian.AppendUint32(dst, body+h.at)
		}
	}
	return append(dst, e.body...)
}

// each calls f with the lower half of each rid, in order.
func (b *block) each(f func(low int)) {
	switch {
	case b.words != nil:
		for i, x := range b.words {
			for ; x != 0; x &= x - 1 {
				f(i<<6 + bits.TrailingZeros64(x))
			}
		}
	case b.all():
		for i := range blockSize {
			f(i)
		}
	default:
		for _, x := range b.list {
			f(int(x))
		}
	}
}

// Each calls f with the rids of a portable bitmap, in order. The bitmap must be right.
func Each(b []byte, f func(rid uint32)) {
	var p portable
	if p.read(b) != nil {
		return
	}
	var r Room
	for i := range p.size {
		part := p.block(i, &r)
		part.each(func(low int) { f(uint32(p.key(i))<<16 | uint32(low)) })
		r.Reset()
	}
}
