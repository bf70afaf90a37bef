package fhir_test

import (
	"encoding/json"
	"math"
	"testing"

	"masjala/fhir"
)

func TestDecimalRange(t *testing.T) {
	tests := map[string]struct{ value, lo, hi float64 }{
		"100":     {100, 99.5, 100.5},
		"100.00":  {100, 99.995, 100.005},
		"1e2":     {100, 95, 105},
		"-5":      {-5, -5.5, -4.5},
		"0.5":     {0.5, 0.45, 0.55},
		"1.20E-2": {0.012, 0.01195, 0.01205},
		"0":       {0, -0.5, 0.5},
	}
	for in, want := range tests {
		value, lo, hi, err := fhir.DecimalRange(in)
		if err != nil {
			t.Errorf("DecimalRange(%s): %v", in, err)
			continue
		}
		for _, pair := range [][2]float64{{value, want.value}, {lo, want.lo}, {hi, want.hi}} {
			if math.Abs(pair[0]-pair[1]) > 1e-9 {
				t.Errorf("DecimalRange(%s) = %g, %g, %g, want %v", in, value, lo, hi, want)
			}
		}
	}
	for _, in := range []string{"", "x", "1.", ".5", "01", "+1", "1e", "1e+", "--1", "NaN", "Inf", "0x10", "1_000", "1e999"} {
		if value, _, _, err := fhir.DecimalRange(in); err == nil {
			t.Errorf("DecimalRange(%q) = %g, want an error", in, value)
		}
	}
}

func TestDecimalKeepsItsDigits(t *testing.T) {
	got, err := json.Marshal(fhir.Position{Longitude: "36.80", Latitude: "-1.2800"})
	if want := `{"longitude":36.80,"latitude":-1.2800}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := json.Marshal(fhir.Position{Longitude: "36,8", Latitude: "1"}); err == nil {
		t.Errorf("got %s, want an error", got)
	}
}
