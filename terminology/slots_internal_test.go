package terminology

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"masjala/fhir"
	"masjala/internal/testutil"
)

// TestWaitingForAPlaceEnds waits, in a part of a question, for a place that nobody leaves.
func TestWaitingForAPlaceEnds(t *testing.T) {
	testutil.Requirement(t, "TX-14")
	synctest.Test(t, func(t *testing.T) {
		v := &view{s: &Service{slots: newSlots(1)}}
		v.s.slots.free.TryAcquire(1)
		part := func(ctx context.Context) (err error) {
			ctx, end := bounded(ctx, &err)
			defer end()
			return v.Heavy(ctx)
		}
		whole := func(ctx context.Context) (err error) {
			ctx, end := bounded(ctx, &err)
			defer end()
			time.Sleep(time.Second)
			return part(ctx)
		}
		start := time.Now()
		if err := whole(t.Context()); fhir.KindOf(err) != fhir.TooCostly || time.Since(start) != patience {
			t.Errorf("after %v: %v, want TooCostly after %v", time.Since(start), err, patience)
		}
		hasty, leave := context.WithTimeout(t.Context(), 3*time.Second)
		defer leave()
		start = time.Now()
		if err := whole(hasty); !errors.Is(err, context.DeadlineExceeded) || fhir.KindOf(err) == fhir.TooCostly || time.Since(start) != 3*time.Second {
			t.Errorf("the caller waits 3 s: %v after %v", err, time.Since(start))
		}
	})
}
