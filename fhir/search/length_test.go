package search_test

import (
	"math"
	"testing"

	"masjala/fhir/search"
	"masjala/internal/testutil"
)

func TestMetres(t *testing.T) {
	testutil.Requirement(t, "MD-S-LOC-near")
	for unit, want := range map[string]float64{
		"m": 1, "km": 1000, "cm": 0.01, "dam": 10, "Mm": 1e6, "um": 1e-6, "[in_i]": 0.0254, "[ft_i]": 0.3048, "[nmi_i]": 1852, "[mi_i]": 1609.344,
		"[mi_us]": 1609.347219, "[fur_us]": 201.168402, "[ch_us]": 20.116840, "[mi_br]": 1609.342733, "[nmi_br]": 1853.182541, "[pc_br]": 0.761999,
		"": 0, "k": 0, "kilometres": 0, "mi": 0, "xm": 0, "kkm": 0, "[km]": 0, "g": 0, "k[mi_i]": 0,
	} {
		got, ok := search.Metres(unit)
		if ok != (want > 0) || ok && math.Abs(got/want-1) > 1e-6 {
			t.Errorf("Metres(%q) = %v, %v; want %v", unit, got, ok, want)
		}
	}
}

func TestDistanceUnit(t *testing.T) {
	for value, want := range map[string]string{
		"1|2|3|km": "km", "1|2|3|[mi_us]": "[mi_us]", "1|2|3": "km", "1|2|3|": "km", "1|2": "m", "1|2||km": "m", "1|2|3|miles": "m", "": "m",
	} {
		if got := search.DistanceUnit(value); got != want {
			t.Errorf("DistanceUnit(%q) = %s, want %s", value, got, want)
		}
	}
}
