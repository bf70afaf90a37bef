package text_test

import (
	"testing"

	"masjala/store/index/text"
)

func TestAnswers(t *testing.T) {
	pairs := []pair{
		{"", 7}, {"kibera health centre", 1}, {"kibera health centre", 9}, {"kibera", 2}, {"kisumu", 3},
		{"kisumu", 1}, {"kisumu", 3}, {"aaaa", 4}, {"aaa", 5}, {"ደሴ ሆስፒታል", 6}, {"ደብረ", 6}, {"école", 8},
	}
	for name, contains := range map[string]bool{"prefix only": false, "with contains": true} {
		t.Run(name, func(t *testing.T) {
			r, buf := open(t, pairs, contains, few), &text.Buffer{}
			if _, ok := r.Contains("a", buf); ok != contains {
				t.Errorf("Contains answers: %t, want %t", ok, contains)
			}
			for _, q := range []string{
				"", "k", "ki", "kibera", "kibera ", "kibera health centre", "kibera health centres", "health", "e",
				"a", "aa", "aaa", "aaaa", "aaaaa", "ደ", "ደሴ", "ሆስ", "é", "cole", "z", "kisumu", "kisumus", " ", "\x00",
			} {
				check(t, r, pairs, q, buf)
			}
		})
	}
}
