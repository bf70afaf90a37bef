package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"masjala/store"
	"masjala/store/sqlite"
)

// Start is the time of the first commit in a store of Open.
var Start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// Open returns a real store in a temporary directory, closed when the test ends. Its
// clock stands still at Start, so that commits are one millisecond apart, and its ids
// are id-1, id-2, …
func Open(tb testing.TB) store.Store {
	tb.Helper()
	var n atomic.Int64
	s, err := sqlite.Open(tb.TempDir(), sqlite.Options{
		Now:   func() time.Time { return Start },
		NewID: func() string { return fmt.Sprintf("id-%d", n.Add(1)) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("close the store: %v", err)
		}
	})
	return s
}
