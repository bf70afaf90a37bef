package app_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"masjala/internal/app"
)

// opened makes a program whose clock the test sets.
func opened(t *testing.T, log slog.Handler) (a *app.App, pass func(time.Duration)) {
	t.Helper()
	now := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	o := options("a test")
	o.Now, o.Log = func() time.Time { return now }, slog.New(log)
	a, err := app.Open(t.Context(), settings(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, func(d time.Duration) { now = now.Add(d) }
}

// What a machine that is busy takes to open the data is not added to the time for taking resources into memory.
func TestServerWaitsForItsMemoryWithinABound(t *testing.T) {
	for name, tc := range map[string]struct{ passed, want time.Duration }{
		"at once":              {0, 2 * time.Second},
		"after a while":        {1500 * time.Millisecond, 500 * time.Millisecond},
		"after the whole time": {2 * time.Second, 0},
		"clock set back":       {-time.Hour, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			a, pass := opened(t, slog.DiscardHandler)
			pass(tc.passed)
			if got := a.Patience(); got != tc.want {
				t.Errorf("it waits %s, want %s", got, tc.want)
			}
		})
	}
	a, pass := opened(t, slog.DiscardHandler)
	if pass(time.Minute); a.Patience() > 0 {
		t.Error("it waits though opening took longer")
	}
}

// stuck is a log that takes one message only when it is released.
type stuck struct {
	slog.Handler
	message string
	release <-chan struct{}
}

func (s stuck) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == s.message {
		<-s.release
	}
	return s.Handler.Handle(ctx, r)
}

func TestServerIsReadyBeforeItsMemoryIsWarm(t *testing.T) {
	release := make(chan struct{})
	a, pass := opened(t, stuck{
		slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug}), "hierarchies were read", release,
	})
	pass(time.Minute)
	_, stop := serve(t, a)
	close(release)
	stop()
}
