package linkage

import "strings"

// mostWords is how many words of a name are compared.
const mostWords = 16

// Alignment is what two names have in common, word by word.
type Alignment struct {
	Likeness     float64 // share of the words, by weight, that found a partner: 1 for equal names
	Agreed       float64 // what the partners weigh, less where they are only alike
	Exact        bool    // every word found an equal one
	LeftA, LeftB []int   // words without a partner
}

// Align gives each word of two names at most one partner in the other, in any order, the
// most alike first. Words that one name writes together and the other apart are partners
// ("daressalaam", "dar es salaam"), and so are initials written together ("jd", "john daniel").
func Align(a, b []Word) Alignment {
	s := alignment{a: a[:min(len(a), mostWords)], b: b[:min(len(b), mostWords)]}
	s.equal()
	if !s.done() {
		s.joined(s.a, s.b, &s.usedA, &s.usedB)
		s.joined(s.b, s.a, &s.usedB, &s.usedA)
		s.alike()
	}
	return s.result()
}

// alignment is an Align at work. A bit of used is set for each word with a partner.
type alignment struct {
	a, b           []Word
	usedA, usedB   uint32
	shared, agreed float64
	inexact        bool
}

// done tells whether one side has no word left.
func (s *alignment) done() bool {
	return s.usedA == 1<<len(s.a)-1 || s.usedB == 1<<len(s.b)-1
}

func (s *alignment) equal() {
	for i := range s.a {
		for j := range s.b {
			if s.usedB&(1<<j) == 0 && s.a[i].Text == s.b[j].Text {
				s.usedA, s.usedB = s.usedA|1<<i, s.usedB|1<<j
				s.shared += s.a[i].Weight + s.b[j].Weight
				s.agreed += min(s.a[i].Weight, s.b[j].Weight)
				break
			}
		}
	}
}

// joined pairs runs of words of many with one word of single.
func (s *alignment) joined(many, single []Word, usedMany, usedSingle *uint32) {
	if len(many) < 2 {
		return
	}
	for j := range single {
		if *usedSingle&(1<<j) != 0 || len(single[j].Text) < 2 {
			continue
		}
		for i := range many {
			n, like := run(many[i:], &single[j], *usedMany>>i)
			if n == 0 {
				continue
			}
			weight := 0.0
			for k := i; k < i+n; k++ {
				*usedMany |= 1 << k
				weight += many[k].Weight
			}
			*usedSingle |= 1 << j
			s.shared += like * (weight + single[j].Weight)
			s.agreed += partial(like) * min(weight, single[j].Weight)
			s.inexact = s.inexact || like < 1
			break
		}
	}
}

// run tells how many of the first words, at least two, stand for one word, and how surely.
func run(words []Word, one *Word, used uint32) (n int, like float64) {
	if words[0].Text == "" || words[0].runes[0] != one.runes[0] {
		return 0, 0
	}
	var text, initials strings.Builder
	for k := 0; k < min(len(words), 5) && used&(1<<k) == 0; k++ {
		text.WriteString(words[k].Text)
		initials.WriteRune(words[k].runes[0])
		if k == 0 {
			continue
		}
		if text.String() == one.Text {
			return k + 1, 1
		}
		switch rest, begins := strings.CutPrefix(one.Text, initials.String()); {
		case begins && rest == "":
			n, like = k+1, 0.85
		case begins && k >= 2 && len(rest) <= 2: // the letters of words that say what it is
			n, like = k+1, 0.75
		}
		if together := NewWord(text.String()); len(together.runes) >= 6 && Alike(&together, one) >= 0.9 && !strings.HasPrefix(one.Text, together.Text) && !strings.HasPrefix(together.Text, one.Text) {
			n, like = k+1, 0.92
		}
	}
	return n, like
}

// alike pairs the words that are left, the most alike first.
func (s *alignment) alike() {
	for {
		best, at, bt := 0.0, 0, 0
		for i := range s.a {
			if s.usedA&(1<<i) != 0 {
				continue
			}
			for j := range s.b {
				if s.usedB&(1<<j) != 0 {
					continue
				}
				if like := Alike(&s.a[i], &s.b[j]); like > best {
					best, at, bt = like, i, j
				}
			}
		}
		if best == 0 {
			return
		}
		s.usedA, s.usedB = s.usedA|1<<at, s.usedB|1<<bt
		s.shared += best * (s.a[at].Weight + s.b[bt].Weight)
		s.agreed += partial(best) * min(s.a[at].Weight, s.b[bt].Weight)
		s.inexact = true
	}
}

// partial is how much of a word's weight a likeness is worth as evidence: the more letters
// differ, the more other words would fit as well.
func partial(like float64) float64 {
	if like >= 1 {
		return 1
	}
	return max(0, (like-0.6)/0.4*0.8)
}

func (s *alignment) result() Alignment {
	r := Alignment{Agreed: s.agreed}
	total := 0.0
	for i := range s.a {
		total += s.a[i].Weight
		if s.usedA&(1<<i) == 0 {
			r.LeftA = append(r.LeftA, i)
		}
	}
	for j := range s.b {
		total += s.b[j].Weight
		if s.usedB&(1<<j) == 0 {
			r.LeftB = append(r.LeftB, j)
		}
	}
	if total > 0 {
		r.Likeness = s.shared / total
	}
	r.Exact = !s.inexact && len(r.LeftA) == 0 && len(r.LeftB) == 0 && len(s.a) > 0
	return r
}
