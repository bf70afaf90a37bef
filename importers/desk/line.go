package desk

import (
	"context"
	"slices"
	"sync"
)

// line is where steps wait: each begins when no registry that it writes is used by one that runs
// or wanted by one that came before it.
type line struct {
	mu     sync.Mutex
	places []*ticket // in the order of coming
}

// ticket is a place in the line.
type ticket struct {
	registries []string
	turn       chan struct{} // closed when it is its turn
	called     bool
}

// enter takes a place at the end.
func (l *line) enter(registries []string) *ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &ticket{registries: registries, turn: make(chan struct{})}
	l.places = append(l.places, t)
	l.call()
	return t
}

// wait returns when it is the turn of a ticket, or with the cause of the end of ctx.
func (l *line) wait(ctx context.Context, t *ticket) error {
	select {
	case <-t.turn:
		return context.Cause(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// leave gives a place up.
func (l *line) leave(t *ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.places = slices.DeleteFunc(l.places, func(o *ticket) bool { return o == t })
	l.call()
}

// ahead counts the steps that a ticket waits for; 0 when it is its turn.
func (l *line) ahead(t *ticket) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, o := range l.places {
		if o == t || t.called {
			break
		}
		if meet(o.registries, t.registries) {
			n++
		}
	}
	return n
}

// call tells those whose turn it is.
func (l *line) call() {
	for i, t := range l.places {
		free := !slices.ContainsFunc(l.places[:i], func(o *ticket) bool { return meet(o.registries, t.registries) })
		if free && !t.called {
			t.called = true
			close(t.turn)
		}
	}
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
