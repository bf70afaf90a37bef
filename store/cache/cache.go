package cache

import (
	"hash/maphash"
	"math/bits"
	"sync/atomic"
	"time"

	"masjala/fhir"
)

// Kept is a version of a resource as a Cache keeps it.
type Kept struct {
	Seq      int64 // of the version
	Resource *fhir.Resource
	// Links is what the resource refers to, in a form of the store's own; it counts only when Linked.
	Links  string
	Linked bool
}

// Cache keeps current resources by type and id, and by the sequence number of their
// version. When its bound of bytes is reached it drops those that were not used for long.
// It is safe for concurrent use.
//
// Each part has locks of its own: names tell the sequence number of what is kept of a
// resource, shelves have the versions. A lock of a shelf may be taken inside that of a part
// of the names, not the other way.
type Cache struct {
	seed    maphash.Seed
	kinds   kinds
	names   []names
	shelves []shelf
	shift   uint         // of a hash, to the number of its part
	most    int          // bytes of a body that may come to have room
	age     atomic.Int64 // how often something was dropped without a commit of its version
	hits    atomic.Int64
	misses  atomic.Int64
	free    func()

	region  []byte       // all the memory, the tables first
	tables  int          // their bytes
	many    int64        // how many entries make it worth to have large pages
	entered atomic.Int64 // how often something was kept, up to that many times
}

// How the bytes of a Cache are divided. What is kept takes 120 bytes and more.
const (
	leastParts   = 16
	nameEvery    = 108 // bytes for each place in the tables of names
	versionEvery = 116 // and in those of versions
	leastBytes   = 1 << 16
)

// New makes a Cache that takes up to maxBytes; nothing is kept when that is negative, or
// too little to be worth it. Close it when it is not used any more.
func New(maxBytes int64) *Cache {
	c := &Cache{seed: maphash.MakeSeed(), free: func() {}}
	parts := leastParts
	for maxBytes/int64(parts) > mostRing {
		parts *= 2
	}
	c.names, c.shelves = make([]names, parts), make([]shelf, parts)
	c.shift = uint(64 - bits.TrailingZeros(uint(parts)))
	if maxBytes < leastBytes {
		return c
	}
	share := int(maxBytes / int64(parts))
	nameBytes, versionBytes := share/nameEvery*8, share/versionEvery*4&^7
	ringBytes := (share - nameBytes - versionBytes) &^ 7
	region, free, err := anonymous((nameBytes + versionBytes + ringBytes) * parts)
	if err != nil {
		return c // without memory nothing is kept
	}
	c.free, c.most = free, ringBytes/4*mostPacked
	c.region, c.tables = region, (nameBytes+versionBytes)*parts
	c.many = int64(versionBytes / 4 * parts / manyEntries)
	cut := func(n int) []byte {
		b := region[:n:n]
		region = region[n:]
		return b
	}
	for i := range parts {
		c.names[i].table = cut(nameBytes)
		c.shelves[i].table = cut(versionBytes)
	}
	for i := range parts {
		c.shelves[i].ring.b = cut(ringBytes)
	}
	return c
}

// manyEntries is the part of the places that must have been filled before large pages are worth their size.
const manyEntries = 16

// enter counts what is kept. A cache that comes to hold much asks the system for large pages: to find
// something in it touches memory that is far apart. One that holds little would only take more memory by them.
func (c *Cache) enter() {
	if c.entered.Load() < c.many && c.entered.Add(1) == c.many {
		preferLarge(c.region, c.region[:c.tables])
	}
}

// Close gives the memory back. Nothing is kept any more.
func (c *Cache) Close() {
	for i := range c.names {
		c.names[i].close()
	}
	for i := range c.shelves {
		c.shelves[i].close()
	}
	c.free()
	c.free = func() {}
}

// hashOf is the hash of a resource's type and id.
func (c *Cache) hashOf(kind uint8, id string) uint64 {
	return maphash.String(c.seed, id) ^ uint64(kind)*0x9e3779b97f4a7c15
}

func (c *Cache) name(hash uint64) *names { return &c.names[hash>>c.shift] }

func (c *Cache) shelf(seq int64) *shelf { return &c.shelves[hashSeq(seq)>>c.shift] }

// Get returns the current version of a resource if it is kept, else nil.
func (c *Cache) Get(typ, id string) *fhir.Resource {
	p := take()
	defer p.give()
	var v Kept
	h, k, ok := c.current(p, typ, id)
	if ok {
		v, ok = p.unpack(&h, k, false)
	}
	c.count(ok)
	return v.Resource
}

// current fetches the current version of a resource; false when it is not kept.
func (c *Cache) current(p *packer, typ, id string) (h head, k *kind, ok bool) {
	if k = c.kinds.of(typ); k == nil {
		return h, k, false
	}
	hash := c.hashOf(k.number, id)
	seq := c.name(hash).of(hash)
	if seq == 0 {
		return h, k, false
	}
	h, ok = p.fetch(c.shelf(seq), seq)
	return h, k, ok && h.kind == k.number && h.named(id)
}

// count counts that something was looked for.
func (c *Cache) count(kept bool) {
	if kept {
		c.hits.Add(1)
	} else {
		c.misses.Add(1)
	}
}

// AppendJSON appends the JSON of the current version of a resource and returns its version and time, if it is
// kept and neither its meta nor its body is an empty object; else dst as it was. It is cheaper than Get.
func (c *Cache) AppendJSON(dst []byte, typ, id string) (out []byte, version int64, updated time.Time, ok bool) {
	p := take()
	defer p.give()
	h, k, ok := c.current(p, typ, id)
	if ok = ok && h.joinable(); ok {
		out, ok = p.appendJSON(dst, &h, k, id)
	}
	if !ok {
		return dst, 0, time.Time{}, false
	}
	c.hits.Add(1)
	return out, h.version, h.time(), true
}

// Version returns the version with a sequence number if it is kept.
func (c *Cache) Version(seq int64) (Kept, bool) { return c.unpacked(seq, true) }

// Content returns the version with a sequence number if it is kept, else nil. It is
// cheaper than Version.
func (c *Cache) Content(seq int64) *fhir.Resource {
	v, _ := c.unpacked(seq, false)
	return v.Resource
}

// ID returns the id of the resource whose version with a sequence number is kept. It is
// cheaper than Version.
func (c *Cache) ID(seq int64) (string, bool) {
	p := take()
	defer p.give()
	h, ok := p.fetch(c.shelf(seq), seq)
	return h.name(), ok
}

// Holds tells whether the version with a sequence number is kept. It does not count as a use.
func (c *Cache) Holds(seq int64) bool { return c.shelf(seq).holds(seq) }

// unpacked returns a version, with its links when they are wanted.
func (c *Cache) unpacked(seq int64, linked bool) (v Kept, ok bool) {
	p := take()
	defer p.give()
	h, ok := p.fetch(c.shelf(seq), seq)
	if ok {
		v, ok = p.unpack(&h, c.kinds.at(h.kind), linked)
		v.Seq = seq
	}
	c.count(ok)
	return v, ok
}

// Mark is a state of the store, and of the cache, at which a reader looked into the file.
type Mark struct{ seq, age int64 }

// Mark returns what Fill wants. Call it before reading, with a sequence number that was
// published then.
func (c *Cache) Mark(seq int64) Mark { return Mark{seq, c.age.Load()} }

// Follows tells whether nothing was dropped between another mark and this one.
func (m Mark) Follows(o Mark) bool { return m.age == o.age }

// Fill keeps a current version that a reader found in the file: unless a commit touched
// that part of the cache since m, because it may be old then.
func (c *Cache) Fill(m Mark, v Kept) {
	c.put(&v, func(n *names, _ uint64) bool { return c.still(m, n) }, (*shelf).put)
}

// Add is Fill for what nobody asked for: it keeps a version if nothing is kept of its resource and that needs
// no room of others. It is false when there is no room.
func (c *Cache) Add(m Mark, v Kept) (room bool) {
	return c.put(&v, func(n *names, hash uint64) bool { return n.find(hash) == 0 && c.still(m, n) }, (*shelf).join)
}

// still tells whether no commit touched a part since m. The names are locked.
func (c *Cache) still(m Mark, n *names) bool { return n.applied <= m.seq && c.age.Load() == m.age }

// keepNew is the largest commit whose new resources are kept: a bulk load would only
// drive out what is read.
const keepNew = 64

// Apply brings the cache up to date with a commit.
func (c *Cache) Apply(seq int64, vs []Kept) {
	for i := range vs {
		r := vs[i].Resource
		k := c.kinds.named(r.Type)
		if k == nil {
			continue // of too many types: nothing of it is kept
		}
		hash := c.hashOf(k.number, r.ID)
		n := c.name(hash)
		n.mu.Lock()
		n.applied = seq
		n.touch(hash)
		known := n.find(hash) != 0
		if known {
			c.drop(n, hash)
		}
		n.mu.Unlock()
		if !r.Deleted && (known || len(vs) <= keepNew) {
			c.put(&vs[i], func(n *names, _ uint64) bool { return n.applied <= seq }, (*shelf).put)
		}
	}
}

// Drop forgets a resource, and what readers found of it before.
func (c *Cache) Drop(typ, id string) {
	c.age.Add(1)
	k := c.kinds.named(typ)
	if k == nil {
		return
	}
	hash := c.hashOf(k.number, id)
	n := c.name(hash)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.touch(hash)
	c.drop(n, hash)
}

// Forget leaves out of what Save writes the dictionary of a type, and what was compressed with it: it may
// have pieces of a resource of that type that is erased.
func (c *Cache) Forget(typ string) {
	if k := c.kinds.named(typ); k != nil {
		k.erased.Store(true)
	}
}

// drop forgets what is kept under a hash. The names are locked.
func (c *Cache) drop(n *names, hash uint64) {
	if seq := n.remove(hash); seq != 0 {
		c.shelf(seq).remove(seq)
	}
}

// mostPacked is how many times smaller packing makes a resource at best. One that would be too
// large even then is not packed: that alone takes memory for several copies of it.
const mostPacked = 16

// put packs a version and keeps it in place of what was kept of its resource, if it may
// be: that is asked when the names are locked. It goes onto its shelf by keep. It is false when there is no room.
func (c *Cache) put(v *Kept, may func(n *names, hash uint64) bool, keep func(s *shelf, seq int64, p *packer) bool) (room bool) {
	k := c.kinds.named(v.Resource.Type)
	if k == nil || v.Resource.Deleted || uint64(v.Seq) > mostSeq || len(v.Resource.Body) > c.most {
		return false
	}
	room = true
	p := take()
	defer p.give()
	p.pack(v, k)
	hash := c.hashOf(k.number, v.Resource.ID)
	n := c.name(hash)
	n.mu.Lock()
	if may(n, hash) {
		if n.find(hash) != v.Seq {
			c.drop(n, hash)
		}
		if room = n.set(hash, v.Seq); room && !keep(c.shelf(v.Seq), v.Seq, p) {
			n.remove(hash)
			room = false
		}
	}
	n.mu.Unlock()
	c.enter()
	for _, e := range p.evicted { // only now: their names may be in any part
		hash := c.hashOf(e.kind, e.id)
		n := c.name(hash)
		n.mu.Lock()
		if n.find(hash) == e.seq {
			n.remove(hash)
		}
		n.mu.Unlock()
	}
	return room
}

// Asked tells how often something was looked for since the start.
func (c *Cache) Asked() int64 { return c.hits.Load() + c.misses.Load() }

// Stats counts what a Cache did and holds.
type Stats struct{ Entries, Bytes, Hits, Misses int64 }

// Stats returns counts since the start and what is kept now.
func (c *Cache) Stats() Stats {
	st := Stats{Hits: c.hits.Load(), Misses: c.misses.Load()}
	for i := range c.shelves {
		entries, bytes := c.shelves[i].size()
		st.Entries += entries
		st.Bytes += bytes
	}
	return st
}
