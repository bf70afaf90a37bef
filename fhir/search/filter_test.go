package search_test

import (
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

// filtered parses a filter on resources of a type.
func filtered(typ, filter string) (*search.Query, error) {
	return search.Parse(search.Request{Type: typ, Base: base, Strict: true, Now: now, Pairs: []search.Pair{{Name: "_filter", Value: filter}}})
}

func TestFilterMeaning(t *testing.T) {
	testutil.Requirement(t, "R4-S16")
	const body = `{"name":"Mnarani Clinic","alias":["Élise"],"active":true,"type":[{"coding":[{"system":"urn:t","code":"prov"}]},{"coding":[{"system":"urn:t","code":"dept"}]}],"identifier":[{"system":"urn:mfl","value":"KE-17"}],"partOf":{"reference":"Organization/p"}}`
	tests := map[string]bool{
		`name co "clinic"`:                           true,
		`name co "clinic" and active eq true`:        true,
		`name co "clinic" and active eq false`:       false,
		`name co "hospital" or active eq true`:       true,
		`name eq "mnarani clinic"`:                   true,
		`name eq "MNARANI  CLÍNIC"`:                  true,
		`name eq mnarani`:                            false, // the whole value
		`name sw mnarani`:                            true,
		`name ew clinic`:                             true,
		`name ew mnarani`:                            false,
		`name ne elise`:                              true, // another value is there
		`name eq elise`:                              true,
		`name gt m and name lt n`:                    true,
		`name ge "mnarani clinic" and name le elise`: true,
		`name gt n`:                                  false,
		`name co "quo\"te"`:                          false,
		`name co "\u00e9lise"`:                       true,
		`type eq prov`:                               true,
		`type eq urn:t|prov`:                         true,
		`type eq urn:x|prov`:                         false,
		`type ne prov`:                               true, // dept is not prov
		`not (type eq prov)`:                         false,
		`not(type eq govt)`:                          true,
		`identifier eq urn:mfl|KE-17`:                true,
		`identifier sw KE-`:                          true,
		`identifier sw urn:x|KE-`:                    false,
		`identifier ew urn:mfl|17`:                   true,
		`identifier co "-1"`:                         true,
		`identifier ne urn:mfl|KE-17`:                false,
		`partof re Organization/p`:                   true,
		`partof eq p`:                                true,
		`partof ne Organization/q`:                   true,
		`partof ne Organization/p`:                   false,
		`address pr false`:                           true,
		`address pr true`:                            false,
		`name pr true`:                               true,
		`_id eq me`:                                  true,
		`_id ne me`:                                  false,
		`_lastUpdated ge 2025-06-15 and _lastUpdated lt 2025-06-16`: true,
		`_lastUpdated po 2025`:                                        true,
		`_lastUpdated po 2024`:                                        false,
		`_lastUpdated sa 2025-06-14`:                                  true,
		`_lastUpdated eb 2025-06-14`:                                  false,
		`active eq false and name eq x or type eq prov`:               true, // from the left to the right
		`type eq prov or active eq false and name eq x`:               false,
		`type eq prov or (active eq false and name eq x)`:             true,
		`((type eq prov))`:                                            true,
		` ( type eq prov )and( active eq true ) `:                     true,
		`not (type eq govt or name co "x") and not (active eq false)`: true,
	}
	r := &fhir.Resource{Type: "Organization", ID: "me", Updated: time.Date(2025, 6, 15, 12, 0, 0, 500e6, time.UTC), Body: []byte(body)}
	entries := search.Extract(r)
	for filter, want := range tests {
		q, err := filtered("Organization", filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		if got, known := q.Where[0].Match(r, entries); got != want || !known {
			t.Errorf("%s is %v (known: %v), want %v", filter, got, known, want)
		}
	}
}

func TestFilterOfOtherTypes(t *testing.T) {
	testutil.Requirement(t, "R4-S16")
	tests := map[string]struct {
		typ, body string
		want      bool
	}{
		`date po 2020`:                              {"PractitionerRole", `{"period":{"start":"2019-05","end":"2020-02"}}`, true},
		`date po 2021`:                              {"PractitionerRole", `{"period":{"start":"2019-05","end":"2020-02"}}`, false},
		`url ss http://example.org/a`:               {"ValueSet", `{"url":"http://example.org/a/b"}`, true},
		`url ss http://example.org/b`:               {"ValueSet", `{"url":"http://example.org/a/b"}`, false},
		`url sb http://example.org/a/b/c`:           {"ValueSet", `{"url":"http://example.org/a/b"}`, true},
		`url ew b and url co example`:               {"ValueSet", `{"url":"http://example.org/a/b"}`, true},
		`url ne http://example.org/a/b`:             {"ValueSet", `{"url":"http://example.org/a/b"}`, false},
		`context-quantity gt 5`:                     {"ValueSet", `{"useContext":[{"valueQuantity":{"value":7,"code":"a"}}]}`, true},
		`context-quantity eq 7|urn:u|a`:             {"ValueSet", `{"useContext":[{"valueQuantity":{"value":7,"system":"urn:u","code":"a"}}]}`, true},
		`type ne a`:                                 {"Location", `{"type":[{"text":"only a text"}]}`, false},
		`status ne active`:                          {"Location", `{"status":"inactive"}`, true},
		`near pr true`:                              {"Location", `{"position":{"longitude":1,"latitude":1}}`, true},
		`supplements eq http://example.org/cs|1`:    {"CodeSystem", `{"supplements":"http://example.org/cs|1"}`, true},
		`supplements ne http://example.org/cs`:      {"CodeSystem", `{"supplements":"http://example.org/cs|1"}`, false},
		`telecom eq "+254 700"`:                     {"Practitioner", `{"telecom":[{"system":"phone","value":"254700"}]}`, true},
		`_tag eq urn:t|x and not (_source pr true)`: {"Practitioner", `{}`, false},
	}
	for filter, tc := range tests {
		q, err := filtered(tc.typ, filter)
		if err != nil {
			t.Errorf("%s: %v", filter, err)
			continue
		}
		r := &fhir.Resource{Type: tc.typ, ID: "me", Body: []byte(tc.body)}
		if got, known := q.Where[0].Match(r, search.Extract(r)); got != tc.want || !known {
			t.Errorf("%s of %s is %v (known: %v), want %v", filter, tc.body, got, known, tc.want)
		}
	}
}

func TestFilterPaths(t *testing.T) {
	testutil.Requirement(t, "R4-S16")
	q, err := filtered("Location", `organization[active eq true or name sw "a"].partof.name co "x"`)
	if err != nil {
		t.Fatal(err)
	}
	c := q.Where[0]
	if c.Param.Name != "organization" || len(c.Chain) != 1 || c.Chain[0].Type != "Organization" {
		t.Fatalf("the filter is %+v, want a chain to Organization", c)
	}
	both := c.Chain[0].Cond.Group
	if both == nil || both.Join != search.AllOf || len(both.Of) != 2 || both.Of[0].Group.Join != search.AnyOf || both.Of[1].Chain == nil {
		t.Errorf("the target must meet %+v, want the brackets and what follows", both)
	}
	if len(q.Used) != 1 || q.Used[0].Name != "_filter" {
		t.Errorf("used is %+v, want the filter", q.Used)
	}
}

func TestFilterByValueSet(t *testing.T) {
	testutil.Requirement(t, "R4-S16", "R4-S5")
	for filter, want := range map[string]bool{
		`type in ValueSet/a or name eq x`:      true,
		`name eq x or type ni http://vs.org/a`: false,
		`status in ValueSet/a`:                 false,
		`type ss urn:a|parent`:                 true,
		`status sb inactive`:                   false,
	} {
		q, err := filtered("Location", filter)
		if err != nil {
			t.Fatal(err)
		}
		if !q.NeedsCodes() {
			t.Errorf("%s asks for no codes", filter)
		}
		err = q.Resolve(func(search.Codes) ([]search.Coding, error) {
			return []search.Coding{{System: "urn:a", Code: "b"}, {System: "http://hl7.org/fhir/location-status", Code: "suspended"}}, nil
		})
		if err != nil || q.NeedsCodes() {
			t.Errorf("%s after Resolve: %v, and asks for codes: %v", filter, err, q.NeedsCodes())
		}
		r := &fhir.Resource{Type: "Location", ID: "me", Body: []byte(`{"status":"active","type":[{"coding":[{"system":"urn:a","code":"b"}]}]}`)}
		if got, known := q.Where[0].Match(r, search.Extract(r)); got != want || !known {
			t.Errorf("%s is %v (known: %v), want %v", filter, got, known, want)
		}
	}
}

func TestFilterErrorsSayWhere(t *testing.T) {
	testutil.Requirement(t, "R4-S16")
	tests := map[string]string{
		``:                            "has no value",
		`name`:                        "character 5",
		`name co`:                     "character 8",
		`name co `:                    "character 9",
		`name is x`:                   `character 6, "is" is none of the operations`,
		`nam co x`:                    `character 1, "nam" is not a search parameter`,
		`name co "x`:                  "character 9, the text is not closed",
		`name co "\q"`:                "character 9",
		`(name co x`:                  "the parenthesis of character 1 is not closed",
		`name co x)`:                  `character 10, ")" is left over`,
		`name co x y`:                 `character 11, "y" is left over`,
		`name co x and`:               "character 14",
		`not name co x`:               "not stands before parentheses",
		`name eq "é" and nope eq 1`:   "character 17",
		`name re x`:                   "character 6, name does not take the operation re; it takes eq ne",
		`name pr maybe`:               `character 9, "maybe" is neither true nor false`,
		`_lastUpdated gt yesterday`:   "character 17",
		`active eq maybe`:             "character 11",
		`name eq ""`:                  "character 9",
		`name eq "  "`:                "blank",
		`name.x eq 1`:                 "is not a reference",
		`partof.nope eq 1`:            "character 8",
		`partof[nope eq 1].name eq x`: "character 8",
		`partof[name eq x] eq y`:      "ends with ] and a dot",
		`partof.partof.partof.partof.partof.partof.partof.name eq x`: "more than 6 steps",
		strings.Repeat("(", 30): "more than 20 parentheses",
		strings.TrimSuffix(strings.Repeat("name eq x and ", 201), " and "): "more than 200 comparisons",
		`name eq ` + strings.Repeat("x", 5000):                             "4096",
		`type in prov`:                                                     "no value set",
		`near eq 1`:                                                        "it takes pr",
	}
	for filter, want := range tests {
		q, err := filtered("Organization", filter)
		if strings.HasPrefix(filter, "near") {
			q, err = filtered("Location", filter)
		}
		if fhir.KindOf(err) != fhir.Invalid || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s gives %+v, %v; want an error with %q", filter, q, err, want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	for _, seed := range []string{`name co "a\"b" and not (active eq true or type ne urn:a|b)`, `organization[name sw a].partof ss Organization/1`,
		`_lastUpdated po 2020-02 or identifier ew |x`, `((name pr false)) and type in ValueSet/x`, `name eq "\ud800"`, `_tag eq |`} {
		f.Add("Location", seed)
	}
	f.Fuzz(func(t *testing.T, typ, filter string) {
		req := search.Request{Type: typ, Base: base, Strict: true, Now: now, Pairs: []search.Pair{{Name: "_filter", Value: filter}}}
		q, err := search.Parse(req)
		checkAnswer(t, req, q, err)
	})
}
