package api

import (
	"context"
	"sync/atomic"
	"time"
)

// deadline is the context of a request: a parent's with a time to end. Most requests never
// wait for anything, so the timer and the channel of a context are made only when somebody
// asks for Done. It is safe for concurrent use.
type deadline struct {
	parent context.Context
	at     time.Time
	timed  atomic.Pointer[timed]
	over   atomic.Bool // end was called
}

// timed is the context with the timer.
type timed struct {
	context.Context
	cancel context.CancelFunc
}

// newDeadline returns a context that ends at a time, with its parent, or when end is called.
func newDeadline(parent context.Context, at time.Time) *deadline {
	return &deadline{parent: parent, at: at}
}

// Deadline is of context.Context.
func (d *deadline) Deadline() (time.Time, bool) { return d.at, true }

// Done is of context.Context.
func (d *deadline) Done() <-chan struct{} { return d.timer().Done() }

// Err is of context.Context.
func (d *deadline) Err() error {
	switch t := d.timed.Load(); {
	case t != nil:
		return t.Err()
	case d.over.Load():
		return context.Canceled
	case !time.Now().Before(d.at):
		return context.DeadlineExceeded
	}
	return d.parent.Err()
}

// Value is of context.Context. The context package finds the timer by it and so needs no
// goroutine for contexts derived from this one.
func (d *deadline) Value(key any) any {
	if t := d.timed.Load(); t != nil {
		return t.Value(key)
	}
	return d.parent.Value(key)
}

// timer returns the context with the timer and makes it if need be.
func (d *deadline) timer() *timed {
	if t := d.timed.Load(); t != nil {
		return t
	}
	ctx, cancel := context.WithDeadline(d.parent, d.at)
	t := &timed{ctx, cancel}
	if !d.timed.CompareAndSwap(nil, t) { // another was faster
		cancel()
		t = d.timed.Load()
	}
	if d.over.Load() {
		t.cancel()
	}
	return t
}

// end ends the context and frees its timer.
func (d *deadline) end() {
	d.over.Store(true)
	if t := d.timed.Load(); t != nil {
		t.cancel()
	}
}
