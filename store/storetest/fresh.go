package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"masjala/store"
)

// fresh checks that whoever was told of a write sees it, by every way of reading, while
// others read the same resources and so fill caches.
func fresh(t *testing.T, open Opener) {
	s := open(t, t.TempDir())
	var done atomic.Bool
	var readers, writers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			last := [4]int64{}
			for i := 0; !done.Load(); i++ {
				w := i % 4
				r, err := s.Read(t.Context(), "Organization", fmt.Sprintf("w-%d", w))
				if err != nil {
					continue // not written yet
				}
				if r.Version < last[w] {
					t.Errorf("a reader saw version %d after %d", r.Version, last[w])
					return
				}
				last[w] = r.Version
			}
		})
	}
	for w := range 4 {
		writers.Go(func() {
			id := fmt.Sprintf("w-%d", w)
			for i := range int64(60) {
				write(t, s, func(tx store.Tx) error {
					_, err := tx.Put(organization(id, fmt.Sprintf("n %d of %d", i, w)), "PUT")
					return err
				})
				if r, err := s.Read(t.Context(), "Organization", id); err != nil || r.Version != i+1 {
					t.Errorf("read after write %d: %+v, %v", i+1, r, err)
				}
				q := parse(t, "Organization", fmt.Sprintf("name=n %d of %d", i, w))
				q.Count = 5
				if p, err := s.Search(t.Context(), q); err != nil || p.Total != 1 || p.Matches[0].Version != i+1 {
					t.Errorf("search after write %d: %+v, %v", i+1, p, err)
				}
				if s.Seq() == 0 {
					t.Error("the sequence number stands still")
				}
			}
		})
	}
	writers.Wait()
	done.Store(true)
	readers.Wait()
}
