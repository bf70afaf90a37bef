package cache

import "github.com/klauspost/compress/s2"

// Encode compresses texts with a dictionary.
func Encode(d *s2.Dict, texts [][]byte) (out [][]byte) {
	f := newFinder(d)
	for _, t := range texts {
		out = append(out, f.encode(nil, t))
	}
	return out
}

// LongestRun is how many places one after the other are taken in the fullest table of c.
func (c *Cache) LongestRun() (names, versions int) {
	for i := range c.names {
		n, s := &c.names[i], &c.shelves[i]
		names = max(names, run(n.places(), func(i int) bool { return n.at(i) != 0 }))
		versions = max(versions, run(s.places(), func(i int) bool { return s.at(i) != 0 }))
	}
	return names, versions
}

func run(places int, taken func(i int) bool) (longest int) {
	for i, n := 0, 0; i < places; i++ {
		if n++; !taken(i) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// Names lets tests at a table of names alone.
type Names struct{ n names }

// NewNames makes a table with some places.
func NewNames(places int) *Names { return &Names{names{table: make([]byte, 8*places)}} }

// Set, Find and Remove are those of the table; HashOf makes a hash with a tag.
func (n *Names) Set(hash uint64, seq int64) bool { return n.n.set(hash, seq) }
func (n *Names) Find(hash uint64) int64          { return n.n.find(hash) }
func (n *Names) Remove(hash uint64) int64        { return n.n.remove(hash) }
func HashOf(tag uint64) uint64                   { return tag<<16 | tag>>3&0xffff }
