package search_test

import (
	"testing"
	"unicode/utf8"

	"masjala/fhir/search"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"case":                             {"Kilifi COUNTY", "kilifi county"},
		"accents":                          {"Hôpital Général Élise", "hopital general elise"},
		"decomposed accents":               {"Ho\u0302pital", "hopital"},
		"doubled and outer blanks":         {"  a \t\n b ", "a b"},
		"no-break space":                   {"a\u00a0\u202fb", "a b"},
		"sharp s":                          {"Straße STRASSE", "strasse strasse"},
		"Greek final sigma":                {"ΟΔΟΣ οδος", "οδοσ οδοσ"},
		"full-width letters":               {"ＫＥＮＹＡ", "kenya"},
		"ligature":                         {"ﬁlariasis", "filariasis"},
		"Turkish dotted and dotless i":     {"İstanbul ISPARTA ısparta", "istanbul isparta isparta"},
		"letters with strokes and hooks":   {"Łódź Øst ɗan Ƙano Ŋ", "lodz ost dan kano ng"},
		"Arabic without vowel points":      {"مُسْتَشْفَى", "مستشفى"},
		"Devanagari vowel signs stay":      {"दिल्ली", "दिल्ली"},
		"Han stays":                        {"保健省", "保健省"},
		"Hangul stays in syllables":        {"보건", "보건"},
		"Ethiopic stays":                   {"ሆስፒታል", "ሆስፒታል"},
		"typographic apostrophe and dash":  {"Ng’ombe – O‑Neil", "ng'ombe - o-neil"},
		"punctuation stays":                {"St. Mary's (North) 50%_*", "st. mary's (north) 50%_*"},
		"empty":                            {"", ""},
		"blank":                            {" \u00a0 ", ""},
		"bytes that are not UTF-8 are one": {"a\xff\xfeb", "a\ufffdb"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := search.Fold(tc.in); got != tc.want {
				t.Errorf("Fold(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		once := search.Fold(s)
		if twice := search.Fold(once); twice != once {
			t.Fatalf("Fold(%q) = %q, folded again %q", s, once, twice)
		}
		if !utf8.ValidString(once) {
			t.Fatalf("Fold(%q) = %q is not UTF-8", s, once)
		}
	})
}

func TestTrigrams(t *testing.T) {
	pack := func(s string) uint64 {
		r := []rune(s)
		return uint64(r[0])<<42 | uint64(r[1])<<21 | uint64(r[2])
	}
	tests := map[string]struct {
		in   string
		want []string
	}{
		"none in two runes":       {"ab", nil},
		"one in three":            {"abc", []string{"abc"}},
		"overlapping":             {"abcd", []string{"abc", "bcd"}},
		"each once":               {"aaaaa", []string{"aaa"}},
		"blanks count":            {"a bc", []string{"a b", " bc"}},
		"beyond the basic plane":  {"a𐍈b", []string{"a𐍈b"}},
		"runes, not bytes":        {"保健省", []string{"保健省"}},
		"highest rune keeps sign": {"\U0010ffff\U0010ffff\U0010ffff", []string{"\U0010ffff\U0010ffff\U0010ffff"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := search.Trigrams(tc.in, []uint64{7})
			if len(got) != len(tc.want)+1 || got[0] != 7 {
				t.Fatalf("Trigrams(%q) gave %d, want %d after what was there", tc.in, len(got)-1, len(tc.want))
			}
			for i, w := range tc.want {
				if got[i+1] != pack(w) {
					t.Errorf("trigram %d of %q = %x, want %x", i, tc.in, got[i+1], pack(w))
				}
			}
		})
	}
}
