package search_test

import (
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

const qualified = `{"qualification":[` +
	`{"code":{"coding":[{"system":"urn:q","code":"nurse"}],"text":"Nurse"},"issuer":{"reference":"Organization/council"},"period":{"start":"2010-01-01","end":"2020-06-30"}},` +
	`{"code":{"coding":[{"system":"urn:q","code":"midwife"},{"code":"a$b"}]},"issuer":{"reference":"http://e.org/fhir/Organization/board"},"period":{"start":"2021-03"}},` +
	`{"code":{"coding":[{"system":"urn:q","code":"doctor"},{"code":"c$d"}]},"issuer":{"reference":"http://self/fhir/Organization/here"}},` +
	`{"code":{"text":"Dentist"},"issuer":{"display":"somebody"},"period":{"end":"2030"}}]}`

// Both conditions must be met by the same qualification.
func TestMatchPairsOfQualifications(t *testing.T) {
	testutil.Requirement(t, "HRH-7", "HWRF-7")
	tests := map[string]bool{
		"issuer=nurse$Organization/council":                   true,
		"issuer=urn:q|nurse$council":                          true,
		"issuer=|nurse$council":                               false, // it has a system
		"issuer=|a\\$b$http://e.org/fhir/Organization/board":  true,
		"issuer=midwife$council":                              false, // another has that issuer
		"issuer=midwife$council,nurse$council":                true,
		"issuer=midwife$http://e.org/fhir/Organization/board": true,
		"issuer:missing=false":                                true,
		"period=nurse$2015":                                   false, // longer than that year
		"period=nurse$ap2015":                                 true,
		"period=nurse$gt2020":                                 false,
		"period=nurse$gt2020-06-29":                           true,
		"period=nurse$eb2020-07":                              true,
		"period=nurse$ge2021":                                 false, // another lasts that long
		"period=nurse$ge2020-06-30":                           false, // not a day beyond, and not within it
		"period=nurse$le2010":                                 false,
		"period=nurse$le2010-02":                              true,
		"period=nurse$lt2010-01-01":                           false,
		"period=nurse$sa2009":                                 true,
		"period=nurse$ne2015":                                 true,
		"period=midwife$ge2099":                               true, // it has no end
		"period=urn:q|midwife$sa2021-02":                      true,
		"period=urn:x|midwife$sa2021-02":                      false,
		"period=doctor$ge1900":                                false, // it has no period
		"period=Dentist$lt2020":                               false, // a text is no code
	}
	for request, want := range tests {
		if got := matches(t, "Practitioner?qualification-code-"+request, qualified, ""); got != want {
			t.Errorf("%s is %v, want %v", request, got, want)
		}
	}
}

func TestIssuersOfThisServer(t *testing.T) {
	r := &fhir.Resource{Type: "Practitioner", ID: "p", Body: []byte(qualified)}
	entries := search.Extract(r)
	search.Localize("Practitioner", entries, "http://self/fhir")
	for request, want := range map[string]bool{"doctor$here": true, "doctor$Organization/here": true, "c\\$d$here": true, "midwife$board": false, "nurse$council": true} {
		q := mustParse(t, "Practitioner?qualification-code-issuer="+request)
		if got, known := q.Where[0].Match(r, entries); got != want || !known {
			t.Errorf("%s is %v, want %v", request, got, want)
		}
	}
}

func TestPairsOfQualificationsThatAreRefused(t *testing.T) {
	for _, request := range []string{
		"issuer=nurse", "issuer=nurse$", "issuer=$council", "issuer=nurse$a$b", "issuer=urn:q|$council", "issuer=a|b|c$council",
		"issuer=nurse$Location/a", "issuer=nurse$Organization/a/_history/1", "issuer=nurse$a b",
		"period=nurse", "period=nurse$soon", "period=nurse$2020-13", "issuer:not=nurse$council",
	} {
		if _, err := parse(t, "Practitioner?qualification-code-"+request, false); fhir.KindOf(err) != fhir.Invalid || err == nil {
			t.Errorf("%s gives %v, want it refused", request, err)
		}
	}
}
