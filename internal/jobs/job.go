package jobs

import (
	"context"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"masjala/fhir"
)

// Job is a piece of work that a [Runner] runs.
type Job struct {
	Name     string        // "sync:nation"; not empty, unique in a Runner
	Schedule string        // five cron fields or @daily and the like; empty: only on request
	Timezone string        // IANA name the schedule is read in; empty: UTC
	Delay    time.Duration // each scheduled run starts up to this much later, at random
	// Run does the work. It stops soon after ctx ends and may report as often as it likes.
	Run func(ctx context.Context, progress Progress) error
}

// Progress takes the news of a running job. It is safe for concurrent use.
type Progress func(Step)

// Step tells how far a run has come.
type Step struct {
	Text  string `json:"text,omitempty"`  // what is being done, in a few words
	Done  int64  `json:"done"`            // pieces done
	Total int64  `json:"total,omitempty"` // pieces in all; 0 when not known
}

// Schedule tells when a job is due.
type Schedule struct {
	cron cron.Schedule // nil: never
}

// ParseSchedule reads a cron expression of five fields (or @hourly, @daily, …) that is meant in
// an IANA time zone, UTC when zone is empty. An empty expression is never due. It fails
// with Invalid when either cannot be understood, or when no such time ever comes.
func ParseSchedule(expr, zone string) (Schedule, error) {
	if expr == "" {
		return Schedule{}, nil
	}
	if zone == "" {
		zone = "UTC"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return Schedule{}, fhir.Errorf(fhir.Invalid, "there is no time zone %q; give an IANA name such as Africa/Nairobi", zone)
	}
	if strings.Contains(expr, "=") {
		return Schedule{}, fhir.Errorf(fhir.Invalid, "the schedule %q must not name a time zone; give it as the timezone", expr)
	}
	c, err := cron.ParseStandard(expr)
	if err != nil {
		return Schedule{}, fhir.Errorf(fhir.Invalid, "the schedule %q is not a cron expression of five fields, such as 0 2 * * *", expr).Because(err)
	}
	if spec, ok := c.(*cron.SpecSchedule); ok {
		spec.Location = loc
	}
	s := Schedule{cron: c}
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return Schedule{}, fhir.Errorf(fhir.Invalid, "the schedule %q names a day that never comes", expr)
	}
	return s, nil
}

// Next is the first due time after t, in UTC; zero when there is none.
func (s Schedule) Next(t time.Time) time.Time {
	if s.cron == nil {
		return time.Time{}
	}
	next := s.cron.Next(t)
	if next.IsZero() {
		return next
	}
	return next.UTC()
}
