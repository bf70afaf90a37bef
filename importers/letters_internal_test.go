package importers

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The quick look at letters never parts keys that are alike, in whatever alphabet.
func TestSameLettersPartsNoKeysThatAreAlike(t *testing.T) {
	letter := rapid.SampledFrom([]rune("abcde é ñ نوع العيادة Ꭰ🏥"))
	alike := 0
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(letter, 6, 24).Draw(t, "key")
		b := append([]rune{}, a...)
		for range rapid.IntRange(0, 5).Draw(t, "slips") {
			at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
			switch l := letter.Draw(t, "letter"); rapid.IntRange(0, 2).Draw(t, "slip") {
			case 0:
				b[at] = l
			case 1:
				b = append(b[:at], b[at+1:]...)
			default:
				b = append(b[:at], append([]rune{l}, b[at:]...)...)
			}
		}
		x, y := strings.Join(strings.Fields(string(a)), " "), strings.Join(strings.Fields(string(b)), " ") // as keys are
		if Likeness(x, y) >= 0.85 {
			alike++
			if !sameLetters(x, y) {
				t.Fatalf("%q and %q are alike", x, y)
			}
		}
	})
	if alike < 10 {
		t.Errorf("only %d pairs were alike", alike)
	}
	for _, pair := range [][2]string{{"district", "facility"}, {"نوع المنشأة", "رقم الهاتف"}, {"telephone", "propriété"}} {
		if sameLetters(pair[0], pair[1]) {
			t.Errorf("%q and %q are not parted", pair[0], pair[1])
		}
	}
}
