package sqlite

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"
)

// The checkpointer copies the write-ahead log into the file, away from the writer's path.
const (
	smallWAL = 4 << 20  // from here on a passive checkpoint runs after a commit
	largeWAL = 64 << 20 // from here on readers are held up for a moment, so that the log starts anew
	idleWait = time.Second
	pause    = 200 * time.Millisecond // between checkpoints under load
)

type checkpointer struct {
	s    *Store
	c    *conn
	work chan struct{}
	stop chan struct{}
	held atomic.Int32 // who reads one state of the file for long
}

// hold notes that somebody begins (1) or ends (-1) to read one state of the file for long:
// meanwhile the log cannot start anew, and nobody is to wait for it.
func (p *checkpointer) hold(n int32) { p.held.Add(n) }

func newCheckpointer(s *Store) (*checkpointer, error) {
	c, err := connect(s.path, "rwc", 1<<10)
	if err != nil {
		return nil, err
	}
	p := &checkpointer{s: s, c: c, work: make(chan struct{}, 1), stop: make(chan struct{})}
	// A job of the writer may wait for a reader while restart holds them all: restart gives
	// up soon and lets the job go on.
	if _, err := c.number(context.Background(), "pragma busy_timeout = 250"); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return p, c.exec("pragma wal_autocheckpoint = 0")
}

// wake tells the checkpointer that there was a commit.
func (p *checkpointer) wake() {
	select {
	case p.work <- struct{}{}:
	default:
	}
}

// run checkpoints after commits: at once when the log has grown, else when writing pauses.
func (p *checkpointer) run() {
	idle := time.NewTimer(idleWait)
	defer idle.Stop()
	behind := false
	var last time.Time
	for {
		select {
		case <-p.stop:
			return
		case <-p.work:
			behind = true
			idle.Reset(idleWait)
			if time.Since(last) < pause {
				continue
			}
			last = time.Now()
			switch size := p.size(); {
			case size >= largeWAL && p.held.Load() == 0:
				p.restart()
			case size >= smallWAL:
				p.checkpoint("PASSIVE")
			}
		case <-idle.C:
			if behind {
				p.checkpoint("PASSIVE")
				behind = false
			}
		}
	}
}

// size is the size of the log in bytes.
func (p *checkpointer) size() int64 {
	st, err := os.Stat(p.s.path + "-wal")
	if err != nil {
		return 0
	}
	return st.Size()
}

func (p *checkpointer) checkpoint(mode string) {
	if err := p.c.exec("pragma wal_checkpoint(" + mode + ")"); err != nil {
		p.s.log.Error("checkpoint", "mode", mode, "err", err)
	}
}

// restart shrinks a log that passive checkpoints could not: it holds up the readers until
// none looks into the log any more.
func (p *checkpointer) restart() {
	p.checkpoint("PASSIVE") // most of the work, with nobody waiting
	var held []*conn
	defer func() {
		for _, c := range held {
			p.s.readers <- c
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	for range p.s.all {
		select {
		case c := <-p.s.readers:
			held = append(held, c)
		case <-ctx.Done():
			return // a long search; the next commit tries again
		}
	}
	p.checkpoint("TRUNCATE")
}

// finish writes the whole log back before the file is closed.
func (p *checkpointer) finish() error { return p.c.exec("pragma wal_checkpoint(TRUNCATE)") }
