package app

import (
	"runtime"
	"runtime/debug"

	"masjala/internal/config"
)

// leastGrowth is how much the heap may grow before garbage is collected, however small it is.
const leastGrowth = 64 << 20

// setMemory tells the Go runtime how much memory to use. What SQLite and mapped files
// take comes on top of it.
//
// The codes of large systems are in mapped files, so that the heap is small, and a part of it
// is soon grown: garbage would be collected many times a second. Where no limit is set, a
// piece of address space that is never touched, and so takes no memory, counts as part of
// the heap. It is given back by the function returned.
func setMemory(m config.Memory) (release func() error) {
	debug.SetGCPercent(m.GC)
	if m.Limit > 0 {
		debug.SetMemoryLimit(int64(m.Limit))
		return func() error { return nil }
	}
	room := make([]byte, leastGrowth*100/m.GC)
	return func() error {
		runtime.KeepAlive(room)
		return nil
	}
}
