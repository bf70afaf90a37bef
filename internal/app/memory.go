package app

import (
	"runtime/debug"

	"masjala/internal/config"
)

// setMemory tells the Go runtime how much memory to use. What SQLite and mapped files
// take comes on top of it.
func setMemory(m config.Memory) {
	debug.SetGCPercent(m.GC)
	if m.Limit > 0 {
		debug.SetMemoryLimit(int64(m.Limit))
	}
}
