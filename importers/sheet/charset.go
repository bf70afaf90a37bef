package sheet

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	wide "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

const (
	utf8Text    = "utf-8"
	utf16le     = "utf-16le"
	utf16be     = "utf-16be"
	windows1252 = "windows-1252"
)

// codePages are the encodings that texts which are not Unicode are tried in, the likeliest first.
var codePages = []struct {
	name string
	encoding.Encoding
}{
	{windows1252, charmap.Windows1252}, {"windows-1251", charmap.Windows1251}, {"windows-1256", charmap.Windows1256},
	{"windows-1250", charmap.Windows1250}, {"windows-1253", charmap.Windows1253}, {"ibm850", charmap.CodePage850}, {"macintosh", charmap.Macintosh},
}

// decode turns text of an encoding into UTF-8 without a byte order mark.
func decode(r io.Reader, name string) io.Reader {
	switch name {
	case utf8Text:
		return transform.NewReader(r, wide.UTF8BOM.NewDecoder())
	case utf16le:
		return transform.NewReader(r, wide.UTF16(wide.LittleEndian, wide.UseBOM).NewDecoder())
	case utf16be:
		return transform.NewReader(r, wide.UTF16(wide.BigEndian, wide.UseBOM).NewDecoder())
	}
	for _, p := range codePages {
		if p.name == name {
			return transform.NewReader(r, p.NewDecoder())
		}
	}
	if e, _ := charset.Lookup(name); e != nil {
		return transform.NewReader(r, e.NewDecoder())
	}
	return r
}

// guess tells which code page words were written in: the one that makes letters of most bytes
// beyond ASCII, without capitals inside words or scripts mixed.
func guess(words []byte) string {
	best, most := windows1252, 0.0
	for i, p := range codePages {
		text, err := p.NewDecoder().Bytes(words)
		if err != nil {
			continue
		}
		score := plausible(string(text))
		if i == 0 { // Windows-1252 unless another is clearly better
			score += 0.1 * max(score, -score)
		}
		if i == 0 || score > most {
			best, most = p.name, score
		}
	}
	return best
}

// common are letters and marks beyond ASCII that lists are full of.
const common = "éèêëàâáçîïíôóúûùüãõñÉÀÇöäßœ’“”–°ºª\u00a0"

// plausible judges words as writing.
func plausible(text string) float64 {
	score, before := 0.0, ' '
	for _, r := range text {
		if r < 0x80 {
			if letters(before) && unicode.IsLetter(r) && !unicode.Is(unicode.Latin, before) {
				score -= 1.5
			}
			before = r
			continue
		}
		switch {
		case strings.ContainsRune(common, r):
			score += 1.2
		case unicode.IsLetter(r):
			score++
		case unicode.Is(unicode.M, r):
		default:
			score -= 2
		}
		if letters(before) && unicode.Is(unicode.Latin, before) && unicode.Is(unicode.Latin, r) { // accents seldom touch
			score--
		}
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			score -= 1.5
		}
		if unicode.IsLetter(before) && unicode.IsLetter(r) && unicode.Is(unicode.Latin, before) != unicode.Is(unicode.Latin, r) {
			score -= 1.5
		}
		before = r
	}
	return score
}

func letters(r rune) bool { return r >= 0x80 && unicode.IsLetter(r) }

// declared returns the encoding that a web page says it is in, "" when it does not say.
func declared(head []byte) string {
	_, name, sure := charset.DetermineEncoding(head, "")
	if sure || name != windows1252 {
		return name
	}
	return ""
}
