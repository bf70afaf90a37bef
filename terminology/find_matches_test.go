package terminology_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// slow is a context that takes a second to say whether to go on.
type slow struct{ context.Context }

func (s slow) Err() error {
	time.Sleep(time.Second)
	return s.Context.Err()
}

// TestFindMatchesEnds looks for more than can be found in the time of one question.
func TestFindMatchesEnds(t *testing.T) {
	testutil.Requirement(t, "TX-14")
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"t","url":"urn:t","status":"active","content":"complete","concept":[{"code":"a","definition":"one"}]}`)
	one := terminology.WantedProperty{Code: "definition", Value: "one"}
	for n, want := range map[int]fhir.Kind{5: 0, 50: fhir.TooCostly} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			_, err := s.FindMatches(slow{t.Context()}, terminology.FindMatchesRequest{System: "urn:t", Properties: slices.Repeat([]terminology.WantedProperty{one}, n)})
			if want == 0 && err != nil || want != 0 && fhir.KindOf(err) != want || time.Since(start) > 30*time.Second {
				t.Errorf("%d properties: %v after %v, want kind %d", n, err, time.Since(start), want)
			}
		})
	}
}
