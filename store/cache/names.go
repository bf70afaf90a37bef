package cache

import (
	"encoding/binary"
	"sync"
)

// mostSeq is the largest sequence number that a place in the names has room for.
const mostSeq = 1<<40 - 1

// names tell the sequence number of what is kept of a resource. The table has places of 64
// bits: 24 bits of the hash of type and id, 40 of the sequence number; 0 is empty. A resource
// lies in the first free place after the one of its hash. Two resources whose 24 bits
// are the same take turns, so who finds a version compares its id.
type names struct {
	mu      sync.Mutex
	applied int64 // sequence number of the last commit that touched a resource of the part
	table   []byte
	used    int
	changed map[uint64]struct{} // hashes of what commits touched while something is loaded
}

// watch begins to note changes, or ends it with nil.
func (n *names) watch(changed map[uint64]struct{}) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.changed = changed
}

// touch notes a change. The names are locked.
func (n *names) touch(hash uint64) {
	if n.changed != nil {
		n.changed[hash] = struct{}{}
	}
}

// tagOf is the part of a hash that a place holds. The first bits of the hash choose the part.
func tagOf(hash uint64) uint64 { return hash >> 16 & (1<<24 - 1) }

func (n *names) places() int { return len(n.table) / 8 }

func (n *names) at(i int) uint64 { return binary.LittleEndian.Uint64(n.table[8*i:]) }

func (n *names) put(i int, v uint64) { binary.LittleEndian.PutUint64(n.table[8*i:], v) }

// home is where to begin to look for a tag.
func (n *names) home(tag uint64) int { return int(tag * uint64(n.places()) >> 24) }

func (n *names) next(i int) int {
	if i++; i == n.places() {
		return 0
	}
	return i
}

// place finds the place of a tag, or the empty one where it would go.
func (n *names) place(tag uint64) int {
	i := n.home(tag)
	for v := n.at(i); v != 0 && v>>40 != tag; v = n.at(i) {
		i = n.next(i)
	}
	return i
}

// of returns the sequence number under a hash; 0 when there is none.
func (n *names) of(hash uint64) int64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.find(hash)
}

// find is of, when the names are locked.
func (n *names) find(hash uint64) int64 {
	if n.used == 0 {
		return 0
	}
	return int64(n.at(n.place(tagOf(hash))) & mostSeq)
}

// set puts a sequence number under a hash; false when there is no room.
func (n *names) set(hash uint64, seq int64) bool {
	if n.places() == 0 {
		return false
	}
	tag := tagOf(hash)
	i := n.place(tag)
	if n.at(i) == 0 {
		if full(n.used, n.places()) {
			return false
		}
		n.used++
	}
	n.put(i, tag<<40|uint64(seq))
	return true
}

// full tells whether a table should take no more: looking for what is not in it gets slow.
func full(used, places int) bool { return used >= places-places/8-1 }

// remove empties the place of a hash and returns the sequence number it had, 0 for none.
// What would not be found any more behind it moves up.
func (n *names) remove(hash uint64) int64 {
	if n.used == 0 {
		return 0
	}
	hole := n.place(tagOf(hash))
	seq := int64(n.at(hole) & mostSeq)
	if seq == 0 {
		return 0
	}
	n.used--
	for i := n.next(hole); n.at(i) != 0; i = n.next(i) {
		if mayMove(n.home(n.at(i)>>40), hole, i) {
			n.put(hole, n.at(i))
			hole = i
		}
	}
	n.put(hole, 0)
	return seq
}

// mayMove tells whether what lies at i, and is looked for from home on, may move to the
// hole before it: unless its home lies between the two, around the end of the table.
func mayMove(home, hole, i int) bool {
	if hole < i {
		return home <= hole || home > i
	}
	return home <= hole && home > i
}

func (n *names) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.table, n.used = nil, 0
}

// hashSeq scatters sequence numbers, so that any bits of the hash tell little of the others.
func hashSeq(seq int64) uint64 {
	h := uint64(seq) * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	return h ^ h>>31
}
