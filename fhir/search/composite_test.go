package search_test

import (
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

func TestMatchPairs(t *testing.T) {
	testutil.Requirement(t, "R4-S1", "SV-95-1")
	const body = `{"useContext":[{"code":{"system":"urn:c","code":"focus"},"valueCodeableConcept":{"coding":[{"system":"urn:v","code":"x$1"},{"code":"bare"}],"text":"X"}},` +
		`{"code":{"system":"urn:c","code":"age"},"valueQuantity":{"value":5,"system":"urn:u","code":"a"}},` +
		`{"code":{"system":"urn:c","code":"weight"},"valueRange":{"low":{"value":10,"unit":"kg"},"high":{"value":20,"unit":"kg"}}}]}`
	tests := map[string]bool{
		`context-type-value=focus$x\$1`:               true,
		`context-type-value=urn:c|focus$urn:v|x\$1`:   true,
		`context-type-value=focus$bare`:               true,
		`context-type-value=focus$|bare`:              true,
		`context-type-value=focus$|x\$1`:              false, // it has a system
		`context-type-value=|focus$bare`:              false,
		`context-type-value=urn:c|$urn:v|`:            true,
		`context-type-value=age$bare`:                 false, // of another context
		`context-type-value=age$bare,focus$bare`:      true,
		`context-type-value:missing=false`:            true,
		`context-type-quantity=age$5`:                 true,
		`context-type-quantity=age$5|urn:u|a`:         true,
		`context-type-quantity=urn:c|age$5||a`:        true,
		`context-type-quantity=age$5||b`:              false,
		`context-type-quantity=age$5|urn:x|a`:         false,
		`context-type-quantity=age$gt4`:               true,
		`context-type-quantity=age$gt5`:               false,
		`context-type-quantity=weight$5`:              false, // the value of age
		`context-type-quantity=weight$ge10||kg`:       true,
		`context-type-quantity=focus$5`:               false,
		`context-type-quantity=urn:c|$5`:              true,
		`context-type-quantity:missing=true`:          false,
		`context-type-value=focus$bare&status=active`: false,
	}
	for request, want := range tests {
		if got := matches(t, "ValueSet?"+request, body, ""); got != want {
			t.Errorf("%s is %v, want %v", request, got, want)
		}
	}
}

func TestPairsThatAreRefused(t *testing.T) {
	testutil.Requirement(t, "R4-S1")
	for _, value := range []string{"focus", "focus$", "$x", "a$b$c", "a|b|c$x", "a$b|c|d"} {
		_, err := search.Parse(search.Request{Type: "CodeSystem", Pairs: []search.Pair{{Name: "context-type-value", Value: value}}})
		if fhir.KindOf(err) != fhir.Invalid || err == nil {
			t.Errorf("context-type-value=%s gives %v, want an error", value, err)
		}
	}
	for _, request := range []search.Pair{{"context-type-quantity", "age$five"}, {"context-type-value:exact", "a$b"}, {"_sort", "context-type-value"}} {
		_, err := search.Parse(search.Request{Type: "CodeSystem", Strict: true, Pairs: []search.Pair{request}})
		if fhir.KindOf(err) != fhir.Invalid || err == nil {
			t.Errorf("%+v gives %v, want an error", request, err)
		}
	}
}
