package match

import (
	"fmt"
	"math"
	"slices"

	"masjala/internal/linkage"
)

// compare weighs what speaks for two records being the same facility, and what against.
func (s *scale) compare(a, b *record) linkage.Verdict {
	v := linkage.Verdict{Bits: s.prior, Evidence: make([]linkage.Evidence, 0, 6)}
	s.names(&v, a, b)
	s.places(&v, a, b)
	v.AddIdentifiers(a.ids, b.ids, -4)
	phones(&v, a, b)
	sorts(&v, a, b)
	return v
}

// names compares each name of one with each of the other and takes the pair that says most.
func (s *scale) names(v *linkage.Verdict, a, b *record) {
	best := nameEvidence{bits: math.Inf(-1)}
	for i := range a.names {
		for j := range b.names {
			e := s.name(&a.names[i], &b.names[j], a, b)
			if i > 0 && j > 0 {
				e.bits--
			}
			if e.bits > best.bits {
				best = e
			}
		}
	}
	if math.IsInf(best.bits, -1) {
		v.Add("name", "no name", -6)
		return
	}
	text := "same name"
	if !best.exact {
		text = fmt.Sprintf("name %.2f", best.likeness)
	}
	v.Add("name", text, best.bits)
	if best.clash != "" {
		v.Add("name", best.clash, -12)
	}
}

// nameEvidence is what two names say.
type nameEvidence struct {
	bits, likeness float64
	exact          bool
	clash          string // words in which the two differ and that tell facilities apart
}

// Limits of what names can say. A name adds at most a little more than it takes to find one
// record among all.
const (
	beyondPrior  = 6
	wholeName    = 2.2  // beyond what its words say, when all agree
	strangers    = -9.0 // no word in common
	substituted  = 0.6  // per bit of a word that the other name has another word for
	dropped      = 0.25 // per bit of a word that the other name lacks
	mostPerWord  = 9.0
	nearlyNumber = -2.5 // one name has a number that the other lacks
)

func (s *scale) name(a, b *name, ra, rb *record) nameEvidence {
	al := linkage.Align(a.words, b.words)
	e := nameEvidence{likeness: math.Round(al.Likeness*100) / 100, exact: al.Exact}
	if al.Agreed == 0 {
		e.bits = strangers
		return e
	}
	e.bits = min(al.Agreed, -s.prior+beyondPrior)
	if al.Exact {
		e.bits += wholeName
	}
	lostA, oddA := left(a, al.LeftA, rb)
	lostB, oddB := left(b, al.LeftB, ra)
	both := min(lostA, lostB)
	e.bits -= substituted*2*both + dropped*(lostA+lostB-2*both)
	e.clash = clash(a, b, al)
	if e.clash == "" && oddA != oddB {
		e.bits += nearlyNumber
	}
	return e
}

// left sums the words that found no partner. One that names an area of the other record says
// nothing. odd tells that a number or a letter is among them.
func left(n *name, at []int, other *record) (bits float64, odd bool) {
	for _, i := range at {
		w := &n.words[i]
		if hasArea(other.areas, w.Text) {
			continue
		}
		odd = odd || w.Number
		bits += min(w.Weight, mostPerWord)
	}
	return bits, odd
}

// clash finds words that two names of one facility would not differ in: numbers, single
// letters, and opposites such as north and south.
func clash(a, b *name, al linkage.Alignment) string {
	for _, i := range al.LeftA {
		for _, j := range al.LeftB {
			x, y := &a.words[i], &b.words[j]
			axis := words().axis[x.Text]
			if x.Number && y.Number || x.Initial() && y.Initial() || axis != 0 && axis == words().axis[y.Text] {
				return fmt.Sprintf("%s is not %s", x.Text, y.Text)
			}
		}
	}
	return ""
}

// onePoint is how far two records of one place may lie apart, in metres: their positions are
// copies of each other.
const onePoint = 30

// kindBits is what kinds say that are so many steps apart: at one point, where a facility
// may have been upgraded between two lists, and elsewhere, where it has a neighbour.
var kindBits = [...]struct{ point, apart float64 }{{1, 1}, {-0.5, -1.5}, {-3.5, -7.5}, {-5, -9}, {-9, -10}}

// otherGrade is what it says that two of one kind are of different grades: a primary and a community
// health centre may be neighbours, or one that was called by both names.
const otherGrade = -2

// speaks tells whether a sort of evidence speaks for a pair.
func speaks(v *linkage.Verdict, about string) bool {
	return slices.ContainsFunc(v.Evidence, func(e linkage.Evidence) bool { return e.About == about && e.Bits > 0 })
}

// sorts compares what the facilities are, last of all: neighbours of different kinds are for
// somebody to look at, whatever else speaks for them but an identifier.
func sorts(v *linkage.Verdict, a, b *record) {
	if len(a.kinds) == 0 || len(b.kinds) == 0 {
		return
	}
	apart := math.MaxInt
	for _, x := range a.kinds {
		for _, y := range b.kinds {
			apart = min(apart, steps(x, y))
		}
	}
	text := "both " + string(common(a.kinds, b.kinds))
	if apart > 0 {
		text = fmt.Sprintf("%s, not %s", a.kinds[0], b.kinds[0])
	}
	bits := kindBits[apart].apart
	if apart == 0 && a.grade != "" && b.grade != "" && a.grade != b.grade {
		text += fmt.Sprintf(", %s and %s", a.grade, b.grade)
		bits = otherGrade
	} else if a.at != nil && b.at != nil && metres(a.at, b.at) <= onePoint {
		bits = kindBits[apart].point
	} else if apart >= 2 && !speaks(v, "identifier") {
		bits = min(bits, Limits.Accept-0.5-v.Bits)
	}
	v.Add("type", text, bits)
}

// steps says how different two kinds are: 0 the same, 1 of one level of care, 2 of
// neighbouring levels, 3 of levels further apart, 4 when one is beside the ladder.
func steps(x, y Kind) int {
	if x == y {
		return 0
	}
	lx, ly := words().level[x], words().level[y]
	if lx == 0 || ly == 0 {
		return 4
	}
	return min(1+max(lx-ly, ly-lx), 3)
}

func common(a, b []Kind) Kind {
	for _, x := range a {
		if slices.Contains(b, x) {
			return x
		}
	}
	return ""
}

func phones(v *linkage.Verdict, a, b *record) {
	for _, p := range a.phones {
		if slices.Contains(b.phones, p) {
			v.Add("phone", "same telephone", 5)
			return
		}
	}
}
