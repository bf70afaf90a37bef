package text_test

import (
	"math/rand/v2"
	"strings"
)

// names makes up names of people and facilities, always the same ones.
type names struct {
	rand            *rand.Rand
	given, families []string
	places          []string
	first, last     *rand.Zipf
	place           *rand.Zipf
}

func newNames() *names {
	r := rand.New(rand.NewPCG(3, 14))
	n := &names{
		rand: r, first: rand.NewZipf(r, 1.1, 8, 1_199), last: rand.NewZipf(r, 1.1, 20, 11_999),
		place: rand.NewZipf(r, 1.05, 200, 39_999),
	}
	n.given, n.families, n.places = n.words(1_200, 2, 3), n.words(12_000, 2, 4), n.words(40_000, 2, 4)
	return n
}

// words makes up words of so many syllables.
func (n *names) words(count, least, most int) []string {
	onsets := []string{"", "b", "ch", "d", "f", "g", "h", "j", "k", "ki", "m", "mb", "mw", "n", "nd", "ng", "ny", "o", "p", "r", "s", "sh", "t", "w", "wa", "y", "z"}
	rimes := []string{"a", "a", "a", "e", "i", "i", "o", "u", "an", "en", "in", "ai", "oi", "ar", "é"}
	list := make([]string, count)
	for i := range list {
		var b strings.Builder
		for range least + n.rand.IntN(most-least+1) {
			b.WriteString(onsets[n.rand.IntN(len(onsets))])
			b.WriteString(rimes[n.rand.IntN(len(rimes))])
		}
		list[i] = b.String()
	}
	return list
}

// person makes up "given family" or "given given family".
func (n *names) person() string {
	name := n.given[n.first.Uint64()] + " "
	if n.rand.IntN(3) == 0 {
		name += n.given[n.first.Uint64()] + " "
	}
	return name + n.families[n.last.Uint64()]
}

// facility makes up the name of a place of care.
func (n *names) facility() string {
	kinds := []string{
		"health centre", "health centre", "dispensary", "dispensary", "dispensary", "medical clinic", "hospital",
		"sub county hospital", "maternity home", "health post", "pharmacy", "nursing home", "vct centre", "laboratory",
	}
	name := n.places[n.place.Uint64()]
	if n.rand.IntN(3) == 0 {
		name += " " + n.places[n.place.Uint64()]
	}
	return name + " " + kinds[n.rand.IntN(len(kinds))]
}

// people makes up people whose rids lie among others, with the whole name and, with parts,
// its parts as texts.
func people(count int, parts bool) []pair {
	n := newNames()
	pairs := make([]pair, 0, count)
	for i := range count {
		name, rid := n.person(), uint32(500_000+i*5/2)
		pairs = append(pairs, pair{name, rid})
		if parts {
			for part := range strings.FieldsSeq(name) {
				pairs = append(pairs, pair{part, rid})
			}
		}
	}
	return pairs
}

func facilities(count int) []pair {
	n := newNames()
	pairs := make([]pair, count)
	for i := range pairs {
		pairs[i] = pair{n.facility(), uint32(i * 2)}
	}
	return pairs
}
