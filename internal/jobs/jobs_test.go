package jobs_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"masjala/fhir"
	"masjala/internal/jobs"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

// open opens a real store on a directory; the caller closes it.
func open(t *testing.T, dir string) store.Store {
	t.Helper()
	st, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// bubble runs fn with a clock that moves only when everything waits, at 2000-01-01 00:00 UTC first.
func bubble(t *testing.T, fn func(t *testing.T, st store.Store)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		st := open(t, dir)
		defer st.Close()
		fn(t, st)
	})
}

func runner(t *testing.T, st store.Store, list ...jobs.Job) *jobs.Runner {
	t.Helper()
	r, err := jobs.New(jobs.Options{Store: st, Rand: rand.New(rand.NewPCG(1, 2))}, list...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func status(t *testing.T, r *jobs.Runner) jobs.Status {
	t.Helper()
	list, err := r.Status(context.Background())
	if err != nil || len(list) != 1 {
		t.Fatalf("Status = %+v, %v", list, err)
	}
	return list[0]
}

func TestAJobRunsWhenItIsDue(t *testing.T) {
	testutil.Requirement(t, "MD-91-12", "CSD-W6")
	bubble(t, func(t *testing.T, st store.Store) {
		var at []time.Time
		r := runner(t, st, jobs.Job{Name: "nightly", Schedule: "30 2 * * *", Timezone: "Africa/Nairobi", Run: func(_ context.Context, progress jobs.Progress) error {
			at = append(at, time.Now())
			progress(jobs.Step{Text: "half", Done: 1, Total: 2})
			progress(jobs.Step{Text: "all", Done: 2, Total: 2})
			return nil
		}})
		r.Start(context.Background())
		defer r.Stop()
		time.Sleep(49 * time.Hour)
		synctest.Wait()
		first := time.Date(2000, 1, 1, 23, 30, 0, 0, time.UTC) // 02:30 in Nairobi
		if len(at) != 2 || !at[0].Equal(first) || !at[1].Equal(first.Add(24*time.Hour)) {
			t.Errorf("ran at %v, want %v and a day later", at, first)
		}
		s := status(t, r)
		if s.Last == nil || s.Last.Done != 2 || s.Last.Text != "all" || s.Last.Trigger != jobs.Scheduled || s.Last.Error != "" {
			t.Errorf("last run = %+v", s.Last)
		}
		if want := first.Add(48 * time.Hour); !s.Next.Equal(want) {
			t.Errorf("next run at %v, want %v", s.Next, want)
		}
	})
}

func TestADelayIsAddedAtRandom(t *testing.T) {
	bubble(t, func(t *testing.T, st store.Store) {
		var at []time.Time
		r := runner(t, st, jobs.Job{Name: "j", Schedule: "@hourly", Delay: 10 * time.Minute, Run: func(context.Context, jobs.Progress) error {
			at = append(at, time.Now())
			return nil
		}})
		r.Start(context.Background())
		defer r.Stop()
		time.Sleep(5*time.Hour + 11*time.Minute)
		synctest.Wait()
		if len(at) != 5 {
			t.Fatalf("ran at %v, want 5 runs", at)
		}
		late := map[time.Duration]bool{}
		for i, when := range at {
			d := when.Sub(time.Date(2000, 1, 1, i+1, 0, 0, 0, time.UTC))
			if d < 0 || d >= 10*time.Minute {
				t.Errorf("run %d was %v late", i, d)
			}
			late[d] = true
		}
		if len(late) < 4 {
			t.Errorf("the delays are all alike: %v", late)
		}
	})
}

func TestOnlyOneRunAtATimeAndSkippedRunsAreCounted(t *testing.T) {
	bubble(t, func(t *testing.T, st store.Store) {
		running, most, runs := 0, 0, 0
		r := runner(t, st, jobs.Job{Name: "slow", Schedule: "*/10 * * * *", Run: func(context.Context, jobs.Progress) error {
			running++
			most = max(most, running)
			runs++
			time.Sleep(25 * time.Minute)
			running--
			return nil
		}})
		r.Start(context.Background())
		defer r.Stop()
		time.Sleep(11 * time.Minute)
		if _, err := r.RunNow(context.Background(), "slow"); fhir.KindOf(err) != fhir.Conflict {
			t.Errorf("a second run at the same time = %v, want a conflict", err)
		}
		time.Sleep(60 * time.Minute) // runs begin at 0:10, 0:40 and 1:10
		synctest.Wait()
		if most != 1 || runs != 3 {
			t.Errorf("%d runs, %d at once; want 3, one at a time", runs, most)
		}
		list, err := r.Runs(context.Background(), "slow")
		if err != nil || len(list) != 2 || list[1].Skipped != 2 {
			t.Errorf("runs = %+v, %v; want the second to tell of two that were skipped", list, err)
		}
		time.Sleep(30 * time.Minute)
	})
}

func TestARunOnRequestKeepsTheScheduledOneOut(t *testing.T) {
	bubble(t, func(t *testing.T, st store.Store) {
		runs := 0
		r := runner(t, st, jobs.Job{Name: "j", Schedule: "0 1 * * *", Run: func(context.Context, jobs.Progress) error {
			runs++
			time.Sleep(2 * time.Hour)
			return nil
		}})
		r.Start(context.Background())
		defer r.Stop()
		run, err := r.RunNow(context.Background(), "j")
		if err != nil || run.Trigger != jobs.Requested || run.Ended.Sub(run.Started) != 2*time.Hour {
			t.Errorf("RunNow = %+v, %v", run, err)
		}
		if runs != 1 {
			t.Errorf("%d runs, want one", runs)
		}
		if s := status(t, r); s.Last == nil || s.Last.Skipped+s.Skipped != 1 {
			t.Errorf("status = %+v, want one run that was skipped", s)
		}
	})
}

func TestAMissedRunIsMadeUpAtTheStart(t *testing.T) {
	testutil.Requirement(t, "NFR-7", "SYN-1")
	bubble(t, func(t *testing.T, st store.Store) {
		var begun atomic.Int64
		job := jobs.Job{Name: "nightly", Schedule: "0 2 * * *"}
		start := func() *jobs.Runner {
			r := runner(t, st, job)
			r.Start(context.Background())
			time.Sleep(time.Minute)
			synctest.Wait()
			return r
		}
		job.Run = func(ctx context.Context, _ jobs.Progress) error {
			begun.Add(1)
			<-ctx.Done()
			return ctx.Err()
		}
		r := start() // 00:00, for the first time: nothing was missed
		if begun.Load() != 0 {
			t.Fatal("a job that was never seen before ran at once")
		}
		time.Sleep(3 * time.Hour)
		r.Stop() // cut short
		if begun.Load() != 1 {
			t.Fatalf("the job ran %d times, want once", begun.Load())
		}

		job.Run = func(context.Context, jobs.Progress) error { return nil }
		r = start()
		if s := status(t, r); s.Last == nil || s.Last.Trigger != jobs.Missed {
			t.Errorf("after a run that was cut short: %+v, want it made up", s.Last)
		}
		r.Stop()
		r = start()
		if list, err := r.Runs(context.Background(), "nightly"); err != nil || len(list) != 2 {
			t.Errorf("runs = %+v, %v; want none made up twice", list, err)
		}
		r.Stop()
		time.Sleep(72 * time.Hour) // three nights
		r = start()
		defer r.Stop()
		if list, err := r.Runs(context.Background(), "nightly"); err != nil || len(list) != 3 || list[2].Trigger != jobs.Missed {
			t.Errorf("runs = %+v, %v; want one made up for three nights", list, err)
		}
	})
}

func TestPanicsAndErrorsAreRecorded(t *testing.T) {
	bubble(t, func(t *testing.T, st store.Store) {
		tests := map[string]struct {
			run  func(context.Context, jobs.Progress) error
			want string
		}{
			"an error": {func(context.Context, jobs.Progress) error { return errors.New("no line") }, "no line"},
			"a panic":  {func(context.Context, jobs.Progress) error { panic("oops") }, "a fault of the program: oops"},
		}
		for name, tc := range tests {
			r := runner(t, st, jobs.Job{Name: "j", Run: tc.run})
			if _, err := r.RunNow(context.Background(), "j"); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s: RunNow = %v", name, err)
			}
			if s := status(t, r); s.Last == nil || !strings.Contains(s.Last.Error, tc.want) || s.Running != nil {
				t.Errorf("%s: status = %+v", name, s)
			}
			r.Stop()
			time.Sleep(time.Second)
		}
	})
}

func TestStopEndsRunsAndWaits(t *testing.T) {
	bubble(t, func(t *testing.T, st store.Store) {
		ended := false
		r := runner(t, st, jobs.Job{Name: "j", Run: func(ctx context.Context, _ jobs.Progress) error {
			<-ctx.Done()
			time.Sleep(time.Second)
			ended = true
			return ctx.Err()
		}})
		go r.RunNow(context.Background(), "j")
		synctest.Wait()
		if s := status(t, r); s.Running == nil {
			t.Error("the status does not show the run")
		}
		r.Stop()
		if !ended {
			t.Error("Stop did not wait")
		}
		if _, err := r.RunNow(context.Background(), "j"); fhir.KindOf(err) != fhir.Busy {
			t.Errorf("RunNow after Stop = %v, want Busy", err)
		}
		if _, err := r.RunNow(context.Background(), "k"); fhir.KindOf(err) != fhir.NotFound {
			t.Errorf("RunNow of nothing = %v, want NotFound", err)
		}
	})
}

func TestOnlySomeRunsAreKept(t *testing.T) {
	bubble(t, func(t *testing.T, st store.Store) {
		r := runner(t, st, jobs.Job{Name: "j", Run: func(context.Context, jobs.Progress) error { return nil }})
		defer r.Stop()
		for range jobs.KeptRuns + 5 {
			if _, err := r.RunNow(context.Background(), "j"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		list, err := r.Runs(context.Background(), "j")
		if err != nil || len(list) != jobs.KeptRuns || list[0].Started.Second() != 5 {
			t.Errorf("%d runs are kept, %v", len(list), err)
		}
	})
}

func TestSchedules(t *testing.T) {
	from := time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		expr, zone string
		want       string // next time, or part of the error
	}{
		"none":                       {"", "", "0001-01-01T00:00:00Z"},
		"daily":                      {"@daily", "", "2026-03-29T00:00:00Z"},
		"in a zone":                  {"0 2 * * *", "Asia/Kathmandu", "2026-03-28T20:15:00Z"},
		"in an hour that is skipped": {"30 2 * * *", "Europe/Berlin", "2026-03-30T00:30:00Z"},
		"not cron":                   {"2 o'clock", "", "not a cron expression"},
		"six fields":                 {"0 0 2 * * *", "", "not a cron expression"},
		"no such zone":               {"@daily", "Africa/Nowhere", "no time zone"},
		"the machine's zone":         {"@daily", "Local", "no time zone"},
		"a zone in the expression":   {"TZ=UTC", "", "must not name a time zone"},
		"a day that never comes":     {"0 0 31 2 *", "", "never comes"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := jobs.ParseSchedule(tc.expr, tc.zone)
			if err != nil {
				if fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("ParseSchedule = %v, want %s", err, tc.want)
				}
				return
			}
			if got := s.Next(from).Format(time.RFC3339); got != tc.want {
				t.Errorf("next = %s, want %s", got, tc.want)
			}
		})
	}
}

func TestNewRefusesJobs(t *testing.T) {
	run := func(context.Context, jobs.Progress) error { return nil }
	tests := map[string][]jobs.Job{
		"no name":          {{Run: run}},
		"a name twice":     {{Name: "a", Run: run}, {Name: "a", Run: run}},
		"a slash":          {{Name: "a/b", Run: run}},
		"a wrong schedule": {{Name: "a", Schedule: "x", Run: run}},
	}
	for name, list := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := jobs.New(jobs.Options{}, list...); fhir.KindOf(err) != fhir.Invalid {
				t.Errorf("New = %v, want Invalid", err)
			}
		})
	}
}
