package sqlite_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/store"
	"masjala/store/sqlite"
	"masjala/store/storetest"
)

func TestSuite(t *testing.T) {
	for name, file := range map[string]bool{"with an index": false, "from the file": true} {
		t.Run(name, func(t *testing.T) {
			var had atomic.Int64
			storetest.Run(t, func(t testing.TB, dir string) store.Store {
				s, err := sqlite.Open(dir, sqlite.Options{NoIndex: file, Now: func() time.Time { return storetest.Start }})
				if err != nil {
					t.Fatal(err)
				}
				return twoWays{s, t, &had}
			})
			if had.Load() == 0 {
				t.Error("nothing was had from memory")
			}
		})
	}
}

// twoWays is a store of which each resource that is read is had from memory too.
type twoWays struct {
	*sqlite.Store
	t   testing.TB
	had *atomic.Int64 // from memory
}

func (s twoWays) Read(ctx context.Context, typ, id string) (*fhir.Resource, error) {
	r, err := s.Store.Read(ctx, typ, id)
	out, version, updated, ok := s.AppendCurrent([]byte("before"), typ, id)
	if ok {
		s.had.Add(1)
	}
	switch {
	case !ok && string(out) != "before":
		s.t.Errorf("%s/%s is not in memory, and appends %s", typ, id, out)
	case ok && err != nil:
		if _, err := s.Store.Read(ctx, typ, id); err != nil { // it was not written meanwhile
			s.t.Errorf("%s/%s is read as %v; memory has version %d: %s", typ, id, err, version, out)
		}
	case ok && version < r.Version:
		s.t.Errorf("version %d of %s/%s is read, and memory has version %d", r.Version, typ, id, version)
	case ok && version == r.Version && (string(out) != string(r.AppendJSON([]byte("before"))) || !updated.Equal(r.Updated)):
		s.t.Errorf("%s is read, and of %v in memory: %s", r.JSON(), updated, out)
	}
	return r, err
}
