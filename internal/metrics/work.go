package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Clock registers how far the clock of the machine is behind the last change.
func (s *Set) Clock(behind func() time.Duration) {
	s.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "masjala_clock_behind_seconds", Help: "How far the clock is behind the last change; 0 when it is not.",
	}, func() float64 { return behind().Seconds() }))
}

// Work counts what jobs and syncs do. It is safe for concurrent use.
type Work struct {
	runs      *prometheus.CounterVec
	success   *prometheus.GaugeVec
	seconds   *prometheus.GaugeVec
	resources *prometheus.CounterVec
}

// Work registers the metrics of jobs and syncs.
func (s *Set) Work() *Work {
	w := &Work{
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "masjala_job_runs_total", Help: "Runs of jobs that ended, by job and result (done, failed).",
		}, []string{"job", "result"}),
		success: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "masjala_job_success_timestamp_seconds", Help: "End of the last run of a job that did not fail.",
		}, []string{"job"}),
		seconds: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "masjala_job_seconds", Help: "How long the last run of a job took.",
		}, []string{"job"}),
		resources: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "masjala_sync_resources_total", Help: "Resources received from a source, by what became of them.",
		}, []string{"source", "outcome"}),
	}
	s.registry.MustRegister(w.runs, w.success, w.seconds, w.resources)
	return w
}

// Ran counts a run of a job.
func (w *Work) Ran(job string, failed bool, started, ended time.Time) {
	result := "done"
	if failed {
		result = "failed"
	} else {
		w.success.WithLabelValues(job).Set(float64(ended.UnixMilli()) / 1000)
	}
	w.runs.WithLabelValues(job, result).Inc()
	w.seconds.WithLabelValues(job).Set(ended.Sub(started).Seconds())
}

// Synced counts what became of n resources of a source.
func (w *Work) Synced(source, outcome string, n int64) {
	w.resources.WithLabelValues(source, outcome).Add(float64(n))
}
