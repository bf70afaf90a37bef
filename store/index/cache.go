package index

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"masjala/fhir"
	"masjala/store"
)

// shards is how many parts a Cache has, each with a lock of its own.
const shards = 16

// overhead is what an entry costs beside its bytes: structures and map slot.
const overhead = 256

// Cache keeps current resources by type and id, the least recently used ones dropped
// first when its bound of bytes is reached. It is safe for concurrent use.
type Cache struct {
	seed   maphash.Seed
	shards [shards]shard
	hits   atomic.Int64
	misses atomic.Int64
}

type key struct{ typ, id string }

// shard is one part: a map and a ring of entries, most recently used first.
type shard struct {
	mu      sync.Mutex
	max     int64
	size    int64
	applied int64 // of the last commit that touched the shard
	entries map[key]*entry
	ring    entry // sentinel
}

type entry struct {
	prev, next *entry
	key        key
	resource   *fhir.Resource
}

// NewCache makes a Cache that keeps up to maxBytes; nothing when that is negative.
func NewCache(maxBytes int64) *Cache {
	c := &Cache{seed: maphash.MakeSeed()}
	for i := range c.shards {
		s := &c.shards[i]
		s.max = maxBytes / shards
		s.entries = map[key]*entry{}
		s.ring.prev, s.ring.next = &s.ring, &s.ring
	}
	return c
}

func (c *Cache) shard(k key) *shard {
	return &c.shards[maphash.Comparable(c.seed, k)%shards]
}

// Get returns the current version of a resource if it is kept, else nil.
func (c *Cache) Get(typ, id string) *fhir.Resource {
	k := key{typ, id}
	s := c.shard(k)
	s.mu.Lock()
	e := s.entries[k]
	if e == nil {
		s.mu.Unlock()
		c.misses.Add(1)
		return nil
	}
	if s.ring.next != e {
		e.unlink()
		s.push(e)
	}
	r := e.resource
	s.mu.Unlock()
	c.hits.Add(1)
	return r
}

// Fill keeps what a reader found in the file. seq is the sequence number that was
// published before the reader looked: if a commit touched the shard since, r may be old
// and is not kept.
func (c *Cache) Fill(seq int64, r *fhir.Resource) {
	k := key{r.Type, r.ID}
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.applied > seq {
		return
	}
	s.put(k, r)
}

// keepNew is the largest commit whose new resources are kept: a bulk load would only
// drive out what is read.
const keepNew = 64

// Apply brings the cache up to date with a commit.
func (c *Cache) Apply(seq int64, versions []store.Version) {
	for i := range versions {
		r := versions[i].Resource
		k := key{r.Type, r.ID}
		s := c.shard(k)
		s.mu.Lock()
		s.applied = seq
		switch {
		case r.Deleted:
			s.drop(k)
		case s.entries[k] != nil || len(versions) <= keepNew:
			s.put(k, r)
		}
		s.mu.Unlock()
	}
}

// Drop forgets a resource.
func (c *Cache) Drop(seq int64, typ, id string) {
	k := key{typ, id}
	s := c.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied = max(s.applied, seq)
	s.drop(k)
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

func cost(r *fhir.Resource) int64 {
	return int64(len(r.ID)+len(r.Meta)+len(r.Body)) + overhead
}

func (s *shard) put(k key, r *fhir.Resource) {
	s.drop(k)
	n := cost(r)
	if n > s.max { // it would drive out all others
		return
	}
	e := &entry{key: k, resource: r}
	s.entries[k] = e
	s.push(e)
	for s.size += n; s.size > s.max; {
		s.drop(s.ring.prev.key)
	}
}

func (s *shard) drop(k key) {
	e := s.entries[k]
	if e == nil {
		return
	}
	delete(s.entries, k)
	e.unlink()
	s.size -= cost(e.resource)
}

func (s *shard) push(e *entry) {
	e.prev, e.next = &s.ring, s.ring.next
	e.prev.next, e.next.prev = e, e
}

func (e *entry) unlink() { e.prev.next, e.next.prev = e.next, e.prev }
