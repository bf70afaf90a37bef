package linkage

import "strings"

// Plain spells a folded word in one way where the languages of Europe spell one sound in
// several: "ouagadougou" and "wagadugu", "tchad" and "chad", "phiri" and "firi". Doubled
// letters are single. Words that two offices spell by ear have plain spellings that differ
// in fewer letters; what is not Latin stays.
func Plain(word string) string {
	var b strings.Builder
	b.Grow(len(word))
	var last byte
	for i := 0; i < len(word); {
		c, width := letter(word[i:])
		i += width
		if c == 0 || c == last {
			continue
		}
		b.WriteByte(c)
		last = c
	}
	return b.String()
}

// spellings are letters that are one sound together.
var spellings = [...]struct {
	letters string
	as      byte
}{
	{"tch", 'c'}, {"sch", 'c'}, {"sh", 'c'}, {"ch", 'c'}, {"ph", 'f'}, {"dj", 'j'}, {"dh", 'd'}, {"th", 't'}, {"kh", 'k'}, {"gh", 'g'}, {"ck", 'k'}, {"qu", 'k'}, {"ou", 'u'}, {"oo", 'u'}, {"ee", 'i'},
}

// letter reads the next letter of the plain spelling.
func letter(s string) (as byte, width int) {
	for i := range spellings {
		if p := &spellings[i]; s[0] == p.letters[0] && strings.HasPrefix(s, p.letters) {
			return p.as, len(p.letters)
		}
	}
	switch c := s[0]; c {
	case 'w':
		return 'u', 1
	case 'y':
		return 'i', 1
	case 'z':
		return 's', 1
	case 'q':
		return 'k', 1
	case 'c':
		if len(s) > 1 && (s[1] == 'e' || s[1] == 'i') {
			return 's', 1
		}
		return 'k', 1
	default:
		return c, 1
	}
}
