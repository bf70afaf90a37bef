package metrics_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"masjala/internal/metrics"
)

func TestWorkIsCounted(t *testing.T) {
	set := metrics.New()
	set.Clock(func() time.Duration { return 90 * time.Second })
	w := set.Work()
	start := time.Unix(1_000, 0)
	w.Ran("sync:nation", false, start, start.Add(2*time.Second))
	w.Ran("sync:nation", true, start.Add(time.Hour), start.Add(time.Hour+5*time.Second))
	w.Synced("nation", "created", 7)
	w.Synced("nation", "created", 3)
	rec := httptest.NewRecorder()
	set.Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`masjala_clock_behind_seconds 90`,
		`masjala_job_runs_total{job="sync:nation",result="done"} 1`,
		`masjala_job_runs_total{job="sync:nation",result="failed"} 1`,
		`masjala_job_success_timestamp_seconds{job="sync:nation"} 1002`,
		`masjala_job_seconds{job="sync:nation"} 5`,
		`masjala_sync_resources_total{outcome="created",source="nation"} 10`,
	} {
		if !strings.Contains(rec.Body.String(), want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
