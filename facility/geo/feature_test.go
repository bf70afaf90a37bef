package geo_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/facility/geo"
	"masjala/fhir"
	"masjala/internal/testutil"
)

// parsed reads an area that is right.
func parsed(t testing.TB, text string) *geo.Area {
	t.Helper()
	a, err := geo.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// coast is a circle with a ragged shore of so many points, a degree across.
func coast(points int) string {
	var b strings.Builder
	for i := range points {
		angle := 2 * math.Pi * float64(i) / float64(points)
		r := 0.5 + 0.002*math.Sin(40*angle)
		fmt.Fprintf(&b, "[%.6f,%.6f],", 36+r*math.Cos(angle), -1+r*math.Sin(angle))
	}
	text := b.String()
	return `{"type":"Polygon","coordinates":[[` + text + text[:strings.IndexByte(text, ']')+1] + `]]}`
}

func TestGeometry(t *testing.T) {
	testutil.Requirement(t, "GEO-5", "GEO-2")
	clockwise := `{"type":"Polygon","coordinates":[[[36,-2],[36,0],[38,0],[38,-2],[36,-2]]]}`
	tests := map[string]struct {
		area   string
		metres float64
		want   string
	}{
		"as it is":                     {square, 0, square},
		"nothing to leave out":         {square, 1000, square},
		"the right-hand rule":          {clockwise, 0, square},
		"a hole runs the other way":    {annulus, 0, `{"type":"Polygon","coordinates":[[[36,-2],[38,-2],[38,0],[36,0],[36,-2]],[[36.5,-1.5],[36.5,-0.5],[37.5,-0.5],[37.5,-1.5],[36.5,-1.5]]]}`},
		"a hole that is too small":     {annulus, 120_000, square},
		"several":                      {islands, 0, `{"type":"MultiPolygon","coordinates":[[[[36,-2],[38,-2],[38,0],[36,0],[36,-2]]],[[[40,-2],[41,-2],[41,-1],[40,-2]]]]}`},
		"an island that is too small":  {islands, 90_000, square},
		"all too small":                {square, 1e7, square},
		"a point on a line":            {`{"type":"Polygon","coordinates":[[[36,-2],[37,-2.00001],[38,-2],[38,0],[36,0],[36,-2]]]}`, 10, square},
		"a point off the line":         {`{"type":"Polygon","coordinates":[[[36,-2],[37,-2.1],[38,-2],[38,0],[36,0],[36,-2]]]}`, 10, `{"type":"Polygon","coordinates":[[[36,-2],[37,-2.1],[38,-2],[38,0],[36,0],[36,-2]]]}`},
		"coordinates of many decimals": {`{"type":"Polygon","coordinates":[[[36.0000001,-2],[38,-2],[38,0],[36.0000001,-2]]]}`, 0, `{"type":"Polygon","coordinates":[[[36,-2],[38,-2],[38,0],[36,-2]]]}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(parsed(t, tc.area).AppendGeometry(nil, tc.metres)); got != tc.want {
				t.Errorf("AppendGeometry = %s, want %s", got, tc.want)
			}
		})
	}
}

// A simplified outline is much shorter and never farther from the true one than was said.
func TestSimplifiedOutlineStaysNear(t *testing.T) {
	testutil.Requirement(t, "GEO-5")
	area := parsed(t, coast(20_000))
	last := math.MaxInt
	for _, metres := range []float64{10, 100, 500} {
		text := area.AppendGeometry(nil, metres)
		points := gjson.GetBytes(text, "coordinates.0.#").Int()
		if points < 4 || int(points) >= last {
			t.Errorf("%g m: %d points, want fewer than %d", metres, points, last)
		}
		last = int(points)
		near := parsed(t, string(text))
		for _, p := range gjson.Get(coast(500), "coordinates.0").Array() {
			if d := near.Distance(p.Get("1").Num, p.Get("0").Num); d > metres+2 {
				t.Fatalf("%g m: the outline is %.1f m off at %s", metres, d, p.Raw)
			}
		}
	}
	if last > 300 {
		t.Errorf("%d points are left at 500 m", last)
	}
}

func TestFeature(t *testing.T) {
	testutil.Requirement(t, "FRF-10", "GEO-5")
	tests := map[string]struct{ in, want string }{
		"a facility": {
			`{"resourceType":"Location","id":"a","identifier":[{"system":"urn:mfl","value":"7"}],"status":"active","name":"Post \"A\"","type":[{"text":"Post"},{"coding":[{"code":"x","display":"X"}]},{"coding":[{"code":"y"}]}],"position":{"longitude":36.81234567,"latitude":-1.25},"partOf":{"reference":"Location/north"}}`,
			`{"type":"Feature","id":"a","geometry":{"type":"Point","coordinates":[36.81235,-1.25]},"properties":{"resource":"Location/a","name":"Post \"A\"","status":"active","identifier":"urn:mfl|7","partOf":"Location/north","type":["Post","X","y"]}}`,
		},
		"nowhere": {
			`{"resourceType":"Location","id":"b","name":"B"}`,
			`{"type":"Feature","id":"b","geometry":null,"properties":{"resource":"Location/b","name":"B"}}`,
		},
		"an area": {
			area("area", "", square),
			`{"type":"Feature","id":"area","geometry":` + square + `,"properties":{"resource":"Location/area","name":"area"}}`,
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			got := geo.AppendFeature(nil, r, 0)
			if string(got) != tc.want || !json.Valid(got) {
				t.Errorf("AppendFeature = %s, want %s", got, tc.want)
			}
		})
	}
}
