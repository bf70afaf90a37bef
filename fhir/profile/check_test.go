package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/internal/testutil"
)

func TestCheck(t *testing.T) {
	const vs = `{"resourceType":"ValueSet","status":"active","compose":{"include":[`
	tests := map[string]struct{ in, path string }{
		"a plain organization":              {`{"resourceType":"Organization","name":"A"}`, ""},
		"neither name nor identifier":       {`{"resourceType":"Organization","active":true}`, "Organization"},
		"a name that is not known":          {`{"resourceType":"Organization","_name":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]}}`, ""},
		"an organization at home":           {`{"resourceType":"Organization","name":"A","address":[{"city":"X"},{"use":"home","city":"Y"}]}`, "Organization.address[1]"},
		"a telephone at home":               {`{"resourceType":"Organization","name":"A","telecom":[{"system":"phone","use":"home","value":"1"}]}`, "Organization.telecom[0]"},
		"a required element missing":        {`{"resourceType":"Endpoint","status":"active","connectionType":{"code":"a"},"address":"http://a"}`, "Endpoint"},
		"a required element deep":           {`{"resourceType":"Practitioner","qualification":[{"identifier":[{"value":"1"}]}]}`, "Practitioner.qualification[0]"},
		"a required one by its companion":   {`{"resourceType":"CodeSystem","_status":{"extension":[{"url":"urn:x","valueCode":"a"}]},"content":"complete"}`, ""},
		"a code outside of its binding":     {`{"resourceType":"Location","status":"open"}`, "Location.status"},
		"a code in a list":                  {`{"resourceType":"Location","hoursOfOperation":[{"daysOfWeek":["mon","day"]}]}`, "Location.hoursOfOperation[0].daysOfWeek[1]"},
		"a gender in another case":          {`{"resourceType":"Practitioner","gender":"Male"}`, "Practitioner.gender"},
		"a code of a nested code system":    {`{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"code-invalid"}]}`, ""},
		"a latitude beyond the pole":        {`{"resourceType":"Location","position":{"longitude":1,"latitude":90.001}}`, "Location.position.latitude"},
		"a longitude beyond the meridian":   {`{"resourceType":"Location","position":{"longitude":-180.5,"latitude":0}}`, "Location.position.longitude"},
		"the pole itself":                   {`{"resourceType":"Location","position":{"longitude":180,"latitude":-90}}`, ""},
		"a position without longitude":      {`{"resourceType":"Location","position":{"latitude":1}}`, "Location.position"},
		"a period backwards":                {`{"resourceType":"PractitionerRole","period":{"start":"2020-05-02","end":"2020-05-01"}}`, "PractitionerRole.period"},
		"a period within one year":          {`{"resourceType":"PractitionerRole","period":{"start":"2020-05-02","end":"2020"}}`, ""},
		"a contact without system":          {`{"resourceType":"Location","telecom":[{"value":"1"}]}`, "Location.telecom[0]"},
		"what an entry contains":            {`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","name":"A"}],"managingOrganization":{"reference":"#a"}}}]}`, ""},
		"what another entry contains":       {`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","name":"A"}],"managingOrganization":{"reference":"#a"}}},{"resource":{"resourceType":"Location","managingOrganization":{"reference":"#a"}}}]}`, "Bundle.entry[1].resource.managingOrganization"},
		"contained by an entry for nothing": {`{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","name":"A"}]}},{"resource":{"resourceType":"Location","managingOrganization":{"reference":"#a"}}}]}`, "Bundle.entry[0].resource.contained[0]"},
		"a contained resource that is not":  {`{"resourceType":"Location","managingOrganization":{"reference":"#a"}}`, "Location.managingOrganization"},
		"a contained resource that is":      {`{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","name":"A"}],"managingOrganization":{"reference":"#a"}}`, ""},
		"contained for nothing":             {`{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","name":"A"}]}`, "Location.contained[0]"},
		"contained, pointing back":          {`{"resourceType":"Location","contained":[{"resourceType":"Endpoint","id":"a","status":"active","connectionType":{"code":"x"},"payloadType":[{"text":"x"}],"address":"http://a","managingOrganization":{"reference":"#"}}]}`, ""},
		"contained in a contained one":      {`{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","name":"A","contained":[{"resourceType":"Basic","id":"b","code":{"text":"x"}}],"partOf":{"reference":"#b"}}],"managingOrganization":{"reference":"#a"}}`, "Location.contained[0]"},
		"a version of a contained one":      {`{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","meta":{"versionId":"1"},"name":"A"}],"managingOrganization":{"reference":"#a"}}`, "Location.contained[0].meta"},
		"a label of a contained one":        {`{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a","meta":{"security":[{"code":"R"}]},"name":"A"}],"managingOrganization":{"reference":"#a"}}`, "Location.contained[0].meta"},
		"a bad contained resource":          {`{"resourceType":"Location","contained":[{"resourceType":"Organization","id":"a"}],"managingOrganization":{"reference":"#a"}}`, "Location.contained[0]"},
		"an extension without value":        {`{"resourceType":"Location","extension":[{"url":"urn:x"}]}`, "Location.extension[0]"},
		"an extension with too much":        {`{"resourceType":"Location","extension":[{"url":"urn:x","valueCode":"a","extension":[{"url":"b","valueCode":"c"}]}]}`, "Location.extension[0]"},
		"an extension without url":          {`{"resourceType":"Location","extension":[{"valueCode":"a"}]}`, "Location.extension[0]"},
		"an extension in meta":              {`{"resourceType":"Location","meta":{"extension":[{"url":"urn:x"}]}}`, "Location.meta.extension[0]"},
		"a code twice":                      {`{"resourceType":"CodeSystem","status":"active","content":"complete","concept":[{"code":"a","concept":[{"code":"b"}]},{"code":"b"}]}`, "CodeSystem.concept[1].code"},
		"codes that differ in case":         {`{"resourceType":"CodeSystem","status":"active","content":"complete","concept":[{"code":"a"},{"code":"A"}]}`, ""},
		"an include of nothing":             {vs + `{"concept":[{"code":"a"}]}]}}`, "ValueSet.compose.include[0]"},
		"concepts of no system":             {vs + `{"valueSet":["http://a"],"concept":[{"code":"a"}]}]}}`, "ValueSet.compose.include[0]"},
		"concepts and filters":              {vs + `{"system":"http://a","concept":[{"code":"a"}],"filter":[{"property":"concept","op":"is-a","value":"b"}]}]}}`, "ValueSet.compose.include[0]"},
		"a bad exclude":                     {vs + `{"system":"http://a"}],"exclude":[{"version":"1"}]}}`, "ValueSet.compose.exclude[0]"},
		"an include of a system not known":  {vs + `{"_system":{"extension":[{"url":"urn:x","valueCode":"unknown"}]},"concept":[{"code":"a"}]}]}}`, ""},
		"an expansion with a code not told": {`{"resourceType":"ValueSet","status":"active","expansion":{"timestamp":"2020-01-01","contains":[{"system":"urn:s","_code":{"extension":[{"url":"urn:x","valueCode":"masked"}]}}]}}`, ""},
		"a code not told of no system":      {`{"resourceType":"ValueSet","status":"active","expansion":{"timestamp":"2020-01-01","contains":[{"display":"A","_code":{"extension":[{"url":"urn:x","valueCode":"masked"}]}}]}}`, "ValueSet.expansion.contains[0]"},
		"a good include":                    {vs + `{"system":"http://a"},{"valueSet":["http://b"]}]}}`, ""},
		"an expansion without system":       {`{"resourceType":"ValueSet","status":"active","expansion":{"timestamp":"2020-01-01","contains":[{"code":"a"}]}}`, "ValueSet.expansion.contains[0]"},
		"an unmapped without its code":      {`{"resourceType":"ConceptMap","status":"active","group":[{"element":[{"code":"a"}],"unmapped":{"mode":"fixed"}}]}`, "ConceptMap.group[0].unmapped"},
		"a range backwards":                 {`{"resourceType":"Location","extension":[{"url":"urn:x","valueRange":{"low":{"value":5},"high":{"value":4.5}}}]}`, "Location.extension[0].value"},
		"a range of two units":              {`{"resourceType":"Location","extension":[{"url":"urn:x","valueRange":{"low":{"value":5,"unit":"mo"},"high":{"value":1,"unit":"a"}}}]}`, ""},
		"half a ratio":                      {`{"resourceType":"Location","extension":[{"url":"urn:x","valueRatio":{"numerator":{"value":5}}}]}`, "Location.extension[0].value"},
		"a whole ratio":                     {`{"resourceType":"Location","extension":[{"url":"urn:x","valueRatio":{"numerator":{"value":5},"denominator":{"value":2}}}]}`, ""},
		"a root that is a UUID":             {`{"resourceType":"NamingSystem","name":"A","status":"active","kind":"root","date":"2020","uniqueId":[{"type":"uuid","value":"0a8d3d9e-0f4c-4f86-9a02-5f4bb2b3b0ab"}]}`, "NamingSystem.uniqueId[0]"},
		"two preferred addresses":           {`{"resourceType":"NamingSystem","name":"A","status":"active","kind":"identifier","date":"2020","uniqueId":[{"type":"uri","value":"urn:a","preferred":true},{"type":"oid","value":"1.2","preferred":true},{"type":"uri","value":"urn:b","preferred":true}]}`, "NamingSystem.uniqueId[2]"},
		"an xpath of no use":                {`{"resourceType":"SearchParameter","url":"urn:a","name":"A","status":"active","description":"d","code":"a","base":["Location"],"type":"token","xpath":"f:a"}`, "SearchParameter"},
		"a chain of a token":                {`{"resourceType":"SearchParameter","url":"urn:a","name":"A","status":"active","description":"d","code":"a","base":["Location"],"type":"token","expression":"Location.type","chain":["name"]}`, "SearchParameter"},
		"a choice that must be made":        {`{"resourceType":"Group","type":"person","actual":true,"characteristic":[{"code":{"text":"a"},"exclude":false}]}`, "Group.characteristic[0]"},
		"a choice that is made":             {`{"resourceType":"Group","type":"person","actual":true,"characteristic":[{"code":{"text":"a"},"valueBoolean":true,"exclude":false}]}`, ""},
		"a type that is not served":         {`{"resourceType":"Patient","gender":"x"}`, ""},
		"an attachment without contentType": {`{"resourceType":"Practitioner","photo":[{"data":"YWJj"}]}`, "Practitioner.photo[0]"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			err = profile.Check(r)
			e, _ := errors.AsType[*fhir.Error](err)
			switch {
			case tc.path == "" && err != nil:
				t.Errorf("Check = %v, want nothing", err)
			case tc.path != "" && (e == nil || e.Kind != fhir.Unprocessable || e.Path != tc.path):
				t.Errorf("Check = %v, want a finding at %s", err, tc.path)
			}
		})
	}
}

func TestCheckSaysWhichKindOfFinding(t *testing.T) {
	for in, want := range map[string]string{
		`{"resourceType":"Location","status":"open"}`:                                                                "code-invalid",
		`{"resourceType":"Location","position":{"latitude":1}}`:                                                      "required",
		`{"resourceType":"Location","telecom":[{"value":"1"}]}`:                                                      "invariant",
		`{"resourceType":"Location","position":{"latitude":91,"longitude":1}}`:                                       "invariant",
		`{"resourceType":"CodeSystem","status":"active","content":"complete","url":"x","concept":[{"display":"a"}]}`: "required",
	} {
		r, err := fhir.Parse([]byte(in))
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := errors.AsType[*fhir.Error](profile.Check(r)); !ok || e.Code != want {
			t.Errorf("%s: %+v, want the code %s", in, e, want)
		}
	}
}

func TestCheckFindsAll(t *testing.T) {
	r, err := fhir.Parse([]byte(`{"resourceType":"Practitioner","gender":"x","qualification":[{"period":{"start":"2021","end":"2020"}}],"telecom":[{"value":"1"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(fhir.Outcome(profile.Check(r))), `"severity"`); got != 4 {
		t.Errorf("%d findings, want 4: %v", got, profile.Check(r))
	}
}

// The examples that IHE publishes as conformant pass.
func TestCheckAcceptsExamples(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testutil.Reference(t), "spec", "ihe", "*", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := fhir.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		if err := profile.Check(r); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	r, err := fhir.Parse([]byte(`{"resourceType":"Location","identifier":[{"use":"official","system":"urn:x","value":"1"}],"status":"active","name":"A","mode":"instance",
		"type":[{"coding":[{"system":"urn:x","code":"a"}]}],"telecom":[{"system":"phone","value":"1"}],"position":{"longitude":1,"latitude":2},"partOf":{"reference":"Location/1"}}`))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := profile.Check(r); err != nil {
			b.Fatal(err)
		}
	}
}

// Whatever can be read can be checked, and every finding is one that a user may see.
func FuzzCheck(f *testing.F) {
	f.Add([]byte(`{"resourceType":"Location","contained":[{"resourceType":"Organization"}],"position":{"latitude":91},"extension":[{"url":"urn:x"}]}`))
	f.Add([]byte(`{"resourceType":"ValueSet","compose":{"include":[{"concept":[{"code":"a"}],"filter":[{"op":"x"}]}]},"expansion":{"contains":[{"contains":[{}]}]}}`))
	f.Add([]byte(`{"resourceType":"CodeSystem","concept":[{"code":"a","concept":[{"code":"a"}]}],"_status":{"id":"x"}}`))
	f.Add([]byte(`{"resourceType":"Parameters","parameter":[{"name":"a","valuePeriod":{"start":"2021","end":"2020"},"resource":{"resourceType":"Patient"}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.ParseLenient(data)
		if err != nil {
			return
		}
		if err := profile.Check(r); err != nil && fhir.KindOf(err) != fhir.Unprocessable {
			t.Errorf("Check = %v, want nothing or Unprocessable", err)
		}
	})
}
