package linkage

import (
	"cmp"
	"slices"
)

// Found is a record that may mean what was asked for.
type Found[R any] struct {
	Record R
	Verdict
	Grade Grade
}

// Grade says how sure it is that two records mean the same, in the codes of
// http://terminology.hl7.org/CodeSystem/match-grade.
type Grade string

// The grades, best first.
const (
	Certain  Grade = "certain"
	Probable Grade = "probable"
	Possible Grade = "possible"
	Not      Grade = "certainly-not"
)

// sure is how many bits beyond acceptance make a match certain.
const sure = 6

// Grade is the grade of a verdict. One thing alone is never certain, however much it says.
func (l Limits) Grade(v *Verdict) Grade {
	speaking := 0
	for _, e := range v.Evidence {
		if e.Bits >= 1 {
			speaking++
		}
		if e.Bits <= -3 {
			speaking = -len(v.Evidence) // something clearly speaks against it
		}
	}
	switch {
	case v.Bits >= l.Accept+sure && speaking >= 2:
		return Certain
	case v.Bits >= l.Accept:
		return Probable
	case v.Bits >= l.Review:
		return Possible
	}
	return Not
}

// Rank judges records and returns those that may be meant, the most evidence first, at most
// so many. judge gives the verdict on the record of a number; equal ones go by name.
func Rank[R any](records []R, limits Limits, judge func(i int) Verdict, name func(R) string, most int) []Found[R] {
	var out []Found[R]
	for i, r := range records {
		v := judge(i)
		if g := limits.Grade(&v); g != Not {
			out = append(out, Found[R]{Record: r, Verdict: v, Grade: g})
		}
	}
	slices.SortStableFunc(out, func(a, b Found[R]) int {
		return cmp.Or(cmp.Compare(b.Bits, a.Bits), cmp.Compare(name(a.Record), name(b.Record)))
	})
	return out[:min(most, len(out))]
}
