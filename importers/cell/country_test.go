package cell_test

import (
	"strings"
	"testing"

	"masjala/importers/cell"
)

func TestCountries(t *testing.T) {
	code := cell.Countries(strings.ToLower)
	for name, want := range map[string]string{"Kenya": "KE", "KEN": "KE", "ke": "KE", "Côte d’Ivoire": "CI", "Ivory Coast": "CI", "Afrique du Sud": "ZA", "Moçambique": "MZ", "Uganda": "UG", "Atlantis": "", "": ""} {
		if got := code(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	nairobi, ok := cell.BoxOf("KE")
	if !ok || !nairobi.Contains(-1.29, 36.82, 0) || nairobi.Contains(36.82, -1.29, 1) {
		t.Errorf("the box of Kenya: %+v", nairobi)
	}
	if _, ok := cell.BoxOf(""); ok {
		t.Error("no country has a box")
	}
}
