package search_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"

	"github.com/google/go-cmp/cmp"
)

const base = "https://registry.example.org/fhir"

// now is when the requests of the tests are made.
var now = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// pairs splits a query as it is written in an address.
func pairs(t testing.TB, query string) []search.Pair {
	t.Helper()
	var out []search.Pair
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			t.Fatal(err)
		}
		if value, err = url.QueryUnescape(value); err != nil {
			t.Fatal(err)
		}
		out = append(out, search.Pair{Name: name, Value: value})
	}
	return out
}

// parse reads a query that starts with the type: "Location?name=x".
func parse(t testing.TB, request string, strict bool) (*search.Query, error) {
	t.Helper()
	typ, query, _ := strings.Cut(request, "?")
	return search.Parse(search.Request{Type: typ, Base: base, Pairs: pairs(t, query), Strict: strict,
		MaxCount: 200, DefaultCount: 20, Now: now})
}

func mustParse(t testing.TB, request string) *search.Query {
	t.Helper()
	q, err := parse(t, request, true)
	if err != nil {
		t.Fatalf("%s: %v", request, err)
	}
	return q
}

func ms(s string) int64 {
	at, err := time.Parse("2006-01-02T15:04:05.000", s)
	if err != nil {
		panic(err)
	}
	return at.UnixMilli()
}

const siteTypes = "https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types"

func TestParseReadsValues(t *testing.T) {
	tests := map[string]struct {
		request string
		want    []search.Value
	}{
		"string folded":                   {"Location?name=H%C3%B4pital%20%20G", []search.Value{{Text: "hopital g"}}},
		"string exact as given":           {"Location?name:exact=H%C3%B4pital%20", []search.Value{{Text: "Hôpital "}}},
		"plus is a blank":                 {"Location?name=a+b", []search.Value{{Text: "a b"}}},
		"comma is or":                     {"Location?name=a,B", []search.Value{{Text: "a"}, {Text: "b"}}},
		"empty alternatives are left out": {"Location?name=,a,,b,", []search.Value{{Text: "a"}, {Text: "b"}}},
		"four escapes":                    {`Location?name=a%5C,b%5C|c%5C$d%5C%5Ce`, []search.Value{{Text: `a,b|c$d\e`}}},
		"backslash before anything else":  {`Location?name=a%5Cb%5C`, []search.Value{{Text: `a\b\`}}},
		"by sound":                        {"Practitioner?phonetic=Fatuma", []search.Value{{Text: search.Phonetic("Phatooma")}}},

		"code":                              {"Organization?type=prov", []search.Value{{Code: "prov"}}},
		"system and code":                   {"Organization?type=http://s|prov", []search.Value{{System: "http://s", Code: "prov", HasSystem: true}}},
		"code without system":               {"Organization?type=|prov", []search.Value{{Code: "prov", HasSystem: true}}},
		"any code of a system":              {"Organization?type=http://s|", []search.Value{{System: "http://s", HasSystem: true}}},
		"escaped bar in a code":             {`Organization?identifier=s|a%5C|b`, []search.Value{{System: "s", Code: "a|b", HasSystem: true}}},
		"escaped comma in a code":           {`Organization?identifier=A%5C,B`, []search.Value{{Code: "A,B"}}},
		"the system a code implies":         {"Location?status=http://hl7.org/fhir/location-status|active", []search.Value{{Code: "active", HasSystem: true}}},
		"a system the code cannot have":     {"Location?status=http://x|active", []search.Value{{System: "http://x", Code: "active", HasSystem: true}}},
		"boolean":                           {"Organization?active=true,false", []search.Value{{Code: "true"}, {Code: "false"}}},
		"boolean with its system":           {"Organization?active=http://terminology.hl7.org/CodeSystem/special-values|true", []search.Value{{Code: "true", HasSystem: true}}},
		"type of identifier":                {"Organization?identifier:of-type=http://t|PRN|77", []search.Value{{System: "http://t", Code: "PRN|77", HasSystem: true}}},
		"text of a code":                    {"Organization?type:text=%C3%89cole", []search.Value{{Text: "ecole"}}},
		"telephone number by its digits":    {"Practitioner?phone=%2B254-700%20(1)", []search.Value{{Code: "2547001"}}},
		"telephone number with a lost plus": {"Practitioner?telecom=+254700", []search.Value{{Code: "254700"}}},
		"e-mail without case":               {"Practitioner?email=Amina@Example.org", []search.Value{{Code: "amina@example.org"}}},
		"other contact as it is":            {"Practitioner?telecom=Room%20A", []search.Value{{Code: "Room A"}}},
		"old facility type":                 {"Location?type=urn:ietf:rfc:3986|urn:ihe:iti:mcsd:2019:facility", []search.Value{{System: siteTypes, Code: "facility", HasSystem: true}}},
		"old jurisdiction type, no system":  {"Organization?type=urn:ihe:iti:mcsd:2019:jurisdiction", []search.Value{{System: siteTypes, Code: "jurisdiction", HasSystem: true}}},
		"another code of that time":         {"Location?type=urn:ihe:iti:mcsd:2019:ward", []search.Value{{Code: "urn:ihe:iti:mcsd:2019:ward"}}},
		"old code in another system":        {"Location?type=http://x|urn:ihe:iti:mcsd:2019:facility", []search.Value{{System: "http://x", Code: "urn:ihe:iti:mcsd:2019:facility", HasSystem: true}}},
		"logical ids":                       {"Location?_id=a,b", []search.Value{{Code: "a"}, {Code: "b"}}},

		"reference by id":              {"Location?organization=1", []search.Value{{RefType: "Organization", RefID: "1"}}},
		"reference by type and id":     {"Location?organization=Organization/1", []search.Value{{RefType: "Organization", RefID: "1"}}},
		"reference of this server":     {"Location?organization=" + base + "/Organization/1", []search.Value{{RefType: "Organization", RefID: "1"}}},
		"reference with version":       {"Location?organization=Organization/1/_history/3", []search.Value{{RefType: "Organization", RefID: "1", Text: "3"}}},
		"reference to another server":  {"Location?organization=http://o.org/fhir/Organization/1", []search.Value{{RefURL: "http://o.org/fhir/Organization/1"}}},
		"version on another server":    {"Location?organization=http://o.org/fhir/Organization/1/_history/4", []search.Value{{RefURL: "http://o.org/fhir/Organization/1", Text: "4"}}},
		"reference that is a urn":      {"Location?organization=urn:uuid:1-2", []search.Value{{RefURL: "urn:uuid:1-2"}}},
		"type as modifier":             {"Location?organization:Organization=1", []search.Value{{RefType: "Organization", RefID: "1"}}},
		"type twice":                   {"Location?organization:Organization=Organization/1", []search.Value{{RefType: "Organization", RefID: "1"}}},
		"identifier of the target":     {"Location?organization:identifier=http://s|7", []search.Value{{System: "http://s", Code: "7", HasSystem: true}}},
		"below":                        {"Location?partof:below=1", []search.Value{{RefType: "Location", RefID: "1"}}},
		"canonical":                    {"ConceptMap?source-uri=http://v", []search.Value{{RefURL: "http://v"}}},
		"canonical with version":       {"CodeSystem?supplements=http://c|2.0", []search.Value{{RefURL: "http://c", Text: "2.0"}}},
		"canonical like a local one":   {"ConceptMap?target=" + base + "/ValueSet/1", []search.Value{{RefURL: base + "/ValueSet/1"}}},
		"uri":                          {"CodeSystem?url=http://c/a", []search.Value{{Text: "http://c/a"}}},
		"uri with commas escaped":      {`CodeSystem?url=urn:a%5C,b`, []search.Value{{Text: "urn:a,b"}}},
		"place":                        {"Location?near=-1.28|36.82|30|km", []search.Value{{Lat: -1.28, Lon: 36.82, Radius: 30000}}},
		"place in kilometres":          {"Location?near=1|2|1.5", []search.Value{{Lat: 1, Lon: 2, Radius: 1500}}},
		"place without distance":       {"Location?near=0|0", []search.Value{{}}},
		"two places":                   {"Location?near=1|2|5|m,3|4|6|m", []search.Value{{Lat: 1, Lon: 2, Radius: 5}, {Lat: 3, Lon: 4, Radius: 6}}},
		"place with a whole Earth":     {"Location?near=1|2|1e9|km", []search.Value{{Lat: 1, Lon: 2, Radius: 20037600}}},
		"quantity":                     {"CodeSystem?context-quantity=ge5.0|http://u|a", []search.Value{{Prefix: search.Ge, Num: 5, NumLow: 4.95, NumHigh: 5.05, System: "http://u", Code: "a", HasSystem: true}}},
		"quantity without unit":        {"CodeSystem?context-quantity=100", []search.Value{{Prefix: search.Eq, Num: 100, NumLow: 99.5, NumHigh: 100.5}}},
		"quantity about":               {"CodeSystem?context-quantity=ap-100", []search.Value{{Prefix: search.Ap, Num: -100, NumLow: -110, NumHigh: -90}}},
		"quantity, unit in any system": {"CodeSystem?context-quantity=5||a", []search.Value{{Prefix: search.Eq, Num: 5, NumLow: 4.5, NumHigh: 5.5, Code: "a"}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			q := mustParse(t, tc.request)
			if len(q.Where) != 1 {
				t.Fatalf("%s has %d conditions, want 1", tc.request, len(q.Where))
			}
			if diff := cmp.Diff(tc.want, q.Where[0].Values); diff != "" {
				t.Errorf("%s: values differ (-want +got):\n%s", tc.request, diff)
			}
		})
	}
}

func TestParseReadsDates(t *testing.T) {
	testutil.Requirement(t, "MD-90-5", "R4-S8")
	tests := map[string]struct {
		value     string
		prefix    search.Prefix
		low, high string
	}{
		"year":                  {"2020", search.Eq, "2020-01-01T00:00:00.000", "2020-12-31T23:59:59.999"},
		"month of a leap year":  {"ge2020-02", search.Ge, "2020-02-01T00:00:00.000", "2020-02-29T23:59:59.999"},
		"day":                   {"lt2021-12-31", search.Lt, "2021-12-31T00:00:00.000", "2021-12-31T23:59:59.999"},
		"minute":                {"sa2020-01-01T10:00Z", search.Sa, "2020-01-01T10:00:00.000", "2020-01-01T10:00:59.999"},
		"second":                {"eb2020-01-01T10:00:05Z", search.Eb, "2020-01-01T10:00:05.000", "2020-01-01T10:00:05.999"},
		"millisecond":           {"gt2020-01-01T10:00:05.123Z", search.Gt, "2020-01-01T10:00:05.123", "2020-01-01T10:00:05.123"},
		"zone east":             {"le2020-01-01T01:00:00%2B03:00", search.Le, "2019-12-31T22:00:00.000", "2019-12-31T22:00:00.999"},
		"zone with a lost plus": {"2020-01-01T01:00:00+03:00", search.Eq, "2019-12-31T22:00:00.000", "2019-12-31T22:00:00.999"},
		"zone west":             {"ne2020-01-01T23:00:00-02:00", search.Ne, "2020-01-02T01:00:00.000", "2020-01-02T01:00:00.999"},
		"no zone is UTC":        {"2020-01-01T10:00:00", search.Eq, "2020-01-01T10:00:00.000", "2020-01-01T10:00:00.999"},
		"about: a tenth of the way to now, both ways": {"ap2025-12-22", search.Ap, "2025-12-21T00:00:00.000", "2025-12-23T23:59:59.999"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v := mustParse(t, "Location?_lastUpdated="+tc.value).Where[0].Values[0]
			want := search.Value{Prefix: tc.prefix, Low: ms(tc.low), High: ms(tc.high)}
			if diff := cmp.Diff(want, v); diff != "" {
				t.Errorf("%s differs (-want +got):\n%s", tc.value, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	testutil.Requirement(t, "MD-90-8")
	tests := map[string]struct{ request, blames string }{
		"day that does not exist":          {"OrganizationAffiliation?date=2021-02-29", "2021-02-29"},
		"date without dashes":              {"OrganizationAffiliation?date=20210229", "date"},
		"word for a date":                  {"Location?_lastUpdated=today", "today"},
		"prefix that does not exist":       {"OrganizationAffiliation?date=zz2020", "zz2020"},
		"month 13":                         {"OrganizationAffiliation?date=2020-13", "2020-13"},
		"time without a day":               {"OrganizationAffiliation?date=2020-01T10:00", "date"},
		"hour alone":                       {"OrganizationAffiliation?date=2020-01-01T10", "date"},
		"one bad date among good ones":     {"OrganizationAffiliation?date=2020,x", "x"},
		"modifier nobody knows":            {"Organization?name:like=x", "like"},
		"modifier of another kind":         {"Organization?active:contains=tr", "contains"},
		"exact on a token":                 {"Organization?identifier:exact=1", "exact"},
		"not on a string":                  {"Organization?name:not=x", "not"},
		"of-type on a code":                {"Organization?type:of-type=a|b|c", "of-type"},
		"text on a boolean":                {"Organization?active:text=x", "text"},
		"below on a token":                 {"Organization?type:below=x", "below"},
		"below where nothing has a parent": {"Organization?endpoint:below=1", "below"},
		"modifier on a date":               {"OrganizationAffiliation?date:exact=2020", "exact"},
		"missing neither true nor false":   {"Organization?name:missing=perhaps", "perhaps"},
		"boolean that is neither":          {"Organization?active=yes", "yes"},
		"boolean in capitals":              {"Organization?active=TRUE", "TRUE"},
		"bar alone":                        {"Organization?type=|", "type"},
		"two bars":                         {"Organization?type=a|b|c", "type"},
		"type of identifier in two parts":  {"Organization?identifier:of-type=a|b", "of-type"},
		"reference to a wrong type":        {"Location?organization=Practitioner/1", "Practitioner"},
		"wrong type as modifier":           {"Location?organization:Practitioner=1", "Practitioner"},
		"type and modifier that differ":    {"Location?partof:Location=Organization/1", "Organization"},
		"reference with a bad id":          {"Location?organization=a_b", "a_b"},
		"reference to a type alone":        {"Location?organization=Organization/", "Organization/"},
		"word for a place":                 {"Location?near=here", "near"},
		"latitude too far north":           {"Location?near=91|0|1|km", "latitude"},
		"longitude too far east":           {"Location?near=0|180.5|1|km", "longitude"},
		"distance that is no number":       {"Location?near=0|0|far|km", "distance"},
		"negative distance":                {"Location?near=0|0|-1|km", "distance"},
		"unit nobody knows":                {"Location?near=0|0|1|furlong", "unit"},
		"place of five parts":              {"Location?near=0|0|1|km|x", "near"},
		"infinite latitude":                {"Location?near=inf|0|1|km", "latitude"},
		"number in hexadecimal":            {"CodeSystem?context-quantity=0x10", "0x10"},
		"quantity of two parts":            {"CodeSystem?context-quantity=1|kg", "number"},
		"chain through a string":           {"Location?name.family=x", "name"},
		"chain through a canonical":        {"ConceptMap?source.name=x", "source"},
		"chain to nowhere":                 {"Location?organization.colour=x", "colour"},
		"chain that ends in a dot":         {"Location?organization.=x", "organization"},
		"chain through a wrong type":       {"Location?organization:Location.name=x", "Location"},
		"bad value at the end of a chain":  {"Location?organization.active=2", "active"},
		"bad modifier in a chain":          {"Location?organization.name:near=x", "near"},
		"chain of seven steps":             {"Location?partof.partof.partof.partof.partof.partof.name=x", "6 steps"},
		"_has cut short":                   {"Organization?_has:Location:organization=x", "_has"},
		"_has of an unknown type":          {"Organization?_has:Patient:organization:name=x", "Patient"},
		"_has through no reference":        {"Organization?_has:Location:name:name=x", "name"},
		"_has of another type":             {"Practitioner?_has:Location:organization:name=x", "organization"},
		"_has with an unknown parameter":   {"Organization?_has:Location:organization:colour=x", "colour"},
		"_has with a bad value":            {"Organization?_has:Location:organization:near=x", "near"},
		"negative count":                   {"Location?_count=-1", "_count"},
		"count with a fraction":            {"Location?_count=1.5", "_count"},
		"count in words":                   {"Location?_count=many", "_count"},
		"total nobody knows":               {"Location?_total=some", "_total"},
		"summary nobody knows":             {"Location?_summary=yes", "_summary"},
		"text summary with includes":       {"Location?_summary=text&_include=Location:partof", "_summary"},
		"elements that cannot be":          {"Location?_elements=name;drop", "_elements"},
		"modifier on _sort":                {"Location?_sort:asc=name", "_sort"},
		"modifier on _include":             {"Location?_include:often=Location:partof", "often"},
		"unknown type of a system search":  {"?_type=Location,Patient", "Patient"},
		"modifier on _id":                  {"Location?_id:exact=a", "exact"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			for _, strict := range []bool{false, true} {
				q, err := parse(t, tc.request, strict)
				if fhir.KindOf(err) != fhir.Invalid || q != nil {
					t.Fatalf("%s: got %v (strict %v), want it refused as invalid", tc.request, err, strict)
				}
				if !strings.Contains(err.Error(), tc.blames) {
					t.Errorf("%s: %q does not say %q", tc.request, err, tc.blames)
				}
			}
		})
	}
}

func TestParseHandlesTheUnknown(t *testing.T) {
	testutil.Requirement(t, "R4-S3")
	tests := map[string]string{
		"unknown parameter":            "Location?colour=red",
		"parameter of another type":    "Organization?given=x",
		"name in the wrong case":       "Organization?NAME=x",
		"unknown underscore parameter": "Organization?_tags=x",
		"sort key":                     "Location?_sort=colour",
		"sort by place":                "Location?_sort=near",
		"include without parameter":    "Location?_include=Location",
		"include of an unknown type":   "Location?_include=Patient:name",
		"include of no reference":      "Location?_include=Location:name",
		"include to an unknown type":   "Location?_include=Location:partof:Patient",
		"include in four parts":        "Location?_include=Location:partof:Location:x",
		"revinclude of nothing known":  "Location?_revinclude=Location:colour",
		"_type of a type search":       "Location?_type=Organization",
		"name in a system search":      "?name=x",
	}
	for name, request := range tests {
		t.Run(name, func(t *testing.T) {
			q, err := parse(t, request, false)
			if err != nil {
				t.Fatalf("%s is refused: %v", request, err)
			}
			if len(q.Ignored) != 1 || len(q.Used) != 0 || len(q.Where) != 0 || len(q.Includes) != 0 || len(q.Sort) != 0 {
				t.Errorf("%s: ignored %v, used %v; want it ignored and nothing else", request, q.Ignored, q.Used)
			}
			if _, err := parse(t, request, true); fhir.KindOf(err) != fhir.Invalid {
				t.Errorf("%s when strict: %v, want it refused", request, err)
			}
		})
	}
}

func TestParseLeavesOutWhatHasNoValue(t *testing.T) {
	for _, request := range []string{"Location?name=", "Location?name=%20", "Location?type=,", "Location?organization.name=",
		"Organization?_has:Location:organization:name=", "Location?_count=", "Location?_sort=", "Location?_include=", "Location?name:missing="} {
		q, err := parse(t, request, false)
		if err != nil {
			t.Errorf("%s is refused: %v", request, err)
			continue
		}
		if len(q.Where) != 0 || q.Count != 20 {
			t.Errorf("%s: got %v, want no condition", request, q.Where)
		}
	}
}

func TestParseLimits(t *testing.T) {
	many := func(n int, s string) string { return strings.TrimSuffix(strings.Repeat(s, n), s[len(s)-1:]) }
	tests := map[string]struct {
		request string
		refused bool
	}{
		"1,000 values":           {"Location?_id=" + many(1000, "a,"), false},
		"1,001 values":           {"Location?_id=" + many(1001, "a,"), true},
		"a value of 4,096 bytes": {"Location?name=" + strings.Repeat("a", 4096), false},
		"a longer value":         {"Location?name=" + strings.Repeat("a", 4097), true},
		"100 parameters":         {"Location?" + many(100, "name=a&"), false},
		"101 parameters":         {"Location?" + many(101, "name=a&"), true},
		"70 kilobytes":           {"Location?" + many(20, "x"+strings.Repeat("y", 3500)+"=z&"), true},
		"eight sort keys":        {"Location?_sort=" + many(8, "name,"), false},
		"nine sort keys":         {"Location?_sort=" + many(9, "name,"), true},
		"not UTF-8":              {"Location?name=%ff%fe", true},
		"name not UTF-8":         {"Location?na%ffme=x", true},
		"an absurdly long name":  {"Location?organization:" + strings.Repeat("x", 9000) + "=x", true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := parse(t, tc.request, false)
			if refused := fhir.KindOf(err) == fhir.Invalid && err != nil; refused != tc.refused {
				t.Errorf("got %v, want refused %v", err, tc.refused)
			}
			if err != nil && len(err.Error()) > 600 {
				t.Errorf("the message is %d bytes long", len(err.Error()))
			}
		})
	}
	if _, err := parse(t, "Patient?name=x", false); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("a type that is not held: %v, want not found", err)
	}
}
