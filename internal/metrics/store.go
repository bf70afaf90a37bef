package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Counter is the part of a store that is measured.
type Counter interface {
	Seq() int64
	Count(ctx context.Context, typ string) (int, error)
}

// scrapeLimit is how long a scrape may wait for the store.
const scrapeLimit = 5 * time.Second

var (
	resourcesDesc = prometheus.NewDesc("masjala_resources", "Current resources, by type.", []string{"type"}, nil)
	seqDesc       = prometheus.NewDesc("masjala_store_sequence", "Sequence number of the newest version.", nil, nil)
)

// storeGauges asks the store when it is scraped, so that writing costs nothing.
type storeGauges struct {
	store Counter
	types []string
}

// Store publishes how many resources of each type the store holds and its newest sequence number.
func (s *Set) Store(store Counter, types []string) {
	s.Register(&storeGauges{store: store, types: types})
}

// Describe is of prometheus.Collector.
func (g *storeGauges) Describe(out chan<- *prometheus.Desc) {
	out <- resourcesDesc
	out <- seqDesc
}

// Collect is of prometheus.Collector. A type that cannot be counted in time is left out.
func (g *storeGauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeLimit)
	defer cancel()
	out <- prometheus.MustNewConstMetric(seqDesc, prometheus.GaugeValue, float64(g.store.Seq()))
	for _, t := range g.types {
		n, err := g.store.Count(ctx, t)
		if err != nil {
			continue
		}
		out <- prometheus.MustNewConstMetric(resourcesDesc, prometheus.GaugeValue, float64(n), t)
	}
}
