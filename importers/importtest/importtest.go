package importtest

import (
	"sync/atomic"
	"testing"
	"time"

	"masjala/importers"
	"masjala/store"
	"masjala/store/storetest"
)

// Env is an empty store in a temporary folder that takes resources of some types as they are, and
// a clock that goes on by a second each time it is looked at, so that each run has its own name.
func Env(t testing.TB, types ...string) importers.Env {
	t.Helper()
	var seconds atomic.Int64
	return importers.Env{Store: storetest.Open(t), Registries: store.NewRegistries(store.PlainRegistry(types...)),
		Now: func() time.Time {
			return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC).Add(time.Duration(seconds.Add(1)) * time.Second)
		}}
}
