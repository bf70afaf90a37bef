package search

// Phonetic returns a key that is the same for texts that sound alike in most languages
// written in Latin letters: per word the first sound, then the consonants, like sounds
// merged and doubles dropped, and a full stop, so that one name is not the start of another.
// Letters of other scripts stay. It is empty for a text without letters.
func Phonetic(s string) string {
	folded := Fold(s)
	key := make([]byte, 0, len(folded))
	start := 0 // of the word's key
	for i := 0; i < len(folded); {
		c := folded[i]
		if c == ' ' || c == '-' {
			key = endWord(key)
			start = len(key)
			i++
			continue
		}
		sound, size := soundAt(folded, i)
		i += size
		switch {
		case sound == 0:
		case sound == 'a' && len(key) > start: // a vowel within a word
		case len(key) > start && key[len(key)-1] == sound && sound < 0x80:
		default:
			key = append(key, sound)
		}
	}
	return cut(string(endWord(key)))
}

func endWord(key []byte) []byte {
	if len(key) == 0 || key[len(key)-1] == '.' {
		return key
	}
	return append(key, '.')
}

// soundAt returns the sound that starts at i, 0 for none, and how many bytes spell it.
func soundAt(s string, i int) (sound byte, size int) {
	next := byte(0)
	if i+1 < len(s) {
		next = s[i+1]
	}
	switch c := s[i]; c {
	case 'a', 'e', 'i', 'o', 'u', 'y', 'h', 'w':
		return soundOfSoft(c), 1
	case 'p':
		if next == 'h' {
			return 'f', 2
		}
		return 'b', 1
	case 'b':
		return 'b', 1
	case 'f', 'v':
		return 'f', 1
	case 'd', 't':
		return 't', 1
	case 's', 'z', 'x':
		return 's', 1
	case 'c':
		if next == 'h' || next == 'e' || next == 'i' || next == 'y' {
			return 's', 1
		}
		return 'k', 1
	case 'g', 'j', 'k', 'q':
		return 'k', 1
	case 'l', 'r':
		return 'l', 1
	case 'm', 'n':
		return 'n', 1
	default:
		if c >= 0x80 || c >= '0' && c <= '9' {
			return c, 1
		}
		return 0, 1 // punctuation
	}
}

// soundOfSoft gives vowels one sound, and none to the letters that often go unheard.
func soundOfSoft(c byte) byte {
	if c == 'h' || c == 'w' {
		return 0
	}
	return 'a'
}
