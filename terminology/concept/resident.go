package concept

import (
	"context"
	"runtime"
	"time"
)

const (
	mostResident = 256 << 20              // of mapped files in memory from which on they are let go
	residentLook = 100 * time.Millisecond // how often that is looked at
)

// Tend keeps little of the mapped files in the memory of the process, until ctx ends. What
// is let go stays in the page cache of the system as long as that has room, and comes back
// with the next read; without it each file would stay as a whole once all was read.
func (l *Library) Tend(ctx context.Context) {
	tick := time.NewTicker(residentLook)
	defer tick.Stop()
	most := int64(mostResident)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if n, ok := residentFiles(); !ok || n <= most {
			continue
		}
		l.letGo()
		left, _ := residentFiles() // of files of others
		most = max(mostResident, left+mostResident/2)
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
