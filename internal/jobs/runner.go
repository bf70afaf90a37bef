package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"masjala/fhir"
	"masjala/store"
)

// Options are what a [Runner] needs. Store is required.
type Options struct {
	Store store.Store
	Now   func() time.Time // time.Now when nil
	Rand  *rand.Rand       // for delays; seeded at random when nil
	Log   *slog.Logger     // nothing is logged when nil
	// OnRun, when set, is told of each run that ended.
	OnRun func(Run)
}

// Runner runs jobs. Its methods are safe for concurrent use.
type Runner struct {
	o     Options
	names []string
	jobs  map[string]*entry

	done context.Context // ends when the runner stops
	stop context.CancelFunc
	mu   sync.Mutex // guards Options.Rand, the fields of entries, and that wg grows while done is open
	wg   sync.WaitGroup
}

// entry is a job with what is going on with it.
type entry struct {
	Job
	schedule Schedule
	running  *Run
	next     time.Time // start of the next scheduled run, delay included
	skipped  int64     // due times since the last run that were skipped
}

// longest is how long the runner sleeps before it looks at the clock again, so that a
// machine that was suspended, or whose clock was set, keeps its schedule.
const longest = time.Minute

// New makes a runner of jobs. It fails with Invalid when a schedule cannot be read, or
// a name is empty or used twice.
func New(o Options, list ...Job) (*Runner, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Runner{o: o, jobs: map[string]*entry{}}
	r.done, r.stop = context.WithCancel(context.Background())
	for _, j := range list {
		s, err := ParseSchedule(j.Schedule, j.Timezone)
		if err != nil {
			return nil, fmt.Errorf("job %q: %w", j.Name, err)
		}
		if j.Name == "" || strings.Contains(j.Name, "/") || r.jobs[j.Name] != nil {
			return nil, fhir.Errorf(fhir.Invalid, "a job needs a name of its own without a slash; %q will not do", j.Name)
		}
		r.jobs[j.Name] = &entry{Job: j, schedule: s}
		r.names = append(r.names, j.Name)
	}
	slices.Sort(r.names)
	return r, nil
}

// Start begins to run jobs on their schedules, until ctx ends or Stop is called. It
// returns at once. It must be called only once.
func (r *Runner) Start(ctx context.Context) {
	context.AfterFunc(ctx, r.stop)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done.Err() != nil {
		return
	}
	for _, name := range r.names {
		if e := r.jobs[name]; e.Schedule != "" {
			r.wg.Go(func() { r.keep(r.done, e) })
		}
	}
}

// Stop ends all runs and waits for them. A run that it cuts short is made up at the next start.
func (r *Runner) Stop() {
	r.mu.Lock()
	r.stop()
	r.mu.Unlock()
	r.wg.Wait()
}

// RunNow runs a job and waits until it ended or ctx ends, which ends the run. It
// returns the run and its error: NotFound for a name that no job has, Conflict when the
// job is running already, Busy when the runner was stopped.
func (r *Runner) RunNow(ctx context.Context, name string) (Run, error) {
	e := r.jobs[name]
	if e == nil {
		return Run{}, fhir.Errorf(fhir.NotFound, "there is no job called %q", name)
	}
	r.mu.Lock()
	if r.done.Err() != nil {
		r.mu.Unlock()
		return Run{}, fhir.Errorf(fhir.Busy, "the program is stopping, so %q was not started", name)
	}
	r.wg.Add(1)
	r.mu.Unlock()
	defer r.wg.Done()
	if !r.claim(e, Requested) {
		return Run{}, fhir.Errorf(fhir.Conflict, "%q is running already; wait until it ended", name)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.done, cancel)()
	return r.run(ctx, e, time.Time{})
}

// keep runs one job whenever it is due.
func (r *Runner) keep(ctx context.Context, e *entry) {
	anchor := r.anchor(ctx, e)
	for ctx.Err() == nil {
		due, trigger := e.schedule.Next(anchor), Scheduled
		if due.IsZero() {
			return
		}
		if now := r.o.Now(); due.Before(now) {
			due, trigger = now, Missed
		}
		if !r.sleep(ctx, e, due) {
			return
		}
		if r.claim(e, trigger) {
			if _, err := r.run(ctx, e, due); err != nil {
				r.o.Log.Warn("job failed", "job", e.Name, "err", err)
			}
		} else {
			r.skip(e, due)
		}
		anchor = r.passed(e, due)
	}
}

// claim marks a job as running; false when it is already.
func (r *Runner) claim(e *entry, trigger Trigger) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.running != nil {
		return false
	}
	e.running = &Run{Job: e.Name, Trigger: trigger, Started: r.o.Now().UTC()}
	return true
}

// run does a claimed job and keeps what came of it. due is when a scheduled run was due.
func (r *Runner) run(ctx context.Context, e *entry, due time.Time) (Run, error) {
	err := r.call(ctx, e)
	r.mu.Lock()
	run := *e.running
	run.Ended = r.o.Now().UTC()
	run.Skipped, e.skipped = e.skipped, 0
	e.running = nil
	r.mu.Unlock()
	if err != nil {
		run.Error = err.Error()
	}
	cut := ctx.Err() != nil && err != nil
	if cut || due.IsZero() {
		due = time.Time{} // a run that was cut short is made up later
	}
	if kept := r.save(run, due); kept != nil {
		r.o.Log.Error("the run of a job was not recorded", "job", e.Name, "err", kept)
	}
	if r.o.OnRun != nil {
		r.o.OnRun(run)
	}
	return run, err
}

// call calls the job and turns a panic into an error.
func (r *Runner) call(ctx context.Context, e *entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.o.Log.Error("job panicked", "job", e.Name, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("job %q broke off by a fault of the program: %v", e.Name, p)
		}
	}()
	return e.Run(ctx, func(s Step) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if e.running != nil {
			e.running.Step = s
		}
	})
}

// passed counts the due times that went by since due as skipped, and returns the last
// moment that needs no run any more.
func (r *Runner) passed(e *entry, due time.Time) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, anchor := r.o.Now(), due
	for next := e.schedule.Next(due); !next.IsZero() && !next.After(now); next = e.schedule.Next(next) {
		e.skipped++
		anchor = next
	}
	return anchor
}

// skip counts a due time at which the job was still running.
func (r *Runner) skip(e *entry, due time.Time) {
	r.mu.Lock()
	e.skipped++
	r.mu.Unlock()
	r.o.Log.Warn("job was still running when it was due again", "job", e.Name, "due", due)
}

// sleep waits until due and a random delay more; false when ctx ended before.
func (r *Runner) sleep(ctx context.Context, e *entry, due time.Time) bool {
	r.mu.Lock()
	if e.Delay > 0 {
		due = due.Add(time.Duration(r.o.Rand.Int64N(int64(e.Delay))))
	}
	e.next = due
	r.mu.Unlock()
	for {
		left := due.Sub(r.o.Now())
		if left <= 0 {
			return ctx.Err() == nil
		}
		t := time.NewTimer(min(left, longest))
		select {
		case <-ctx.Done():
			t.Stop()
			return false
		case <-t.C:
		}
	}
}
