package near_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/importers"
	"masjala/importers/near"
)

func TestFind(t *testing.T) {
	x := near.New(importers.Key)
	for _, n := range []string{"Nakuru", "Nyeri", "Naivasha", "Kisumu", "Kisii", "Élise Clinic", "elise  clinic"} {
		x.Add(n)
	}
	if x.Len() != 6 {
		t.Errorf("Len() = %d, want 6: names that fold to the same count once", x.Len())
	}
	tests := map[string]struct {
		text string
		want []string
	}{
		"one letter dropped":    {"Nakru", []string{"Nakuru"}},
		"two letters swapped":   {"Naukru", []string{"Nakuru"}},
		"accent left out":       {"Elise Clinc", []string{"Élise Clinic"}},
		"near to two":           {"Kisiu", []string{"Kisii"}},
		"near to nothing":       {"Mombasa", []string{}},
		"empty":                 {"", nil},
		"one letter for a name": {"N", []string{}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, x.Find(tc.text, 1)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// naive is the textbook definition, without limit.
func naive(a, b []rune) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestDistanceEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SliceOfN(rapid.RuneFrom([]rune("abc")), 0, 8)
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		limit := rapid.IntRange(0, 9).Draw(t, "limit")
		got, want := near.Distance(a, b, limit), naive(a, b)
		if want > limit && got <= limit || want <= limit && got != want {
			t.Fatalf("Distance(%q, %q, %d) = %d, want %d", string(a), string(b), limit, got, want)
		}
	})
}

func BenchmarkFind(b *testing.B) {
	x := near.New(importers.Key)
	for i := range 100_000 {
		x.Add(fmt.Sprintf("Place %d of the %dth Health Centre", i*7919%100_003, i%97))
	}
	for b.Loop() {
		x.Find("Palce 55 of the 12th Heath Centre", 3)
	}
}
