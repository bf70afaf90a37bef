package geo_test

import (
	"encoding/base64"
	"fmt"
	"math"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/facility/geo"
	"masjala/fhir"
	"masjala/internal/testutil"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	square         = `{"type":"Polygon","coordinates":[[[36,-2],[38,-2],[38,0],[36,0],[36,-2]]]}`
	annulus        = `{"type":"Polygon","coordinates":[[[36,-2],[38,-2],[38,0],[36,0],[36,-2]],[[36.5,-1.5],[37.5,-1.5],[37.5,-0.5],[36.5,-0.5],[36.5,-1.5]]]}`
	islands        = `{"type":"MultiPolygon","coordinates":[[[[36,-2,7],[38,-2,7],[38,0,7],[36,0,7],[36,-2,7]]],[[[40,-2],[41,-2],[41,-1],[40,-2]]]]}`
	across         = `{"type":"Polygon","coordinates":[[[177,-19],[-178,-19],[-178,-16],[177,-16],[177,-19]]]}`
	beyond         = `{"type":"Polygon","coordinates":[[[177,-19],[182,-19],[182,-16],[177,-16],[177,-19]]]}`
	cut            = `{"type":"MultiPolygon","coordinates":[[[[177,-19],[180,-19],[180,-16],[177,-16],[177,-19]]],[[[-180,-19],[-178,-19],[-178,-16],[-180,-16],[-180,-19]]]]}`
	acrossWithHole = `{"type":"Polygon","coordinates":[[[177,-19],[-178,-19],[-178,-16],[177,-16],[177,-19]],[[-179.5,-18],[-179,-18],[-179,-17],[-179.5,-17],[-179.5,-18]]]}`
	south          = `{"type":"Polygon","coordinates":[[[-180,-90],[180,-90],[180,-80],[0,-75],[-180,-80],[-180,-90]]]}`
)

func collection(geometries ...string) string {
	var list []string
	for _, g := range geometries {
		list = append(list, `{"type":"Feature","properties":{"name":"x"},"geometry":`+g+`}`)
	}
	return `{"type":"FeatureCollection","features":[` + strings.Join(list, ",") + `]}`
}

func TestContains(t *testing.T) {
	testutil.Requirement(t, "GEO-2", "GEO-4")
	tests := map[string]struct {
		area     string
		lat, lon float64
		want     bool
	}{
		"in the middle":                    {square, -1, 37, true},
		"to the east":                      {square, -1, 38.1, false},
		"to the north":                     {square, 0.1, 37, false},
		"swapped":                          {square, 37, -1, false},
		"in a hole":                        {annulus, -1, 37, false},
		"beside the hole":                  {annulus, -1, 36.2, true},
		"first of several":                 {islands, -1, 37, true},
		"second of several":                {islands, -1.9, 40.8, true},
		"between several":                  {islands, -1, 39, false},
		"a feature":                        {`{"type":"Feature","geometry":` + square + `}`, -1, 37, true},
		"a collection of features":         {collection(square, across), -18, 179, true},
		"a collection of geometries":       {`{"type":"GeometryCollection","geometries":[` + square + `]}`, -1, 37, true},
		"west of the 180th meridian":       {across, -17, 179, true},
		"east of the 180th meridian":       {across, -17, -179, true},
		"on the 180th meridian":            {across, -17, 180, true},
		"on the other side of the Earth":   {across, -17, 0, false},
		"laid out beyond it, west":         {beyond, -17, 179, true},
		"laid out beyond it, east":         {beyond, -17, -179, true},
		"laid out beyond it, outside":      {beyond, -17, -177, false},
		"cut there, west":                  {cut, -17, 179, true},
		"cut there, east":                  {cut, -17, -179, true},
		"across with a hole, in the hole":  {acrossWithHole, -17.5, -179.2, false},
		"across with a hole, beside it":    {acrossWithHole, -17.5, 179.2, true},
		"around the pole":                  {south, -89, 120, true},
		"around the pole, at the boundary": {south, -77, 0, true},
		"around the pole, outside":         {south, -77, 170, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := geo.Parse([]byte(tc.area))
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Contains(tc.lat, tc.lon); got != tc.want {
				t.Errorf("contains %v %v = %v, want %v", tc.lat, tc.lon, got, tc.want)
			}
		})
	}
}

// A point on an edge that neighbours share belongs to one of them.
func TestNeighboursShareNoPoint(t *testing.T) {
	a, errA := geo.Parse([]byte(square))
	b, errB := geo.Parse([]byte(`{"type":"Polygon","coordinates":[[[38,-2],[40,-2],[40,0],[38,0],[38,-2]]]}`))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	for i := range 20 {
		lat := -1.9 + float64(i)/11
		if a.Contains(lat, 38) == b.Contains(lat, 38) {
			t.Errorf("%v 38 is in both or neither", lat)
		}
	}
}

func TestDistance(t *testing.T) {
	testutil.Requirement(t, "GEO-4")
	const degree = 111_195 // metres
	tests := map[string]struct {
		area     string
		lat, lon float64
		metres   float64
	}{
		"north of an edge":     {square, 1, 37, degree},
		"inside, to the edge":  {square, -0.1, 37, degree / 10},
		"beside a corner":      {square, 3, 42, degree * 5},
		"to the hole":          {annulus, -0.6, 37, degree / 10},
		"across the meridian":  {across, -17.5, -177, degree * math.Cos(17.5*math.Pi/180)},
		"far up":               {square, 89, 37, degree * 89},
		"to the nearer island": {islands, -1.5, 41.5, degree * 0.5},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := geo.Parse([]byte(tc.area))
			if err != nil {
				t.Fatal(err)
			}
			if got := a.Distance(tc.lat, tc.lon); math.Abs(got/tc.metres-1) > 0.005 {
				t.Errorf("distance = %.0f m, want %.0f", got, tc.metres)
			}
		})
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	testutil.Requirement(t, "GEO-2")
	tests := map[string]struct{ text, path, says string }{
		"not JSON":        {`{"type":`, "", "not JSON"},
		"a list":          {`[]`, "", "object"},
		"nothing":         {collection(), "", "no polygon"},
		"a point":         {`{"type":"Point","coordinates":[1,2]}`, "", "Point is no area"},
		"no type":         {`{"coordinates":[]}`, "", "no type"},
		"no geometry":     {`{"type":"Feature","geometry":null}`, "geometry", "object"},
		"an open ring":    {collection(square, `{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}`), "features[1].geometry.coordinates[0]", "open"},
		"a short ring":    {`{"type":"Polygon","coordinates":[[[1,1],[2,1],[1,1]]]}`, "coordinates[0]", "has 3"},
		"no ring":         {`{"type":"Polygon","coordinates":[]}`, "coordinates", "no ring"},
		"swapped":         {`{"type":"Polygon","coordinates":[[[1,136],[1,137],[2,137],[1,136]]]}`, "coordinates[0][0]", "latitude 136"},
		"off the Earth":   {`{"type":"MultiPolygon","coordinates":[[[[1,1],[2,1],[2000,2],[1,1]]]]}`, "coordinates[0][0][2]", "longitude 2000"},
		"a text":          {`{"type":"Polygon","coordinates":[[[1,1],["2",1],[2,2],[1,1]]]}`, "coordinates[0][1]", "numbers"},
		"one number":      {`{"type":"Polygon","coordinates":[[[1,1],[2],[2,2],[1,1]]]}`, "coordinates[0][1]", "numbers"},
		"an object":       {`{"type":"Polygon","coordinates":{"a":[]}}`, "coordinates", "array"},
		"another datum":   {`{"type":"Polygon","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"coordinates":[]}`, "crs", "WGS84"},
		"around the pole": {`{"type":"Polygon","coordinates":[[[0,80],[120,80],[-120,80],[0,80]]]}`, "coordinates[0]", "pole"},
		"without an end":  {strings.Repeat(`{"type":"Feature","geometry":`, 20) + square + strings.Repeat("}", 20), "", "deep"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := geo.Parse([]byte(tc.text))
			if a != nil || fhir.KindOf(err) != fhir.Invalid || !strings.Contains(err.Error(), tc.says) || !strings.Contains(err.Error(), tc.path) {
				t.Errorf("Parse = %v, want %q at %q", err, tc.says, tc.path)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{square, annulus, islands, across, south, collection(square), `{"type":"Polygon","coordinates":[[[1e999,1],[2],"x"]]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := geo.Parse(text)
		if (a == nil) == (err == nil) {
			t.Fatalf("%v, %v", a, err)
		}
		if a != nil && (math.IsNaN(a.Distance(0, 0)) || a.Contains(95, 0)) {
			t.Fatal("an area off the Earth")
		}
	})
}

// area makes a Location with a boundary, which may be empty.
func area(id, parent, boundary string) string {
	more := ""
	if parent != "" {
		more += `,"partOf":{"reference":"Location/` + parent + `"}`
	}
	if boundary != "" {
		more += `,"extension":[{"url":"` + geo.Extension + `","valueAttachment":{"contentType":"application/geo+json","data":"` +
			base64.StdEncoding.EncodeToString([]byte(boundary)) + `"}}]`
	}
	return `{"resourceType":"Location","id":"` + id + `","name":"` + id + `"` + more + `}`
}

func TestBoundary(t *testing.T) {
	testutil.Requirement(t, "GEO-1", "MD-90-15")
	attachment := func(s string) string {
		return `{"resourceType":"Location","extension":[{"url":"urn:other","valueString":"x"},{"url":"` + geo.Extension + `",` + s + `}]}`
	}
	data := base64.StdEncoding.EncodeToString([]byte(square))
	tests := map[string]struct {
		location    string
		found       bool
		wrong, path string
	}{
		"as IHE writes it":     {attachment(`"valueAttachment":{"contentType":"application/geo+json","data":"` + data + `"}`), true, "", ""},
		"base64 in lines":      {attachment(`"valueAttachment":{"contentType":"application/geo+json","data":"` + data[:20] + ` ` + data[20:] + `"}`), true, "", ""},
		"with a charset":       {attachment(`"valueAttachment":{"contentType":"application/geo+json; charset=utf-8","data":"` + data + `"}`), true, "", ""},
		"none":                 {`{"resourceType":"Location","name":"x"}`, false, "", ""},
		"an address elsewhere": {attachment(`"valueAttachment":{"contentType":"application/geo+json","url":"http://example.org/b"}`), false, "", ""},
		"another format":       {attachment(`"valueAttachment":{"contentType":"application/vnd.google-earth.kml+xml","data":"` + data + `"}`), false, "kml", "Location.extension[1].valueAttachment.contentType"},
		"not GeoJSON":          {attachment(`"valueAttachment":{"contentType":"application/geo+json","data":"e30="}`), false, "no type", "Location.extension[1].valueAttachment.data"},
		"another type":         {attachment(`"valueString":"x"`), false, "Attachment", "Location.extension[1].valueAttachment"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(tc.location))
			if err != nil {
				t.Fatal(err)
			}
			a, err := geo.Boundary(r)
			if (a != nil) != tc.found || (err != nil) != (tc.wrong != "") {
				t.Fatalf("boundary %v, %v", a, err)
			}
			if tc.wrong == "" {
				return
			}
			var e *fhir.Error
			if !asError(err, &e) || e.Kind != fhir.Unprocessable || e.Path != tc.path || !strings.Contains(e.Text, tc.wrong) {
				t.Errorf("%v at %q, want %q at %q", err, e.Path, tc.wrong, tc.path)
			}
		})
	}
	if fmt.Sprint(geo.Position(parse(t, `{"resourceType":"Location","position":{"latitude":-1.25,"longitude":36.5}}`))) != "-1.25 36.5 true" {
		t.Error("the position is not read")
	}
	if _, _, ok := geo.Position(parse(t, `{"resourceType":"Location"}`)); ok {
		t.Error("a position where there is none")
	}
}
