package geojson_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/importers/sheet/geojson"
	"masjala/importers/sheet/grid"
	"masjala/internal/testutil"
)

func open(text string) (*geojson.Book, error) {
	return geojson.Open(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
}

func read(b *geojson.Book) ([][]string, error) {
	src, err := b.Rows(0)
	if err != nil {
		return nil, err
	}
	rows, err := grid.Take(src.Next, 1000)
	var out [][]string
	for i, r := range rows {
		if r.Number != i+1 {
			return out, errors.New("rows are not numbered from 1")
		}
		out = append(out, r.Cells)
	}
	return out, errors.Join(err, src.Close())
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","crs":{"a":[1]},"features":[` + strings.Join(features, ",") + `]}`
}

func TestFeatures(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	square := `{"type":"Polygon","coordinates":[[[10,0],[12,0],[12,2],[10,2],[10,0]]]}`
	two := `{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]],[[[10,0],[12,0],[12,2],[10,2],[10,0]]]]}`
	tests := map[string]struct {
		features []string
		want     [][]string
	}{
		"points": {[]string{`{"properties":{"name":"A","beds":12},"geometry":{"type":"Point","coordinates":[36.80,-1.2900]}}`, `{"properties":{"name":"B","open":true,"note":null},"geometry":null}`},
			[][]string{{"name", "beds", "open", "note", "latitude", "longitude", "boundary"}, {"A", "12", "", "", "-1.2900", "36.80", ""}, {"B", "", "true", "", "", "", ""}}},
		"one of many points": {[]string{`{"properties":{"n":1},"geometry":{"type":"MultiPoint","coordinates":[[36.8,-1.29]]}}`}, [][]string{{"n", "latitude", "longitude", "boundary"}, {"1", "-1.29", "36.8", ""}}},
		"area":               {[]string{`{"properties":{},"geometry":` + square + `}`}, [][]string{{"latitude", "longitude", "boundary"}, {"1.000000", "11.000000", square}}},
		"largest of areas":   {[]string{`{"properties":{},"geometry":` + two + `}`}, [][]string{{"latitude", "longitude", "boundary"}, {"1.000000", "11.000000", two}}},
		"line":               {[]string{`{"properties":{},"geometry":{"type":"LineString","coordinates":[]}}`}, [][]string{{"latitude", "longitude", "boundary"}, {"", "", `{"type":"LineString","coordinates":[]}`}}},
		"own columns taken":  {[]string{`{"id":7,"properties":{"latitude":"x","list":[1,2]},"geometry":{"type":"Point","coordinates":[1,2]}}`}, [][]string{{"latitude", "list", "id", "geometry latitude", "longitude", "boundary"}, {"x", "[1,2]", "7", "2", "1", ""}}},
		"no numbers":         {[]string{`{"properties":{},"geometry":{"type":"Point","coordinates":["a",null]}}`}, [][]string{{"latitude", "longitude", "boundary"}, {"", "", ""}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			b, err := open(collection(tc.features...))
			if err != nil {
				t.Fatal(err)
			}
			got, err := read(b)
			if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestReadingMayStopAnywhere(t *testing.T) {
	b, err := open(collection(`{"properties":{"a":1}}`, `{"properties":{"a":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	src, err := b.Rows(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := src.Next(); err != nil {
		t.Fatal(err)
	}
	if err := src.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	testutil.Requirement(t, "IMP-1")
	for name, tc := range map[string]struct {
		text, want string
		kind       fhir.Kind
	}{
		"half of it":   {collection(`{"properties":{"a":1}}`)[:70], "damaged or incomplete", fhir.Invalid},
		"no features":  {collection(), "without features", fhir.Invalid},
		"one too long": {collection(`{"properties":{"a":"` + strings.Repeat("x", 33<<20) + `"}}`), "larger than", fhir.TooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := open(tc.text); fhir.KindOf(err) != tc.kind || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want one sentence with %q", err, tc.want)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(collection(`{"id":"a","properties":{"n":[1]},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}}`))
	f.Fuzz(func(t *testing.T, text string) {
		b, err := open(text)
		if err != nil {
			return
		}
		rows, _ := read(b)
		for _, r := range rows {
			if len(r) > len(rows[0]) {
				t.Fatalf("a row of %d cells under %d headings", len(r), len(rows[0]))
			}
		}
	})
}
