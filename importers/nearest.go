package importers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Nearest returns up to n candidates that resemble a text most, best first. Texts are
// compared by their keys: equal words in another order, then edit distance with swapped
// neighbours; what is less than 60 % alike is left out.
func Nearest(text string, candidates []string, n int) []string {
	type scored struct {
		text  string
		score float64
	}
	key := Key(text)
	var found []scored
	for _, c := range candidates {
		if s := Likeness(key, Key(c)); s >= 0.6 {
			found = append(found, scored{c, s})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.text, b.text))
	})
	var out []string
	for _, f := range found[:min(n, len(found))] {
		out = append(out, f.text)
	}
	return out
}

// DidYouMean returns ` Did you mean "x" or "y"?` with a space before it, or "" when nothing is near.
func DidYouMean(text string, candidates []string) string {
	near := Nearest(text, candidates, 3)
	if len(near) == 0 {
		return ""
	}
	for i := range near {
		near[i] = fmt.Sprintf("%q", near[i])
	}
	return " Did you mean " + strings.Join(near, " or ") + "?"
}

// Likeness says how alike two keys are: 1 when equal, 0 when nothing agrees.
func Likeness(a, b string) float64 {
	if a == b {
		return 1
	}
	long := max(len([]rune(a)), len([]rune(b)))
	if long == 0 {
		return 1
	}
	plain := 1 - float64(distance([]rune(a), []rune(b)))/float64(long)
	x, y := sortedWords(a), sortedWords(b)
	sorted := 0.98 * (1 - float64(distance([]rune(x), []rune(y)))/float64(max(long, 1)))
	return max(plain, sorted, 0)
}

func sortedWords(s string) string {
	w := strings.Fields(s)
	slices.Sort(w)
	return strings.Join(w, " ")
}

// distance counts the edits (insert, delete, replace, swap neighbours) between two texts.
func distance(a, b []rune) int {
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
