package app

import (
	"context"
	"time"

	"masjala/fhir"
	"masjala/internal/command"
	"masjala/internal/jobs"
	"masjala/sync/mcsd"
)

// SyncArgs are the arguments of sync-run and sync-status.
type SyncArgs struct {
	Name string `json:"name,omitempty"` // sync-status: empty for all sources
}

// ResolveArgs are the arguments of sync-resolve.
type ResolveArgs struct {
	Name     string    `json:"name"`
	Resource string    `json:"resource"` // as the source calls it, TYPE/ID
	Keep     mcsd.Rule `json:"keep"`     // upstream or local
}

// SyncList is the result of sync-list.
type SyncList struct {
	Sources []mcsd.Listing `json:"sources"`
}

// SyncRun is the result of sync-run.
type SyncRun struct{ *mcsd.Report }

// Problems tells whether some resource needs a person.
func (r SyncRun) Problems() bool { return len(r.Report.Problems) > 0 }

// SyncStatus is the result of sync-status.
type SyncStatus struct {
	Sources []SyncSourceStatus `json:"sources"`
}

// SyncSourceStatus says how one source stands.
type SyncSourceStatus struct {
	mcsd.Status
	Job      jobs.Status    `json:"job"`
	Problems []mcsd.Problem `json:"problems"` // the first of what is set aside
}

// shownProblems is how many problems of a source sync-status lists.
const shownProblems = 100

// Problems tells whether a run failed or some resource needs a person.
func (s SyncStatus) Problems() bool {
	for _, src := range s.Sources {
		if len(src.Problems) > 0 || src.Last != nil && src.Last.Error != "" {
			return true
		}
	}
	return false
}

func listSources(_ context.Context, a *App, _ request[struct{}]) (any, error) {
	return SyncList{Sources: a.sources.List()}, nil
}

// runSync runs the job of a source, so that it is recorded and does not overlap with a
// scheduled run.
func runSync(ctx context.Context, a *App, r request[SyncArgs]) (any, error) {
	if _, err := a.sources.Reports(ctx, r.args.Name); err != nil {
		return nil, err // there is no such source
	}
	job := "sync:" + r.args.Name
	stop := a.watch(ctx, job, r.report)
	_, failed := a.jobs.RunNow(ctx, job)
	stop()
	if fhir.KindOf(failed) == fhir.Conflict || fhir.KindOf(failed) == fhir.Busy && ctx.Err() != nil {
		return nil, failed
	}
	reports, err := a.sources.Reports(ctx, r.args.Name)
	if err != nil {
		return nil, err
	}
	if len(reports) == 0 {
		return nil, failed
	}
	return SyncRun{&reports[len(reports)-1]}, nil
}

// watch passes on how far a job is, until stop is called.
func (a *App) watch(ctx context.Context, job string, report func(command.Progress)) (stop func()) {
	if report == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			list, err := a.jobs.Status(ctx)
			if err != nil {
				continue // the run itself reports what is wrong with the store
			}
			for _, s := range list {
				if s.Name == job && s.Running != nil {
					report(command.Progress{Step: s.Running.Text, Done: s.Running.Done, Total: s.Running.Total})
				}
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

func syncStatus(ctx context.Context, a *App, r request[SyncArgs]) (any, error) {
	list, err := a.sources.Status(ctx)
	if err != nil {
		return nil, err
	}
	due, err := a.jobs.Status(ctx)
	if err != nil {
		return nil, err
	}
	out := SyncStatus{Sources: []SyncSourceStatus{}}
	for _, st := range list {
		if r.args.Name != "" && st.Name != r.args.Name {
			continue
		}
		s := SyncSourceStatus{Status: st}
		for _, j := range due {
			if j.Name == "sync:"+st.Name {
				s.Job = j
			}
		}
		if s.Problems, err = a.sources.Problems(ctx, st.Name, "", shownProblems); err != nil {
			return nil, err
		}
		out.Sources = append(out.Sources, s)
	}
	if r.args.Name != "" && len(out.Sources) == 0 {
		return nil, fhir.Errorf(fhir.NotFound, "there is no source called %q; `masjala sync list` shows them", r.args.Name)
	}
	return out, nil
}

// resolveSync decides about a held conflict; the next run carries it out.
func resolveSync(ctx context.Context, a *App, r request[ResolveArgs]) (any, error) {
	return r.args, a.sources.Resolve(ctx, r.args.Name, r.args.Resource, r.args.Keep)
}
