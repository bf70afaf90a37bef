package importers

import "time"

// Meter reports progress now and then.
type Meter struct {
	env     Env
	report  func(Progress)
	phase   string
	total   int
	done    int
	started time.Time
	next    time.Time
}

// every is how often a Meter reports.
const every = 500 * time.Millisecond

// NewMeter starts measuring a phase of total rows, 0 when unknown. report may be nil.
func NewMeter(env Env, report func(Progress), phase string, total int) *Meter {
	now := env.Now()
	return &Meter{env: env, report: report, phase: phase, total: total, started: now, next: now.Add(every)}
}

// Step counts one row.
func (m *Meter) Step() {
	m.done++
	if m.report == nil || m.done%256 != 0 {
		return
	}
	if now := m.env.Now(); !now.Before(m.next) {
		m.next = now.Add(every)
		m.tell(now)
	}
}

// Done reports the end of the phase.
func (m *Meter) Done() {
	if m.report != nil {
		m.tell(m.env.Now())
	}
}

func (m *Meter) tell(now time.Time) {
	p := Progress{Phase: m.phase, Done: m.done, Total: m.total}
	if spent := now.Sub(m.started).Seconds(); spent > 0 {
		p.Rate = float64(m.done) / spent
	}
	if left := m.total - m.done; left > 0 && p.Rate > 0 {
		p.Left = time.Duration(float64(left) / p.Rate * float64(time.Second)).Round(time.Second)
	}
	m.report(p)
}
