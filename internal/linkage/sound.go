package linkage

import "strings"

// Sound is a key that spellings of one sounding share: made for names of Africa and Asia
// rather than English ones. Vowels count at the start only, r is l, and the digraphs of
// English, French and Portuguese spelling are one consonant each. It takes a folded word;
// what is not Latin stays.
func Sound(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	var last byte
	for i := 0; i < len(word); {
		c, width := consonant(word[i:], i == 0)
		i += width
		if c == 0 || c == last {
			if c == 0 {
				last = 0
			}
			continue
		}
		b.WriteByte(c)
		last = c
	}
	return b.String()
}

// digraphs are letters that are one consonant together.
var digraphs = [...]struct {
	letters string
	as      byte
}{
	{"tch", 'c'}, {"sch", 's'}, {"ph", 'f'}, {"gh", 'g'}, {"kh", 'k'}, {"th", 't'}, {"dh", 'd'}, {"sh", 's'}, {"ch", 'c'}, {"zh", 'j'}, {"dj", 'j'}, {"dy", 'j'}, {"dz", 's'}, {"ts", 's'}, {"tz", 's'},
	{"ck", 'k'}, {"qu", 'k'}, {"gn", 'n'}, {"ny", 'n'}, {"ng", 'n'}, {"ge", 'j'}, {"gi", 'j'}, {"ce", 's'}, {"ci", 's'},
}

// consonant reads the next sound: 0 for one that leaves no trace.
func consonant(s string, first bool) (as byte, width int) {
	for i := range digraphs {
		if d := &digraphs[i]; s[0] == d.letters[0] && strings.HasPrefix(s, d.letters) {
			width = len(d.letters)
			if last := d.letters[width-1]; last == 'e' || last == 'i' {
				width-- // the vowel is read for itself
			}
			return d.as, width
		}
	}
	switch c := s[0]; c {
	case 'a', 'e', 'i', 'o', 'u':
		if first {
			return 'a', 1
		}
		return 0, 1
	case 'h', 'w', 'y':
		if first {
			return c, 1
		}
		return 0, 1
	case 'r':
		return 'l', 1
	case 'z', 'x':
		return 's', 1
	case 'c', 'q':
		return 'k', 1
	case 'v':
		return 'f', 1
	case 'm':
		return 'n', 1
	default:
		return c, 1
	}
}
