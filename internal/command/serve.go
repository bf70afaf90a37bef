package command

import (
	"bufio"
	"context"
	"encoding/json"
	"sync"
	"time"
)

// pace is how often a running command says how far it is. It also shows a client or a
// proxy that the server is alive, and the server that the client is.
const pace = time.Second

// Serve runs a call and writes its events, one JSON object per line. When the client
// leaves, the context of the command ends.
func Serve(ctx context.Context, w *bufio.Writer, runner Runner, call Call) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &line{w: w, lost: cancel}
	call.Give = l.give
	result, err := l.during(func() (Result, error) { return runner.Run(ctx, call, l.progress) })
	switch {
	case err != nil:
		l.send(Event{Error: FailureOf(err)})
	case len(result.Value) == 0:
		l.send(Event{Result: json.RawMessage("{}"), Problems: result.Problems})
	default:
		l.send(Event{Result: result.Value, Problems: result.Problems})
	}
}

// line is the way back to the client.
type line struct {
	mu   sync.Mutex // guards last
	last Progress
	lost func() // called when the client has left

	writing sync.Mutex // guards w
	w       *bufio.Writer
}

// progress remembers how far the command is; tick sends it.
func (l *line) progress(p Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = p
}

// during sends the progress while run runs.
func (l *line) during(run func() (Result, error)) (Result, error) {
	stop := l.tick()
	defer stop() // also when run panics
	return run()
}

// tick sends the progress at a steady pace until stop is called, which waits for the last.
func (l *line) tick() (stop func()) {
	ticker, quit, done := time.NewTicker(pace), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				l.mu.Lock()
				p := l.last
				l.mu.Unlock()
				l.send(Event{Progress: &p})
			case <-quit:
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

func (l *line) send(e Event) {
	data, err := json.Marshal(e)
	if err != nil {
		data, _ = json.Marshal(Event{Error: FailureOf(err)})
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	if _, err := l.w.Write(append(data, '\n')); err != nil {
		l.lost()
		return
	}
	if err := l.w.Flush(); err != nil {
		l.lost()
	}
}
