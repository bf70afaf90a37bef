package sqlite_test

import (
	"testing"
	"time"

	"masjala/store"
	"masjala/store/sqlite"
	"masjala/store/storetest"
)

func TestSuite(t *testing.T) {
	for name, file := range map[string]bool{"with an index": false, "from the file": true} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t testing.TB, dir string) store.Store {
				s, err := sqlite.Open(dir, sqlite.Options{NoIndex: file, Now: func() time.Time { return storetest.Start }})
				if err != nil {
					t.Fatal(err)
				}
				return s
			})
		})
	}
}
