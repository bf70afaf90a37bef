package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"masjala/fhir"
	"masjala/fhir/search"
	"masjala/internal/testutil"

	"github.com/google/go-cmp/cmp"
)

// row writes an entry in one line.
func row(e search.Entry) string {
	switch e.Kind {
	case search.Token:
		return fmt.Sprintf("%s %s|%s", e.Param, e.System, e.Code)
	case search.String:
		if e.Exact == "" {
			return fmt.Sprintf("%s %q", e.Param, e.Text)
		}
		return fmt.Sprintf("%s %q (%s)", e.Param, e.Text, e.Exact)
	case search.Reference:
		return strings.TrimSpace(fmt.Sprintf("%s ->%s/%s %s %s", e.Param, e.RefType, e.RefID, e.RefURL, e.Text))
	case search.Date:
		return e.Param + " " + when(e.Low) + ".." + when(e.High)
	case search.URI:
		return e.Param + " <" + e.Text + ">"
	case search.Position:
		return fmt.Sprintf("%s %v,%v", e.Param, e.Lat, e.Lon)
	}
	return fmt.Sprintf("%s %v..%v %s|%s", e.Param, e.NumLow, e.NumHigh, e.System, e.Code)
}

func when(at int64) string {
	if at == search.DateMin || at == search.DateMax {
		return ""
	}
	return strings.TrimSuffix(strings.TrimSuffix(time.UnixMilli(at).UTC().Format("2006-01-02T15:04:05.000"), "T00:00:00.000"), "T23:59:59.999")
}

func rows(r *fhir.Resource) []string {
	var out []string
	for _, e := range search.Extract(r) {
		out = append(out, row(e))
	}
	slices.Sort(out)
	return out
}

func TestExtract(t *testing.T) {
	tests := map[string]struct {
		typ, body string
		want      []string
	}{
		"name and aliases": {"Location", `{"name":"Hôpital  Nord","alias":["HN","hn"]}`,
			[]string{`name "hn" (HN)`, `name "hn" (hn)`, `name "hopital nord" (Hôpital  Nord)`}},
		"escapes in a name": {"Location", `{"name":"A \"B\" \\ \u00e9"}`, []string{`name "a \"b\" \\ e" (A "B" \ é)`}},
		"names of a person": {"Practitioner", `{"name":[{"use":"official","family":"Odhiambo","given":["Amina","Wanjiru"],"prefix":["Dr."]},{"text":"Mama Amina"}]}`,
			[]string{`family "odhiambo" (Odhiambo)`, `given "amina" (Amina)`, `given "wanjiru" (Wanjiru)`,
				`name "amina" (Amina)`, `name "dr." (Dr.)`, `name "mama amina" (Mama Amina)`, `name "odhiambo" (Odhiambo)`, `name "wanjiru" (Wanjiru)`,
				`name "amina wanjiru odhiambo" (Amina Wanjiru Odhiambo)`, `name "odhiambo amina wanjiru" (Odhiambo Amina Wanjiru)`, `name "amina odhiambo" (Amina Odhiambo)`,
				`phonetic "` + search.Phonetic("Amina Wanjiru Odhiambo") + `"`, `phonetic "` + search.Phonetic("Odhiambo Amina Wanjiru") + `"`, `phonetic "` + search.Phonetic("Amina Odhiambo") + `"`,
				`phonetic "` + search.Phonetic("Mama Amina") + `"`, `phonetic "` + search.Phonetic("Amina") + `"`,
				`phonetic "` + search.Phonetic("Odhiambo") + `"`, `phonetic "` + search.Phonetic("Wanjiru") + `"`}},
		"address, whole and in parts": {"Organization", `{"address":[{"use":"work","type":"both","text":"Box 1","line":["1 Hospital Rd","North"],"city":"Kilifi","district":"Ganze","state":"Coast","postalCode":"80108","country":"KE"}]}`,
			[]string{`address "1 hospital rd" (1 Hospital Rd)`, `address "80108" (80108)`, `address "box 1" (Box 1)`, `address "coast" (Coast)`,
				`address "ganze" (Ganze)`, `address "ke" (KE)`, `address "kilifi" (Kilifi)`, `address "north" (North)`,
				`address-city "kilifi" (Kilifi)`, `address-country "ke" (KE)`, `address-postalcode "80108" (80108)`, `address-state "coast" (Coast)`,
				`address-use |work`}},
		"concept with codings and text": {"HealthcareService", `{"type":[{"coding":[{"system":"http://s","version":"1","code":"a","display":"Äpfel"},{"code":"b"}],"text":"Some fruit"}]}`,
			[]string{`service-type http://s|a`, `service-type |b`, `service-type:text "apfel"`, `service-type:text "some fruit"`}},
		"coding":           {"Endpoint", `{"connectionType":{"system":"http://s","code":"a","display":"A"}}`, []string{`connection-type http://s|a`, `connection-type:text "a"`}},
		"coding of a text": {"Endpoint", `{"connectionType":{"display":"A"}}`, []string{`connection-type:text "a"`}},
		"identifier with type": {"Endpoint", `{"identifier":[{"use":"official","type":{"coding":[{"system":"http://t","code":"PRN","display":"Number"}],"text":"Our number"},"system":"http://s","value":"7"}]}`,
			[]string{`identifier http://s|7`, `identifier:of-type http://t|PRN|7`, `identifier:text "number"`, `identifier:text "our number"`}},
		"identifier without system, without value": {"Endpoint", `{"identifier":[{"value":"7"},{"system":"http://s"}]}`,
			[]string{`identifier http://s|`, `identifier |7`}},
		"booleans and codes": {"Practitioner", `{"active":false,"gender":"female"}`, []string{`active |false`, `gender |female`}},
		"contact points": {"PractitionerRole", `{"telecom":[{"system":"phone","value":"+254 (700) 1-2"},{"system":"email","value":"A@b.org"},{"system":"url","value":"http://X"},{"system":"phone"}]}`,
			[]string{`email email|a@b.org`, `phone phone|25470012`, `telecom email|a@b.org`, `telecom phone|25470012`, `telecom url|http://X`}},
		"references": {"Organization", `{"endpoint":[{"reference":"Endpoint/1"},{"reference":"Endpoint/2/_history/3"},{"reference":"#in"},{"reference":"http://o.org/Endpoint/4/_history/5"},{"reference":"urn:uuid:6"},{"reference":"Endpoint?identifier=1"},{"display":"none"}],"partOf":{"identifier":{"system":"http://s","value":"7"},"display":"Ministry"}}`,
			[]string{`endpoint ->/`, `partof ->/`, `endpoint ->/ http://o.org/Endpoint/4 5`, `endpoint ->/ urn:uuid:6`, `endpoint ->Endpoint/1`, `endpoint ->Endpoint/2  3`, `partof:identifier http://s|7`}},
		"period":                    {"PractitionerRole", `{"period":{"start":"2020","end":"2021-06"}}`, []string{`date 2020-01-01..2021-06-30`}},
		"period without end":        {"PractitionerRole", `{"period":{"start":"2020-05-05T10:00:00+03:00"}}`, []string{`date 2020-05-05T07:00:00.000..`}},
		"period without start":      {"PractitionerRole", `{"period":{"end":"2020-05-05"}}`, []string{`date ..2020-05-05`}},
		"period without either":     {"PractitionerRole", `{"period":{"extension":[{"url":"x"}]}}`, nil},
		"date":                      {"ValueSet", `{"date":"2020-02"}`, []string{`date 2020-02-01..2020-02-29`}},
		"position":                  {"Location", `{"position":{"longitude":39.8499,"latitude":-3.6305,"altitude":5}}`, []string{`near -3.6305,39.8499`}},
		"position beyond the poles": {"Location", `{"position":{"longitude":1,"latitude":95}}`, nil},
		"old facility type, both ways": {"Organization", `{"type":[{"coding":[{"system":"urn:ietf:rfc:3986","code":"urn:ihe:iti:mcsd:2019:facility"}]}]}`,
			[]string{"type " + siteTypes + "|facility", `type urn:ietf:rfc:3986|urn:ihe:iti:mcsd:2019:facility`}},
		"today's facility type, once": {"Location", `{"type":[{"coding":[{"system":"` + siteTypes + `","code":"jurisdiction"}]}]}`, []string{"type " + siteTypes + "|jurisdiction"}},
		"extensions that can be searched": {"Endpoint", `{"extension":[{"url":"https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD.PurposeOfUse","valueCodeableConcept":{"coding":[{"system":"http://p","code":"TREAT"}]}},{"url":"https://profiles.ihe.net/ITI/mCSD/StructureDefinition/ihe-endpointspecifictype","valueCodeableConcept":{"coding":[{"code":"xca"}]}},{"url":"http://other","valueCodeableConcept":{"coding":[{"code":"no"}]}}]}`,
			[]string{`ihe-mcsd-purpose-of-use http://p|TREAT`, `specificType |xca`}},
		"concepts at any depth, languages once": {"CodeSystem", `{"concept":[{"code":"a","designation":[{"language":"fr","value":"x"}],"concept":[{"code":"b","designation":[{"language":"fr","value":"y"}],"concept":[{"code":"c"}]}]},{"code":"d"}]}`,
			[]string{`code |a`, `code |b`, `code |c`, `code |d`, `language |fr`}},
		"value set": {"ValueSet", `{"url":"http://v","version":"1","compose":{"include":[{"system":"http://s","concept":[{"code":"a"}]},{"valueSet":["http://other"]}]},"expansion":{"identifier":"urn:uuid:1","contains":[{"code":"b","contains":[{"code":"c"}]}]}}`,
			[]string{`code |a`, `code |b`, `code |c`, `expansion <urn:uuid:1>`, `reference <http://s>`, `url <http://v>`, `version |1`}},
		"concept map by uri": {"ConceptMap", `{"sourceUri":"http://a","targetCanonical":"http://b|2","group":[{"source":"http://s","target":"http://t","element":[{"code":"x","target":[{"code":"y","dependsOn":[{"property":"http://d"}],"product":[{"property":"http://p"}]}]}],"unmapped":{"url":"http://m"}}]}`,
			[]string{`dependson <http://d>`, `other ->/ http://m`, `product <http://p>`, `source-code |x`, `source-system <http://s>`, `source-uri ->/ http://a`,
				`target ->/ http://b 2`, `target-code |y`, `target-system <http://t>`, `target-uri ->/ http://b 2`}},
		"contexts": {"CodeSystem", `{"useContext":[{"code":{"system":"http://c","code":"age"},"valueRange":{"low":{"value":5,"unit":"a"},"high":{"value":10,"unit":"a"}}},{"code":{"code":"focus"},"valueCodeableConcept":{"text":"Malaria"}},{"code":{"code":"n"},"valueQuantity":{"comparator":"<","value":3,"system":"http://u","code":"mg"}}]}`,
			[]string{`context-quantity -Inf..3 http://u|mg`, `context-quantity 5..10 |a`, `context-type http://c|age`, `context-type |focus`, `context-type |n`, `context |`, `context:text "malaria"`,
				`context-type-quantity 5..10 age$a|`, `context-type-quantity 5..10 age$|`, `context-type-quantity 5..10 age$|a|`, `context-type-quantity 5..10 http://c|age$a|`, `context-type-quantity 5..10 http://c|age$|`, `context-type-quantity 5..10 http://c|age$|a|`, `context-type-quantity 5..10 http://c|$a|`, `context-type-quantity 5..10 http://c|$|`, `context-type-quantity 5..10 http://c|$|a|`,
				`context-type-quantity -Inf..3 n$http://u|mg|`, `context-type-quantity -Inf..3 n$http://u||`, `context-type-quantity -Inf..3 n$mg|`, `context-type-quantity -Inf..3 n$|`, `context-type-quantity -Inf..3 |n$http://u|mg|`, `context-type-quantity -Inf..3 |n$http://u||`, `context-type-quantity -Inf..3 |n$mg|`, `context-type-quantity -Inf..3 |n$|`}},
		"range without upper end": {"CodeSystem", `{"useContext":[{"valueRange":{"low":{"value":1e1}}}]}`, []string{`context-quantity 10..+Inf |`}},
		"naming system": {"NamingSystem", `{"kind":"identifier","contact":[{"name":"Ann","telecom":[{"system":"email","value":"a@b.org"}]}],"uniqueId":[{"type":"uri","value":"http://Id","period":{"start":"2020"}}]}`,
			[]string{`contact "ann" (Ann)`, `id-type |uri`, `kind |identifier`, `period 2020-01-01..`, `telecom email|a@b.org`, `value "http://id" (http://Id)`}},
		"system of a code system is its url": {"CodeSystem", `{"url":"http://c"}`, []string{`system <http://c>`, `url <http://c>`}},
		"a name in other languages": {"Location", `{"name":"Kenya","_name":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"lang","valueCode":"am"},{"url":"content","valueString":"ኬንያ"}]},{"url":"http://other","extension":[{"url":"content","valueString":"no"}]}]},"alias":["a","b"],"_alias":[null,{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[{"url":"content","valueString":"B2"}]}]}]}`,
			[]string{`name "a" (a)`, `name "b" (b)`, `name "b2" (B2)`, `name "kenya" (Kenya)`, `name "ኬንያ" (ኬንያ)`}},
		"nothing":                     {"Location", `{}`, nil},
		"a type that is not searched": {"Patient", `{"name":"x"}`, nil},
		"values of the wrong kind":    {"Location", `{"name":{"a":1},"alias":7,"type":"x","identifier":[1,"a",null],"position":[],"managingOrganization":"Organization/1","status":""}`, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := rows(&fhir.Resource{Type: tc.typ, ID: "1", Body: []byte(tc.body)})
			slices.Sort(tc.want)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("rows differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExtractMeta(t *testing.T) {
	testutil.Requirement(t, "R4-S18")
	r := &fhir.Resource{Type: "Location", Body: []byte(`{}`), Meta: []byte(`{"source":"http://src#1","profile":["http://p|1","http://q"],"security":[{"code":"R"}],"tag":[{"system":"urn:t","code":"a","display":"A tag"}],"extension":[{"url":"x"}]}`)}
	want := []string{`_profile <http://p>`, `_profile <http://p|1>`, `_profile <http://q>`, `_security |R`, `_source <http://src#1>`, `_tag urn:t|a`, `_tag:text "a tag"`}
	if diff := cmp.Diff(want, rows(r)); diff != "" {
		t.Errorf("rows differ (-want +got):\n%s", diff)
	}
}

func TestExtractCutsLongTexts(t *testing.T) {
	name := strings.Repeat("é", 3*search.MaxText)
	es := search.Extract(&fhir.Resource{Type: "Location", Body: []byte(`{"name":"` + name + `"}`)})
	if len(es) != 1 || len(es[0].Text) != search.MaxText || es[0].Exact != name[:search.MaxText] {
		t.Errorf("a text of %d bytes is indexed with %d and kept with %d", len(name), len(es[0].Text), len(es[0].Exact))
	}
	for _, query := range []string{"name=", "name:exact=", "name:contains="} {
		if !matches(t, "Location?"+query+name[:2*search.MaxText], `{"name":"`+name+`"}`, "") {
			t.Errorf("%s does not find a text longer than is indexed", query)
		}
	}
	es = search.Extract(&fhir.Resource{Type: "Location", Body: []byte(`{"name":"a` + strings.Repeat("保", search.MaxText) + `"}`)})
	if n := len(es[0].Text); n > search.MaxText || n < search.MaxText-3 || strings.ToValidUTF8(es[0].Text, "") != es[0].Text {
		t.Errorf("cut to %d bytes, not at a rune", n)
	}
}

func TestExtractOfManyRowsKeepsEachOnce(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"concept":[`)
	for i := range 5000 {
		fmt.Fprintf(&b, `{"code":"c%d","designation":[{"language":"l%d","value":"x"}]},`, i%4000, i%7)
	}
	body := strings.TrimSuffix(b.String(), ",") + `]}`
	if n := len(search.Extract(&fhir.Resource{Type: "CodeSystem", Body: []byte(body)})); n != 4007 {
		t.Errorf("got %d rows, want 4,000 codes and 7 languages", n)
	}
}

func TestExtractSurvivesDamage(t *testing.T) {
	body := `{"name":"a\"b","alias":["c"],"type":[{"coding":[{"system":"s","code":"c"}],"text":"t"}],"identifier":[{"type":{"text":"x"},"value":"7"}],"position":{"latitude":1,"longitude":2},"partOf":{"reference":"Location/1"}}`
	for cut := range len(body) {
		search.Extract(&fhir.Resource{Type: "Location", Body: []byte(body[:cut]), Meta: []byte(body[:cut])})
		search.Extract(&fhir.Resource{Type: "Location", Body: []byte(body[cut:])})
	}
}

// clinic is a Location of about 3 KB.
func clinic() *fhir.Resource {
	var tel, ids strings.Builder
	for i := range 6 {
		fmt.Fprintf(&tel, `{"system":"phone","value":"+254 700 00%d","use":"work","rank":%d},`, i, i+1)
		fmt.Fprintf(&ids, `{"use":"usual","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"FI"}]},"system":"http://registry.example.org/ids/%d","value":"FAC-%d"},`, i, 1000+i)
	}
	body := `{"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">` + strings.Repeat("Kilifi North clinic. ", 30) + `</div>"},` +
		`"identifier":[` + strings.TrimSuffix(ids.String(), ",") + `],"status":"active","name":"Clinique Générale de Kilifi","alias":["KGC","Kilifi Clinic"],` +
		`"mode":"instance","type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-RoleCode","code":"HOSP","display":"Hospital"}]},{"coding":[{"system":"` + siteTypes + `","code":"facility","display":"Facility"}]}],` +
		`"telecom":[` + strings.TrimSuffix(tel.String(), ",") + `],"address":{"use":"work","line":["1 Hospital Road"],"city":"Kilifi","district":"Kilifi North","state":"Kilifi","postalCode":"80108","country":"KE"},` +
		`"physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"si"}]},"position":{"longitude":39.8499,"latitude":-3.6305},` +
		`"managingOrganization":{"reference":"Organization/o-1"},"partOf":{"reference":"Location/l-1"},"hoursOfOperation":[{"daysOfWeek":["mon","tue"],"openingTime":"08:00:00","closingTime":"17:00:00"}]}`
	return &fhir.Resource{Type: "Location", ID: "1", Meta: []byte(`{"source":"urn:list:1","profile":["https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD.FacilityLocation"]}`), Body: []byte(body)}
}

func BenchmarkExtract(b *testing.B) {
	r := clinic()
	b.SetBytes(int64(len(r.Body)))
	b.ReportAllocs()
	for b.Loop() {
		search.Extract(r)
	}
}

func BenchmarkFold(b *testing.B) {
	for name, s := range map[string]string{"ascii": "Kilifi County Referral Hospital", "accents": "Hôpital Général de Référence", "folded": "kilifi county"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				search.Fold(s)
			}
		})
	}
}
