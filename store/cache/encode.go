package cache

import (
	"encoding/binary"
	"math/bits"

	"github.com/klauspost/compress/s2"

	"masjala/fhir"
)

// finder knows where in a dictionary bytes lie, so that one can be searched thoroughly: the encoder of s2
// looks at one place for each four bytes, which makes an entry a tenth larger. What it writes is S2.
type finder struct {
	*s2.Dict
	dict   []byte
	repeat int // the offset that a block begins with, at its start
	four   places
	eight  places
}

// places are chains of places in a dictionary with the same hash, the last first: 0 ends one, else it is
// the place and one more.
type places struct {
	head [1 << 13]uint16
	next []uint16
}

// How a match is searched for.
const (
	leastMatch = 4
	farthest   = 1<<16 - 1 // an offset, and the length of what is searched
	tries      = 8         // places in a chain
	enough     = 96        // a match that is not compared with others
	nearBits   = 9
	patience   = 32 // bytes without a match after which the next are looked at less often
)

// newFinder reads a dictionary.
func newFinder(d *s2.Dict) *finder {
	b := d.Bytes()
	at, size := binary.Uvarint(b)
	f := &finder{Dict: d, dict: b[size:]}
	f.repeat = len(f.dict) - int(at)
	f.four.next, f.eight.next = make([]uint16, len(f.dict)), make([]uint16, len(f.dict))
	for i := range len(f.dict) - 8 {
		f.four.add(hashFour(f.dict, i), i)
		f.eight.add(hashEight(f.dict, i), i)
	}
	return f
}

func (p *places) add(hash uint32, at int) {
	p.next[at] = p.head[hash]
	p.head[hash] = uint16(at + 1)
}

func hashFour(b []byte, at int) uint32 {
	return binary.LittleEndian.Uint32(b[at:]) * 2654435761 >> (32 - 13)
}

func hashEight(b []byte, at int) uint32 {
	return uint32(binary.LittleEndian.Uint64(b[at:]) * 0x9e3779b97f4a7c15 >> (64 - 13))
}

// match is a piece that was there before, so far back.
type match struct{ offset, length, gain int }

// encoding is one run over a text.
type encoding struct {
	*finder
	src  []byte
	near [1 << nearBits]uint16 // places in src, and one more, by the hash of four bytes
	last int                   // the offset of the last match
}

// encode appends src, compressed with the dictionary; dst shares no memory with it.
func (f *finder) encode(dst, src []byte) []byte {
	if len(src) > farthest {
		return append(dst, f.Encode(nil, src)...)
	}
	e := encoding{finder: f, src: src, last: f.repeat}
	dst = binary.AppendUvarint(dst, uint64(len(src)))
	done, m, known := 0, match{}, false // what is written; the best at the present place, if that is known
	for at := 0; at+9 < len(src); {
		if !known {
			m = e.best(at)
		}
		if m.gain > 0 && m.length < enough {
			if later := e.best(at + 1); later.gain > m.gain+1 { // the next is worth more
				e.note(at)
				at, m, known = at+1, later, true
				continue
			}
		}
		known = false
		if m.gain <= 0 {
			e.note(at)
			if src[at] == mark {
				at += fhir.UUIDSize // is like nothing else
			}
			at += 1 + (at-done)/patience
			continue
		}
		dst = appendLiteral(dst, src[done:at])
		dst = appendCopy(dst, m, m.offset == e.last)
		e.last = m.offset
		for end := at + m.length; at < end; at++ {
			e.note(at)
		}
		done = at
	}
	return appendLiteral(dst, src[done:])
}

// note remembers a place of the text.
func (e *encoding) note(at int) {
	if at+4 <= len(e.src) {
		e.near[hashFour(e.src, at)>>(13-nearBits)] = uint16(at + 1)
	}
}

// best finds what to copy to a place, if anything.
func (e *encoding) best(at int) (m match) {
	e.try(&m, at, e.last)
	if n := e.near[hashFour(e.src, at)>>(13-nearBits)]; n > 0 {
		e.try(&m, at, at-int(n-1))
	}
	before := len(e.dict) + at
	next := e.eight.head[hashEight(e.src, at)]
	for left := tries; next > 0 && left > 0 && m.length < enough; left-- {
		e.try(&m, at, before-int(next-1))
		next = e.eight.next[next-1]
	}
	if m.length >= 8 {
		return m
	}
	next = e.four.head[hashFour(e.src, at)]
	for left := tries; next > 0 && left > 0; left-- {
		e.try(&m, at, before-int(next-1))
		next = e.four.next[next-1]
	}
	return m
}

// try takes a match at an offset if it is better than m.
func (e *encoding) try(m *match, at, offset int) {
	if offset <= 0 || offset > farthest {
		return
	}
	var from []byte
	if offset > at { // in the dictionary, and not beyond its end
		if offset > at+len(e.dict) {
			return
		}
		from = e.dict[len(e.dict)-(offset-at):]
	} else {
		from = e.src[at-offset:]
	}
	n := common(from, e.src[at:])
	if n < leastMatch {
		return
	}
	if gain := n - cost(offset, n, offset == e.last); gain > m.gain {
		*m = match{offset, n, gain}
	}
}

// common is how many bytes a and b have in common at their start.
func common(a, b []byte) (n int) {
	most := min(len(a), len(b))
	for n+8 <= most {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// The tags of S2, and how long what follows them may be.
const (
	tagNear, tagFar = 1, 2
	nearOffset      = 1 << 11
	nearLength      = 11
	farLength       = 64
	firstFar        = 60 // of a longer copy
	shortRepeat     = 8
	byteRepeat      = 1<<8 + 7
)

// cost is how many bytes a copy takes.
func cost(offset, length int, again bool) int {
	switch {
	case again && length <= shortRepeat, offset < nearOffset && length <= nearLength:
		return 2
	case again && length <= byteRepeat, !again && length <= farLength:
		return 3
	case again:
		return 4
	}
	return 6
}

// appendLiteral appends bytes as they are.
func appendLiteral(dst, b []byte) []byte {
	switch n := len(b) - 1; {
	case n < 0:
		return dst
	case n < 60:
		dst = append(dst, byte(n)<<2)
	case n < 1<<8:
		dst = append(dst, 60<<2, byte(n))
	default:
		dst = append(dst, 61<<2, byte(n), byte(n>>8))
	}
	return append(dst, b...)
}

// appendCopy appends a match; again when its offset is that of the one before.
func appendCopy(dst []byte, m match, again bool) []byte {
	length := m.length
	switch {
	case m.offset < nearOffset && length <= nearLength:
		return append(dst, byte(m.offset>>8)<<5|byte(length-4)<<2|tagNear, byte(m.offset))
	case again:
		return appendRepeat(dst, length)
	case length <= farLength:
		return append(dst, byte(length-1)<<2|tagFar, byte(m.offset), byte(m.offset>>8))
	}
	dst = append(dst, (firstFar-1)<<2|tagFar, byte(m.offset), byte(m.offset>>8))
	return appendRepeat(dst, length-firstFar)
}

// appendRepeat appends a copy from the same offset as the last; what it may say is longer than any match.
func appendRepeat(dst []byte, length int) []byte {
	switch n := length - 4; {
	case length <= shortRepeat:
		return append(dst, byte(n)<<2|tagNear, 0)
	case length <= byteRepeat:
		return append(dst, 5<<2|tagNear, 0, byte(n-4))
	default:
		n -= 1 << 8
		return append(dst, 6<<2|tagNear, 0, byte(n), byte(n>>8))
	}
}
