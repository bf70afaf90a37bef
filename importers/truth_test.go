package importers_test

import (
	"testing"

	"masjala/importers"
)

func TestTruth(t *testing.T) {
	for text, want := range map[string][2]bool{
		"Yes": {true, true}, " OUI ": {true, true}, "sí": {true, true}, "ndiyo": {true, true}, "نعم": {true, true}, "1": {true, true},
		"no": {false, true}, "Não": {false, true}, "hapana": {false, true}, "لا": {false, true}, "0": {false, true},
		"": {false, false}, "-1": {false, false}, "x": {false, false}, "perhaps": {false, false},
	} {
		if yes, known := importers.Truth(text); [2]bool{yes, known} != want {
			t.Errorf("%q: %v, %v", text, yes, known)
		}
	}
}
