package cache

import (
	"encoding/binary"
	"sync"
)

// shelf keeps versions by their sequence numbers: in a ring of bytes, the oldest first, with
// a table of places of 32 bits: 10 bits of the hash of the number, and 22 bits that say
// where in the ring the version lies; 0 is empty.
type shelf struct {
	mu    sync.Mutex
	table []byte
	used  int
	ring  ring
}

// A place has 22 bits for where in the ring something lies, in units and one more.
const (
	whereBits = 22
	mostRing  = (1<<whereBits - 1) * unit
)

func (s *shelf) places() int { return len(s.table) / 4 }

func (s *shelf) at(i int) uint32 { return binary.LittleEndian.Uint32(s.table[4*i:]) }

func (s *shelf) put32(i int, v uint32) { binary.LittleEndian.PutUint32(s.table[4*i:], v) }

// home is where to begin to look for a sequence number.
func (s *shelf) home(seq int64) int {
	return int(hashSeq(seq) & (1<<32 - 1) * uint64(s.places()) >> 32)
}

func (s *shelf) next(i int) int {
	if i++; i == s.places() {
		return 0
	}
	return i
}

// placed is the value of a place.
func placed(seq int64, where int) uint32 {
	const tags = 1<<(32-whereBits) - 1
	return uint32(hashSeq(seq)>>40&tags)<<whereBits | uint32(where/unit+1)
}

// where is where in the ring the version of a place lies.
func where(v uint32) int { return int(v&(1<<whereBits-1)-1) * unit }

// find returns the place of a sequence number and where its version lies; where is
// negative, and the place empty, when it is not kept.
func (s *shelf) find(seq int64) (place, at int) {
	tag := placed(seq, 0) >> whereBits
	i := s.home(seq)
	for v := s.at(i); v != 0; v = s.at(i) {
		if v>>whereBits == tag {
			if at := where(v); s.ring.seq(at) == seq {
				return i, at
			}
		}
		i = s.next(i)
	}
	return i, -1
}

// read appends the version with a sequence number, as it was packed, to dst, which stays as it was when it is not kept.
func (s *shelf) read(seq int64, dst []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used == 0 {
		return dst
	}
	_, at := s.find(seq)
	if at < 0 {
		return dst
	}
	s.ring.use(at)
	return append(dst, s.ring.content(at)...)
}

// holds tells whether a version is kept.
func (s *shelf) holds(seq int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used == 0 {
		return false
	}
	_, at := s.find(seq)
	return at >= 0
}

// put keeps a version that was packed, in place of the same version if that is kept, and tells p what had to go. It is false when
// the version is too large.
func (s *shelf) put(seq int64, p *packer) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(seq)
	if !s.ring.takes(len(p.entry)) || s.places() == 0 {
		return false
	}
	for spared := 0; full(s.used, s.places()) || !s.ring.fits(len(p.entry)); {
		at := s.ring.oldest()
		switch {
		case s.ring.dead(at):
			s.ring.skip()
		case s.ring.uses(at) > 0 && spared < mostSpared:
			spared++
			s.spare(at, p)
		default:
			last := s.ring.seq(at)
			p.evict(last, s.ring.content(at))
			s.take(last)
		}
	}
	s.insert(seq, p.entry, 0)
	return true
}

// add keeps a version if that needs no room of others.
func (s *shelf) add(seq int64, entry []byte, uses int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if full(s.used, s.places()) || !s.ring.takes(len(entry)) || !s.ring.fits(len(entry)) {
		return false
	}
	s.take(seq)
	s.insert(seq, entry, uses)
	return true
}

// join is add for a version that nobody used yet.
func (s *shelf) join(seq int64, p *packer) bool { return s.add(seq, p.entry, 0) }

// insert keeps a version that fits.
func (s *shelf) insert(seq int64, entry []byte, uses int) {
	at := s.ring.push(seq, entry, uses)
	place, _ := s.find(seq)
	s.put32(place, placed(seq, at))
	s.used++
}

// mostSpared is how many versions one that needs room may move: what it costs to keep
// one stays bounded.
const mostSpared = 64

// spare moves the oldest version, which was used, to the newest. When there is no room for
// it, it goes.
func (s *shelf) spare(at int, p *packer) {
	seq, uses := s.ring.seq(at), s.ring.uses(at)
	place, _ := s.find(seq)
	p.moved = append(p.moved[:0], s.ring.content(at)...)
	s.ring.kill(at)
	s.ring.skip()
	if !s.ring.fits(len(p.moved)) {
		p.evict(seq, p.moved)
		s.empty(place)
		return
	}
	s.put32(place, placed(seq, s.ring.push(seq, p.moved, uses-1)))
}

// take removes a version. The shelf is locked.
func (s *shelf) take(seq int64) {
	if s.used == 0 {
		return
	}
	if place, at := s.find(seq); at >= 0 {
		s.ring.kill(at)
		s.empty(place)
	}
}

// empty empties a place. What would not be found any more behind it moves up.
func (s *shelf) empty(hole int) {
	s.used--
	for i := s.next(hole); s.at(i) != 0; i = s.next(i) {
		if mayMove(s.home(s.ring.seq(where(s.at(i)))), hole, i) {
			s.put32(hole, s.at(i))
			hole = i
		}
	}
	s.put32(hole, 0)
}

// remove forgets a version.
func (s *shelf) remove(seq int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(seq)
}

func (s *shelf) size() (entries, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return int64(s.used), int64(s.ring.live)
}

func (s *shelf) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.table, s.used, s.ring = nil, 0, ring{}
}
