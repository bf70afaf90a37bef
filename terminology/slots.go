package terminology

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/semaphore"

	"masjala/fhir"
)

const (
	heavyMembers = 500              // codes in an answer from which on it is expensive
	patience     = 20 * time.Second // how long one question about a value set may take
)

// slots are the places for expensive questions. Fewer are answered at a time than there are
// cores, so that one caller's long lists do not hold up another's short questions.
type slots struct{ free *semaphore.Weighted }

func newSlots(n int) slots {
	if n <= 0 {
		n = max(1, runtime.GOMAXPROCS(0)-1)
	}
	return slots{semaphore.NewWeighted(int64(n))}
}

// Heavy waits for a place, for the rest of the request; a request takes one at most. It
// fails with the error of ctx.
func (v *view) Heavy(ctx context.Context) error {
	if v.heavy {
		return nil
	}
	if err := v.s.slots.free.Acquire(ctx, 1); err != nil {
		return err
	}
	v.heavy = true
	return nil
}

// done ends the use of a view.
func (v *view) done() {
	if v.heavy {
		v.heavy = false
		v.s.slots.free.Release(1)
	}
	runtime.KeepAlive(v)
}

// bounded is ctx with the time that one question may take. Defer end: it turns the end of
// that time in err, if the caller's own did not end, into TooCostly.
func bounded(ctx context.Context, err *error) (soon context.Context, end func()) {
	soon, cancel := context.WithTimeout(ctx, patience)
	return soon, func() {
		cancel()
		if ctx.Err() == nil && errors.Is(*err, context.DeadlineExceeded) {
			*err = failure(fhir.TooCostly, msgTooSlow, strconv.Itoa(int(patience/time.Second))).Because(*err)
		}
	}
}
