package importers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"masjala/internal/linkage"
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
	return Meant(Nearest(text, candidates, 3))
}

// Meant proposes names: ` Did you mean "x" or "y"?` with a space before it, "" for none.
func Meant(names []string) string {
	if len(names) == 0 {
		return ""
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return " Did you mean " + strings.Join(quoted, " or ") + "?"
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
	plain := 1 - float64(linkage.Distance([]rune(a), []rune(b), long))/float64(long)
	x, y := sortedWords(a), sortedWords(b)
	sorted := 0.98 * (1 - float64(linkage.Distance([]rune(x), []rune(y), long))/float64(long))
	return max(plain, sorted, 0)
}

// Slip tells whether one key may be the other, misspelled: one or two letters differ in a
// long word, and no number, first letter or short word does.
func Slip(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) != len(y) {
		return false
	}
	differ := 0
	for i := range x {
		if x[i] == y[i] {
			continue
		}
		long := min(len(x[i]), len(y[i]))
		edits := linkage.Distance([]rune(x[i]), []rune(y[i]), 3)
		if long < 5 || edits > 1+long/9 || x[i][0] != y[i][0] || strings.ContainsAny(x[i]+y[i], "0123456789") {
			return false
		}
		differ++
	}
	return differ == 1
}

func sortedWords(s string) string {
	w := strings.Fields(s)
	slices.Sort(w)
	return strings.Join(w, " ")
}
