package concept_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"masjala/terminology/concept"
)

// syllables make words that no terminology owns.
var syllables = strings.Fields("ba ce di fo gu ha ke li mo nu pa re si to vu za che pro tra sta phi gra")

// made returns a CodeSystem of n concepts in the shape of a classification of diseases: codes
// such as B07.31, displays of two to seven words of which few are common, synonyms, and the
// displays of a third of them in French.
func made(r *rand.Rand, n int) string {
	words := make([]string, 4000)
	for i := range words {
		for range 2 + r.IntN(3) {
			words[i] += syllables[r.IntN(len(syllables))]
		}
	}
	often := rand.NewZipf(r, 1.1, 3, uint64(len(words)-1))
	text := func(least int) string {
		list := make([]string, least+r.IntN(6))
		for i := range list {
			list[i] = words[often.Uint64()]
		}
		return strings.ToUpper(list[0][:1]) + strings.Join(list, " ")[1:]
	}
	var b strings.Builder
	b.WriteString(`{"content":"complete","language":"en","concept":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"code":"%c%02d.%d","display":%q,"designation":[{"value":%q}`, 'A'+i%26, i/26%100, i/2600, text(2), text(1))
		if i%3 == 0 {
			fmt.Fprintf(&b, `,{"language":"fr","value":%q}`, "é"+text(1))
		}
		b.WriteString("]")
		switch {
		case i%17 == 0:
			b.WriteString(`,"property":[{"code":"inactive","valueBoolean":true}]`)
		case i%29 == 0:
			b.WriteString(`,"property":[{"code":"notSelectable","valueBoolean":true}]`)
		}
		b.WriteByte('}')
	}
	b.WriteString("]}")
	return b.String()
}

// BenchmarkSearch types into a form: a page of ten of 95,000 concepts, with the total.
func BenchmarkSearch(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 95))
	src := source(b, made(r, 95_000))
	s, err := concept.Build(src)
	if err != nil {
		b.Fatal(err)
	}
	all := concept.NewBits(s.Len())
	all.Not()
	for name, typed := range map[string]string{
		"letter": "b", "begun": "pro", "two": "pro ba", "code": "B07", "typo": "chepphi", "two typos": "chgrasstaz",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page(s, concept.Search{Query: concept.NewQuery(typed, nil), Within: all}, 0, 10)
			}
		})
	}
}

// BenchmarkBuild makes the set, the text index included.
func BenchmarkBuild(b *testing.B) {
	src := source(b, made(rand.New(rand.NewPCG(1, 95)), 95_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := concept.Build(src); err != nil {
			b.Fatal(err)
		}
	}
}
