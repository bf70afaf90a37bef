package importtest

import (
	"testing"
	"time"

	"masjala/importers"
	"masjala/store"
	"masjala/store/storetest"
)

// Env is an empty store in a temporary folder that takes resources of some types as they are, and
// a clock that stands still.
func Env(t testing.TB, types ...string) importers.Env {
	t.Helper()
	return importers.Env{Store: storetest.Open(t), Registries: store.NewRegistries(store.PlainRegistry(types...)),
		Now: func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }}
}
