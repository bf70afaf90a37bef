package linkage

import "strings"

// Alike says how likely two words are spellings of one: 1 when equal, 0 when they are
// different words. Numbers are equal or different. A letter may stand for a word that it
// begins, and a few for the word that they shorten.
func Alike(a, b *Word) float64 {
	if a.Text == b.Text {
		return 1
	}
	if a.Number || b.Number || len(a.runes) == 0 || len(b.runes) == 0 {
		return 0
	}
	if len(a.runes) > len(b.runes) {
		a, b = b, a
	}
	short := len(a.runes)
	if short == 1 {
		if a.runes[0] == b.runes[0] {
			return 0.8
		}
		return 0
	}
	best := shortened(a, b)
	if short >= 3 {
		best = max(best, spelled(a, b))
	}
	if best < 0.7 {
		return 0
	}
	return best
}

// shortened tells how likely a stands for the longer b: as its beginning, or as its
// consonants ("bfn" for "bloemfontein").
func shortened(a, b *Word) float64 {
	short, long := len(a.runes), len(b.runes)
	switch {
	case a.runes[0] != b.runes[0]:
		return 0
	case short >= 3 && strings.HasPrefix(b.Text, a.Text):
		return 0.84
	case short == 2 && long >= 4 && strings.HasPrefix(b.Text, a.Text):
		return 0.72
	case short >= 2 && short <= 4 && long >= short+3 && within(a.runes, b.runes):
		return 0.72
	}
	return 0
}

// within tells whether the letters of a occur in b in their order.
func within(a, b []rune) bool {
	i := 0
	for _, r := range b {
		if i < len(a) && r == a[i] {
			i++
		}
	}
	return i == len(a)
}

// What two words are worth that agree when spelled plainly, and that only sound alike.
const (
	samePlain = 0.94
	sameSound = 0.88
)

// spelled compares letters: as they are, in the plain spelling, and by sound.
func spelled(a, b *Word) float64 {
	s := near(a.runes, b.runes)
	if p, q := a.plain, b.plain; len(p) != len(a.runes) || len(q) != len(b.runes) || string(p) != a.Text || string(q) != b.Text {
		s = max(s, samePlain*near(p, q))
	}
	if len(a.Sound) >= 3 && a.Sound == b.Sound {
		s = max(s, sameSound)
	}
	return s
}

// near is the mean of the share of letters that edits leave and of Jaro–Winkler; 0 when more
// than a quarter of the letters must be edited.
func near(a, b []rune) float64 {
	long := max(len(a), len(b))
	limit := 1 + long/4
	d := Distance(a, b, limit)
	if d > limit || long == 0 {
		return 0
	}
	return (1 - float64(d)/float64(long) + JaroWinkler(a, b)) / 2
}

// Distance counts the letters to insert, drop, replace or swap with their neighbour to
// get from a to b (optimal string alignment). It stops early and returns more than limit
// when the distance is larger than limit.
func Distance(a, b []rune, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var space [3 * (longest + 1)]int
	rows := space[:]
	if n := 3 * (len(b) + 1); n > len(rows) {
		rows = make([]int, n)
	}
	n := len(b) + 1
	before, last, row := rows[:n], rows[n:2*n], rows[2*n:3*n]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			d := last[j-1]
			if a[i-1] != b[j-1] {
				d = 1 + min(last[j-1], last[j], row[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// JaroWinkler compares two words of at most 64 letters; what is longer is cut. 1 when equal,
// 0 when no letter is shared.
func JaroWinkler(a, b []rune) float64 {
	a, b = a[:min(len(a), longest)], b[:min(len(b), longest)]
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	window := max(max(len(a), len(b))/2-1, 0)
	var inA, inB uint64
	matches := 0
	for i, r := range a {
		for j := max(0, i-window); j < min(len(b), i+window+1); j++ {
			if inB&(1<<j) == 0 && b[j] == r {
				inA, inB = inA|1<<i, inB|1<<j
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range a {
		if inA&(1<<i) == 0 {
			continue
		}
		for inB&(1<<j) == 0 {
			j++
		}
		if a[i] != b[j] {
			swapped++
		}
		j++
	}
	m := float64(matches)
	jaro := (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped)/2)/m) / 3
	prefix := 0
	for prefix < min(4, len(a), len(b)) && a[prefix] == b[prefix] {
		prefix++
	}
	return jaro + 0.1*float64(prefix)*(1-jaro)
}
