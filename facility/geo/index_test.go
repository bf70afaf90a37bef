package geo_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/facility"
	"masjala/facility/geo"
	"masjala/facility/place"
	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/store"
	"masjala/store/sqlite"
)

func asError(err error, e **fhir.Error) bool { return errors.As(err, e) }

func parse(t testing.TB, text string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func open(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "data"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func index(t testing.TB, s store.Store, points int) *geo.Index {
	t.Helper()
	x := geo.NewIndex(s, points)
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

// keep stores resources through the registry; a text "-id" deletes a Location.
func keep(t testing.TB, s store.Store, resources ...string) {
	t.Helper()
	reg := facility.NewRegistry()
	var drafts []*store.Draft
	for _, text := range resources {
		if strings.HasPrefix(text, "-") {
			drafts = append(drafts, nil)
			continue
		}
		d, err := reg.Prepare(t.Context(), parse(t, text))
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, d)
	}
	err := s.Write(t.Context(), store.Cause{Actor: "test"}, func(tx store.Tx) error {
		for i, d := range drafts {
			var err error
			if d == nil {
				_, err = reg.Delete(t.Context(), tx, "Location", resources[i][1:])
			} else {
				_, err = reg.Put(t.Context(), tx, d, "PUT")
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestIndexFollowsChanges(t *testing.T) {
	testutil.Requirement(t, "GEO-4")
	s := open(t)
	keep(t, s, area("nation", "", square), area("isles", "", islands), area("plain", "", ""))
	x := index(t, s, geo.Points)
	steps := []struct {
		name, change string
		lat, lon     float64
		want         string
	}{
		{"in two", "", -1, 37, "isles nation"},
		{"in one", "", -1.9, 40.8, "isles"},
		{"in none", "", 10, 10, ""},
		{"one more", area("district", "nation", annulus), -1.8, 37, "district isles nation"},
		{"in its hole", "", -1, 37, "isles nation"},
		{"a boundary less", area("isles", "", ""), -1, 37, "nation"},
		{"a boundary more", area("plain", "", square), -1, 37, "nation plain"},
		{"another boundary", area("plain", "", across), -1, 37, "nation"},
		{"beyond the meridian", "", -17, -179, "plain"},
		{"deleted", "-nation", -1.8, 37, "district"},
		{"made again", area("nation", "", square), -1.8, 37, "district nation"},
	}
	for _, st := range steps {
		if st.change != "" {
			keep(t, s, st.change)
		}
		got, err := x.Containing(t.Context(), st.lat, st.lon)
		if err != nil || strings.Join(got, " ") != st.want {
			t.Errorf("%s: %v %v, want %s", st.name, got, err, st.want)
		}
	}
}

// With room for one outline only, the answers stay the same.
func TestIndexWithLittleMemory(t *testing.T) {
	s := open(t)
	var all []string
	for i := range 30 {
		all = append(all, area(fmt.Sprintf("a%02d", i), "", square))
	}
	keep(t, s, all...)
	x := index(t, s, 6)
	for range 2 {
		if got, err := x.Containing(t.Context(), -1, 37); err != nil || len(got) != 30 {
			t.Fatalf("%d areas, %v; want 30", len(got), err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := index(t, s, 6).Containing(ended, -1, 37); err == nil {
		t.Error("a caller that left got an answer")
	}
}

func TestRegistryRefusesBrokenBoundaries(t *testing.T) {
	testutil.Requirement(t, "GEO-2")
	r := parse(t, area("x", "", `{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}`))
	_, err := facility.NewRegistry().Prepare(t.Context(), r)
	var e *fhir.Error
	if !asError(err, &e) || e.Kind != fhir.Unprocessable || e.Path != "Location.extension[0].valueAttachment.data" || !strings.Contains(e.Text, "coordinates[0]") {
		t.Errorf("Prepare = %v, want the path of the open ring", err)
	}
}

func at(id, parent string, lat, lon float64) string {
	return fmt.Sprintf(`{"resourceType":"Location","id":%q,"name":%q,"position":{"latitude":%v,"longitude":%v},"partOf":{"reference":"Location/%s"}}`, id, id, lat, lon, parent)
}

func TestCheck(t *testing.T) {
	testutil.Requirement(t, "GEO-4")
	s := open(t)
	keep(t, s, area("nation", "", square), area("ward", "nation", ""), area("ring", "nation", annulus), area("isles", "", islands), area("empty", "", ""),
		at("good", "nation", -1, 37), at("far", "isles", -1, 39), at("near", "isles", -1.5, 41.5), at("up", "ward", -1, 37), at("up-out", "ward", 1, 37), at("hole", "ring", -0.6, 37),
		at("nowhere", "empty", -1, 37), at("lost", "gone", 10, 10), area("blind", "nation", ""))
	c := geo.NewChecker(s, index(t, s, geo.Points))
	tests := map[string]geo.Finding{
		"good":    {Grade: geo.Inside, Area: "nation", In: []string{"isles", "nation", "ring"}},
		"near":    {Grade: geo.Outside, Area: "isles", Metres: 55600},
		"up":      {Grade: geo.Inside, Area: "nation"},
		"up-out":  {Grade: geo.Outside, Area: "nation", Metres: 111195},
		"hole":    {Grade: geo.Outside, Area: "ring", Metres: 11120},
		"nowhere": {Grade: geo.NoBoundary},
		"lost":    {Grade: geo.NoBoundary},
		"blind":   {Grade: geo.NoPosition, Area: "nation"},
	}
	for id, want := range tests {
		f, err := c.Check(t.Context(), id)
		if err != nil || f.Location != id || f.Grade != want.Grade || f.Area != want.Area {
			t.Errorf("%s: %+v, %v; want %+v", id, f, err, want)
		}
		if want.Metres > 0 && (f.Metres < want.Metres*0.995 || f.Metres > want.Metres*1.005) || want.Metres == 0 && f.Metres != 0 {
			t.Errorf("%s: %.0f m from the area, want %.0f", id, f.Metres, want.Metres)
		}
	}
	if f, _ := c.Check(t.Context(), "up"); !cmp.Equal(f.In, []string{"isles", "nation"}) {
		t.Errorf("up lies in %v", f.In)
	}
	if _, err := c.Check(t.Context(), "nobody"); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("nobody: %v", err)
	}
	var seen []string
	err := c.Report(t.Context(), []string{"good", "nobody", "far"}, func(f geo.Finding) error {
		seen = append(seen, f.Location+" "+string(f.Grade))
		return nil
	})
	if err != nil || !cmp.Equal(seen, []string{"good inside", "far outside"}) {
		t.Errorf("report %v, %v", seen, err)
	}
}

// wards are the areas of the real list, by the name that facilities give.
func wards(t *testing.T, folder string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "nairobi_wards.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Features []struct {
			Properties struct{ Ward string }
			Geometry   json.RawMessage
		}
	}
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	byName := map[string]string{}
	for _, f := range list.Features {
		byName[place.Core(f.Properties.Ward)] = string(f.Geometry)
	}
	return byName
}

// The list of Nairobi, checked by others: 929 facilities lie in the ward they declare, 319 in
// another, 49 of which declare a ward whose outline the list does not have.
func TestKenya(t *testing.T) {
	testutil.Requirement(t, "GEO-4", "GEO-2")
	folder := filepath.Join(testutil.Reference(t), "data", "facility", "kenya-kmhfl-nairobi-2025")
	s := open(t)
	ids := map[string]string{}
	var all []string
	for name, geometry := range wards(t, folder) {
		ids[name] = fmt.Sprintf("ward-%d", len(ids))
		all = append(all, area(ids[name], "", geometry))
	}
	f, err := os.Open(filepath.Join(folder, "facilities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var facilities []string
	for i, row := range rows[1:] {
		lon, errX := strconv.ParseFloat(row[column["Lat"]], 64) // the columns are swapped
		lat, errY := strconv.ParseFloat(row[column["Long"]], 64)
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		ward := ids[place.Core(row[column["Ward"]])]
		if ward == "" {
			ward = "elsewhere"
		}
		facilities = append(facilities, fmt.Sprintf("f%d", i))
		all = append(all, at(facilities[i], ward, lat, lon))
	}
	keep(t, s, all...)
	count := map[geo.Grade]int{}
	inAnother := 0
	c := geo.NewChecker(s, index(t, s, geo.Points))
	err = c.Report(t.Context(), facilities, func(f geo.Finding) error {
		count[f.Grade]++
		if f.Grade != geo.Inside && len(f.In) > 0 {
			inAnother++
		}
		return nil
	})
	want := map[geo.Grade]int{geo.Inside: 929, geo.Outside: 319 - 49, geo.NoBoundary: 49}
	if diff := cmp.Diff(want, count); err != nil || diff != "" || inAnother != 319 {
		t.Errorf("%v, %d in another (-want +got):\n%s", err, inAnother, diff)
	}
}

func BenchmarkContaining(b *testing.B) {
	s := open(b)
	var all []string
	for i := range 2000 {
		x, y := float64(i%50), float64(i/50)
		var ring []string
		for k := range 101 {
			ring = append(ring, fmt.Sprintf("[%g,%g]", x+float64(k%100)/200, y+float64(k%100%7)/10))
		}
		all = append(all, area(fmt.Sprintf("a%d", i), "", `{"type":"Polygon","coordinates":[[`+strings.Join(ring, ",")+`]]}`))
	}
	keep(b, s, all...)
	x := index(b, s, geo.Points)
	if got, err := x.Containing(b.Context(), 20.2, 20.2); err != nil || len(got) == 0 {
		b.Fatal(got, err)
	}
	for b.Loop() {
		if _, err := x.Containing(b.Context(), 20.2, 20.2); err != nil {
			b.Fatal(err)
		}
	}
}
