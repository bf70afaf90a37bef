package globe_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"masjala/store/globe"
)

func TestMetres(t *testing.T) {
	tests := map[string]struct {
		lat, lon, lat2, lon2, want float64
	}{
		"the same place":            {-1.29, 36.82, -1.29, 36.82, 0},
		"a degree on the equator":   {0, 36, 0, 37, 111_195},
		"a degree of a meridian":    {10, 36, 11, 36, 111_195},
		"Nairobi to Mombasa":        {-1.2864, 36.8172, -4.0435, 39.6682, 440_300},
		"over the 180th meridian":   {0, 179.5, 0, -179.5, 111_195},
		"over the pole":             {89.5, 0, 89.5, 180, 111_195},
		"the other side of it all":  {0, 0, 0, 180, 20_015_115},
		"from one pole to the next": {90, 12, -90, 77, 20_015_115},
	}
	for name, tc := range tests {
		got := globe.Metres(globe.At(tc.lat, tc.lon).Chord(globe.At(tc.lat2, tc.lon2)))
		if math.Abs(got-tc.want) > tc.want/1000+0.001 {
			t.Errorf("%s: %.0f m, want %.0f", name, got, tc.want)
		}
		if back := globe.Metres(globe.Chord(got)); math.Abs(back-got) > 1 {
			t.Errorf("%s: %.0f m come back as %.0f", name, got, back)
		}
	}
}

func latitude() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(-90, 90), rapid.SampledFrom([]float64{-90, 90, 0, 89.99, -89.999}))
}

func longitude() *rapid.Generator[float64] {
	return rapid.OneOf(rapid.Float64Range(-180, 180), rapid.SampledFrom([]float64{-180, 180, 0, 179.999, -179.999}))
}

// Whatever lies within a distance lies in exactly one of the ranges of cells.
func TestCellsHoldAllThatIsNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat, lon := latitude().Draw(t, "lat"), longitude().Draw(t, "lon")
		radius := rapid.SampledFrom([]float64{1, 500, 10_000, 300_000, 5e6, 3e7}).Draw(t, "radius")
		most := rapid.SampledFrom([]int{1, 10, 1200}).Draw(t, "most")
		near := rapid.Float64Range(-1, 1)
		degrees := radius / 111_000
		lat2 := max(-90, min(90, lat+degrees*near.Draw(t, "north")))
		lon2 := lon + degrees/max(0.01, math.Cos(lat*math.Pi/180))*near.Draw(t, "east")
		lon2 = math.Remainder(lon2, 360)
		if globe.At(lat, lon).Chord(globe.At(lat2, lon2)) > globe.Chord(radius) {
			return
		}
		cell, in, ranges := globe.Cell(lat2, lon2), 0, 0
		for first, last := range globe.Cells(lat, lon, radius, most) {
			if ranges++; first > last {
				t.Fatalf("a range from %d to %d", first, last)
			}
			if cell >= first && cell <= last {
				in++
			}
		}
		if in != 1 {
			t.Fatalf("cell %d of %v, %v is in %d of %d ranges", cell, lat2, lon2, in, ranges)
		}
		if ranges > max(most, 2)+2 {
			t.Fatalf("%d ranges, where %d are wanted", ranges, most)
		}
	})
}

func TestCellsStopWhenTold(t *testing.T) {
	for range globe.Cells(10, 179.99, 50_000, 1200) {
		break
	}
	n := 0
	for range globe.Cells(10, 179.99, 50_000, 1200) {
		if n++; n == 2 {
			break
		}
	}
	if n != 2 {
		t.Errorf("%d ranges were yielded", n)
	}
}

func TestCellsAreNumberedWithinTheGrid(t *testing.T) {
	for _, lat := range []float64{-90, -89.99, 0, 89.99, 90} {
		for _, lon := range []float64{-180, -179.99, 0, 179.99, 180} {
			if c := globe.Cell(lat, lon); c < 0 || c >= 3601*7200 {
				t.Errorf("cell %d for %v, %v", c, lat, lon)
			}
		}
	}
	if globe.Cell(5, 180) != globe.Cell(5, -180) {
		t.Error("the 180th meridian is two")
	}
}
