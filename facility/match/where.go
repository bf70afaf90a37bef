package match

import (
	"fmt"
	"math"
	"slices"

	"masjala/internal/linkage"
)

// places compares where the facilities lie: the finest area that both name, and how far apart
// they are. The two are not independent, so that an area counts half beside a distance.
func (s *scale) places(v *linkage.Verdict, a, b *record) {
	both := a.at != nil && b.at != nil
	share := 0.8
	if both {
		share = 0.5
	}
	same := s.finest(a, b)
	switch {
	case same != nil:
		v.Add("area", "same "+same.text, min(share*linkage.Surprise(s.areas[same.key], s.all), 8))
	case s.elsewhere(a, b):
		text := fmt.Sprintf("%s, not %s", s.known(a).text, s.known(b).text)
		v.Add("area", text, -8*share)
	}
	if both {
		d := metres(a.at, b.at)
		v.Add("distance", apart(d), distanceBits(d))
	}
}

// finest is the lowest area of a that b names too.
func (s *scale) finest(a, b *record) *area {
	for _, x := range slices.Backward(a.areas) {
		if hasArea(b.areas, x.key) {
			return &x
		}
	}
	return nil
}

// known is the highest area of a record that the other side knows; nil when there is none.
func (s *scale) known(r *record) *area {
	for i := range r.areas {
		if s.shared[r.areas[i].key] {
			return &r.areas[i]
		}
	}
	return nil
}

// elsewhere tells that two records name no area in common although each names one that the
// other side knows.
func (s *scale) elsewhere(a, b *record) bool { return s.known(a) != nil && s.known(b) != nil }

// distanceSteps are points of a line that is straight between them: metres, as a power of
// ten, and bits. Beyond the last it goes on level: positions are wrong at times.
var distanceSteps = [...]struct{ metres, bits float64 }{
	{50, 8}, {300, 7}, {1000, 5.5}, {3000, 3.5}, {8000, 1}, {15_000, -1}, {30_000, -3.5}, {100_000, -6.5}, {400_000, -8},
}

func distanceBits(d float64) float64 {
	last := distanceSteps[0]
	if d <= last.metres {
		return last.bits
	}
	for _, step := range distanceSteps[1:] {
		if d <= step.metres {
			share := math.Log(d/last.metres) / math.Log(step.metres/last.metres)
			return last.bits + share*(step.bits-last.bits)
		}
		last = step
	}
	return last.bits
}

// apart says a distance in words.
func apart(d float64) string {
	switch {
	case d < 1000:
		return fmt.Sprintf("%.0f m apart", math.Round(d/10)*10)
	case d < 10_000:
		return fmt.Sprintf("%.1f km apart", d/1000)
	}
	return fmt.Sprintf("%.0f km apart", d/1000)
}
