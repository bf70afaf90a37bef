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
	if !v.s.slots.free.TryAcquire(1) {
		if p, ok := ctx.(patient); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(p.Context, p.until)
			defer cancel()
		}
		if err := v.s.slots.free.Acquire(ctx, 1); err != nil {
			return err
		}
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

// patient is the context of a question for those who ask it now and then whether to go on: it
// takes no timer, and Done is that of the caller.
type patient struct {
	context.Context
	until time.Time
}

// Deadline is of context.Context.
func (p patient) Deadline() (time.Time, bool) {
	if at, ok := p.Context.Deadline(); ok && at.Before(p.until) {
		return at, true
	}
	return p.until, true
}

// Err is of context.Context.
func (p patient) Err() error {
	if err := p.Context.Err(); err != nil {
		return err
	}
	if !time.Now().Before(p.until) {
		return context.DeadlineExceeded
	}
	return nil
}

// bounded is ctx with the time that one question may take; a part of a question has the time
// of the whole. Defer end: it turns the end of that time in err, if the caller's own did not
// end, into TooCostly.
func bounded(ctx context.Context, err *error) (soon context.Context, end func()) {
	if _, ok := ctx.(patient); ok { // a timer below it would wait for its Done
		return ctx, func() {}
	}
	return patient{ctx, time.Now().Add(patience)}, func() {
		if ctx.Err() == nil && errors.Is(*err, context.DeadlineExceeded) {
			*err = failure(fhir.TooCostly, msgTooSlow, strconv.Itoa(int(patience/time.Second))).Because(*err)
		}
	}
}
