package sqlite

import (
	"fmt"
	"strings"
	"sync"
)

// totals keeps the exact totals of searches that were counted since the last commit. A
// total counts only for the very state it was counted in. It is safe for concurrent use.
type totals struct {
	mu   sync.Mutex
	age  int64 // how often they were forgotten
	seq  int64 // of the newest version when the totals were counted
	kept map[string]int64
}

// maxTotals bounds the memory for totals.
const maxTotals = 1000

// totalKey names what a statement counts.
func totalKey(f fragment) string {
	var b strings.Builder
	b.WriteString(f.text)
	for _, a := range f.args {
		fmt.Fprintf(&b, "\x00%v", a)
	}
	return b.String()
}

// get returns a total that was counted at a sequence number.
func (t *totals) get(seq int64, key string) (n int64, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.seq != seq {
		return 0, false
	}
	n, ok = t.kept[key]
	return n, ok
}

// forget drops all totals, because index rows changed without a new version.
func (t *totals) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.age++
	t.kept = nil
}

// epoch tells totals that were counted before forget from those counted after it.
func (t *totals) epoch() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.age
}

// put keeps a total that was counted at a sequence number, unless there are newer ones or
// the totals were forgotten since the epoch in which its snapshot was taken.
func (t *totals) put(epoch, seq int64, key string, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq < t.seq || epoch != t.age {
		return
	}
	if seq > t.seq || len(t.kept) >= maxTotals || t.kept == nil {
		t.seq, t.kept = seq, map[string]int64{}
	}
	t.kept[key] = n
}
