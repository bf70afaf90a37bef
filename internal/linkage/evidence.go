package linkage

import (
	"math"
	"strings"
)

// Evidence is one thing that speaks for a pair or against it.
type Evidence struct {
	About string  `json:"about"` // "name", "area", "type", "distance", "identifier", "phone", …
	Text  string  `json:"text"`  // "240 m apart"
	Bits  float64 `json:"bits"`  // how many times more likely between records that mean the same, as a power of two
}

// Verdict is all evidence on one pair.
type Verdict struct {
	Bits     float64 // sum of the evidence and the prior
	Evidence []Evidence
}

// Add takes in a piece of evidence.
func (v *Verdict) Add(about, text string, bits float64) {
	v.Bits += bits
	v.Evidence = append(v.Evidence, Evidence{about, text, math.Round(bits*10) / 10})
}

// Prior is what is known of a pair before it is looked at: that among so many records one at
// most is meant.
func Prior(records int) float64 { return -math.Log2(float64(max(records, 2))) }

// Score is the verdict as a number from 0 to 1 that people can read: a half where it is as
// likely that the two mean the same as that they do not. It rises slower than the
// probability, so that good pairs can be told from very good ones.
func (v *Verdict) Score() float64 {
	return math.Round(1000/(1+math.Exp2(-v.Bits/4))) / 1000
}

// Explain is the evidence in words, strongest first as it was added: "name 0.92, same ward,
// 240 m apart".
func (v *Verdict) Explain() string {
	parts := make([]string, 0, len(v.Evidence))
	for _, e := range v.Evidence {
		parts = append(parts, e.Text)
	}
	return strings.Join(parts, ", ")
}

// Band says what may be done with a pair.
type Band string

// The bands, best first.
const (
	Accept Band = "match"    // the two mean the same
	Review Band = "review"   // somebody should look
	Reject Band = "no-match" // they do not, as far as can be told
)

// Limits are the verdicts at which bands begin.
type Limits struct {
	Accept, Review float64 // bits
	Margin         float64 // bits by which the next best partner must fall short, else Review
}

// Of is the band of a verdict that has no rival.
func (l Limits) Of(v *Verdict) Band {
	switch {
	case v.Bits >= l.Accept:
		return Accept
	case v.Bits >= l.Review:
		return Review
	}
	return Reject
}
