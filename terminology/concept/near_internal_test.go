package concept

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestTextsApartAreFar compares random texts with ones that are made of them by few edits or
// many: what the letters alone set apart is as far as the table of distances says.
func TestTextsApartAreFar(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	letters := []rune("abcdeXYZ019 -é")
	text := func(n int) []rune {
		out := make([]rune, n)
		for i := range out {
			out[i] = letters[random.IntN(len(letters))]
		}
		return out
	}
	apart := 0
	for range 5000 {
		want := text(1 + random.IntN(20))
		other := append([]rune{}, want...)
		for range random.IntN(8) {
			i := random.IntN(len(other) + 1)
			switch {
			case i == len(other) || random.IntN(2) == 0:
				other = append(other[:i], append(text(1), other[i:]...)...)
			default:
				other[i] = letters[random.IntN(len(letters))]
			}
		}
		g := newGauge([]rune(strings.ToLower(string(want))))
		if !g.apart([]byte(string(other))) {
			continue
		}
		apart++
		g.text = []rune(strings.ToLower(string(other)))
		if far := g.edits(); far <= g.limit {
			t.Fatalf("%q is set apart from %q, but %d edits away, of which %d are allowed", string(other), string(want), far, g.limit)
		}
	}
	if apart < 100 {
		t.Errorf("only %d pairs were set apart by their letters", apart)
	}
}

// TestLengthsOfCodes tells which lengths the codes of sets have that are too large to be
// compared as a whole, and that others are not looked for.
func TestLengthsOfCodes(t *testing.T) {
	tests := map[string]struct {
		head, code string // of concepts, the code with a number
		concepts   int
		has, lacks int
	}{
		"a small set":                     {``, "%04d", nearLimit, -1, 4},
		"codes of one length":             {``, "%012d", nearLimit + 1, 12, 11},
		"codes longer than are told":      {``, "%080d", nearLimit + 1, 90, 62},
		"small letters of another length": {`"caseSensitive":false,`, "İ%04d", nearLimit + 1, 12, -1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for i := range tc.concepts {
				fmt.Fprintf(&b, `,{"code":"`+tc.code+`"}`, i)
			}
			src, err := Read([]byte(`{` + tc.head + `"concept":[` + b.String()[1:] + `]}`))
			if err != nil {
				t.Fatal(err)
			}
			s, err := Build(src)
			if err != nil {
				t.Fatal(err)
			}
			if tc.has >= 0 && !s.lengths.has(tc.has) || tc.lacks >= 0 && s.lengths.has(tc.lacks) {
				t.Errorf("lengths are %b, want %d and not %d", s.lengths, tc.has, tc.lacks)
			}
		})
	}
}

func BenchmarkNearestOfThousand(b *testing.B) {
	var list strings.Builder
	for i := range nearLimit {
		fmt.Fprintf(&list, `,{"code":"code-%d","display":"Display of a concept, number %d","designation":[{"language":"fr","value":"Affichage du concept %d"}]}`, i, i, i)
	}
	src, err := Read([]byte(`{"concept":[` + list.String()[1:] + `]}`))
	if err != nil {
		b.Fatal(err)
	}
	s, err := Build(src)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.Nearest("Something unknown, number 17 or so", 3)
	}
}
