package match

import (
	"fmt"
	"math"
	"slices"

	"masjala/internal/linkage"
)

// scale is what comparing needs to know of all records together.
type scale struct {
	prior float64
	words *linkage.Rarity
}

// newScale counts two lists; b is nil for one list compared with itself. They are taken for
// part of so many records at least.
func newScale(a, b []*record, population int) *scale {
	population = max(population, len(a), len(b))
	s := &scale{words: linkage.NewRarity(), prior: linkage.Prior(population)}
	for _, list := range [][]*record{a, b} {
		for _, r := range list {
			s.words.Add(slices.Concat(r.names...))
		}
	}
	s.words.AtLeast(2 * population)
	s.weigh(a)
	s.weigh(b)
	return s
}

// joining is how much a particle counts, beside a name.
const joining = 0.15

func (s *scale) weigh(list []*record) {
	for _, r := range list {
		for _, n := range r.names {
			s.words.Weigh(n)
			for i := range n {
				switch {
				case particles[n[i].Text]:
					n[i].Weight *= joining
				case n[i].Initial(): // a letter narrows down less than its rarity as a word says
					n[i].Weight = min(n[i].Weight, 3)
				}
			}
		}
	}
}

// compare weighs what speaks for two records being the same person, and what against.
func (s *scale) compare(a, b *record) linkage.Verdict {
	v := linkage.Verdict{Bits: s.prior, Evidence: make([]linkage.Evidence, 0, 6)}
	s.names(&v, a, b)
	births(&v, a.birth, b.birth)
	genders(&v, a.gender, b.gender)
	v.AddIdentifiers(a.ids, b.ids, -5)
	shared(&v, "phone", "same telephone", a.phones, b.phones, 7)
	shared(&v, "email", "same address of mail", a.emails, b.emails, 8)
	return v
}

// Limits of what names can say.
const (
	strangers   = -9.0 // no word in common
	substituted = 0.55 // per bit of a word that the other name has another word for
	dropped     = 0.15 // per bit of a word that the other name lacks: people leave names out
	mostPerWord = 9.0
	mostOfNames = 18.0
	halfKnown   = -4.0 // only one word agrees though both have two or more
)

// names compares each name of one with each of the other and takes the pair that says most.
func (s *scale) names(v *linkage.Verdict, a, b *record) {
	best, text := math.Inf(-1), "no name"
	for _, x := range a.names {
		for _, y := range b.names {
			if bits, t := name(x, y); bits > best {
				best, text = bits, t
			}
		}
	}
	if math.IsInf(best, -1) {
		best = -3
	}
	v.Add("name", text, best)
}

func name(a, b []linkage.Word) (bits float64, text string) {
	al := linkage.Align(a, b)
	text = fmt.Sprintf("name %.2f", al.Likeness)
	if al.Agreed == 0 {
		return strangers, text
	}
	if al.Exact {
		text = "same name"
	}
	bits = min(al.Agreed, mostOfNames)
	lostA, lostB := left(a, al.LeftA), left(b, al.LeftB)
	both := min(lostA, lostB)
	bits -= substituted*2*both + dropped*(lostA+lostB-2*both)
	if agreed := min(len(a)-len(al.LeftA), len(b)-len(al.LeftB)); agreed == 1 && len(a) > 1 && len(b) > 1 {
		bits += halfKnown
	}
	return bits, text
}

// left sums the words that found no partner.
func left(words []linkage.Word, at []int) (bits float64) {
	for _, i := range at {
		bits += min(words[i].Weight, mostPerWord)
	}
	return bits
}

// births compares dates of birth, as exactly as both are known. Slips of the hand are no
// contradiction: day and month swapped, one digit another.
func births(v *linkage.Verdict, a, b string) {
	if len(a) < 4 || len(b) < 4 {
		return
	}
	n := min(len(a), len(b), 10)
	x, y := a[:n], b[:n]
	switch {
	case x == y && n == 10:
		v.Add("birth", "born the same day", 9)
	case x == y && n == 7:
		v.Add("birth", "born the same month", 6)
	case x == y:
		v.Add("birth", "born the same year", 3)
	case n == 10 && x[:4] == y[:4] && x[5:7] == y[8:] && x[8:] == y[5:7]:
		v.Add("birth", "day and month of birth swapped", 6)
	case n == 10 && digitsApart(x, y) == 1:
		v.Add("birth", "dates of birth differ in a digit", 3)
	case x[:4] == y[:4]:
		v.Add("birth", "born on another day of the year", -3)
	default:
		v.Add("birth", fmt.Sprintf("born %s, not %s", x, y), -9)
	}
}

func digitsApart(x, y string) (n int) {
	for i := range len(x) {
		if x[i] != y[i] {
			n++
		}
	}
	return n
}

func genders(v *linkage.Verdict, a, b string) {
	switch {
	case a == "" || b == "":
	case a == b:
		v.Add("gender", "both "+a, 0.8)
	default:
		v.Add("gender", a+", not "+b, -5)
	}
}

// shared looks for a value that both have.
func shared(v *linkage.Verdict, about, text string, a, b []string, bits float64) {
	for _, x := range a {
		if slices.Contains(b, x) {
			v.Add(about, text, bits)
			return
		}
	}
}
