package metrics_test

import (
	"strings"
	"testing"

	"masjala/internal/metrics"
)

func TestTheIndexIsMeasuredWhenScraped(t *testing.T) {
	s := metrics.New()
	now := metrics.Index{Recent: 7, Answered: 11, Left: 2}
	s.Index(func() metrics.Index { return now })
	cases := map[string]struct {
		on   bool
		want []string
	}{
		"while it is made": {false, []string{"masjala_index_on 0", "masjala_index_recent 7", "masjala_index_answered_total 11", "masjala_index_left_total 2"}},
		"when it is there": {true, []string{"masjala_index_on 1"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			now.On = c.on
			got := scrape(t, s)
			for _, want := range c.want {
				if !strings.Contains(got, want+"\n") {
					t.Errorf("the scrape lacks %q", want)
				}
			}
		})
	}
}
