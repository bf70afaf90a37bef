package metrics

import (
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// statuses is how many HTTP statuses there are: 100 to 599.
const statuses = 500

// buckets are the bounds of the latency histogram, in seconds.
var buckets = []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// Requests counts requests by interaction and status, and how long they took by interaction.
type Requests struct {
	names  []string
	count  *prometheus.CounterVec
	byCode [][statuses]atomic.Pointer[counter] // [interaction][status-100], made when first seen
	took   []prometheus.Observer
}

// counter holds an interface value, so that an atomic pointer can point to it.
type counter struct{ prometheus.Counter }

// Requests publishes request metrics for the interactions named. An interaction is then
// told by its place in the list.
func (s *Set) Requests(interactions []string) *Requests {
	r := &Requests{
		names: interactions,
		count: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "masjala_http_requests_total", Help: "Requests answered, by interaction and HTTP status.",
		}, []string{"interaction", "status"}),
		byCode: make([][statuses]atomic.Pointer[counter], len(interactions)),
	}
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "masjala_http_request_seconds", Help: "Time to answer a request, by interaction.", Buckets: buckets,
	}, []string{"interaction"})
	for _, name := range interactions {
		r.took = append(r.took, took.WithLabelValues(name))
	}
	s.Register(r.count, took)
	return r
}

// Observe counts a request. A status that HTTP does not know counts as 599.
func (r *Requests) Observe(interaction, status int, took time.Duration) {
	n := status - 100
	if n < 0 || n >= statuses {
		n = statuses - 1
	}
	slot := &r.byCode[interaction][n]
	c := slot.Load()
	if c == nil {
		c = &counter{r.count.WithLabelValues(r.names[interaction], strconv.Itoa(n+100))}
		slot.Store(c) // two may race: both hold the same counter
	}
	c.Inc()
	r.took[interaction].Observe(took.Seconds())
}
