package xml_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/fhir/xml"
	"masjala/internal/testutil"
)

func TestWriteWhatIsNotKnown(t *testing.T) {
	testutil.Requirement(t, "R4-17", "Z-6a")
	tests := map[string]struct{ json, want string }{
		"a contained resource": {
			`{"resourceType":"Location","contained":[{"resourceType":"Patient","id":"p","active":true,"name":[{"id":"n","given":["A",null],"_given":[null,{"extension":[{"url":"u","valueCode":"x"}]}]}],"_birthDate":{"id":"b"}}]}`,
			`<Location xmlns="http://hl7.org/fhir"><contained><Patient><id value="p"></id><active value="true"></active><name id="n"><given value="A"></given><given><extension url="u"><valueCode value="x"></valueCode></extension></given></name><birthDate id="b"></birthDate></Patient></contained></Location>`},
		"its narrative and extensions": {
			`{"resourceType":"Location","contained":[{"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a<br/></div>"},"extension":[{"url":"u","valueDecimal":1.50}],"multipleBirthInteger":2}]}`,
			`<Location xmlns="http://hl7.org/fhir"><contained><Patient><text><status value="generated"></status><div xmlns="http://www.w3.org/1999/xhtml">a<br/></div></text><extension url="u"><valueDecimal value="1.50"></valueDecimal></extension><multipleBirthInteger value="2"></multipleBirthInteger></Patient></contained></Location>`},
		"a resource within it": {
			`{"resourceType":"Parameters","parameter":[{"name":"x","resource":{"resourceType":"Composition","contained":[{"resourceType":"Location","name":"A","id":"l"}]}}]}`,
			`<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="x"></name><resource><Composition><contained><Location><id value="l"></id><name value="A"></name></Location></contained></Composition></resource></parameter></Parameters>`},
		"a data type": {
			`{"resourceType":"StructureDefinition","snapshot":{"element":[{"id":"Location","path":"Location","min":0,"type":[{"code":"string"}]}]}}`,
			`<StructureDefinition xmlns="http://hl7.org/fhir"><snapshot><element id="Location"><path value="Location"></path><min value="0"></min><type><code value="string"></code></type></element></snapshot></StructureDefinition>`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := fhir.Parse([]byte(tc.json)); err != nil {
				t.Fatal(err)
			}
			got, err := xml.Append(nil, []byte(tc.json))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(shape(t, []byte(tc.want)), shape(t, got)); diff != "" {
				t.Errorf("%s\n%s", got, diff)
			}
		})
	}
}

func TestNamesThatXMLCannotHave(t *testing.T) {
	testutil.Requirement(t, "R4-17")
	for _, json := range []string{
		`{"resourceType":"Patient"}`, `{"resourceType":"Location","contained":[{"resourceType":"Pa tient"}]}`,
		`{"resourceType":"Location","contained":[{"resourceType":"Patient","a b":"x"}]}`,
		`{"resourceType":"Location","contained":[{"resourceType":"Patient","a>":{"b":1}}]}`,
		`{"resourceType":"Location","contained":[{"resourceType":"Patient","name":[{"<":1}]}]}`,
	} {
		if got, err := xml.Append(nil, []byte(json)); fhir.KindOf(err) != fhir.Unsupported || err == nil {
			t.Errorf("%s = %s, %v, want Unsupported", json, got, err)
		}
	}
}

func TestEveryDataTypeOfParametersGoesBothWays(t *testing.T) {
	testutil.Requirement(t, "R4-17", "R4-18")
	const json = `{"resourceType":"Parameters","parameter":[{"name":"a","valueTiming":{"event":["2020"],"repeat":{"count":3,"periodUnit":"d"}}},` +
		`{"name":"b","valueDosage":{"sequence":1,"doseAndRate":[{"rateRatio":{"numerator":{"value":1.0}}}]}},{"name":"c","valueMeta":{"tag":[{"code":"x"}]}},` +
		`{"name":"d","valueUsageContext":{"code":{"code":"x"},"valueRange":{"low":{"value":1.0}}}},{"name":"e","valueContributor":{"type":"author","name":"x"}},` +
		`{"name":"f","valueDataRequirement":{"type":"Patient","codeFilter":[{"path":"x"}]}},{"name":"g","valueTriggerDefinition":{"type":"periodic"}},` +
		`{"name":"h","valueExpression":{"language":"x"}},{"name":"i","valueSampledData":{"origin":{"value":1},"period":1.0,"dimensions":1}},` +
		`{"name":"j","valueMoney":{"value":1.00}},{"name":"k","valueInteger":3},{"name":"l","valueBase64Binary":"AAAA"},{"name":"m","part":[{"name":"n","valueBoolean":false}]},` +
		`{"name":"o","_valueString":{"extension":[{"url":"u","valueAnnotation":{"authorString":"x","text":"y"}}]}},{"name":"p","resource":{"resourceType":"Location","name":"A"}}]}`
	doc, err := xml.Append(nil, []byte(json))
	if err != nil {
		t.Fatal(err)
	}
	back, err := xml.ToJSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(canonical(t, []byte(json)), canonical(t, back)); diff != "" {
		t.Error(diff)
	}
}

func TestEntriesOfTypesThatAreNotKnown(t *testing.T) {
	testutil.Requirement(t, "R4-9", "Z-6a")
	const patient = `<Patient><active value="true"/><name><given value="A"/></name></Patient>`
	in := func(s string) string {
		return `<Bundle xmlns="http://hl7.org/fhir"><type value="batch"/><entry><resource>` + s + `</resource></entry></Bundle>`
	}
	got, err := xml.ToJSON([]byte(in(patient)))
	if want := `{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient"}}]}`; err != nil || string(got) != want {
		t.Errorf("an entry gives %s, %v, want %s", got, err, want)
	}
	for name, doc := range map[string]string{
		"the resource itself": strings.Replace(patient, "<Patient>", `<Patient xmlns="http://hl7.org/fhir">`, 1),
		"contained":           in(`<Location><contained>` + patient + `</contained></Location>`),
		"a parameter":         `<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="a"/><resource>` + patient + `</resource></parameter></Parameters>`,
	} {
		if got, err := xml.ToJSON([]byte(doc)); fhir.KindOf(err) != fhir.Unsupported || err == nil {
			t.Errorf("%s gives %s, %v, want Unsupported", name, got, err)
		}
	}
	if got, err := xml.ToJSON([]byte(in(`<Patient><active`))); fhir.KindOf(err) != fhir.Invalid || err == nil {
		t.Errorf("what breaks off gives %s, %v, want Invalid", got, err)
	}
}
