package index

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"masjala/fhir"
)

// shards is how many parts a Cache has, each with a lock of its own.
const shards = 16

// overhead is what an entry costs beside its bytes: structures and map slots.
const overhead = 320

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
type Cache struct {
	seed     maphash.Seed
	shards   [shards]shard
	versions [shards]versions
	age      atomic.Int64 // how often something was dropped without a commit of its version
	hits     atomic.Int64
	misses   atomic.Int64
}

type key struct{ typ, id string }

// shard is one part: a map and a ring of entries, newest first. An entry that was used
// since it was last looked at is spared once when room is needed.
type shard struct {
	mu      sync.Mutex
	max     int64
	size    int64
	applied int64 // of the last commit that touched the shard
	entries map[key]*entry
	ring    entry // sentinel
}

// versions is a part of the entries by sequence number. Its lock is taken inside that of a shard.
type versions struct {
	mu      sync.RWMutex
	entries map[int64]*entry
}

type entry struct {
	prev, next *entry
	key        key
	used       atomic.Bool
	kept       Kept
}

// NewCache makes a Cache that keeps up to maxBytes; nothing when that is negative.
func NewCache(maxBytes int64) *Cache {
	c := &Cache{seed: maphash.MakeSeed()}
	for i := range c.shards {
		s := &c.shards[i]
		s.max = maxBytes / shards
		s.entries = map[key]*entry{}
		s.ring.prev, s.ring.next = &s.ring, &s.ring
		c.versions[i].entries = map[int64]*entry{}
	}
	return c
}

func (c *Cache) shard(k key) *shard {
	return &c.shards[maphash.Comparable(c.seed, k)%shards]
}

func (c *Cache) version(seq int64) *versions { return &c.versions[uint64(seq)%shards] }

// Get returns the current version of a resource if it is kept, else nil.
func (c *Cache) Get(typ, id string) *fhir.Resource {
	k := key{typ, id}
	s := c.shard(k)
	s.mu.Lock()
	e := s.entries[k]
	s.mu.Unlock()
	if e == nil {
		c.misses.Add(1)
		return nil
	}
	c.hits.Add(1)
	e.use()
	return e.kept.Resource
}

// Version returns the version with a sequence number if it is kept.
func (c *Cache) Version(seq int64) (Kept, bool) {
	v := c.version(seq)
	v.mu.RLock()
	e := v.entries[seq]
	v.mu.RUnlock()
	if e == nil {
		c.misses.Add(1)
		return Kept{}, false
	}
	c.hits.Add(1)
	e.use()
	return e.kept, true
}

func (e *entry) use() {
	if !e.used.Load() {
		e.used.Store(true)
	}
}

// Mark is a state of the store, and of the cache, at which a reader looked into the file.
type Mark struct{ seq, age int64 }

// Mark returns what Fill wants. Call it before reading, with a sequence number that was
// published then.
func (c *Cache) Mark(seq int64) Mark { return Mark{seq, c.age.Load()} }

// Follows tells whether nothing was dropped between another mark and this one.
func (m Mark) Follows(o Mark) bool { return m.age == o.age }

// Fill keeps a current version that a reader found in the file: unless a commit touched
// the shard since m, because it may be old then.
func (c *Cache) Fill(m Mark, v Kept) {
	k := key{v.Resource.Type, v.Resource.ID}
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.applied > m.seq || c.age.Load() != m.age {
		return
	}
	c.put(s, k, v)
}

// keepNew is the largest commit whose new resources are kept: a bulk load would only
// drive out what is read.
const keepNew = 64

// Apply brings the cache up to date with a commit.
func (c *Cache) Apply(seq int64, vs []Kept) {
	for i := range vs {
		k := key{vs[i].Resource.Type, vs[i].Resource.ID}
		s := c.shard(k)
		s.mu.Lock()
		s.applied = seq
		switch {
		case vs[i].Resource.Deleted:
			c.drop(s, k)
		case s.entries[k] != nil || len(vs) <= keepNew:
			c.put(s, k, vs[i])
		}
		s.mu.Unlock()
	}
}

// Drop forgets a resource, and what readers found of it before.
func (c *Cache) Drop(typ, id string) {
	c.age.Add(1)
	k := key{typ, id}
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.drop(s, k)
}

// CacheStats counts what a Cache did and holds.
type CacheStats struct{ Entries, Bytes, Hits, Misses int64 }

// Stats returns counts since the start and what is kept now.
func (c *Cache) Stats() CacheStats {
	st := CacheStats{Hits: c.hits.Load(), Misses: c.misses.Load()}
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		st.Entries += int64(len(s.entries))
		st.Bytes += s.size
		s.mu.Unlock()
	}
	return st
}

func cost(v *Kept) int64 {
	r := v.Resource
	return int64(len(r.ID)+len(r.Meta)+len(r.Body)+len(v.Links)) + overhead
}

// put keeps a version in place of what was kept of its resource. The shard is locked.
func (c *Cache) put(s *shard, k key, v Kept) {
	c.drop(s, k)
	n := cost(&v)
	if n > s.max { // it would drive out all others
		return
	}
	e := &entry{key: k, kept: v}
	s.entries[k] = e
	s.push(e)
	c.version(v.Seq).set(v.Seq, e)
	for s.size += n; s.size > s.max; {
		last := s.ring.prev
		if last.used.CompareAndSwap(true, false) {
			last.unlink()
			s.push(last)
			continue
		}
		c.drop(s, last.key)
	}
}

// drop forgets a resource. The shard is locked.
func (c *Cache) drop(s *shard, k key) {
	e := s.entries[k]
	if e == nil {
		return
	}
	delete(s.entries, k)
	c.version(e.kept.Seq).set(e.kept.Seq, nil)
	e.unlink()
	s.size -= cost(&e.kept)
}

// set puts an entry in its place, or nothing.
func (v *versions) set(seq int64, e *entry) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if e == nil {
		delete(v.entries, seq)
		return
	}
	v.entries[seq] = e
}

func (s *shard) push(e *entry) {
	e.prev, e.next = &s.ring, s.ring.next
	e.prev.next, e.next.prev = e, e
}

func (e *entry) unlink() { e.prev.next, e.next.prev = e.next, e.prev }
