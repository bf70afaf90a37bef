package api_test

import (
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/api"
	"masjala/facility"
	"masjala/facility/geo"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/workforce"
)

// bounded makes a Location with a rectangle for its boundary.
func bounded(id, ring string) string {
	data := base64.StdEncoding.EncodeToString([]byte(`{"type":"Polygon","coordinates":[[` + ring + `]]}`))
	return `{"resourceType":"Location","id":"` + id + `","name":"` + id + `","extension":[{"url":"` + geo.Extension +
		`","valueAttachment":{"contentType":"application/geo+json","data":"` + data + `"}}]}`
}

// serveBoundaries starts a server with two areas that overlap, and facilities.
func serveBoundaries(t *testing.T) *server {
	t.Helper()
	var x *geo.Index
	s := serve(t, func(o *api.Options) {
		x = geo.NewIndex(o.Store, geo.Points)
		o.Registries = store.NewRegistries(facility.NewRegistry(), workforce.NewRegistry())
		o.Areas = x
		o.Operations = api.PositionOperations(geo.NewChecker(o.Store, x))
	})
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	s.must("PUT", "/Location/west", bounded("west", "[36,-2],[38,-2],[38,0],[36,0],[36,-2]"))
	s.must("PUT", "/Location/east", bounded("east", "[37,-2],[39,-2],[39,0],[37,0],[37,-2]"))
	for id, position := range map[string]string{"a": `"latitude":-1,"longitude":36.5`, "b": `"latitude":-1,"longitude":38.5`, "c": ""} {
		if position != "" {
			position = `,"position":{` + position + `}`
		}
		s.must("PUT", "/Location/"+id, `{"resourceType":"Location","id":"`+id+`","name":"`+id+`","partOf":{"reference":"Location/west"}`+position+`}`)
	}
	s.must("PUT", "/Location/d", `{"resourceType":"Location","id":"d","name":"d"}`)
	s.must("PUT", "/PractitionerRole/r", `{"resourceType":"PractitionerRole","id":"r","location":[{"reference":"Location/west"}]}`)
	return s
}

func TestLargeBoundary(t *testing.T) {
	testutil.Requirement(t, "GEO-1", "GEO-3")
	s := serveBoundaries(t)
	var ring strings.Builder // 60,000 positions around a point, some 2 MB
	const n = 60_000
	for i := range n + 1 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i%n) / n)
		fmt.Fprintf(&ring, ",[%.10f,%.10f]", 20+cos, 10+sin)
	}
	sent := bounded("nation", ring.String()[1:])
	s.must("PUT", "/Location/nation", sent)
	a := s.must("GET", "/Location/nation", "")
	if got, want := a.get("extension.0.valueAttachment.data"), gjson.Get(sent, "extension.0.valueAttachment.data").Str; got != want {
		t.Errorf("a boundary of %d bytes comes back as %d others", len(want), len(got))
	}
	if a := s.must("GET", "/Location?contains=10%7C20&_elements=name", ""); a.get("entry.0.resource.id") != "nation" || len(a.body) > 2<<10 {
		t.Errorf("a search that does not want the boundary answers %d bytes: %.500s", len(a.body), a.body)
	}
}

func TestSearchByPointWithin(t *testing.T) {
	testutil.Requirement(t, "GEO-1", "GEO-4")
	s := serveBoundaries(t)
	tests := map[string]struct{ query, want string }{
		"in both":          {"Location?contains=-1%7C37.5", "east west"},
		"in one":           {"Location?contains=-1%7C36.5", "west"},
		"in none":          {"Location?contains=1%7C36.5", ""},
		"either point":     {"Location?contains=-1%7C36.5,-1%7C38.5", "east west"},
		"both points":      {"Location?contains=-1%7C36.5&contains=-1%7C38.5", ""},
		"with a name":      {"Location?contains=-1%7C37.5&name=ea", "east"},
		"through a chain":  {"PractitionerRole?location.contains=-1%7C37.5", "r"},
		"and not there":    {"PractitionerRole?location.contains=-1%7C38.5", ""},
		"with a boundary":  {"Location?contains:missing=false", "east west"},
		"without boundary": {"Location?contains:missing=true", "a b c d"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := s.must("GET", "/"+tc.query, "", "Prefer: handling=strict").entries("resource.id")
			slices.Sort(got)
			if strings.Join(got, " ") != tc.want {
				t.Errorf("%s = %v, want %s", tc.query, got, tc.want)
			}
		})
	}
	for _, query := range []string{"contains=-1", "contains=-1%7C2%7C3", "contains=95%7C36", "contains=a%7Cb"} {
		if a := s.do("GET", "/Location?"+query, ""); a.status != 400 {
			t.Errorf("%s = %d, want 400", query, a.status)
		}
	}
	if a := s.do("PUT", "/Location?contains=-1%7C36.5", `{"resourceType":"Location","name":"new"}`); a.status != 501 {
		t.Errorf("a condition by a point = %d %s, want 501", a.status, a.body)
	}
	if got := s.must("GET", "/Location/west", "").get("extension.0.valueAttachment.contentType"); got != "application/geo+json" {
		t.Errorf("the boundary comes back as %q", got)
	}
	a := s.do("PUT", "/Location/bad", bounded("bad", "[1,1],[2,1],[2,2],[1,2]"))
	if a.status != 422 || a.get("issue.0.expression.0") != "Location.extension[0].valueAttachment.data" {
		t.Errorf("an open ring = %d %s", a.status, a.body)
	}
	if a := serve(t, nil).do("GET", "/Location?contains=-1%7C37", ""); a.status != 501 {
		t.Errorf("a server without boundaries = %d, want 501", a.status)
	}
}

func TestPositionCheck(t *testing.T) {
	testutil.Requirement(t, "GEO-4")
	s := serveBoundaries(t)
	for id, want := range map[string]string{
		"a": `inside|Location/west||["Location/west"]`, "b": `outside|Location/west|55.589|["Location/east"]`, "c": `no-position|Location/west||[]`, "d": `no-position|||[]`, "west": `no-position|||[]`,
	} {
		a := s.must("GET", "/Location/"+id+"/$position-check", "")
		got := a.get(`parameter.#(name=="finding").valueCode`) + "|" + a.get(`parameter.#(name=="area").valueReference.reference`) + "|" +
			a.get(`parameter.#(name=="distance").valueQuantity.value`) + "|" + a.get(`parameter.#(name=="contained-in")#.valueReference.reference`)
		if got != want {
			t.Errorf("%s = %s, want %s", id, got, want)
		}
	}
	if a := s.do("GET", "/Location/nobody/$position-check", ""); a.status != 404 {
		t.Errorf("nobody = %d, want 404", a.status)
	}
	if a := s.must("GET", "/OperationDefinition/position-check", ""); a.get("name") != "MasjalaPositionCheck" || a.get(`parameter.#(name=="finding").use`) != "out" {
		t.Errorf("the definition = %s", a.body)
	}
}
