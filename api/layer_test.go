package api_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/facility/geo"
	"masjala/internal/testutil"
)

// layer asks for Locations on a map.
func (s *server) layer(query string, header ...string) answer {
	s.t.Helper()
	return s.do("GET", strings.TrimSuffix(s.base, "/fhir")+"/map/locations"+query, "", header...)
}

func TestLayer(t *testing.T) {
	testutil.Requirement(t, "FRF-10", "GEO-5")
	s := serve(t, func(o *api.Options) { o.Limits.MaxPage, o.Limits.Layer = 20, 100_000 })
	ring := base64.StdEncoding.EncodeToString([]byte(`{"type":"Polygon","coordinates":[[[36,-2],[37,-2.0001],[38,-2],[38,0],[36,0],[36,-2]]]}`))
	for _, area := range []string{"nation", "north", "south"} {
		s.must("PUT", "/Location/"+area, fmt.Sprintf(`{"resourceType":"Location","id":%q,"name":%[1]q,"physicalType":{"coding":[{"code":"jdn"}]},"partOf":{"reference":%q},"extension":[{"url":%q,"valueAttachment":{"contentType":"application/geo+json","data":%q}}]}`,
			area, map[bool]string{true: "Location/world", false: "Location/nation"}[area == "nation"], geo.Extension, ring))
	}
	for i := range 560 {
		s.must("PUT", fmt.Sprintf("/Location/f%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"f%d","name":"Post %[1]d","status":%q,"partOf":{"reference":"Location/north"},"position":{"longitude":36.%04[1]d,"latitude":-1}}`,
			i, []string{"active", "suspended"}[i%2]))
	}
	tests := map[string]struct {
		query             string
		returned, matched int
		geometry          string // of the first
	}{
		"facilities of one state": {"?status=active&partof=north", 280, 280, "Point"},
		"a jurisdiction level":    {"?partof=nation&tolerance=100", 2, 2, "Polygon"},
		"the level below it":      {"?partof.partof=nation&status=suspended", 280, 280, "Point"},
		"some of them":            {"?status=active&_count=7", 7, 280, "Point"},
		"more than on a page":     {"?status=active&_count=70", 70, 280, "Point"},
		"none of them":            {"?status=active&_count=0", 0, 280, ""},
		"not to be counted":       {"?status=active&_count=7&_total=none", 7, 280, "Point"},
		"in short":                {"?_id=nation&_summary=true", 1, 1, "Polygon"},
		"in the order asked for":  {"?_sort=name&_count=1", 1, 563, "Polygon"},
		"nothing":                 {"?name=zzz", 0, 0, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.layer(tc.query)
			if a.status != 200 || a.header.Get("Content-Type") != "application/geo+json" || !gjson.Valid(a.body) || a.get("type") != "FeatureCollection" {
				t.Fatalf("GET %s = %d %s", tc.query, a.status, a.body[:min(len(a.body), 200)])
			}
			if n := gjson.Get(a.body, "features.#").Int(); n != int64(tc.returned) || a.get("numberReturned") != fmt.Sprint(n) {
				t.Errorf("GET %s has %d features and says %s, want %d", tc.query, n, a.get("numberReturned"), tc.returned)
			}
			if got := a.get("numberMatched"); got != fmt.Sprint(tc.matched) {
				t.Errorf("GET %s matches %s, want %d", tc.query, got, tc.matched)
			}
			if got := a.get("features.0.geometry.type"); got != tc.geometry {
				t.Errorf("GET %s begins with a %s, want a %s", tc.query, got, tc.geometry)
			}
		})
	}
	if full, few := s.layer("?_id=nation"), s.layer("?_id=nation&tolerance=100"); full.get("features.0.geometry.coordinates.0.#") != "6" || few.get("features.0.geometry.coordinates.0.#") != "5" {
		t.Errorf("the outline has %s points, simplified %s; want 6 and 5", full.get("features.0.geometry.coordinates.0.#"), few.get("features.0.geometry.coordinates.0.#"))
	}
}

func TestLayerIsBounded(t *testing.T) {
	s := serve(t, func(o *api.Options) { o.Limits.Layer = 1000 })
	for i := range 10 {
		s.must("PUT", fmt.Sprintf("/Location/l%d", i), fmt.Sprintf(`{"resourceType":"Location","id":"l%d","name":"North"}`, i))
	}
	if a := s.layer("?name=north"); a.status != 422 || a.get("issue.0.code") != "too-costly" {
		t.Errorf("more than a layer may have = %d %s", a.status, a.body)
	}
	if a := s.layer("?name=north&_count=3"); a.status != 200 || a.get("numberReturned") != "3" {
		t.Errorf("less than that = %d %s", a.status, a.body)
	}
}

func TestLayerRefuses(t *testing.T) {
	s := serve(t, nil)
	for query, status := range map[string]int{
		"?colour=red": 400, "?tolerance=wide": 400, "?tolerance=-1": 400, "?tolerance=NaN": 400, "?status:text=x": 400, "?near=a": 400, "?name=%": 400,
	} {
		if a := s.layer(query); a.status != status || a.get("resourceType") != "OperationOutcome" {
			t.Errorf("GET %s = %d %s, want %d", query, a.status, a.body, status)
		}
	}
	closed := serve(t, func(o *api.Options) { o.Authenticate = everybody{} })
	if a := closed.layer(""); a.status != 401 {
		t.Errorf("without a token: %d, want 401", a.status)
	}
	if a := closed.layer("", "Authorization: Bearer x"); a.status != 200 || a.get("numberMatched") != "0" {
		t.Errorf("with a token: %d %s", a.status, a.body)
	}
	workers := serve(t, func(o *api.Options) { o.Types = []string{"Practitioner"} })
	if a := workers.layer(""); a.status != 404 {
		t.Errorf("where no Locations are served: %d, want 404", a.status)
	}
}
