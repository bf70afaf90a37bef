package concept

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"masjala/fhir/search"
)

// nearLimit is up to how many concepts Nearest compares the texts of each.
const nearLimit = 1000

// nearText is how long a text may be, in bytes, for Nearest to look for its like.
const nearText = 200

// Nearest returns up to n concepts whose code or texts come closest to a text that
// should have been one of them, best first: a third of its letters may be wrong. Of large
// sets only codes are looked at, and of those only the ones that differ in one place.
func (s *Set) Nearest(text string, n int) []uint32 {
	text = strings.TrimSpace(text)
	switch {
	case text == "" || len(text) > nearText || n <= 0:
		return nil
	case s.n > nearLimit:
		return s.slips(text, n)
	}
	want := []rune(search.Fold(text))
	type hit struct {
		number uint32
		far    int
	}
	g := newGauge(want)
	var hits []hit
	for k := range s.n {
		far := min(g.measure(s.Code(k)), g.measure(s.Display(k)))
		for d := range s.Designations(k) {
			far = min(far, g.measure(d.Value))
		}
		if far <= g.limit {
			hits = append(hits, hit{k, far})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.far, b.far) })
	out := make([]uint32, 0, n)
	for _, h := range hits[:min(n, len(hits))] {
		out = append(out, h.number)
	}
	return out
}

// wrongLetter is up to which length of a code all other letters are tried in each place.
const wrongLetter = 10

// slips finds up to n codes that differ from a text in one place: two characters swapped, one
// too many or, in short texts, one missing or wrong. The table of codes answers, so that it
// takes the same time whatever the size of the set.
func (s *Set) slips(text string, n int) []uint32 {
	var room [nearText + 1]byte
	var out []uint32
	try := func(code []byte) {
		if k, ok := s.Find(string(code)); ok && len(out) < n && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	same, longer := s.lengths.has(len(text)), s.lengths.has(len(text)+1)
	for i := 0; same && i+1 < len(text) && len(out) < n; i++ {
		b := append(room[:0], text...)
		b[i], b[i+1] = b[i+1], b[i]
		try(b)
	}
	for i := 0; s.lengths.has(len(text)-1) && i < len(text) && len(out) < n; i++ {
		try(append(append(room[:0], text[:i]...), text[i+1:]...))
	}
	if len(text) > wrongLetter || !same && !longer {
		return out
	}
	letters := alphabet(text)
	for i := 0; i <= len(text) && len(out) < n; i++ {
		for _, c := range []byte(letters) {
			if same && i < len(text) {
				b := append(room[:0], text...)
				b[i] = c
				try(b)
			}
			if longer {
				try(append(append(append(room[:0], text[:i]...), c), text[i:]...))
			}
		}
	}
	return out
}

// alphabet is the characters that codes like one may have.
func alphabet(text string) string {
	const digits, upper, lower = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	out := digits
	if strings.ContainsAny(text, upper) {
		out += upper
	}
	if strings.ContainsAny(text, lower) {
		out += lower
	}
	return out + "-."
}

// lengths tells which lengths in bytes some texts have; all from 64 on are one.
type lengths uint64

func (l *lengths) add(n int)     { *l |= 1 << min(n, 63) }
func (l lengths) has(n int) bool { return l&(1<<min(n, 63)) != 0 }

// lengthsOf notes the lengths of the codes of a large set. Where cases are not told apart,
// letters beyond ASCII may have another length in the other case: then any may be.
func (s *Set) lengthsOf() (out lengths) {
	if s.n <= nearLimit {
		return 0
	}
	start := u32s(s.sec[secCodeStart])
	for k := range s.n {
		out.add(int(start.at(k+1) - start.at(k)))
	}
	if !s.info.Meta.CaseSensitive && bytes.ContainsFunc(s.sec[secCode], func(r rune) bool { return r >= utf8.RuneSelf }) {
		out = ^lengths(0)
	}
	return out
}

// gauge measures how far texts are from one that is wanted.
type gauge struct {
	want  []rune
	limit int
	bag   bag
	total int // of bag
	rows  [3][]int
	text  []rune
}

// bag counts the letters and digits of a text, each at its place, all else at zero.
type bag [37]int16

// places are those of letters, small or large, and of digits.
var places = func() (out [256]uint8) {
	for i := range uint8(26) {
		out['a'+i], out['A'+i] = i+1, i+1
	}
	for i := range uint8(10) {
		out['0'+i] = i + 27
	}
	return out
}()

// newGauge makes a gauge for a folded text, of which a third may be wrong.
func newGauge(want []rune) *gauge {
	g := &gauge{want: want, limit: max(1, len(want)/3)}
	for _, r := range want {
		if r < utf8.RuneSelf && places[r] > 0 {
			g.bag[places[r]]++
			g.total++
		}
	}
	return g
}

// apart tells whether a text differs in more than the limit because its letters and digits, in
// any order, do; those up to the first that is not ASCII count.
func (g *gauge) apart(text []byte) bool {
	left, more, less := g.bag, 0, g.total
	for _, c := range text {
		if c >= utf8.RuneSelf { // it may fold to a letter
			return false
		}
		at := places[c]
		if at == 0 {
			continue
		}
		if left[at]--; left[at] >= 0 {
			less--
		} else if more++; more > g.limit {
			return true
		}
	}
	return less > g.limit
}

// measure counts the letters to add, drop, change or swap; limit+1 if more than limit.
func (g *gauge) measure(text []byte) int {
	if n := utf8.RuneCount(text); n > len(g.want)+2*g.limit || n < len(g.want)-g.limit {
		return g.limit + 1 // folding changes the number of letters, but little
	}
	if g.apart(text) {
		return g.limit + 1
	}
	g.text = g.text[:0]
	for _, r := range search.Fold(string(text)) {
		g.text = append(g.text, r)
	}
	if d := len(g.text) - len(g.want); d > g.limit || -d > g.limit {
		return g.limit + 1
	}
	return g.edits()
}

// edits fills the table of distances row by row, and stops once a row is too far.
func (g *gauge) edits() int {
	x, y := g.text, g.want
	for i := range g.rows {
		g.rows[i] = slices.Grow(g.rows[i][:0], len(y)+1)[:len(y)+1]
	}
	for j := range g.rows[0] {
		g.rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		now, last, before := g.rows[i%3], g.rows[(i+2)%3], g.rows[(i+1)%3]
		now[0] = i
		best := i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			best = min(best, now[j])
		}
		if best > g.limit {
			return g.limit + 1
		}
	}
	return min(g.rows[len(x)%3][len(y)], g.limit+1)
}
