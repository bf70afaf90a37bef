package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"masjala/internal/metrics"
)

// scrape returns what Prometheus would read.
func scrape(t *testing.T, s *metrics.Set) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("scrape = %d, want 200", w.Code)
	}
	return w.Body.String()
}

func TestRequestsAreCountedByInteractionAndStatus(t *testing.T) {
	s := metrics.New()
	r := s.Requests([]string{"read", "search-type"})
	for range 3 {
		r.Observe(0, 200, time.Millisecond)
	}
	r.Observe(1, 404, 20*time.Millisecond)
	r.Observe(1, 9999, time.Second)
	got := scrape(t, s)
	for _, want := range []string{
		`masjala_http_requests_total{interaction="read",status="200"} 3`,
		`masjala_http_requests_total{interaction="search-type",status="404"} 1`,
		`masjala_http_requests_total{interaction="search-type",status="599"} 1`,
		`masjala_http_request_seconds_count{interaction="read"} 3`,
		`masjala_http_request_seconds_bucket{interaction="read",le="0.0005"} 0`,
		`masjala_http_request_seconds_bucket{interaction="read",le="0.0025"} 3`,
		"go_goroutines",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the scrape lacks %q", want)
		}
	}
}

func TestObservingCostsNoAllocation(t *testing.T) {
	r := metrics.New().Requests([]string{"read"})
	r.Observe(0, 200, time.Millisecond)
	if n := testing.AllocsPerRun(100, func() { r.Observe(0, 200, time.Millisecond) }); n != 0 {
		t.Errorf("Observe allocates %v times, want 0", n)
	}
}

type counts map[string]int

func (c counts) Seq() int64 { return 77 }

func (c counts) Count(_ context.Context, typ string) (int, error) {
	n, ok := c[typ]
	if !ok {
		return 0, errors.New("broken index")
	}
	return n, nil
}

func TestStoreGaugesLeaveOutWhatCannotBeCounted(t *testing.T) {
	s := metrics.New()
	s.Store(counts{"Location": 12}, []string{"Location", "Endpoint"})
	got := scrape(t, s)
	for _, want := range []string{`masjala_resources{type="Location"} 12`, "masjala_store_sequence 77"} {
		if !strings.Contains(got, want) {
			t.Errorf("the scrape lacks %q", want)
		}
	}
	if strings.Contains(got, `type="Endpoint"`) {
		t.Error("the scrape has a count for a type that could not be counted")
	}
}

func BenchmarkObserve(b *testing.B) {
	r := metrics.New().Requests([]string{"read"})
	for b.Loop() {
		r.Observe(0, 200, 130*time.Microsecond)
	}
}
