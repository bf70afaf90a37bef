package cache

import "encoding/binary"

// ring is a piece of memory that is filled from the start to the end and then from the
// start again, behind what is oldest. An entry lies in one piece, at a multiple of unit: 32
// bits of its size, whether it is dead and how often it was used, 40 bits of the sequence
// number, and its content. What is left before the end is a dead entry.
type ring struct {
	b          []byte
	head, tail int // where the next entry goes; where the oldest lies
	fill       int // bytes between them
	live       int // of these, bytes of entries that are not dead
}

const (
	unit     = 4
	ringHead = 9 // bytes before the content
	mostUses = 3 // as far as uses are counted
	deadBit  = 4
)

// around is the room that an entry with some content needs.
func around(content int) int { return (ringHead + content + unit - 1) &^ (unit - 1) }

func (r *ring) word(at int) uint32 { return binary.LittleEndian.Uint32(r.b[at:]) }

func (r *ring) setWord(at int, w uint32) { binary.LittleEndian.PutUint32(r.b[at:], w) }

// room is the room that an entry takes.
func (r *ring) room(at int) int { return (int(r.word(at)>>3) + unit - 1) &^ (unit - 1) }

func (r *ring) dead(at int) bool { return r.word(at)&deadBit != 0 }

func (r *ring) uses(at int) int { return int(r.word(at) & mostUses) }

// use counts a use of an entry.
func (r *ring) use(at int) {
	if w := r.word(at); w&mostUses < mostUses {
		r.setWord(at, w+1)
	}
}

func (r *ring) seq(at int) int64 {
	return int64(r.word(at+4)) | int64(r.b[at+8])<<32
}

func (r *ring) content(at int) []byte { return r.b[at+ringHead : at+int(r.word(at)>>3)] }

// takes tells whether an entry with so much content is not too large: one must not drive out a large part
// of the others.
func (r *ring) takes(content int) bool { return around(content) <= len(r.b)/4 }

// fits tells whether there is room for such an entry now.
func (r *ring) fits(content int) bool {
	n := around(content)
	switch {
	case r.fill == 0:
		return n <= len(r.b)
	case r.head > r.tail:
		return n <= len(r.b)-r.head || n <= r.tail
	default:
		return n <= r.tail-r.head
	}
}

// push adds an entry that fits and returns where it lies.
func (r *ring) push(seq int64, content []byte, uses int) int {
	n := around(len(content))
	if r.fill == 0 {
		r.head, r.tail = 0, 0
	}
	if rest := len(r.b) - r.head; rest < n {
		if rest > 0 {
			r.setWord(r.head, uint32(rest)<<3|deadBit)
			r.fill += rest
		}
		r.head = 0
	}
	at := r.head
	r.setWord(at, uint32(ringHead+len(content))<<3|uint32(uses))
	r.setWord(at+4, uint32(seq))
	r.b[at+8] = byte(seq >> 32)
	copy(r.b[at+ringHead:], content)
	r.head += n
	r.fill += n
	r.live += n
	return at
}

// oldest is where the oldest entry lies. There must be one.
func (r *ring) oldest() int {
	if r.tail == len(r.b) {
		r.tail = 0
	}
	return r.tail
}

// kill makes an entry dead.
func (r *ring) kill(at int) {
	r.live -= r.room(at)
	r.setWord(at, r.word(at)|deadBit)
}

// skip lets the oldest entry go, which is dead.
func (r *ring) skip() {
	n := r.room(r.oldest())
	r.tail += n
	r.fill -= n
}
