package national_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/internal/bench/national"
	"masjala/store/sqlite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var small = national.Nation.Scale(0.002)

// sample calls fn with some resources of each kind.
func sample(c *national.Country, fn func(k national.Kind, n int)) {
	for k := range national.Role + 1 {
		step := max(1, c.Count(k)/300)
		for n := 0; n < c.Count(k); n += step {
			fn(k, n)
		}
	}
}

func TestResourcesKeepR4AndTheProfiles(t *testing.T) {
	c := national.New(small)
	ids := map[string]bool{}
	sample(c, func(k national.Kind, n int) {
		raw := c.Append(nil, k, n)
		r, err := fhir.Parse(raw)
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		if r.Type != k.Type() || r.ID != c.ID(k, n) || ids[r.Ref()] {
			t.Errorf("the %dth %s is %s", n, k.Type(), r.Ref())
		}
		ids[r.Ref()] = true
		if err := profile.Check(r); err != nil {
			t.Errorf("%v\n%s", err, raw)
		}
		for _, issue := range profile.Conform(r) {
			if issue.Severity == "error" || issue.Severity == "warning" {
				t.Errorf("%s\n%s", issue.Text, raw)
			}
		}
	})
}

func TestSameSizeSameCountry(t *testing.T) {
	one, same := national.New(small), national.New(small)
	other := small
	other.Seed++
	two, differ := national.New(other), 0
	sample(one, func(k national.Kind, n int) {
		raw := one.Append(nil, k, n)
		if !bytes.Equal(raw, same.Append(nil, k, n)) {
			t.Errorf("the %dth %s differs from run to run", n, k.Type())
		}
		if !bytes.Equal(raw, two.Append(nil, k, n)) {
			differ++
		}
	})
	if differ == 0 {
		t.Error("another seed gives the same country")
	}
}

func TestAreasAreATreeOfFiveLevels(t *testing.T) {
	for _, areas := range []int{1, 2, 3, 7, 240, 6000} {
		c := national.New(national.Size{Areas: areas, Facilities: 5, Workers: 5, Roles: 5})
		for n := range areas {
			level, above := c.Level(n), c.Parent(n)
			switch {
			case n == 0 && (level != 0 || above != -1):
				t.Errorf("of %d areas the first has level %d and lies in %d", areas, level, above)
			case n > 0 && (above < 0 || above >= n || c.Level(above) != level-1):
				t.Fatalf("of %d areas number %d of level %d lies in %d of level %d", areas, n, level, above, c.Level(above))
			}
			if top := c.Above(n, 0); top != 0 {
				t.Errorf("area %d does not lie in the nation but in %d", n, top)
			}
		}
		if areas == 6000 && c.Level(areas-1) != national.Levels-1 {
			t.Errorf("the last area has level %d", c.Level(areas-1))
		}
	}
}

func TestFacilitiesCrowdIntoTowns(t *testing.T) {
	c := national.New(national.Nation.Scale(0.05))
	towns := map[int]int{}
	for n := range c.Facilities {
		f := c.Facility(n)
		if f.Lat < -5 || f.Lat > 2 || f.Lon < 29 || f.Lon > 36 {
			t.Fatalf("facility %d lies at %f, %f, outside of the country", n, f.Lat, f.Lon)
		}
		towns[c.Above(f.Area, 3)]++
	}
	most, mean := 0, c.Facilities/len(towns)
	for _, count := range towns {
		most = max(most, count)
	}
	if len(towns) < 200 || most < 4*mean || most > c.Facilities/5 {
		t.Errorf("%d towns have facilities, %d of them the largest, %d the mean", len(towns), most, mean)
	}
}

func TestStridesMeetAll(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 6, 100, 618, 1000, 4001} {
		step, seen := national.Stride(n), map[int]bool{}
		for i := range n {
			seen[i*step%n] = true
		}
		if len(seen) != n {
			t.Errorf("steps of %d meet %d of %d", step, len(seen), n)
		}
	}
}

func TestScale(t *testing.T) {
	s := national.Nation.Scale(0.05)
	if want := (national.Size{Areas: 6000, Facilities: 20_000, Workers: 50_000, Roles: 75_000, Seed: 1}); s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
	if n := national.Nation.Resources(); n < 3_400_000 || n > 3_700_000 {
		t.Errorf("the nation has %d resources", n)
	}
	seen, c := 0, national.New(small)
	for range c.All() {
		seen++
	}
	if seen != small.Resources() {
		t.Errorf("a walk over all meets %d of %d", seen, small.Resources())
	}
	if tiny := national.Nation.Scale(0); tiny.Areas != 1 || tiny.Roles != 1 {
		t.Errorf("a scale of 0 gives %+v", tiny)
	}
}

func TestNamesAreSpreadAndHaveAccents(t *testing.T) {
	c := national.New(small)
	names, marked := map[string]int{}, 0
	const people = 20_000
	for n := range people {
		p := c.Person(n)
		names[p.Family]++
		if strings.IndexFunc(p.Family+p.Given, func(r rune) bool { return r > math.MaxInt8 }) >= 0 {
			marked++
		}
	}
	if len(names) < 5000 || marked < people/10 || marked > people*9/10 {
		t.Errorf("%d family names, %d people with letters beyond ASCII", len(names), marked)
	}
}

func TestPrepareKeepsWhatFits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	size := national.Size{Areas: 40, Facilities: 220, Workers: 500, Roles: 900, Seed: 3}
	told := 0
	prepare := func(s national.Size) bool {
		t.Helper()
		made, err := national.Prepare(t.Context(), dir, national.New(s), func(done int) { told = done })
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	if !prepare(size) || told != size.Resources() {
		t.Errorf("a new directory was not filled: told of %d of %d", told, size.Resources())
	}
	if prepare(size) {
		t.Error("the same country was made again")
	}
	s, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		typ string
		n   int
	}{{"Location", 260}, {"Organization", 260}, {"Practitioner", 500}, {"PractitionerRole", 900}} {
		if n, err := s.Count(t.Context(), want.typ); err != nil || n != want.n {
			t.Errorf("there are %d %s, %v; want %d", n, want.typ, err, want.n)
		}
	}
	c := national.New(size)
	r, err := s.Read(t.Context(), "PractitionerRole", c.ID(national.Role, 899))
	if err != nil || !bytes.Contains(r.Body, []byte("Practitioner/"+c.ID(national.Worker, 499))) {
		t.Errorf("the last role is %v, %v", r, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	size.Seed++
	if !prepare(size) {
		t.Error("another country was not made")
	}
	elsewhere := t.TempDir()
	if err := os.WriteFile(filepath.Join(elsewhere, "thesis.doc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := national.Prepare(t.Context(), elsewhere, c, func(int) {}); err == nil {
		t.Error("a folder with files of others was taken")
	}
}
