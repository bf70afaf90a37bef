package importers_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"masjala/importers"
)

func TestClean(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"tidy":               {"Kila Health Centre", "Kila Health Centre"},
		"outer spaces":       {"  Kila ", "Kila"},
		"no-break spaces":    {"Kila\u00a0\u00a0Clinic\u00a0", "Kila Clinic"},
		"zero width":         {"\ufeffKi\u200bla", "Kila"},
		"line break":         {"Kila\r\nClinic", "Kila Clinic"},
		"entity":             {"A &amp; B", "A & B"},
		"ampersand alone":    {"A & B; C", "A & B; C"},
		"parted accent":      {"E\u0301cole", "École"},
		"control characters": {"Ki\x01la", "Kila"},
		"not UTF-8":          {"Ki\xffla", "Kila"},
		"blank":              {" \t\u00a0", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := importers.Clean(tc.in); got != tc.want {
				t.Errorf("Clean(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestCleanTwiceIsCleanOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-zé\x{a0} \t\x{200b}]{0,20}`).Draw(t, "s")
		once := importers.Clean(s)
		if twice := importers.Clean(once); twice != once {
			t.Fatalf("Clean(%q) = %q, then %q", s, once, twice)
		}
		if key := importers.Key(once); importers.Key(s) != key {
			t.Fatalf("Key(%q) = %q, after Clean %q", s, importers.Key(s), key)
		}
	})
}

func TestKeyAndSlug(t *testing.T) {
	tests := map[string]struct{ in, key, slug string }{
		"case and accents": {"Centre de SANTÉ", "centre de sante", "centre-de-sante"},
		"punctuation":      {"Govt./Mission (FBO)", "govt mission fbo", "govt-mission-fbo"},
		"apostrophes":      {"N’Djamena l'Est", "ndjamena lest", "ndjamena-lest"},
		"digits":           {"Health Centre III-2", "health centre iii 2", "health-centre-iii-2"},
		"other scripts":    {"መቀሌ ሆስፒታል", "መቀሌ ሆስፒታል", "መቀሌ-ሆስፒታል"},
		"nothing":          {" -- ", "", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := importers.Key(tc.in); got != tc.key {
				t.Errorf("Key(%q) = %q, want %q", tc.in, got, tc.key)
			}
			if got := importers.Slug(tc.in); got != tc.slug {
				t.Errorf("Slug(%q) = %q, want %q", tc.in, got, tc.slug)
			}
		})
	}
	if long := importers.Slug(strings.Repeat("መቀሌ ", 30)); len(long) > 64 || !utf8.ValidString(long) {
		t.Errorf("a long slug: %q", long)
	}
}

func TestDidYouMean(t *testing.T) {
	tests := map[string]struct {
		text string
		of   []string
		want string
	}{
		"a slip":           {"Nakru", []string{"Nairobi", "Nakuru", "Kisumu"}, ` Did you mean "Nakuru"?`},
		"swapped letters":  {"Naukru", []string{"Nakuru"}, ` Did you mean "Nakuru"?`},
		"words reordered":  {"Hospital Kila", []string{"Kila Hospital", "Mto Clinic"}, ` Did you mean "Kila Hospital"?`},
		"best first":       {"Clinic", []string{"Clinics A", "Clinix"}, ` Did you mean "Clinix" or "Clinics A"?`},
		"nothing is near":  {"Hospital", []string{"Pharmacy"}, ""},
		"nothing to offer": {"Hospital", nil, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := importers.DidYouMean(tc.text, tc.of); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

var targets = []importers.Target{
	{Name: "name", Title: "name", Needed: true, Synonyms: []string{"facility name", "name"}},
	{Name: "id", Title: "identifier", System: "urn:x:{slug}", Synonyms: []string{"facility code", "code"}},
	{Name: "lat", Title: "latitude", Synonyms: []string{"latitude", "lat"}, Looks: func(s string) bool { return strings.ContainsAny(s, "0123456789") }},
	{Name: "area", Title: "area", Levels: true, Many: true, Ranks: map[string]int{"country": 1, "region": 2, "district": 3}},
	{Name: "phone", Title: "telephone", Many: true, Synonyms: []string{"phone", "telephone"}},
}

func TestPropose(t *testing.T) {
	tests := map[string]struct {
		heads   []string
		samples [][]string
		want    map[string]string // heading: target, with its level
	}{
		"exact names":            {[]string{"Code", "Facility name", "Lat"}, [][]string{{"7", "A", "1.5"}}, map[string]string{"Code": "id", "Facility name": "name", "Lat": "lat"}},
		"run together":           {[]string{"FacilityName", "facility_code"}, nil, map[string]string{"FacilityName": "name", "facility_code": "id"}},
		"a slip":                 {[]string{"Facilty name", "Latitiude"}, [][]string{{"A", "2"}}, map[string]string{"Facilty name": "name", "Latitiude": "lat"}},
		"longer heading":         {[]string{"Name", "Country Name"}, nil, map[string]string{"Name": "name", "Country Name": "area1"}},
		"better heading wins":    {[]string{"Name", "Facility name"}, nil, map[string]string{"Name": "", "Facility name": "name"}},
		"levels without gaps":    {[]string{"District", "Name", "Country"}, nil, map[string]string{"District": "area2", "Name": "name", "Country": "area1"}},
		"levels by their values": {[]string{"District", "Region", "Name"}, [][]string{{"Jimma", "Goma", "A"}, {"Jimma", "Limu", "B"}, {"Arsi", "Sire", "C"}, {"Arsi", "", "D"}}, map[string]string{"District": "area1", "Region": "area2", "Name": "name"}},
		"levels as they stand":   {[]string{"Region", "District", "Name"}, [][]string{{"Jimma", "Goma", "A"}, {"Limu", "Goma", "B"}, {"Sire", "Arsi", "C"}}, map[string]string{"Region": "area1", "District": "area2", "Name": "name"}},
		"levels that cross":      {[]string{"District", "Region", "Name"}, [][]string{{"East", "Goma", "A"}, {"West", "Goma", "B"}, {"East", "Limu", "C"}, {"East", "Sire", "D"}}, map[string]string{"District": "area2", "Region": "area1", "Name": "name"}},
		"levels without values":  {[]string{"District", "Region", "Country", "Name"}, nil, map[string]string{"District": "area3", "Region": "area2", "Country": "area1", "Name": "name"}},
		"several of one":         {[]string{"Name", "Phone 1", "Phone 2"}, nil, map[string]string{"Name": "name", "Phone 1": "phone", "Phone 2": "phone"}},
		"values that cannot be":  {[]string{"Name", "Lat"}, [][]string{{"A", "by the river"}, {"B", "up the hill"}}, map[string]string{"Name": "name", "Lat": ""}},
		"only null words":        {[]string{"Name", "Lat"}, [][]string{{"A", "NA"}, {"B", ""}}, map[string]string{"Name": "name", "Lat": "lat"}},
		"nothing known":          {[]string{"Foo", "Bar"}, nil, map[string]string{"Foo": "", "Bar": ""}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			m := importers.Propose("things", targets, tc.heads, tc.samples)
			got := map[string]string{}
			for _, c := range m.Columns {
				got[c.Heading] = c.Target
				if c.Level > 0 {
					got[c.Heading] += string(rune('0' + c.Level))
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("mapping (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMappingSurvivesYAML(t *testing.T) {
	m := importers.Propose("things", targets, []string{"Code", "Name", "", "Name", "District"}, nil)
	m.Columns[0].Values = map[string]string{"no": "NA", "1": "one"}
	m.Under = []string{"Exampland"}
	y, err := m.YAML(targets)
	if err != nil {
		t.Fatal(err)
	}
	back, err := importers.ReadMapping(strings.NewReader(string(y)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m, back); diff != "" {
		t.Errorf("mapping (-before +after):\n%s", diff)
	}
}

func TestMappingThatCannotBeRead(t *testing.T) {
	for name, tc := range map[string]struct{ yaml, want string }{
		"unknown key": {"kind: things\ncolums: []\n", "line 2"},
		"wrong type":  {"headerRow: first\n", "line 1"},
		"empty":       {"", "empty"},
		"no YAML":     {"\t{", "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := importers.ReadMapping(strings.NewReader(tc.yaml)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}
