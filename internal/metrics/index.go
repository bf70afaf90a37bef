package metrics

import "github.com/prometheus/client_golang/prometheus"

// Index is how the index of the store stands.
type Index struct {
	On       bool  // searches are answered by it
	Recent   int   // resources that changed since its base was made
	Answered int64 // searches it answered
	Left     int64 // searches it left to the database
}

// Index registers how the index stands; stats is asked at each scrape.
func (s *Set) Index(stats func() Index) {
	s.registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "masjala_index_on", Help: "1 while searches are answered by the index, 0 while it is made.",
		}, func() float64 {
			if stats().On {
				return 1
			}
			return 0
		}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "masjala_index_recent", Help: "Resources that changed since the base of the index was made.",
		}, func() float64 { return float64(stats().Recent) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "masjala_index_answered_total", Help: "Searches that the index answered.",
		}, func() float64 { return float64(stats().Answered) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "masjala_index_left_total", Help: "Searches that the index left to the database.",
		}, func() float64 { return float64(stats().Left) }),
	)
}
