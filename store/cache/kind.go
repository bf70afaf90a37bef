package cache

import (
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

// kind is a type of resources, with the dictionary that its resources are compressed with.
type kind struct {
	number uint8
	name   string
	dict   atomic.Pointer[finder] // nil until enough was seen
	erased atomic.Bool            // the dictionary may have pieces of what was erased

	mu     sync.Mutex
	seen   int
	sample []byte
}

// A dictionary is made of every sampled-th resource, until they are so many bytes: the
// first ones alone may be of one sort.
const (
	sampled  = 16
	dictSize = s2.MaxDictSize
)

// learn shows a resource, as it would be compressed, to a kind that has no dictionary yet.
func (k *kind) learn(text []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen++
	if k.dict.Load() != nil || k.seen%sampled != 0 || len(text) > dictSize/sampled {
		return
	}
	k.sample = append(k.sample, text...)
	if len(k.sample) < dictSize {
		return
	}
	k.dict.Store(newFinder(s2.MakeDict(k.sample, text[:min(len(text), 32)])))
	k.sample = nil
}

// adopt takes a dictionary; false when there is one already.
func (k *kind) adopt(d *s2.Dict) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.dict.Load() != nil {
		return false
	}
	k.dict.Store(newFinder(d))
	return true
}

// kinds are the types that were seen.
type kinds struct {
	mu  sync.Mutex
	now atomic.Pointer[kindTable]
}

// kindTable does not change once it is published.
type kindTable struct {
	byName map[string]*kind
	list   []*kind
}

// of returns a type; nil when nothing of it was ever kept.
func (t *kinds) of(name string) *kind {
	if now := t.now.Load(); now != nil {
		return now.byName[name]
	}
	return nil
}

// at returns the type with a number that was given.
func (t *kinds) at(number uint8) *kind { return t.now.Load().list[number] }

// named returns a type, and takes it in; nil when there are too many.
func (t *kinds) named(name string) *kind {
	if k := t.of(name); k != nil {
		return k
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	next := &kindTable{byName: map[string]*kind{}}
	if now := t.now.Load(); now != nil {
		if k := now.byName[name]; k != nil {
			return k
		}
		if len(now.list) > 255 {
			return nil
		}
		for n, k := range now.byName {
			next.byName[n] = k
		}
		next.list = append(next.list, now.list...)
	}
	k := &kind{number: uint8(len(next.list)), name: name}
	next.byName[name], next.list = k, append(next.list, k)
	t.now.Store(next)
	return k
}
