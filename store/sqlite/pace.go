package sqlite

import (
	"context"
	"time"
)

// pace says how long work in the background rests now and then, so that requests have the processor.
type pace struct {
	s     *Store
	began time.Time // of the stretch of work
	asked int64     // how often the cache was asked until then
}

// busyFrom is how many questions a second to the cache mean that requests come.
const busyFrom = 200

// Rests are in times of what was worked.
const (
	noRest    = 0
	shortRest = 0.25
	halfRest  = 1
	longRest  = 3
)

// newPace begins a stretch of work.
func newPace(s *Store) pace { return pace{s, time.Now(), s.cache.Asked()} }

// busy tells whether requests come.
func (p *pace) busy() bool {
	return float64(p.s.cache.Asked()-p.asked) > busyFrom*time.Since(p.began).Seconds()
}

// measure is by which of two measures to rest after the stretch: the one while no requests come, or the other.
func (p *pace) measure(quiet, busy float64) float64 {
	if p.busy() {
		return busy
	}
	return quiet
}

// rest ends the stretch, rests, and begins the next; false when ctx ended.
func (p *pace) rest(ctx context.Context, quiet, busy float64) bool {
	ok := sleep(ctx, time.Duration(p.measure(quiet, busy)*float64(time.Since(p.began))))
	*p = newPace(p.s)
	return ok
}

// whenQuiet ends the stretch and rests as long as it took, or until few requests came for a second, and begins
// the next; false when ctx ended.
func (p *pace) whenQuiet(ctx context.Context) bool {
	for p.busy() {
		*p = newPace(p.s)
		if !sleep(ctx, time.Second) {
			return false
		}
	}
	return p.rest(ctx, halfRest, halfRest)
}

// sleep waits; false when ctx has ended.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
