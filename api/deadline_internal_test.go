package api

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"
)

func TestDeadlineBehavesAsAContext(t *testing.T) {
	parent, stop := context.WithCancel(t.Context())
	tests := map[string]struct {
		after time.Duration
		do    func(*deadline)
		want  error
	}{
		"running":              {time.Hour, func(*deadline) {}, nil},
		"its time has come":    {time.Millisecond, func(*deadline) { time.Sleep(5 * time.Millisecond) }, context.DeadlineExceeded},
		"it was ended":         {time.Hour, (*deadline).end, context.Canceled},
		"its parent was ended": {time.Hour, func(*deadline) { stop() }, context.Canceled},
	}
	for _, name := range []string{"running", "its time has come", "it was ended", "its parent was ended"} {
		tc := tests[name]
		t.Run(name, func(t *testing.T) {
			asked, silent := newDeadline(parent, time.Now().Add(tc.after)), newDeadline(parent, time.Now().Add(tc.after))
			child, cancel := context.WithCancel(asked)
			defer cancel()
			for _, d := range []*deadline{asked, silent} {
				tc.do(d)
				if tc.want != nil && d == asked {
					select {
					case <-d.Done():
					case <-time.After(5 * time.Second):
						t.Fatal("Done stays open")
					}
				}
				if got := d.Err(); !errors.Is(got, tc.want) || (got == nil) != (tc.want == nil) {
					t.Errorf("Err = %v, want %v", got, tc.want)
				}
			}
			if (child.Err() == nil) != (tc.want == nil) {
				t.Errorf("a context derived from it has Err %v, want %v", child.Err(), tc.want)
			}
			asked.end()
			silent.end()
			select {
			case <-silent.Done():
			default:
				t.Error("Done asked for after the end is open")
			}
		})
	}
}

func TestDeadlineIsSafeForConcurrentUse(t *testing.T) {
	d := newDeadline(t.Context(), time.Now().Add(time.Hour))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { <-d.Done() })
		wg.Go(func() { _ = d.Err() })
	}
	time.Sleep(time.Millisecond)
	d.end()
	wg.Wait()
}

func TestDeadlineAllocatesLittle(t *testing.T) {
	parent := t.Context()
	n := testing.AllocsPerRun(100, func() {
		d := newDeadline(parent, time.Now().Add(time.Hour))
		if d.Err() != nil {
			t.Error("a new deadline is over")
		}
		d.end()
	})
	if n > 1 {
		t.Errorf("a request that waits for nothing allocates %v times for its context, want 1", n)
	}
}
