package sqlite_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"masjala/store"
)

func TestReadersHonourTheDeadline(t *testing.T) {
	s := loaded(t, 2000)
	release := s.HoldReaders()
	calls := map[string]func(ctx context.Context) error{
		"search": func(ctx context.Context) error {
			_, err := s.Search(ctx, query(t, "Location", "name=kilifi"))
			return err
		},
		"version": func(ctx context.Context) error { _, err := s.ReadVersion(ctx, "Location", "l-1", 1); return err },
		"history": func(ctx context.Context) error { _, err := s.History(ctx, store.HistoryQuery{Count: 1}); return err },
		"changes": func(ctx context.Context) error { _, err := s.Changes(ctx, 0, 1); return err },
		"value":   func(ctx context.Context) error { _, err := s.Value(ctx, "a", "b"); return err },
	}
	for name, call := range calls {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s while all readers are busy gave %v, want the deadline", name, err)
		}
		cancel()
	}
	release()
	for name, call := range calls {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}

func TestLongSearchIsInterrupted(t *testing.T) {
	s := loaded(t, 4000)
	q := query(t, "Location", "near=0|35|20000|km&_has:Location:partof:name=zzz")
	if p, err := s.Search(t.Context(), q); err != nil || p.Total != 0 {
		t.Fatalf("%+v, %v", p, err)
	}
	wide := query(t, "Location", "near=0|35|20000|km&_sort=status,-name,identifier")
	wide.Count = 1000
	interrupted := false
	for wait := 200 * time.Microsecond; wait < 20*time.Millisecond; wait += 300 * time.Microsecond {
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		_, err := s.Search(ctx, wide)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			interrupted = true
		case err != nil:
			t.Fatalf("an interrupted search gave %v", err)
		}
	}
	if !interrupted {
		t.Error("no search was slow enough to be interrupted")
	}
	for range 8 { // every connection is of use again
		if p, err := s.Search(t.Context(), query(t, "Location", "identifier=F000017")); err != nil || p.Total != 1 {
			t.Errorf("afterwards: %+v, %v", p, err)
		}
	}
}
