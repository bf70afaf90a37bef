package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"masjala/fhir"
	"masjala/importers"
)

// Kind is one sort of list.
type Kind struct {
	Run func(context.Context, importers.Env, importers.Request) (*importers.Report, error)
	// Targets are what columns may mean; nil for releases, which have no columns. Those are not
	// kept as tasks, nor can they be handed in: they only wait in line.
	Targets    func() []importers.Target
	Registries []string // that it writes; imports with one in common wait for each other
}

// Options are what a desk is made of.
type Options struct {
	Env     importers.Env
	Folder  string // for what was handed in; made if need be
	Kinds   map[string]Kind
	Discard bool          // keep no file after its import was done
	Space   int64         // bytes that all files may have together; 0: 2 GiB
	Age     time.Duration // after which files, and imports that changed nothing, are forgotten; 0: a year
	Open    int           // imports that may wait or run at a time; 0: 100
	Log     *slog.Logger  // nil: silent
}

// Desk takes imports in. It is safe for concurrent use.
type Desk struct {
	o     Options
	files folder
	line  line

	ctx  context.Context // ends when the desk closes
	stop context.CancelCauseFunc
	wg   sync.WaitGroup

	coming atomic.Int64 // bytes of uploads that are not filed yet
	filing sync.Mutex   // held while it is decided which files stay, and while one comes

	mu     sync.Mutex       // guards what follows
	active map[string]*work // by run
	shut   bool
}

// What ends the context of a step.
var (
	errStopped   = fhir.Errorf(fhir.Busy, "the program is stopping; the import goes on when it starts again")
	errEnded     = fhir.Errorf(fhir.Busy, "the program ended in the middle; what was written until then stays, until the list is imported again or this import is undone")
	errGivenUp   = fhir.Errorf(fhir.Busy, "the program ended %d times while it was busy with this import, so it is not taken up again by itself; look into the log, then ask for it again", mostRetries+1)
	errCancelled = fhir.Errorf(fhir.Conflict, "the import was cancelled")
)

// work is a step that waits or runs.
type work struct {
	run    string
	step   Step
	asked  int64 // version of the task that asked for it
	ticket *ticket
	cancel context.CancelCauseFunc
	done   chan struct{}
	order  *Order // of a command that waits; else nil

	mu       sync.Mutex
	progress importers.Progress
	result   *Imported         // when done
	undone   *importers.Undone // when done
	err      error             // when done
}

// Open opens a desk in a process that alone has its folder and store. Imports of commands that died
// with an earlier process are told as failed. Those that were handed in wait for Start.
func Open(ctx context.Context, o Options) (*Desk, error) {
	if o.Space <= 0 {
		o.Space = 2 << 30
	}
	if o.Age <= 0 {
		o.Age = 365 * 24 * time.Hour
	}
	if o.Open <= 0 {
		o.Open = 100
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{o: o, files: folder{o.Folder}, active: map[string]*work{}}
	d.ctx, d.stop = context.WithCancelCause(context.Background())
	if err := d.files.empty(); err != nil {
		return nil, err
	}
	left, err := d.unfinished(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range left {
		if !t.Attended {
			continue
		}
		_, err := d.change(ctx, t.Run, func(t *Task) error {
			return settle(t, &work{step: t.Step}, errEnded)
		})
		if err != nil {
			return nil, err
		}
	}
	return d, nil
}

// unfinished are the tasks that work, oldest first.
func (d *Desk) unfinished(ctx context.Context) ([]*Task, error) {
	marks, err := d.o.Env.Store.Values(ctx, working, "", "", 1<<20)
	if err != nil {
		return nil, fmt.Errorf("read imports: %w", err)
	}
	var out []*Task
	for _, m := range marks {
		t, err := d.Task(ctx, m.Key)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Start takes up what was cut short, and forgets what is old. It must be called once, by a process that stays.
func (d *Desk) Start(ctx context.Context) error {
	left, err := d.unfinished(ctx)
	if err != nil {
		return err
	}
	for _, t := range left {
		if t.Attended { // of a command that waits for it now
			continue
		}
		if t, err = d.retry(ctx, t); err != nil {
			return err
		}
		if !t.Working() {
			continue
		}
		if _, err := d.begin(t, nil); err != nil && fhir.KindOf(err) != fhir.Conflict { // it was asked for just now
			return err
		}
	}
	return d.Sweep(ctx)
}

// mostRetries is how often a step is taken up again that was being done when the program ended.
const mostRetries = 5

// retry counts that a step is taken up again, and gives up one with which the program ends again and again.
func (d *Desk) retry(ctx context.Context, t *Task) (*Task, error) {
	if t.State == Queued {
		return t, nil
	}
	return d.change(ctx, t.Run, func(t *Task) error {
		if t.Retries++; t.Retries > mostRetries {
			return settle(t, &work{step: t.Step}, errGivenUp)
		}
		return nil
	})
}

// Close stops all steps and waits for them. Those that were handed in go on at the next start.
func (d *Desk) Close() error {
	d.mu.Lock()
	d.shut = true
	d.mu.Unlock()
	d.stop(errStopped)
	d.wg.Wait()
	return nil
}

// begin puts the step of a task into the line. It fails with Busy when the desk is closed, with
// Conflict when something is done about the task already.
func (d *Desk) begin(t *Task, o *Order) (*work, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was := d.active[t.Run]
	switch {
	case d.shut:
		return nil, errStopped
	case was != nil && was.asked == t.Version:
		return was, nil
	case was != nil:
		return nil, fhir.Errorf(fhir.Conflict, "the import %s is being worked on; wait until it is %s", t.Run, after[was.step])
	}
	ctx, cancel := context.WithCancelCause(d.ctx)
	w := &work{run: t.Run, step: t.Step, asked: t.Version, cancel: cancel, done: make(chan struct{}), order: o, ticket: d.line.enter(d.o.Kinds[t.Kind].Registries)}
	d.active[t.Run] = w
	d.wg.Go(func() {
		defer d.end(w)
		w.err = d.do(ctx, w)
	})
	return w, nil
}

// follow begins a step that was queued when the one before it was settled, as soon as that is over.
func (d *Desk) follow(t *Task, o *Order) (*work, error) {
	for {
		was := d.worked(t.Run)
		if was == nil || was.asked >= t.Version {
			return d.begin(t, o)
		}
		<-was.done
	}
}

// end gives back what begin took.
func (d *Desk) end(w *work) {
	w.cancel(nil)
	d.line.leave(w.ticket)
	d.mu.Lock()
	delete(d.active, w.run)
	d.mu.Unlock()
	close(w.done)
}

// worked returns what is done about a run at the moment, or nil.
func (d *Desk) worked(run string) *work {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.active[run]
}

// Progress tells how far the work on an import is, and how many wait before it. ok is false when
// nothing is done about it.
func (d *Desk) Progress(run string) (p importers.Progress, ahead int, ok bool) {
	w := d.worked(run)
	if w == nil {
		return p, 0, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.progress, d.line.ahead(w.ticket), true
}

// report takes the progress of a step.
func (w *work) report(p importers.Progress) {
	w.mu.Lock()
	w.progress = p
	w.mu.Unlock()
	if w.order != nil && w.order.Progress != nil {
		w.order.Progress(p)
	}
}

// stopped tells whether an error comes from the end of the program.
func stopped(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errStopped) }

// cancelled tells whether somebody stopped the step.
func cancelled(ctx context.Context) bool { return errors.Is(context.Cause(ctx), errCancelled) }
