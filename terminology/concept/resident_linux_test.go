package concept

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestMappedSetsAreLetGo reads a whole set: it is in memory, and when it was let go it is
// not, but answers as before.
func TestMappedSetsAreLetGo(t *testing.T) {
	l, err := Open(t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var b strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&b, `,{"code":"c%d","display":"Concept %d %s"}`, i, i, strings.Repeat("long text ", 20))
	}
	src, err := Read([]byte(`{"concept":[` + b.String()[1:] + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Add(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	read := func() (n int) {
		for k := range uint32(s.Len()) {
			n += len(strings.TrimRight(string(s.Display(k)), " "))
		}
		return n
	}
	before := read()
	full, ok := residentFiles()
	if !ok || full < int64(len(s.mapped))/2 {
		t.Fatalf("%d bytes of files are in memory, %v; want most of %d", full, ok, len(s.mapped))
	}
	l.letGo()
	if left, _ := residentFiles(); left > full-int64(len(s.mapped))/2 {
		t.Errorf("%d of %d bytes are still in memory", left, full)
	}
	if read() != before {
		t.Error("the set reads otherwise")
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { l.Tend(ctx); close(done) }()
	stop()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("Tend goes on after its context has ended")
	}
}
