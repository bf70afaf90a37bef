package search_test

import (
	"strings"
	"sync"
	"testing"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

// parameter makes a SearchParameter.
func parameter(t testing.TB, code, kind, base, expression string, more ...string) *fhir.Resource {
	t.Helper()
	b := `{"resourceType":"SearchParameter","url":"http://example.org/sp/` + code + `","name":"N","status":"active","description":"d","code":"` + code +
		`","type":"` + kind + `","base":["` + base + `"],"expression":` + string(fhir.AppendString(nil, expression))
	for _, m := range more {
		b += "," + m
	}
	r, err := fhir.Parse([]byte(b + "}"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// define makes and uses parameters until the test ends.
func define(t testing.TB, rs ...*fhir.Resource) []*search.Parameter {
	t.Helper()
	var all []*search.Parameter
	for _, r := range rs {
		ps, err := search.Define(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ps...)
	}
	search.Use(all)
	t.Cleanup(func() { search.Use(nil) })
	return all
}

func TestDefinedParametersFind(t *testing.T) {
	testutil.Requirement(t, "R4-S20", "HWRF-8")
	define(t,
		parameter(t, "licence", "token", "Practitioner", "Practitioner.qualification.identifier"),
		parameter(t, "licence-end", "date", "Practitioner", "Practitioner.qualification.period"),
		parameter(t, "issuer", "reference", "Practitioner", "Practitioner.qualification.issuer", `"target":["Organization"]`),
		parameter(t, "mobile", "token", "Practitioner", "Practitioner.telecom.where(use='mobile')"),
		parameter(t, "cadre-year", "number", "Practitioner", "Practitioner.extension('http://e.org/year').value.ofType(integer)"),
		parameter(t, "grade", "token", "Practitioner", "(Practitioner.extension('http://e.org/grade').value as CodeableConcept)"),
		parameter(t, "bio", "string", "Practitioner", "Practitioner.extension('http://e.org/a.b').value.ofType(string) | Practitioner.qualification.code.text"),
		parameter(t, "age-at", "quantity", "Practitioner", "Practitioner.extension('http://e.org/q').value.as(Quantity)"),
	)
	const body = `{"qualification":[{"identifier":[{"system":"urn:l","value":"L-7"}],"code":{"text":"Nursing"},"period":{"end":"2027"},"issuer":{"reference":"Organization/c"}}],` +
		`"telecom":[{"system":"phone","value":"1","use":"home"},{"system":"phone","value":"2","use":"mobile"}],"extension":[{"url":"http://e.org/year","valueInteger":2019},` +
		`{"url":"http://e.org/grade","valueCodeableConcept":{"coding":[{"code":"senior"}]}},{"url":"http://e.org/a.b","valueString":"Élan"},{"url":"http://e.org/q","valueQuantity":{"value":3}}]}`
	tests := map[string]bool{
		"licence=urn:l|L-7": true, "licence=urn:x|L-7": false, "licence-end=le2027": true, "licence-end=ge2028": false,
		"issuer=Organization/c": true, "issuer=d": false, "mobile=2": true, "mobile=1": false, "cadre-year=ge2019": true, "cadre-year=2018": false,
		"grade=senior": true, "grade:missing=true": false, "bio=elan": true, "bio=nurs": true, "bio:contains=urs": true, "age-at=gt2": true,
		"licence:missing=false&mobile=2": true,
	}
	for query, want := range tests {
		if got := matches(t, "Practitioner?"+query, body, ""); got != want {
			t.Errorf("%s is %v, want %v", query, got, want)
		}
	}
	if p := search.Lookup("Practitioner", "licence"); p == nil || p.URL != "http://example.org/sp/licence" || !strings.Contains(p.Documentation(), "qualification.identifier") {
		t.Errorf("Lookup gives %+v", p)
	}
	search.Use(nil)
	if search.Lookup("Practitioner", "licence") != nil {
		t.Error("a parameter that is no longer used is found")
	}
}

// R4 has no element for the status of a licence; each country has an extension for it.
func TestStatusOfALicence(t *testing.T) {
	testutil.Requirement(t, "HRH-7", "HWRF-8", "R4-S20")
	const url = "http://example.org/licence-status"
	define(t,
		parameter(t, "licence-status", "token", "Practitioner", "Practitioner.qualification.extension('"+url+"').value.ofType(code)"),
		parameter(t, "licence-standing", "token", "Practitioner", "Practitioner.qualification.extension.where(url = '"+url+"').valueCodeableConcept"))
	tests := map[string]struct {
		body, query string
		want        bool
	}{
		"the status":              {`"valueCode":"suspended"`, "licence-status=suspended", true},
		"one of two":              {`"valueCode":"active"`, "licence-status=suspended,active", true},
		"another":                 {`"valueCode":"active"`, "licence-status=suspended", false},
		"not that":                {`"valueCode":"active"`, "licence-status:not=suspended", true},
		"a concept":               {`"valueCodeableConcept":{"coding":[{"system":"urn:s","code":"lapsed"}]}`, "licence-standing=urn:s|lapsed", true},
		"one that has none of it": {`"valueCodeableConcept":{"text":"lapsed"}`, "licence-status:missing=true", true},
	}
	for name, tc := range tests {
		body := `{"qualification":[{"code":{"text":"Nursing"}},{"code":{"text":"Midwifery"},"extension":[{"url":"` + url + `",` + tc.body + `}]}]}`
		if got := matches(t, "Practitioner?"+tc.query, body, ""); got != tc.want {
			t.Errorf("%s: %s is %v, want %v", name, tc.query, got, tc.want)
		}
	}
}

// What an extension has may be of any type; a definition need not say of which.
func TestValueOfAnyType(t *testing.T) {
	testutil.Requirement(t, "FRF-1", "HWRF-8", "R4-S20")
	at := "Location.extension('http://e.org/x').value"
	first := define(t,
		parameter(t, "any-code", "token", "Location", at),
		parameter(t, "any-text", "string", "Location", "Location.extension.where(url = 'http://e.org/x').value"),
		parameter(t, "any-time", "date", "Location", at),
		parameter(t, "any-number", "number", "Location", at),
		parameter(t, "any-amount", "quantity", "Location", at),
		parameter(t, "any-uri", "uri", "Location", at),
		parameter(t, "any-place", "reference", "Location", at, `"target":["Organization"]`),
		parameter(t, "type-or-number", "token", "Location", "Location.type | Location.identifier"))
	tests := map[string]struct {
		body, query string
		want        bool
	}{
		"a code":                     {`"valueCode":"cold"`, "any-code=cold", true},
		"another code":               {`"valueCode":"cold"`, "any-code=warm", false},
		"a concept":                  {`"valueCodeableConcept":{"coding":[{"system":"urn:s","code":"cold"}],"text":"Fridge"}`, "any-code=urn:s|cold", true},
		"the text of a concept":      {`"valueCodeableConcept":{"coding":[{"system":"urn:s","code":"cold"}],"text":"Fridge"}`, "any-code:text=fri", true},
		"a coding":                   {`"valueCoding":{"system":"urn:s","code":"cold"}`, "any-code=urn:s|", true},
		"a boolean":                  {`"valueBoolean":true`, "any-code=true", true},
		"an identifier":              {`"valueIdentifier":{"system":"urn:i","value":"7"}`, "any-code=urn:i|7", true},
		"a string as a code":         {`"valueString":"cold"`, "any-code=cold", true},
		"a string":                   {`"valueString":"Élan vital"`, "any-text=elan", true},
		"a name":                     {`"valueHumanName":{"family":"Otieno"}`, "any-text=otie", true},
		"a text that is a code":      {`"valueCode":"cold"`, "any-text=cold", false},
		"a day":                      {`"valueDate":"2020-05-31"`, "any-time=2020-05", true},
		"a period":                   {`"valuePeriod":{"start":"2020-05-31"}`, "any-time=ge2021", true},
		"a whole number":             {`"valueInteger":7`, "any-number=gt6", true},
		"a decimal":                  {`"valueDecimal":7.5`, "any-number=gt7", true},
		"an amount":                  {`"valueQuantity":{"value":7}`, "any-amount=7", true},
		"an address of a thing":      {`"valueUrl":"http://a.b"`, "any-uri=http://a.b", true},
		"a reference":                {`"valueReference":{"reference":"Organization/o"}`, "any-place=o", true},
		"none of what is wanted":     {`"valueCode":"cold"`, "any-time:missing=true", true},
		"something that is wanted":   {`"valueBoolean":false`, "any-code:missing=false", true},
		"one of two elements":        {`"valueCode":"x"}],"type":[{"coding":[{"code":"ward"}]}],"identifier":[{"value":"9"`, "type-or-number=ward", true},
		"the other of two elements":  {`"valueCode":"x"}],"type":[{"coding":[{"code":"ward"}]}],"identifier":[{"value":"9"`, "type-or-number=9", true},
		"neither of the two":         {`"valueCode":"x"}],"type":[{"coding":[{"code":"ward"}]}],"identifier":[{"value":"9"`, "type-or-number=x", false},
		"an extension that is other": {`"valueCode":"a"},{"url":"http://e.org/y","valueCode":"b"`, "any-code=b", false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := matches(t, "Location?"+tc.query, `{"extension":[{"url":"http://e.org/x",`+tc.body+`}]}`, ""); got != tc.want {
				t.Errorf("%s is %v, want %v", tc.query, got, tc.want)
			}
		})
	}
	narrower := define(t, parameter(t, "any-code", "token", "Location", at+".ofType(code)"))
	if first[0].Fingerprint() == narrower[0].Fingerprint() {
		t.Error("a definition for one type has the fingerprint of one for all")
	}
}

func TestDefinitionsThatAreRefused(t *testing.T) {
	testutil.Requirement(t, "R4-S20")
	tests := map[string]*fhir.Resource{
		"of its own":                   parameter(t, "name", "string", "Practitioner", "Practitioner.name"),
		"type \"Patient\"":             parameter(t, "x", "string", "Patient", "Patient.name"),
		"cannot be the name":           parameter(t, "_x", "string", "Location", "Location.name"),
		"not \"composite\"":            parameter(t, "x", "composite", "Location", "Location.name"),
		"say which, as in":             parameter(t, "x", "token", "Location", "Location.extension('http://e.org/x').value.where(system = 'a')"),
		"does not have":                parameter(t, "x", "string", "Location", "Location.nothing"),
		"cannot be searched by as":     parameter(t, "x", "date", "Location", "Location.name"),
		"no path for Location":         parameter(t, "x", "string", "Location", "Organization.name"),
		"begin with a resource type":   parameter(t, "x", "string", "Location", "name.first()"),
		"has the function first":       parameter(t, "x", "string", "Location", "Location.name.first()"),
		"in quotes":                    parameter(t, "x", "string", "Location", "Location.extension(url).value.ofType(string)"),
		"filter by one element":        parameter(t, "x", "token", "Location", "Location.telecom.where(nothing='a')"),
		"not closed":                   parameter(t, "x", "token", "Location", "Location.telecom.where(system='phone"),
		"empty step":                   parameter(t, "x", "token", "Location", "Location..name"),
		"resource types that x refers": parameter(t, "x", "reference", "Location", "Location.partOf"),
		"and an element of it":         parameter(t, "x", "string", "Location", "Location"),
		"contacts beside others":       parameter(t, "x", "token", "Location", "Location.telecom | Location.identifier"),
	}
	for want, r := range tests {
		ps, err := search.Define(r)
		if fhir.KindOf(err) != fhir.Unprocessable || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, %v; want an error with %q", r.Field("expression"), ps, err, want)
		}
	}
}

func TestParametersThatAreNotReady(t *testing.T) {
	testutil.Requirement(t, "R4-S20")
	ps := define(t, parameter(t, "licence", "token", "Practitioner", "Practitioner.qualification.identifier"))
	search.Use([]*search.Parameter{ps[0].Unready()})
	for _, p := range []search.Pair{{Name: "licence", Value: "1"}, {Name: "_sort", Value: "licence"}, {Name: "_filter", Value: "licence eq 1"}} {
		_, err := search.Parse(search.Request{Type: "Practitioner", Pairs: []search.Pair{p}})
		if fhir.KindOf(err) != fhir.Busy || err == nil {
			t.Errorf("%+v gives %v, want busy", p, err)
		}
	}
	r := &fhir.Resource{Type: "Practitioner", Body: []byte(`{"qualification":[{"identifier":[{"value":"1"}]}]}`)}
	if rows := search.Extract(r); len(rows) != 2 || rows[1].Param != "licence" {
		t.Errorf("the rows are %+v, want one of the parameter beside that of qualification-identifier", rows)
	}
}

func TestFingerprintsTellParametersApart(t *testing.T) {
	seen := map[string]string{}
	for name, r := range map[string]*fhir.Resource{
		"a": parameter(t, "x", "token", "Location", "Location.type"), "b": parameter(t, "x", "token", "Location", "Location.physicalType"),
		"c": parameter(t, "x", "string", "Location", "Location.name"), "d": parameter(t, "x", "token", "Location", "Location.name"),
	} {
		ps, err := search.Define(r)
		if err != nil {
			t.Fatal(err)
		}
		if other := seen[ps[0].Fingerprint()]; other != "" {
			t.Errorf("%s and %s have the fingerprint %s", name, other, ps[0].Fingerprint())
		}
		seen[ps[0].Fingerprint()] = name
	}
}

// Searches and index rows are made while parameters change.
func TestUseBesideReaders(t *testing.T) {
	ps := define(t, parameter(t, "licence", "token", "Practitioner", "Practitioner.qualification.identifier"))
	r := &fhir.Resource{Type: "Practitioner", Body: []byte(`{"qualification":[{"identifier":[{"value":"1"}]}]}`)}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				if n := len(search.Extract(r)); n < 1 || n > 2 {
					t.Errorf("%d rows", n)
				}
				if _, err := search.Parse(search.Request{Type: "Practitioner", Pairs: []search.Pair{{Name: "licence", Value: "1"}}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 200 {
		search.Use(nil)
		search.Use(ps)
	}
	wg.Wait()
}

func FuzzDefine(f *testing.F) {
	for _, seed := range []string{"Practitioner.qualification.code", "(Practitioner.extension('u').value as Coding)", "Practitioner.telecom.where(system='phone').value | Location.name"} {
		f.Add("token", seed)
	}
	f.Fuzz(func(t *testing.T, kind, expr string) {
		body := `{"code":"x","base":["Practitioner"],"target":["Organization"],"type":` + string(fhir.AppendString(nil, kind)) + `,"expression":` + string(fhir.AppendString(nil, expr)) + `}`
		ps, err := search.Define(&fhir.Resource{Type: "SearchParameter", Body: []byte(body)})
		if err != nil && fhir.KindOf(err) != fhir.Unprocessable {
			t.Fatalf("%q: %v", expr, err)
		}
		search.Use(ps)
		search.Extract(&fhir.Resource{Type: "Practitioner", Body: []byte(`{"qualification":[{"code":{"text":"a"}}],"telecom":[{"system":"phone","value":"1"}]}`)})
	})
}
