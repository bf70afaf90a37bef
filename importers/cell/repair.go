package cell

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Repair undoes that UTF-8 was read as Windows-1252, once or twice: SÃ£o becomes São. The text
// is changed only when all of it can be turned back and then is UTF-8; repaired tells whether.
func Repair(text string) (out string, repaired bool) {
	out = text
	for range 2 {
		if !strings.ContainsFunc(out, leads) {
			break
		}
		back, ok := asBytes(out)
		if !ok || !utf8.ValidString(back) || utf8.RuneCountInString(back) >= utf8.RuneCountInString(out) {
			break
		}
		out, repaired = back, true
	}
	return out, repaired
}

// leads tells whether a character is what the first byte of two or three in UTF-8 looks like. Those
// of scripts that no list is written in, from Syriac to NKo, are letters of their own: Straß’n.
func leads(r rune) bool { return r >= 0xc2 && r <= 0xe9 && (r < 0xdc || r > 0xdf) }

// asBytes writes text in Windows-1252, whose five unused bytes stand for themselves.
func asBytes(s string) (string, bool) {
	var b strings.Builder
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			if r >= 0x100 {
				return "", false
			}
			c = byte(r)
		}
		b.WriteByte(c)
	}
	return b.String(), true
}
