package near_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

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

func BenchmarkFind(b *testing.B) {
	x := near.New(importers.Key)
	for i := range 100_000 {
		x.Add(fmt.Sprintf("Place %d of the %dth Health Centre", i*7919%100_003, i%97))
	}
	for b.Loop() {
		x.Find("Palce 55 of the 12th Heath Centre", 3)
	}
}
