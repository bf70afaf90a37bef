package match_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/facility/match"
	"masjala/fhir"
	"masjala/internal/linkage"
	"masjala/internal/testutil"
)

func located(id, name, partOf string, lat, lon float64) string {
	return fmt.Sprintf(`{"resourceType":"Location","id":%q,"name":%q,"partOf":{"reference":"Location/%s"},"position":{"latitude":%g,"longitude":%g}}`, id, name, partOf, lat, lon)
}

func TestFinderLooksBeyondTheFirst(t *testing.T) {
	testutil.Requirement(t, "MT-2")
	resources := []string{
		`{"resourceType":"Location","id":"kilifi","name":"Kilifi","physicalType":{"coding":[{"code":"jdn"}]}}`,
		located("sought", "St. Mary's Dispensary", "kilifi", -3.5, 39.9),
	}
	for i := range 120 { // so many of one name that no search shows all
		resources = append(resources, located(fmt.Sprint("m", i), "St. Mary's Dispensary", "", -1+float64(i)/100, 35))
	}
	f := match.NewFinder(keep(t, resources...))
	tests := map[string]struct{ resource, want string }{
		"by where it lies":      {`"name":"Saint Mary's Disp","position":{"latitude":-3.5003,"longitude":39.9002}`, "sought"},
		"by what it is part of": {`"name":"St Mary's Dispensary","partOf":{"reference":"Location/kilifi"}`, "sought"},
	}
	for name, tc := range tests {
		r, err := fhir.Parse([]byte(`{"resourceType":"Location",` + tc.resource + `}`))
		if err != nil {
			t.Fatal(err)
		}
		found, err := f.Find(t.Context(), r, 3)
		if err != nil || len(found) == 0 || found[0].Record.ID != tc.want {
			t.Errorf("%s: %+v, %v", name, found, err)
		}
	}
}

func TestRegistryTwins(t *testing.T) {
	var resources []string
	for i := range 60 {
		resources = append(resources, located(fmt.Sprint("l", i), fmt.Sprintf("Kiji%cni%c Clinic", 'a'+i%26, 'k'+i/26), "", -3-float64(i)/10, 39))
	}
	resources = append(resources, located("one", "Gede Dispensary", "", -3.307, 40.017), located("two", "Zahanati ya Gede", "", -3.3071, 40.0172),
		`{"resourceType":"Location","id":"area","name":"Gede","physicalType":{"coding":[{"code":"jdn"}]}}`)
	s := keep(t, resources...)
	all, pairs, err := match.RegistryTwins(t.Context(), s, 1000)
	if err != nil || len(all) != 62 || len(pairs) == 0 {
		t.Fatalf("%d resources, %d pairs, %v", len(all), len(pairs), err)
	}
	ids := []string{all[pairs[0].A].ID, all[pairs[0].B].ID}
	if got := strings.Join(ids, " "); got != "two one" && got != "one two" || pairs[0].Band != linkage.Accept {
		t.Errorf("%s, %+v", got, pairs[0])
	}
	if _, _, err := match.RegistryTwins(t.Context(), s, 10); fhir.KindOf(err) != fhir.TooCostly {
		t.Errorf("%v, want TooCostly", err)
	}
}

// resource writes a facility as a Location.
func resource(id string, f match.Facility) string {
	at := ""
	if f.Position != nil {
		at = fmt.Sprintf(`,"position":{"latitude":%g,"longitude":%g}`, f.Position.Lat, f.Position.Lon)
	}
	if id != "" {
		at += fmt.Sprintf(`,"id":%q`, id)
	}
	return fmt.Sprintf(`{"resourceType":"Location","name":%q,"type":[{"text":%q}],"address":{"state":%q,"district":%q}%s}`, f.Name, f.Type, f.Areas[0], f.Areas[1], at)
}

func TestFinderAmongThousands(t *testing.T) {
	a, b, partner := newCountry(5).twoLists(6000)
	var all []string
	for i, f := range a {
		all = append(all, resource(fmt.Sprint("l", i), f))
	}
	f := match.NewFinder(keep(t, all...))
	asked, first, wrong := 0, 0, 0
	for i := 0; i < len(a); i += 25 {
		j, ok := partner[i]
		if !ok {
			continue
		}
		r, err := fhir.Parse([]byte(resource("", b[j])))
		if err != nil {
			t.Fatal(err)
		}
		found, err := f.Find(t.Context(), r, 3)
		if err != nil {
			t.Fatal(err)
		}
		asked++
		switch {
		case len(found) > 0 && found[0].Record.ID == fmt.Sprint("l", i):
			first++
		case len(found) > 0 && found[0].Grade != linkage.Possible:
			wrong++
		}
	}
	t.Logf("%d asked: %d found first, another taken for it %d times", asked, first, wrong)
	if first*100 < asked*95 || wrong*100 > asked*2 {
		t.Errorf("%d of %d found first, %d wrong", first, asked, wrong)
	}
}
