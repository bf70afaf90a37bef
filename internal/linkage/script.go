package linkage

// latin writes a lower-case letter in Latin letters, roughly as it sounds; letters of
// scripts that are not known stay.
func latin(r rune) string {
	switch {
	case r < 0x80:
		return string(r)
	case r >= 0x0400 && r <= 0x052f, r >= 0x0600 && r <= 0x06ff, r < 0x0250:
		if s, ok := letters[r]; ok {
			return s
		}
	case r >= 0x1200 && r < 0x1358:
		return ethiopic(r)
	}
	return string(r)
}

var letters = map[rune]string{
	// Latin letters that no decomposition takes apart
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ŋ': "ng", 'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y", 'ħ': "h",
	// Cyrillic
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'д': "d", 'е': "e", 'ё': "e", 'ж': "zh", 'з': "z", 'и': "i", 'й': "i", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o",
	'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ф': "f", 'х': "kh", 'ц': "ts", 'ч': "ch", 'ш': "sh", 'щ': "sh", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e", 'ю': "yu", 'я': "ya",
	'і': "i", 'ї': "i", 'є': "e", 'ґ': "g", 'ў': "u", 'ә': "a", 'ғ': "g", 'қ': "k", 'ң': "n", 'ө': "o", 'ұ': "u", 'ү': "u", 'һ': "h", 'ј': "j", 'ђ': "dj", 'љ': "lj", 'њ': "nj", 'ћ': "c", 'џ': "dz",
	// Arabic, with the letters of Persian and Urdu
	'ا': "a", 'أ': "a", 'إ': "i", 'آ': "a", 'ٱ': "a", 'ء': "", 'ؤ': "u", 'ئ': "i", 'ب': "b", 'ت': "t", 'ث': "th", 'ج': "j", 'ح': "h", 'خ': "kh", 'د': "d", 'ذ': "dh", 'ر': "r",
	'ز': "z", 'س': "s", 'ش': "sh", 'ص': "s", 'ض': "d", 'ط': "t", 'ظ': "z", 'ع': "a", 'غ': "gh", 'ف': "f", 'ق': "q", 'ك': "k", 'ل': "l", 'م': "m", 'ن': "n", 'ه': "h",
	'و': "w", 'ي': "y", 'ى': "a", 'ة': "a", 'پ': "p", 'چ': "ch", 'ژ': "zh", 'گ': "g", 'ک': "k", 'ی': "y", 'ے': "e", 'ں': "n", 'ہ': "h", 'ھ': "h", 'ٹ': "t", 'ڈ': "d", 'ڑ': "r",
}

// ethiopicConsonants are the rows of eight syllables from U+1200 on.
var ethiopicConsonants = [...]string{
	"h", "l", "h", "m", "s", "r", "s", "sh", "q", "q", "q", "q", "b", "v", "t", "ch", "h", "h", "n", "ny", "", "k", "k", "kh", "kh", "w", "", "z", "zh", "y", "d", "d", "j", "g", "g", "g", "t", "ch", "p", "ts", "ts", "f", "p",
}

// ethiopicVowels are the eight orders of a row; the sixth is often silent.
var ethiopicVowels = [...]string{"e", "u", "i", "a", "e", "i", "o", "wa"}

func ethiopic(r rune) string {
	row, order := (r-0x1200)/8, (r-0x1200)%8
	c, v := ethiopicConsonants[row], ethiopicVowels[order]
	if c == "" && order == 0 {
		v = "a"
	}
	return c + v
}
