package main

import (
	"hash/maphash"
	"sync"
)

// ledger is what writers wrote and were told of. It is safe for concurrent use.
type ledger struct {
	seed    maphash.Seed
	mu      sync.Mutex
	written []entry
	touched map[uint64]bool // resources that somebody wanted to change, done or not
}

// entry is a version that somebody was told of.
type entry struct {
	of       string // resource type
	id       uint64
	version  uint64 // of id and version together
	creation bool
}

func newLedger() *ledger { return &ledger{seed: maphash.MakeSeed(), touched: map[uint64]bool{}} }

// key makes a number of an id, and of a version if there is one.
func (l *ledger) key(id, version []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(l.seed)
	h.Write(id)
	h.WriteByte('/')
	h.Write(version)
	return h.Sum64()
}

// touch notes that a resource may change from now on.
func (l *ledger) touch(id []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.touched[l.key(id, nil)] = true
}

// told notes a version that a writer was told of.
func (l *ledger) told(typ string, id, version []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = append(l.written, entry{typ, l.key(id, nil), l.key(id, version), string(version) == "1"})
}

// since returns what was written after the first n.
func (l *ledger) since(n int) []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written[n:len(l.written):len(l.written)]
}

// isTouched tells whether somebody wanted to change a resource.
func (l *ledger) isTouched(id uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.touched[id]
}
