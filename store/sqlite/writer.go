package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"masjala/store"
)

// job is one call of Write on its way through the writer.
type job struct {
	by    store.Cause
	fn    func(*tx) error
	state atomic.Int32 // waiting, then started or cancelled
	done  chan error   // gets the result once, after the commit
	err   error        // of the last run
}

const (
	waiting = iota
	started
	cancelled
)

// The bounds of a group of jobs that share a commit.
const (
	maxJobs     = 128
	maxVersions = 4000
)

// Write runs fn in a transaction on the writer and returns when it is durable.
func (s *Store) Write(ctx context.Context, by store.Cause, fn func(tx store.Tx) error) error {
	return s.write(ctx, by, func(t *tx) error { return fn(t) })
}

func (s *Store) write(ctx context.Context, by store.Cause, fn func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !s.calls.enter() {
		return store.ErrClosed
	}
	defer s.calls.leave()
	j := &job{by: by, fn: fn, done: make(chan error, 1)}
	select {
	case s.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(waiting, cancelled) {
			return ctx.Err()
		}
		return <-j.done
	}
}

// writer owns the connection that writes. Only its goroutine touches it after Open.
type writer struct {
	s      *Store
	c      *conn
	dict   *dictionary
	causes map[store.Cause]int64
	batch  batch
	last   mark // the state after the last commit
	at     mark // the state in the running transaction
	now    time.Time
	// versions of the running transaction, of the jobs that succeeded in it.
	versions []store.Version
	changes  []change // by them, in order
	pending  map[resourceKey]*current
	live     map[int64]int64 // by type: change of the number of current resources
	// reindexed tells that a job of the running transaction changed index rows alone.
	reindexed bool
	outdated  bool   // a job of it made the base of the index one of another state
	jobs      []*job // of the running group
	usual     int    // how many jobs the commit before had
}

// mark is what the writer counts; a rollback goes back to a former mark.
type mark struct {
	seq, rid, updated int64
}

func newWriter(s *Store, c *conn) *writer {
	return &writer{
		s: s, c: c, causes: map[store.Cause]int64{}, pending: map[resourceKey]*current{}, live: map[int64]int64{},
		dict:  &dictionary{c: c, published: &s.names, symbols: map[string]int64{}},
		batch: batch{c: c, texts: map[statement]string{}},
	}
}

// resume reads where the file stands.
func (w *writer) resume() error {
	ctx := context.Background()
	n, err := loadNames(ctx, w.c)
	if err != nil {
		return err
	}
	w.s.names.Store(n)
	w.dict.now = n
	if w.last.seq, err = w.c.number(ctx, "select max(seq) from version"); err != nil {
		return err
	}
	if w.last.rid, err = w.c.number(ctx, "select max(rid) from resource"); err != nil {
		return err
	}
	if w.last.updated, err = w.c.number(ctx, "select max(updated) from moment"); err != nil {
		return err
	}
	w.s.seq.Store(w.last.seq)
	w.s.updated.Store(w.last.updated)
	w.s.moments.Store(&moments{seq: w.last.seq, at: w.last.updated})
	return nil
}

// run does jobs until the queue is closed. A job that ends the goroutine (runtime.Goexit)
// costs its group an error; the work goes on in a new goroutine.
func (w *writer) run() {
	over := false
	defer func() {
		if over {
			return
		}
		w.rollback()
		for _, j := range w.jobs {
			j.done <- errAborted
		}
		w.s.wg.Go(w.run)
	}()
	for j := range w.s.jobs {
		w.group(j)
	}
	over = true
}

// errAborted is what the jobs of a group get when one of them ended the writer's goroutine.
var errAborted = errors.New("a job ended the goroutine of the writer")

// group runs a job, and those that are waiting behind it, in one commit.
func (w *writer) group(j *job) {
	w.jobs = w.jobs[:0]
	err := w.begin()
	for err == nil && j != nil {
		if j.state.CompareAndSwap(waiting, started) {
			w.jobs = append(w.jobs, j)
			err = w.try(j)
		}
		j = nil
		if err == nil && len(w.jobs) < maxJobs && len(w.versions) < maxVersions {
			j = w.next()
		}
	}
	if j != nil && j.state.CompareAndSwap(waiting, started) { // begin failed
		w.jobs = append(w.jobs, j)
	}
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		w.rollback()
		w.singly()
		return
	}
	w.usual = len(w.jobs)
	for _, j := range w.jobs {
		j.done <- j.err
	}
	clear(w.jobs)
	w.jobs = w.jobs[:0]
}

// patience is how long a commit waits for as many jobs as the one before had: little
// beside the sync they then share.
const patience = 300 * time.Microsecond

// next returns a job that is waiting, or that comes soon if more may be expected; nil if
// there is none.
func (w *writer) next() *job {
	select {
	case j := <-w.s.jobs: // nil when closed
		return j
	default:
	}
	if len(w.jobs) >= w.usual {
		return nil
	}
	select {
	case j := <-w.s.jobs:
		return j
	case <-time.After(patience):
		return nil
	}
}

// singly runs the jobs of a group again, each in its own transaction, after their common one was lost.
func (w *writer) singly() {
	for len(w.jobs) > 0 {
		j := w.jobs[0]
		err := w.begin()
		if err == nil {
			if err = w.try(j); err == nil {
				if err = j.err; err == nil {
					err = w.commit()
				}
			}
		}
		if err != nil {
			w.rollback()
		}
		w.jobs = w.jobs[1:]
		j.done <- readable(err)
	}
}

func (w *writer) begin() error {
	w.at = w.last
	w.at.updated = max(w.s.now().UnixMilli(), w.last.updated+1)
	w.now = instant(w.at.updated)
	return w.c.exec("begin immediate")
}

// try runs a job and keeps its error in it. The error it returns means that the whole
// transaction is lost. The first job of a commit needs no savepoint, which would cost a
// bulk load a copy of every page: if it fails, nothing but itself is rolled back.
func (w *writer) try(j *job) error {
	first := len(w.jobs) == 1
	if !first {
		if err := w.c.exec("savepoint job"); err != nil {
			return err
		}
	}
	at, kept := w.at, w.dict.keep()
	t := &tx{w: w, by: j.by, pending: map[resourceKey]*current{}, start: w.batch.fill()}
	j.err = t.run(j.fn)
	switch {
	case j.err == nil && first:
		t.keep()
		return nil
	case j.err == nil:
		t.keep()
		return w.c.exec("release job")
	case t.mixed || w.c.c.AutoCommit():
		return fmt.Errorf("the transaction is lost: %w", j.err)
	}
	j.err = readable(j.err)
	if first {
		w.rollback()
		return w.begin()
	}
	w.batch.cut(t.start)
	w.at = at
	w.dict.drop(kept)
	clear(w.causes)
	if err := w.c.exec("rollback to job"); err != nil {
		return err
	}
	return w.c.exec("release job")
}

// run runs fn; a panic in it becomes an error.
func (t *tx) run(fn func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			t.w.s.log.Error("job panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("the job panicked: %v", p)
		}
		t.over = true
	}()
	return fn(t)
}

// commit makes the transaction durable, then shows it: cache, sequence, subscribers.
func (w *writer) commit() error {
	if err := w.flush(); err != nil {
		return err
	}
	if len(w.versions) > 0 {
		if err := w.c.exec("insert into moment (updated, seq) values (?, ?)", w.at.updated, w.at.seq); err != nil {
			return err
		}
	}
	if err := w.publish(); err != nil {
		return err
	}
	s := w.s
	if len(w.versions) > 0 {
		w.last = w.at
		s.subs.tell(store.Commit{Seq: w.at.seq, Updated: w.now, Versions: append([]store.Version(nil), w.versions...)}, s.log)
	}
	w.clear()
	s.check.wake()
	return nil
}

// publish ends the transaction and shows what is new to readers.
func (w *writer) publish() error {
	s := w.s
	s.publishing.Lock()
	defer s.publishing.Unlock()
	if s.indexer != nil {
		s.indexer.mu.Lock()
		defer s.indexer.mu.Unlock()
	}
	if err := w.c.exec("commit"); err != nil {
		return err
	}
	w.dict.publish()
	w.remember()
	if w.reindexed {
		s.totals.forget()
	}
	if len(w.versions) > 0 {
		s.updated.Store(w.at.updated)
		s.seq.Store(w.at.seq)
	}
	return nil
}

// clear forgets what the jobs of a commit did.
func (w *writer) clear() {
	clear(w.versions)
	w.versions = w.versions[:0]
	clear(w.changes)
	w.changes = w.changes[:0]
	w.reindexed, w.outdated = false, false
	clear(w.pending)
	clear(w.live)
}

// rollback forgets the transaction.
func (w *writer) rollback() {
	w.batch.reset()
	w.dict.drop(w.s.names.Load())
	clear(w.dict.symbols)
	clear(w.causes)
	w.clear()
	if !w.c.c.AutoCommit() {
		if err := w.c.exec("rollback"); err != nil {
			w.s.log.Error("rollback", "err", err)
		}
	}
}
