package app

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"

	"masjala/internal/config"
)

// leastGrowth is how much the heap may grow before garbage is collected, however small it is.
const leastGrowth = 64 << 20

// leastHeap is what the heap is taken for when it is smaller.
const leastHeap = 4 << 20

// setMemory tells the Go runtime how much memory to use. What SQLite and mapped files
// take comes on top of it.
//
// The codes of large systems are in mapped files, so that the heap is small, and a part of it
// is soon grown: garbage would be collected many times a second. Where no limit is set, the
// heap may therefore grow by leastGrowth, or by the percentage of m where that is more. The
// function returned ends that.
func setMemory(m config.Memory) (release func() error) {
	debug.SetGCPercent(m.GC)
	if m.Limit > 0 {
		debug.SetMemoryLimit(int64(m.Limit))
		return func() error { return nil }
	}
	g := &growth{percent: m.GC, live: []metrics.Sample{{Name: "/gc/heap/live:bytes"}}}
	g.adjust()
	runtime.SetFinalizer(&cycle{g}, (*cycle).ended)
	return func() error {
		g.ended.Store(true)
		return nil
	}
}

// growth is by how much the heap may grow.
type growth struct {
	percent int // at least
	live    []metrics.Sample
	ended   atomic.Bool
}

// adjust sets the percentage by what the last collection left.
func (g *growth) adjust() {
	metrics.Read(g.live)
	debug.SetGCPercent(max(g.percent, int(leastGrowth*100/max(g.live[0].Value.Uint64(), leastHeap))))
}

// cycle is garbage from the start, so that the collector tells each time that it is done.
type cycle struct{ g *growth }

func (c *cycle) ended() {
	if c.g.ended.Load() {
		return
	}
	c.g.adjust()
	runtime.SetFinalizer(c, (*cycle).ended)
}
