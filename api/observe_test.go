package api_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"masjala/api"
	"masjala/internal/accesslog"
)

// requestLog keeps lines of what was recorded.
type requestLog struct {
	mu    sync.Mutex
	lines []string
}

func (l *requestLog) Record(e *accesslog.Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf("%s %s %d %s", e.Method, e.Path, e.Status, e.Actor))
}

// What lies beside the FHIR interface is logged and counted, too, also when it is refused.
func TestReconciliationIsLogged(t *testing.T) {
	log := &requestLog{}
	s := reconciling(t, func(o *api.Options) { o.Authenticate, o.Access = everybody{}, log })
	s.reconcile("GET", "", "", "Authorization: Bearer x")
	s.reconcile("POST", "", "queries=nonsense", "Authorization: Bearer x")
	s.reconcile("GET", "/preview?id=Location/none", "", "Authorization: Bearer x")
	want := []string{"GET /reconcile 200 someone", "POST /reconcile 400 someone", "GET /reconcile/preview 404 someone"}
	if !slices.Equal(log.lines, want) {
		t.Errorf("logged %q, want %q", log.lines, want)
	}
	metrics := s.do("GET", strings.TrimSuffix(s.base, "/fhir")+"/metrics", "").body
	for _, status := range []string{"200", "400", "404"} {
		if line := `masjala_http_requests_total{interaction="reconcile",status="` + status + `"} 1`; !strings.Contains(metrics, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
}
