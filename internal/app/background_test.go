package app_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"masjala/internal/app"
	"masjala/internal/testutil"
)

func TestHierarchiesAreReadAtStart(t *testing.T) {
	testutil.Requirement(t, "FRF-2")
	c := settings(t)
	c.Open = true
	r, w := io.Pipe()
	o := options("a test")
	o.Log = slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
	read := make(chan struct{})
	go func() {
		seen := ""
		for b := make([]byte, 4096); ; {
			n, err := r.Read(b)
			if err != nil {
				return
			}
			if seen += string(b[:n]); strings.Contains(seen, "hierarchies were read") {
				close(read)
				_, _ = io.Copy(io.Discard, r)
				return
			}
		}
	}()
	a, err := app.Open(t.Context(), c, o)
	if err != nil {
		t.Fatal(err)
	}
	_, stop := serve(t, a)
	select {
	case <-read:
	case <-time.After(10 * time.Second):
		t.Error("the hierarchies were not read within 10 s of the start")
	}
	stop()
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
}
