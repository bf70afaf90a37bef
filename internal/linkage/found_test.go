package linkage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/internal/linkage"
)

func TestRank(t *testing.T) {
	limits := linkage.Limits{Accept: 3, Review: -4}
	bits := map[string]float64{"b": 5, "a": 5, "best": 20, "doubtful": 0, "other": -9}
	records := []string{"b", "doubtful", "other", "best", "a"}
	judge := func(i int) linkage.Verdict { return linkage.Verdict{Bits: bits[records[i]]} }
	name := func(r string) string { return r }
	for most, want := range map[int][]string{0: nil, 1: {"best"}, 3: {"best", "a", "b"}, 9: {"best", "a", "b", "doubtful"}} {
		var got []string
		for _, f := range linkage.Rank(records, limits, judge, name, most) {
			got = append(got, f.Record)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("at most %d: %s", most, diff)
		}
	}
}

func TestIdentifiersSpeak(t *testing.T) {
	id := func(system, value string) []linkage.Identifier {
		return []linkage.Identifier{{System: system, Value: value}}
	}
	cases := map[string]struct {
		a, b []linkage.Identifier
		want float64
	}{
		"the same of a system":       {id("urn:x", "1"), id("urn:x", "1"), 20},
		"others of a system":         {id("urn:x", "1"), id("urn:x", "2"), -4},
		"of two systems":             {id("urn:x", "1"), id("urn:y", "1"), 0},
		"long, without a system":     {id("", "12345"), id("", "12345"), 20},
		"short, without a system":    {id("", "1234"), id("", "1234"), 0},
		"differ, without a system":   {id("", "12345"), id("", "54321"), 0},
		"one differs, one is shared": {append(id("urn:x", "1"), id("urn:y", "7")...), append(id("urn:x", "2"), id("urn:y", "7")...), 20},
		"nothing to compare":         {nil, id("urn:x", "1"), 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var v linkage.Verdict
			if v.AddIdentifiers(c.a, c.b, -4); v.Bits != c.want {
				t.Errorf("%g bits, want %g", v.Bits, c.want)
			}
		})
	}
}
