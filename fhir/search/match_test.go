package search_test

import (
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"
)

// matches tells whether a resource of the request's type meets all its conditions.
func matches(t testing.TB, request, body, meta string) bool {
	t.Helper()
	q := mustParse(t, request)
	r := &fhir.Resource{Type: q.Type, ID: "me", Updated: time.Date(2025, 6, 15, 12, 0, 0, 500e6, time.UTC), Body: []byte(body), Meta: []byte(meta)}
	entries := search.Extract(r)
	for i := range q.Where {
		met, known := q.Where[i].Match(r, entries)
		if !known {
			t.Fatalf("%s is not known to Match", request)
		}
		if !met {
			return false
		}
	}
	return true
}

func TestMatchTexts(t *testing.T) {
	testutil.Requirement(t, "MD-90-3", "R4-S4", "MD-S-ORG-name", "MD-S-LOC-name")
	const body = `{"name":"St. Mary's Hôpital Général","alias":["Élise  House"]}`
	tests := map[string]bool{
		"name=st. mary":            true,
		"name=ST.%20MARY'S%20HOPI": true,
		"name=eli":                 true,
		"name=%C3%A9LISE%20house":  true,
		"name=hopital":             false, // starts a word, not the value
		"name=tal":                 false,
		"name=x,eli":               true,
		"name=eli&name=st.":        true,
		"name=eli&name=x":          false,
		"name:contains=hopital":    true,
		"name:contains=AL%20G":     true,
		"name:contains=se%20ho":    true,
		"name:contains=marie":      false,
		"name:exact=St.%20Mary's%20H%C3%B4pital%20G%C3%A9n%C3%A9ral": true,
		"name:exact=St.%20Mary's%20Hopital%20General":                false,
		"name:exact=st.%20mary's%20h%C3%B4pital%20g%C3%A9n%C3%A9ral": false,
		"name:exact=St.":        false,
		"name=%25":              false,
		"name=s_.":              false,
		"name=*":                false,
		"name:missing=false":    true,
		"name:missing=true":     false,
		"address:missing=true":  true,
		"address:missing=false": false,
		"phonetic=sent":         false,
		"phonetic=S. Meri":      false,
	}
	for query, want := range tests {
		if got := matches(t, "Organization?"+query, body, ""); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
}

func TestMatchNamesOfPeople(t *testing.T) {
	testutil.Requirement(t, "MD-S-PRA-name", "MD-S-PRA-given", "MD-S-PRA-family")
	const body = `{"name":[{"use":"official","family":"Odhiambo","given":["José","Wanjiru"],"prefix":["Dr"],"suffix":["RN"]},{"text":"Mama Amina"}]}`
	tests := map[string]bool{
		"name=jose": true, "name=wan": true, "name=ODH": true, "name=dr": true, "name=rn": true, "name=mama": true, "name=amina": false,
		"name=jose wanjiru odh": true, "name=odhiambo jose": true, "name=jose odhiambo": true, "name=wanjiru odhiambo": false,
		"name:exact=Odhiambo": true, "name:exact=José Odhiambo": true, "name:exact=odhiambo": false, "name:contains=a ami": true,
		"given=wanj": true, "given=odhiambo": false, "given:exact=José": true, "given:exact=Jose": false, "given:contains=jir": true, "given=mama": false,
		"family=odhi": true, "family=jose": false, "family:exact=Odhiambo": true, "family:contains=ambo": true, "family:contains=jose": false,
		"phonetic=Hose": false, "phonetic=Otiampo": true, "phonetic=Jozé Odiambo": true,
	}
	for query, want := range tests {
		if got := matches(t, "Practitioner?"+query, body, ""); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
}

func TestMatchSounds(t *testing.T) {
	tests := map[string]struct {
		query, body string
		want        bool
	}{
		"spelt otherwise":       {"phonetic=Fatooma", `{"name":[{"given":["Phatuma"]}]}`, true},
		"doubled letters":       {"phonetic=Otieno", `{"name":[{"family":"Ottieno"}]}`, true},
		"voiced and unvoiced":   {"phonetic=Jibrin", `{"name":[{"given":["Gibril"]}]}`, false},
		"another name":          {"phonetic=Otieno", `{"name":[{"family":"Odhiambo"}]}`, false},
		"a hyphen is a blank":   {"phonetic=Abdul%20Rahman", `{"name":[{"family":"Abdul-Rachman"}]}`, false},
		"accents do not sound":  {"phonetic=Jose", `{"name":[{"given":["José"]}]}`, true},
		"prefixes do not count": {"phonetic=Dr", `{"name":[{"prefix":["Dr"],"family":"Otieno"}]}`, false},
	}
	for name, tc := range tests {
		if got := matches(t, "Practitioner?"+tc.query, tc.body, ""); got != tc.want {
			t.Errorf("%s: %s = %v, want %v", name, tc.query, got, tc.want)
		}
	}
}

func TestMatchTokens(t *testing.T) {
	testutil.Requirement(t, "R4-S5", "C-25", "MD-S-ORG-active", "MD-S-ORG-identifier", "MD-S-ORG-type")
	const body = `{"active":true,"identifier":[{"type":{"coding":[{"system":"http://t","code":"PRN"}],"text":"Provider no"},"system":"http://s","value":"H1"},{"value":"bare"}],` +
		`"type":[{"coding":[{"system":"http://o","code":"prov","display":"Healthcare Provider"},{"code":"local"}]},{"text":"Community pharmacy"},{"coding":[{"system":"urn:ietf:rfc:3986","code":"urn:ihe:iti:mcsd:2019:facility"}]}]}`
	tests := map[string]bool{
		"active=true":                          true,
		"active=false":                         false,
		"active=false,true":                    true,
		"active:not=true":                      false,
		"active:not=false":                     true,
		"identifier=H1":                        true,
		"identifier=h1":                        false,
		"identifier=H":                         false,
		"identifier=http://s|H1":               true,
		"identifier=http://s|":                 true,
		"identifier=http://x|":                 false,
		"identifier=http://x|H1":               false,
		"identifier=|H1":                       false,
		"identifier=|bare":                     true,
		"identifier:of-type=http://t|PRN|H1":   true,
		"identifier:of-type=http://t|PRN|bare": false,
		"identifier:of-type=http://x|PRN|H1":   false,
		"identifier:text=provider":             true,
		"type=prov":                            true,
		"type=PROV":                            false,
		"type=http://o|prov":                   true,
		"type=|prov":                           false,
		"type=|local":                          true,
		"type=http://o|local":                  false,
		"type=prov&type=local":                 true,
		"type=prov&type=govt":                  false,
		"type=govt,local":                      true,
		"type:not=govt":                        true,
		"type:not=govt,local":                  false,
		"type:text=community":                  true,
		"type:text=pharmacy":                   false,
		"type:text=health":                     true,
		"type=facility":                        true,
		"type=" + siteTypes + "|facility":      true,
		"type=urn:ietf:rfc:3986|urn:ihe:iti:mcsd:2019:facility": true,
		"type=urn:ihe:iti:mcsd:2019:jurisdiction":               false,
		"_id=me":                    true,
		"_id=you,me":                true,
		"_id=ME":                    false,
		"_id:not=me":                false,
		"_id:missing=false":         true,
		"_lastUpdated:missing=true": false,
		"_tag=urn:t|a":              true,
		"_tag=b":                    false,
		"_profile=http://p":         true,
		"_profile=http://p|1":       true,
		"_profile=http://p|2":       false,
		"_source=http://src":        true,
		"_source:below=http://sr":   false,
	}
	for query, want := range tests {
		if got := matches(t, "Organization?"+query, body, `{"source":"http://src","profile":["http://p|1"],"tag":[{"system":"urn:t","code":"a"}]}`); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
	if matches(t, "Organization?active=true", `{}`, "") || !matches(t, "Organization?active:not=true", `{}`, "") {
		t.Error("an organization that does not say whether it is active counts as active")
	}
	if !matches(t, "Location?type=urn:ietf:rfc:3986|urn:ihe:iti:mcsd:2019:facility", `{"type":[{"coding":[{"system":"`+siteTypes+`","code":"facility"}]}]}`, "") {
		t.Error("today's coding is not found by the old one")
	}
	if matches(t, "Location?organization:missing=true", `{"managingOrganization":{"display":"Ministry"}}`, "") {
		t.Error("a reference with nothing but a display counts as missing")
	}
	if matches(t, "Organization?type:missing=true", `{"type":[{"text":"x"}]}`, "") {
		t.Error("a concept with nothing but a text counts as missing")
	}
}

// A period that only reaches the wanted day meets ge and le no more than gt and lt: the
// range beyond the day does not overlap it, and the day does not contain it. So says the
// table of prefixes in R4.
func TestMatchDates(t *testing.T) {
	testutil.Requirement(t, "R4-S8", "MD-S-OAF-date")
	tests := map[string]struct {
		body string
		yes  []string
		no   []string
	}{
		"a closed period": {`{"period":{"start":"2020-01-01","end":"2022-12-31"}}`,
			[]string{"ge2021", "le2021", "gt2022-12-30", "lt2020-01-02", "sa2019", "eb2023", "ne2021", "ap2021", "ne2020"},
			[]string{"2021", "2020", "sa2020", "eb2022", "gt2022-12-31", "gt2023", "lt2020-01-01", "lt2019", "ge2022-12-31", "le2020-01-01", "sa2020-01-01", "eb2022-12-31", "ge2023"}},
		"an open end": {`{"period":{"start":"2024-03-01"}}`,
			[]string{"ge2024", "ge2300", "gt9999", "sa2024-02-29", "lt2024-03-02"},
			[]string{"2024", "eb9999", "lt2024-03-01", "le2024-03-01", "sa2024-03-01"}},
		"an open start": {`{"period":{"end":"2024-03-01"}}`,
			[]string{"lt1000", "le2024", "eb2024-03-02", "gt2024-02-28"},
			[]string{"sa0001", "gt2024-03-01", "ge2024-03-01", "eb2024-03-01"}},
		"no period": {`{}`, nil, []string{"ge2000", "ne2000", "lt2000", "ap2000"}},
	}
	for name, tc := range tests {
		for _, v := range tc.yes {
			if !matches(t, "OrganizationAffiliation?date="+v, tc.body, "") {
				t.Errorf("%s: date=%s does not find it", name, v)
			}
		}
		for _, v := range tc.no {
			if matches(t, "OrganizationAffiliation?date="+v, tc.body, "") {
				t.Errorf("%s: date=%s finds it", name, v)
			}
		}
	}
}

func TestMatchLastUpdated(t *testing.T) {
	testutil.Requirement(t, "MD-90-5") // the resource was updated at 12:00:00.500
	for value, want := range map[string]bool{
		"2025": true, "2025-06-15": true, "2025-06-15T12:00:00Z": true, "2025-06-15T12:00:00.500Z": true, "2025-06-15T15:00:00.500%2B03:00": true,
		"2025-06-15T12:00:01Z": false, "2025-06-15T12:00:00.501Z": false, "ne2025": false, "ne2024": true,
		"ge2025-06-15T12:00:00.500Z": true, "le2025-06-15T12:00:00.500Z": true, "gt2025-06-15T12:00:00.500Z": false, "lt2025-06-15T12:00:00.500Z": false,
		"gt2025-06-15T12:00:00.499Z": true, "lt2025-06-15T12:00:00.501Z": true, "sa2025-06-15T12:00:00.499Z": true, "eb2025-06-15T12:00:00.501Z": true,
		"sa2025-06-15T12:00:00Z": false, "eb2025-06-15T12:00:00Z": false, "gt2025-06-15T12:00:00Z": false, "ge2025-06-15T12:00:00Z": true, "le2025-06-15T12:00:00Z": true,
		"gt2025": false, "ge2026": false, "lt2026": true, "ap2025-06": true,
	} {
		if got := matches(t, "Location?_lastUpdated="+value, `{}`, ""); got != want {
			t.Errorf("_lastUpdated=%s is %v, want %v", value, got, want)
		}
	}
}

func TestMatchReferences(t *testing.T) {
	testutil.Requirement(t, "R4-S6", "MD-S-LOC-organization")
	const body = `{"managingOrganization":{"reference":"Organization/1/_history/2","identifier":{"system":"http://s","value":"7"}},"partOf":{"reference":"http://o.org/fhir/Location/9"},"endpoint":[{"identifier":{"value":"e"}}]}`
	tests := map[string]bool{
		"organization=1":                           true,
		"organization=Organization/1":              true,
		"organization:Organization=1":              true,
		"organization=" + base + "/Organization/1": true,
		"organization=http://o.org/Organization/1": false,
		"organization=Organization/1/_history/2":   true,
		"organization=Organization/1/_history/1":   false,
		"organization=2":                           false,
		"organization=2,1":                         true,
		"organization:identifier=7":                true,
		"organization:identifier=http://s|7":       true,
		"organization:identifier=http://x|7":       false,
		"partof=http://o.org/fhir/Location/9":      true,
		"partof=9":                                 false,
		"endpoint:missing=false":                   true,
		"endpoint:missing=true":                    false,
	}
	for query, want := range tests {
		if got := matches(t, "Location?"+query, body, ""); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
	for query, want := range map[string]bool{"source-uri=http://v": true, "source-uri=http://v|1": true, "source-uri=http://v|2": false, "source=http://v": true, "source=http://": false} {
		if got := matches(t, "ConceptMap?"+query, `{"sourceCanonical":"http://v|1"}`, ""); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
}

func TestMatchAddresses(t *testing.T) {
	testutil.Requirement(t, "R4-S9")
	for query, want := range map[string]bool{
		"url=http://e.org/fhir/CodeSystem/a": true, "system=http://e.org/fhir/CodeSystem/a": true,
		"url=http://e.org/fhir": false, "url=HTTP://e.org/fhir/CodeSystem/a": false,
		"url:below=http://e.org/fhir": true, "url:below=http://e.org/fhir/": true, "url:below=http://e.org/fh": false, "url:below=http://e.org/fhir/CodeSystem/a": true,
		"url:above=http://e.org/fhir/CodeSystem/a/b": true, "url:above=http://e.org/fhir/CodeSystem/ab": false, "url:above=http://e.org": false,
		"url:missing=true": false,
	} {
		if got := matches(t, "CodeSystem?"+query, `{"url":"http://e.org/fhir/CodeSystem/a"}`, ""); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
}

func TestMatchQuantities(t *testing.T) {
	tests := map[string]struct {
		body string
		yes  []string
		no   []string
	}{
		"a number": {`{"useContext":[{"valueQuantity":{"value":5,"system":"http://u","code":"a"}}]}`,
			[]string{"5", "5|http://u|a", "5||a", "ge5", "le5", "gt4.9", "lt5.1", "ap5.4", "ne6", "sa4", "eb6"},
			[]string{"6", "5|http://x|a", "5|http://u|b", "gt5", "lt5", "ne5", "5.1", "4.6", "sa5", "eb5"}},
		"a range": {`{"useContext":[{"valueRange":{"low":{"value":5},"high":{"value":10}}}]}`,
			[]string{"gt9", "lt6", "ap7", "ne7", "sa4", "eb11"}, []string{"7", "gt10", "ge10", "lt5", "le5", "sa5", "eb10"}},
		"an open range": {`{"useContext":[{"valueRange":{"low":{"value":5}}}]}`, []string{"gt1e9"}, []string{"lt5", "eb1e9"}},
	}
	for name, tc := range tests {
		for _, v := range tc.yes {
			if !matches(t, "CodeSystem?context-quantity="+v, tc.body, "") {
				t.Errorf("%s: %s does not find it", name, v)
			}
		}
		for _, v := range tc.no {
			if matches(t, "CodeSystem?context-quantity="+v, tc.body, "") {
				t.Errorf("%s: %s finds it", name, v)
			}
		}
	}
}

func TestMatchPlaces(t *testing.T) {
	testutil.Requirement(t, "MD-S-LOC-near")
	const body = `{"position":{"latitude":-16.8,"longitude":-179.99}}`
	for query, want := range map[string]bool{
		"near=-16.8|179.995|5|km": true, "near=-16.8|179.995|1.5|km": false, "near=-16.8|-179.99|0|km": true,
		"near=-16.8|-179.98|1064.5|m": true, "near=-16.8|-179.98|1064|m": false,
		"near=16.8|-179.99|5|km,-16.8|-179.99|5|km": true, "near=-16.8|-179.99|1|km&near=0|0|1|km": false,
		"near=0|0|20100|km": true, "near:missing=true": false,
	} {
		if got := matches(t, "Location?"+query, body, ""); got != want {
			t.Errorf("%s = %v, want %v", query, got, want)
		}
	}
	if matches(t, "Location?near=0|0|20100|km", `{}`, "") {
		t.Error("a place without position is near")
	}
}

func TestMatchKnowsItsLimits(t *testing.T) {
	for _, request := range []string{"Location?organization.name=x", "Organization?_has:Location:organization:name=x", "Location?partof:below=1", "Location?partof:above=1", "Location?near=0|0"} {
		if _, known := mustParse(t, request).Where[0].Match(&fhir.Resource{Type: "Location"}, nil); known {
			t.Errorf("%s is said to be known", request)
		}
	}
}

func TestMatchLicences(t *testing.T) {
	testutil.Requirement(t, "HWRF-7", "FRF-9")
	const body = `{"qualification":[{"identifier":[{"system":"urn:council","value":"N-1234"}],"code":{"coding":[{"system":"urn:c","code":"RN"}],"text":"Registered nurse"},` +
		`"period":{"start":"2020","end":"2026-06-30"},"issuer":{"reference":"Organization/council"}}]}`
	tests := map[string]bool{
		"qualification-identifier=urn:council|N-1234":       true,
		"qualification-identifier=N-9":                      false,
		"qualification-code=urn:c|RN":                       true,
		"qualification-code:text=registered":                true,
		"qualification-period=ge2026-01":                    true,
		"qualification-period=eb2026":                       false,
		"qualification-period=lt2019":                       false,
		"qualification-issuer=Organization/council":         true,
		"qualification-issuer=other":                        false,
		"qualification-code:missing=true":                   false,
		"qualification-code=RN&qualification-period=sa2019": true,
	}
	for request, want := range tests {
		if got := matches(t, "Practitioner?"+request, body, ""); got != want {
			t.Errorf("%s is %v, want %v", request, got, want)
		}
	}
}
