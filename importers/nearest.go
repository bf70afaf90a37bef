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

func sortedWords(s string) string {
	w := strings.Fields(s)
	slices.Sort(w)
	return strings.Join(w, " ")
}
