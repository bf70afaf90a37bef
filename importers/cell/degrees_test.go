package cell_test

import (
	"math"
	"strings"
	"testing"

	"masjala/importers/cell"
	"masjala/internal/testutil"
)

// The rows of the catalogue of what lists really hold are named in the tests: TestMess….

func TestMessCoordinatesInEveryNotation(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		want float64 // NaN: no coordinate
		axis cell.Axis
	}{
		"-6.7924": {want: -6.7924}, "+6.5": {want: 6.5}, "02.53658": {want: 2.53658}, "- 2.548987": {want: -2.548987}, "0": {want: 0}, "−1.5": {want: -1.5},
		"60,70": {want: 60.7}, "-29,8512": {want: -29.8512}, "33.051°": {want: 33.051},
		"8.9064° S": {-8.9064, cell.Latitude}, "8.9064Â° S": {-8.9064, cell.Latitude}, "8.9064\ufffd S": {-8.9064, cell.Latitude},
		"S-6.786433": {-6.786433, cell.Latitude}, "S.04.82946": {-4.82946, cell.Latitude}, "S 04.82946": {-4.82946, cell.Latitude}, "E39.28": {39.28, cell.Longitude},
		"1.29 South": {-1.29, cell.Latitude}, "lat: 1.5": {want: 1.5}, "2,35 O": {-2.35, cell.Longitude}, "2.35 Ouest": {-2.35, cell.Longitude}, "N 1.5 N": {1.5, cell.Latitude},
		`6°47'32.6"S`: {-6.7923889, cell.Latitude}, "6° 47′ 32.6″ S": {-6.7923889, cell.Latitude}, "6 47 32 S": {-6.7922222, cell.Latitude}, "6:30": {want: 6.5},
		"6°47.5'S": {-6.7916667, cell.Latitude}, "-11.19'31": {want: -11.3252778}, "6.45.30": {want: 6.7583333}, "S6°47": {-6.7833333, cell.Latitude},
		"Not Set": {want: math.NaN()}, "NIL": {want: math.NaN()}, "110640-2": {want: math.NaN()}, "697129": {want: math.NaN()}, "6°75'00": {want: math.NaN()},
		"-6.79 N": {want: math.NaN()}, "1 N S": {want: math.NaN()}, "95 S": {want: math.NaN()}, "181": {want: math.NaN()}, "": {want: math.NaN()}, "1e2": {want: math.NaN()}, "S": {want: math.NaN()},
	}
	for text, tc := range tests {
		t.Run(text, func(t *testing.T) {
			got, ok := cell.Degrees(text)
			if ok == math.IsNaN(tc.want) {
				t.Fatalf("Degrees(%q) = %v, %v; want %v", text, got, ok, tc.want)
			}
			if ok && (math.Abs(got.Value-tc.want) > 1e-7 || got.Axis != tc.axis || got.Confidence <= 0 || got.Confidence > 1) {
				t.Errorf("Degrees(%q) = %+v, want %v of %q", text, got, tc.want, tc.axis)
			}
		})
	}
}

func TestMessBothCoordinatesInOneCell(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	tests := map[string]struct {
		lat, lon float64
		swapped  bool
		bad      bool
	}{
		"-29.85, 31.02": {lat: -29.85, lon: 31.02}, "-29.85,31.02": {lat: -29.85, lon: 31.02}, "-29.85 31.02": {lat: -29.85, lon: 31.02}, "(-29.85; 31.02)": {lat: -29.85, lon: 31.02},
		"-29,85 / 31,02": {lat: -29.85, lon: 31.02}, "-29,85, 31,02": {lat: -29.85, lon: 31.02}, "29.85S31.02E": {lat: -29.85, lon: 31.02}, `29°51'00"S 31°01'12"E`: {lat: -29.85, lon: 31.02},
		"31.02 E, 29.85 S": {lat: -29.85, lon: 31.02, swapped: true}, "131.5, -12.4": {lat: -12.4, lon: 131.5, swapped: true}, "POINT(31.02 -29.85)": {lat: -29.85, lon: 31.02},
		"-29.85": {bad: true}, "near the river": {bad: true}, "1 S, 2 S": {bad: true}, "1,2,3": {bad: true}, "": {bad: true}, "100, 120": {bad: true},
	}
	for text, tc := range tests {
		t.Run(text, func(t *testing.T) {
			got, ok := cell.Point(text)
			if ok == tc.bad {
				t.Fatalf("Point(%q) = %+v, %v", text, got, ok)
			}
			if ok && (math.Abs(got.Latitude.Value-tc.lat) > 1e-7 || math.Abs(got.Longitude.Value-tc.lon) > 1e-7 || got.Swapped != tc.swapped) {
				t.Errorf("Point(%q) = %+v", text, got)
			}
		})
	}
}

func FuzzPoint(f *testing.F) {
	for _, s := range []string{"-29.85, 31.02", `29°51'00"S 31°01'12"E`, "S.04.82946", "POINT(1 2)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := cell.Point(text); ok && (math.Abs(p.Latitude.Value) > 90 || math.Abs(p.Longitude.Value) > 180) {
			t.Errorf("Point(%q) = %+v", text, p)
		}
		if d, ok := cell.Degrees(text); ok && math.Abs(d.Value) > 180 {
			t.Errorf("Degrees(%q) = %+v", text, d)
		}
	})
}

func TestDescriptionsAreNoPoints(t *testing.T) {
	text := strings.Repeat("turn left at the new school. ", 8<<10)
	allocs := testing.AllocsPerRun(1, func() {
		if _, ok := cell.Point(text); ok {
			t.Error("a description is a point")
		}
	})
	if allocs > 100 {
		t.Errorf("it took %.0f allocations to see that a long text is no point", allocs)
	}
}
