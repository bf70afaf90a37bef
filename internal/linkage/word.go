package linkage

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Word is one word of a name, ready to be compared.
type Word struct {
	Text   string // folded
	Sound  string // see [Sound]
	Number bool   // digits, a roman numeral in its place, or a single letter that counts
	Weight float64

	runes, plain []rune
}

// longest is how many letters of a word are compared.
const longest = 64

// NewWord prepares a folded word.
func NewWord(text string) Word {
	w := Word{Text: text, Sound: Sound(text), runes: []rune(text), plain: []rune(Plain(text))}
	w.runes, w.plain = w.runes[:min(len(w.runes), longest)], w.plain[:min(len(w.plain), longest)]
	w.Number = text != "" && text[0] >= '0' && text[0] <= '9'
	return w
}

// Words cuts a folded name into words. Roman numerals that stand after another word are
// numbers ("Kivu II" is "kivu 2"), and numbers lose their leading zeros.
func Words(folded string) []Word {
	parts := strings.Fields(folded)
	out := make([]Word, 0, len(parts))
	for i, p := range parts {
		if n := roman(p); n > 0 && i > 0 {
			p = strconv.Itoa(n)
		}
		if p[0] >= '0' && p[0] <= '9' {
			if p = strings.TrimLeft(p, "0"); p == "" {
				p = "0"
			}
		}
		out = append(out, NewWord(p))
	}
	return out
}

// roman reads ii to xxxix; 0 for what is none. A single letter is an initial, not a numeral.
func roman(s string) int {
	if len(s) < 2 || len(s) > 6 {
		return 0
	}
	total, last := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		v := 0
		switch s[i] {
		case 'i':
			v = 1
		case 'v':
			v = 5
		case 'x':
			v = 10
		default:
			return 0
		}
		if v < last {
			total -= v
		} else {
			total, last = total+v, v
		}
	}
	if numeral(total) != s {
		return 0
	}
	return total
}

// numeral writes a number as roman.
func numeral(n int) string {
	var b strings.Builder
	for _, d := range [...]struct {
		value int
		sign  string
	}{{10, "x"}, {9, "ix"}, {5, "v"}, {4, "iv"}, {1, "i"}} {
		for ; n >= d.value; n -= d.value {
			b.WriteString(d.sign)
		}
	}
	return b.String()
}

// Initial tells whether the word is a single letter.
func (w *Word) Initial() bool { return utf8.RuneCountInString(w.Text) == 1 && !w.Number }
