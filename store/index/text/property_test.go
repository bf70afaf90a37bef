package text_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"masjala/store/index/text"
)

// words are put together to texts that share beginnings, ends and repetitions.
var words = []string{
	"", " ", "a", "aa", "aaaaaaa", "ab", "abab", "b", "health", "health centre", "centre", " centre", "kibera", "ki",
	"école", "é", "è", "ደሴ", "ደ", "ሆስፒታል", "مستشفى", "مركز", "北京", "😀", "\ufffd", strings.Repeat("aaaaab", 40), "wealth centre",
}

func TestAnswersAsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var phrase = rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(t, "words"), "")
		})
		pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) pair {
			return pair{phrase.Draw(t, "text"), rapid.Uint32Range(0, 40).Draw(t, "rid") * 3001}
		}), 0, 60).Draw(t, "pairs")
		limit := rapid.SampledFrom([]int{1, 2, 3, 10, 0}).Draw(t, "limit")
		data := build(t, pairs, true, limit)
		r, err := text.Open(data)
		if err != nil {
			t.Fatal(err)
		}
		var buf text.Buffer
		for _, q := range queries(t, pairs, phrase) {
			check(t, r, pairs, q, &buf)
		}
	})
}

// queries draws queries that find something, and some that may not.
func queries(t *rapid.T, pairs []pair, phrase *rapid.Generator[string]) []string {
	list := append([]string{"", "a", "e", " "}, rapid.SliceOfN(phrase, 5, 10).Draw(t, "queries")...)
	for i := range 10 {
		if len(pairs) == 0 {
			break
		}
		runes := []rune(rapid.SampledFrom(pairs).Draw(t, fmt.Sprint("in", i)).text)
		from := rapid.IntRange(0, len(runes)).Draw(t, "from")
		to := rapid.IntRange(from, len(runes)).Draw(t, "to")
		list = append(list, string(runes[from:to]), string(runes[:to]), string(runes[from:to])+"b")
	}
	return list
}
