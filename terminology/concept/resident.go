package concept

import (
	"context"
	"runtime"
	"time"
)

const (
	mostResident = 256 << 20              // of mapped files in memory from which on they are let go
	residentLook = 100 * time.Millisecond // how often that is looked at
	othersKnown  = 5 * time.Second        // how long it is taken for known what files of others take
)

// bound tells when mapped sets are let go.
type bound struct {
	most  int64 // bytes of mapped files in memory
	since time.Time
}

// passed tells whether n bytes of mapped files are too many. What files of others took counts for
// a while only: the vault of concepts takes much while code systems are loaded, and nothing later.
func (b *bound) passed(n int64, now time.Time) bool {
	if now.Sub(b.since) >= othersKnown {
		b.most = mostResident
	}
	return n > b.most
}

// left takes how much is in memory when all sets were let go: files of others.
func (b *bound) left(n int64, now time.Time) {
	b.most, b.since = max(mostResident, n+mostResident/2), now
}

// Tend keeps little of the mapped files in the memory of the process, until ctx ends. What
// is let go stays in the page cache of the system as long as that has room, and comes back
// with the next read; without it each file would stay as a whole once all was read.
func (l *Library) Tend(ctx context.Context) {
	tick := time.NewTicker(residentLook)
	defer tick.Stop()
	b := bound{most: mostResident}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if n, ok := residentFiles(); !ok || !b.passed(n, time.Now()) {
			continue
		}
		l.letGo()
		left, _ := residentFiles()
		b.left(left, time.Now())
	}
}

// letGo takes the pages of all mapped sets out of the memory of the process.
func (l *Library) letGo() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, held := range l.open {
		if s := held.Value(); s != nil && s.mapped != nil {
			letGo(s.mapped)
			runtime.KeepAlive(s)
		}
	}
}
