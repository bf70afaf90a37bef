package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"masjala/store"
)

// Trigger says why a run was started.
type Trigger string

const (
	Scheduled Trigger = "schedule" // its time had come
	Missed    Trigger = "missed"   // its time had come while the program was not running
	Requested Trigger = "request"  // someone asked for it
)

// Run is what came of one run of a job.
type Run struct {
	Job     string    `json:"job"`
	Trigger Trigger   `json:"trigger"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"` // zero while it runs
	Step
	Skipped int64  `json:"skipped,omitempty"` // due times that passed unused since the run before
	Error   string `json:"error,omitempty"`
}

// Status is what is known of a job.
type Status struct {
	Name     string    `json:"name"`
	Schedule string    `json:"schedule,omitempty"`
	Timezone string    `json:"timezone,omitempty"`
	Next     time.Time `json:"next,omitzero"` // start of the next scheduled run
	Running  *Run      `json:"running,omitempty"`
	Last     *Run      `json:"last,omitempty"`
	Skipped  int64     `json:"skipped,omitempty"` // due times that passed unused since the last run
}

// The bookkeeping of jobs in the store: space "jobs", keys NAME/anchor (the last due time
// that needs no run any more) and NAME/run/STARTED. KeptRuns runs of each job are kept.
const (
	space    = "jobs"
	KeptRuns = 50
)

// Status tells what is known of each job, in the order of their names.
func (r *Runner) Status(ctx context.Context) ([]Status, error) {
	list := make([]Status, 0, len(r.names))
	for _, name := range r.names {
		runs, err := r.Runs(ctx, name)
		if err != nil {
			return nil, err
		}
		list = append(list, r.status(name, runs))
	}
	return list, nil
}

func (r *Runner) status(name string, runs []Run) Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.jobs[name]
	s := Status{Name: name, Schedule: e.Schedule, Timezone: e.Timezone, Skipped: e.skipped}
	if e.next.After(r.o.Now()) {
		s.Next = e.next
	}
	if e.running != nil {
		now := *e.running
		s.Running = &now
	}
	if len(runs) > 0 {
		s.Last = &runs[len(runs)-1]
	}
	return s
}

// Runs returns the kept runs of a job that ended, oldest first.
func (r *Runner) Runs(ctx context.Context, name string) ([]Run, error) {
	rows, err := r.o.Store.Values(ctx, space, name+"/run/", "", 2*KeptRuns)
	if err != nil {
		return nil, fmt.Errorf("read the runs of job %q: %w", name, err)
	}
	runs := make([]Run, len(rows))
	for i, row := range rows {
		if err := json.Unmarshal(row.Data, &runs[i]); err != nil {
			return nil, fmt.Errorf("read the run %s of job %q: %w", row.Key, name, err)
		}
	}
	return runs, nil
}

// save keeps a run that ended, forgets the oldest, and notes due as done unless it is zero.
func (r *Runner) save(run Run, due time.Time) error {
	data, err := json.Marshal(run)
	if err != nil {
		return fmt.Errorf("write the run of job %q: %w", run.Job, err)
	}
	prefix := run.Job + "/run/"
	cause := store.Cause{Actor: "jobs", Reason: run.Job}
	return r.o.Store.Write(context.Background(), cause, func(tx store.Tx) error {
		if err := tx.SetValue(space, prefix+run.Started.Format("2006-01-02T15:04:05.000000000Z"), data); err != nil {
			return err
		}
		rows, err := tx.Values(space, prefix, "", 2*KeptRuns)
		if err != nil {
			return err
		}
		for _, row := range rows[:max(0, len(rows)-KeptRuns)] {
			if err := tx.SetValue(space, row.Key, nil); err != nil {
				return err
			}
		}
		if due.IsZero() {
			return nil
		}
		return tx.SetValue(space, run.Job+"/anchor", []byte(due.UTC().Format(time.RFC3339Nano)))
	})
}

// anchor returns the last due time of a job that needs no run any more. For a job that
// is seen for the first time that is now.
func (r *Runner) anchor(ctx context.Context, e *entry) time.Time {
	now, key := r.o.Now().UTC(), e.Name+"/anchor"
	data, err := r.o.Store.Value(ctx, space, key)
	if err == nil && data != nil {
		if t, err := time.Parse(time.RFC3339Nano, string(data)); err == nil && !t.After(now) {
			return t
		}
	}
	if err == nil {
		err = r.o.Store.Write(ctx, store.Cause{Actor: "jobs", Reason: e.Name}, func(tx store.Tx) error {
			return tx.SetValue(space, key, []byte(now.Format(time.RFC3339Nano)))
		})
	}
	if err != nil {
		r.o.Log.Error("the last run of a job is not known", "job", e.Name, "err", err)
	}
	return now
}
