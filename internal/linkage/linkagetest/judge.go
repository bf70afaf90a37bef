package linkagetest

import (
	"testing"

	"masjala/internal/linkage"
)

// What joined lists must reach: the share of the pairs of the band match that are right, and the share of the
// true pairs that are among them.
const (
	leastPrecision = 0.98
	leastRecall    = 0.90
)

// Judge fails a test when the pairs of two lists, of which the partners are known, are not good enough. partner
// tells which of the second list is meant by each of the first that has one; show writes a pair out.
func Judge(t *testing.T, pairs []linkage.Pair, partner map[int]int, show func(p *linkage.Pair) string) {
	t.Helper()
	right, wrong, review := 0, 0, 0
	for i := range pairs {
		p := &pairs[i]
		j, there := partner[p.A]
		switch {
		case p.Band != linkage.Accept:
			if review++; there && j == p.B && review%20 == 0 {
				t.Logf("review: %s: %.1f bits, %s", show(p), p.Bits, p.Explain())
			}
		case there && j == p.B:
			right++
		default:
			if wrong++; wrong <= 15 {
				t.Logf("wrong: %s: %.1f bits, %s", show(p), p.Bits, p.Explain())
			}
		}
	}
	precision, recall := float64(right)/float64(right+wrong), float64(right)/float64(len(partner))
	t.Logf("%d with a partner: precision %.4f, recall %.4f, %d for review", len(partner), precision, recall, review)
	if !(precision >= leastPrecision && recall >= leastRecall) {
		t.Errorf("precision %.4f, want %.2f; recall %.4f, want %.2f", precision, leastPrecision, recall, leastRecall)
	}
}
