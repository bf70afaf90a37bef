package app

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"masjala/internal/config"
)

// percent is by how much the heap may grow now.
func percent() int {
	s := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(s)
	return int(s[0].Value.Uint64())
}

// becomes collects garbage until the percentage is right.
func becomes(t *testing.T, when string, right func(int) bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		runtime.GC()
		if right(percent()) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%s the heap may grow by %d percent", when, percent())
		}
	}
}

func TestHeapGrowsByAPartOfItOrAFixedSize(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	release := setMemory(config.Memory{GC: 50})
	becomes(t, "while little is live", func(p int) bool { return p > 100 })
	live := make([]byte, 256<<20)
	becomes(t, "while much is live", func(p int) bool { return p == 50 })
	runtime.KeepAlive(live)
	live = nil
	becomes(t, "when it is garbage", func(p int) bool { return p > 100 })
	if err := release(); err != nil {
		t.Fatal(err)
	}
	for range 3 { // one that runs already may end
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	debug.SetGCPercent(77)
	for range 3 {
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
	}
	if got := percent(); got != 77 {
		t.Errorf("after the end it became %d percent", got)
	}
}

func TestMemoryWithALimit(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	release := setMemory(config.Memory{GC: 60, Limit: 1 << 30})
	if got := percent(); got != 60 || debug.SetMemoryLimit(-1) != 1<<30 {
		t.Errorf("%d percent, %d bytes", got, debug.SetMemoryLimit(-1))
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
