package fhir_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"masjala/fhir"
	"masjala/internal/testutil"
)

func TestParseKeepsWhatWasSent(t *testing.T) {
	testutil.Requirement(t, "R4-17", "R4-18")
	tests := map[string]struct{ in, want string }{
		"members keep their order": {
			`{ "resourceType" : "Organization", "name":"A", "active":true }`,
			`{"resourceType":"Organization","name":"A","active":true}`},
		"resourceType may stand last": {
			`{"name":"A","id":"x","resourceType":"Organization"}`,
			`{"resourceType":"Organization","id":"x","name":"A"}`},
		"numbers keep their digits": {
			`{"resourceType":"Location","position":{"longitude":36.80,"latitude":-1.0e0}}`,
			`{"resourceType":"Location","position":{"longitude":36.80,"latitude":-1.0e0}}`},
		"needless escapes are resolved": {
			`{"resourceType":"Organization","name":"\u0041\/\u00e9\ud83c\udfe5\u0022\\ \n"}`,
			`{"resourceType":"Organization","name":"A/é🏥\"\\ \n"}`},
		"version and time of the sender are dropped": {
			`{"resourceType":"Organization","meta":{"versionId":"3","lastUpdated":"2020-01-01T00:00:00Z","source":"urn:x"},"name":"A"}`,
			`{"resourceType":"Organization","meta":{"source":"urn:x"},"name":"A"}`},
		"a meta with nothing else is dropped": {
			`{"resourceType":"Organization","meta":{"versionId":"3"},"name":"A"}`,
			`{"resourceType":"Organization","name":"A"}`},
		"companions of a repeated primitive": {
			`{"resourceType":"Practitioner","name":[{"given":["A",null,"B"],"_given":[null,{"id":"x"}]}]}`,
			`{"resourceType":"Practitioner","name":[{"given":["A",null,"B"],"_given":[null,{"id":"x"}]}]}`},
		"a companion without a value": {
			`{"resourceType":"Practitioner","_birthDate":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}}`,
			`{"resourceType":"Practitioner","_birthDate":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}}`},
		"a contained resource": {
			`{"resourceType":"Location","contained":[{"id":"o","name":"A","resourceType":"Organization"}],"managingOrganization":{"reference":"#o"}}`,
			`{"resourceType":"Location","contained":[{"id":"o","name":"A","resourceType":"Organization"}],"managingOrganization":{"reference":"#o"}}`},
		"a type of R4 that is not served": {
			`{"resourceType":"Patient","id":"p","meta":{"versionId":"1","tag":[{"code":"a"}]},"name":[{"family":"F","given":["A",null]}]}`,
			`{"resourceType":"Patient","id":"p","meta":{"tag":[{"code":"a"}]},"name":[{"family":"F","given":["A",null]}]}`},
		"a byte order mark": {
			"\ufeff" + `{"resourceType":"Basic"}`,
			`{"resourceType":"Basic"}`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(r.JSON())); diff != "" {
				t.Errorf("Parse changed the resource (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	testutil.Requirement(t, "R4-17", "R4-19")
	const org, role = `{"resourceType":"Organization",`, `{"resourceType":"PractitionerRole",`
	const location = `{"resourceType":"Location",`
	tests := map[string]struct{ in, path string }{
		"nothing":                           {``, ""},
		"white space":                       {"  \n", ""},
		"a string":                          {`"Organization"`, ""},
		"a number":                          {`12`, ""},
		"a list":                            {`[]`, ""},
		"null":                              {`null`, ""},
		"no resourceType":                   {`{"name":"A"}`, ""},
		"a resourceType that is a number":   {`{"resourceType":1}`, ""},
		"an unknown resourceType":           {`{"resourceType":"Clinic"}`, ""},
		"resourceType twice":                {org + `"resourceType":"Organization","name":"A"}`, "Organization"},
		"a cut end":                         {org + `"name":`, "Organization.name"},
		"a cut string":                      {org + `"name":"A`, "Organization.name"},
		"text after the end":                {org + `"name":"A"} x`, "Organization"},
		"a second object":                   {org + `"name":"A"}{}`, "Organization"},
		"a NUL after the end":               {org + `"name":"A"}` + "\x00", "Organization"},
		"a comma too many":                  {org + `"name":"A",}`, "Organization"},
		"a comma too many in a list":        {org + `"alias":["A",]}`, "Organization.alias[0]"},
		"a comma missing":                   {org + `"name":"A" "active":true}`, "Organization"},
		"a member twice":                    {org + `"name":"A","name":"B"}`, "Organization"},
		"a member twice, once escaped":      {org + `"name":"A","n\u0061me":"B"}`, "Organization"},
		"a member without a name":           {org + `"":1}`, "Organization"},
		"one in an unserved type":           {`{"resourceType":"Patient","":1}`, "Patient"},
		"a companion twice":                 {org + `"_name":{"id":"a"},"_name":{"id":"b"}}`, "Organization"},
		"an unknown element":                {org + `"nmae":"A"}`, "Organization"},
		"an unknown element deep":           {org + `"contact":[{"name":{"famly":"A"}}]}`, "Organization.contact[0].name"},
		"a companion of an object":          {org + `"_partOf":{"id":"a"}}`, "Organization"},
		"a companion of the id":             {org + `"_id":{"extension":[{"url":"urn:x"}]}}`, "Organization"},
		"null for a value":                  {org + `"name":null}`, "Organization.name"},
		"null in a list of objects":         {org + `"identifier":[null]}`, "Organization.identifier[0]"},
		"null in a list without companions": {org + `"alias":["A",null]}`, "Organization.alias[1]"},
		"null on both sides":                {org + `"alias":["A",null],"_alias":[{"id":"a"},null]}`, "Organization.alias[1]"},
		"more companions than values":       {org + `"alias":["A"],"_alias":[null,{"id":"a"}]}`, "Organization.alias"},
		"only nulls as companions":          {org + `"_alias":[null]}`, "Organization.alias[0]"},
		"an empty string":                   {org + `"name":""}`, "Organization.name"},
		"an empty list":                     {org + `"alias":[]}`, "Organization.alias"},
		"an empty object":                   {org + `"partOf":{}}`, "Organization.partOf"},
		"an object with only an id":         {org + `"partOf":{"id":"a"}}`, "Organization.partOf"},
		"an empty meta":                     {org + `"meta":{}}`, "Organization.meta"},
		"a string for an object":            {org + `"partOf":"Organization/1"}`, "Organization.partOf"},
		"an object for a list":              {org + `"identifier":{"value":"1"}}`, "Organization.identifier"},
		"a list for an object":              {org + `"partOf":[{"reference":"Organization/1"}]}`, "Organization.partOf"},
		"a list for a string":               {org + `"name":["A"]}`, "Organization.name"},
		"a list in a list":                  {org + `"alias":[["A"]]}`, "Organization.alias[0]"},
		"an object for a string":            {org + `"name":{"text":"A"}}`, "Organization.name"},
		"a number for a string":             {org + `"name":5}`, "Organization.name"},
		"a boolean for a string":            {org + `"name":true}`, "Organization.name"},
		"a string for a boolean":            {org + `"active":"true"}`, "Organization.active"},
		"a number for a boolean":            {org + `"active":1}`, "Organization.active"},
		"a string for a number":             {`{"resourceType":"Location","position":{"latitude":"x","longitude":1}}`, "Location.position.latitude"},
		"a number with a plus":              {`{"resourceType":"Location","position":{"latitude":+1,"longitude":1}}`, "Location.position.latitude"},
		"a number with a leading zero":      {`{"resourceType":"Location","position":{"latitude":01,"longitude":1}}`, "Location.position.latitude"},
		"a number that is too large":        {`{"resourceType":"Location","position":{"latitude":1e999,"longitude":1}}`, "Location.position.latitude"},
		"a fraction for a whole number":     {location + `"telecom":[{"rank":1.0}]}`, "Location.telecom[0].rank"},
		"zero for a positive number":        {location + `"telecom":[{"rank":0}]}`, "Location.telecom[0].rank"},
		"a whole number beyond 32 bits":     {location + `"telecom":[{"rank":2147483648}]}`, "Location.telecom[0].rank"},
		"minus zero":                        {location + `"extension":[{"url":"urn:x","valueInteger":-0}]}`, "Location.extension[0].value"},
		"an OID without its prefix":         {location + `"extension":[{"url":"urn:x","valueOid":"1.2.3"}]}`, "Location.extension[0].value"},
		"a UUID in capitals":                {location + `"extension":[{"url":"urn:x","valueUuid":"urn:uuid:C757873D-EC9A-4326-A141-556F43239520"}]}`, "Location.extension[0].value"},
		"NaN":                               {`{"resourceType":"Location","position":{"latitude":NaN,"longitude":1}}`, "Location.position.latitude"},
		"a day that does not exist":         {`{"resourceType":"Practitioner","birthDate":"1980-02-31"}`, "Practitioner.birthDate"},
		"a date with a time":                {`{"resourceType":"Practitioner","birthDate":"1980-02-01T00:00:00Z"}`, "Practitioner.birthDate"},
		"a date in one digit":               {role + `"period":{"start":"2020-1-1"}}`, "PractitionerRole.period.start"},
		"a time without a zone":             {role + `"period":{"start":"2020-01-01T10:00:00"}}`, "PractitionerRole.period.start"},
		"a time without seconds":            {role + `"period":{"start":"2020-01-01T10:00Z"}}`, "PractitionerRole.period.start"},
		"the hour 24":                       {role + `"period":{"start":"2020-01-01T24:00:00Z"}}`, "PractitionerRole.period.start"},
		"the zone +15":                      {role + `"period":{"start":"2020-01-01T10:00:00+15:00"}}`, "PractitionerRole.period.start"},
		"an instant of a day":               {org + `"meta":{"lastUpdated":"2020-01-01"}}`, "Organization.meta.lastUpdated"},
		"a time of day with a zone":         {role + `"availableTime":[{"availableStartTime":"08:00:00Z"}]}`, "PractitionerRole.availableTime[0].availableStartTime"},
		"an id with a slash":                {org + `"id":"a/b"}`, "Organization.id"},
		"an id that is too long":            {org + `"id":"` + strings.Repeat("a", 65) + `"}`, "Organization.id"},
		"an id that is a number":            {org + `"id":5}`, "Organization.id"},
		"a code with a blank at its end":    {`{"resourceType":"Location","status":"active "}`, "Location.status"},
		"a code with two blanks":            {`{"resourceType":"Location","status":"a  b"}`, "Location.status"},
		"a uri with a blank":                {org + `"identifier":[{"system":"http://a b"}]}`, "Organization.identifier[0].system"},
		"a control character":               {org + `"name":"A\u0007"}`, "Organization.name"},
		"a bare control character":          {org + `"name":"A` + "\x01" + `"}`, "Organization.name"},
		"bytes that are not UTF-8":          {org + `"name":"A` + "\xff" + `"}`, "Organization.name"},
		"an overlong encoding":              {org + `"name":"` + "\xc0\xaf" + `"}`, "Organization.name"},
		"half a surrogate pair":             {org + `"name":"\ud83c"}`, "Organization.name"},
		"a pair the wrong way round":        {org + `"name":"\udfe5\ud83c"}`, "Organization.name"},
		"an unknown escape":                 {org + `"name":"\x"}`, "Organization.name"},
		"two choices":                       {org + `"extension":[{"url":"urn:x","valueString":"a","valueCode":"b"}]}`, "Organization.extension[0]"},
		"a choice and another's companion":  {org + `"extension":[{"url":"urn:x","valueString":"a","_valueCode":{"id":"b"}}]}`, "Organization.extension[0]"},
		"a choice without its type":         {org + `"extension":[{"url":"urn:x","value":"a"}]}`, "Organization.extension[0]"},
		"a bad contained resource":          {org + `"contained":[{"resourceType":"Location","nmae":"A"}]}`, "Organization.contained[0]"},
		"a contained unknown type":          {org + `"contained":[{"resourceType":"Clinic"}]}`, "Organization.contained[0]"},
		"a contained string":                {org + `"contained":["A"]}`, "Organization.contained[0]"},
		"script in the narrative":           {org + `"text":{"status":"generated","div":"<div><script>1</script></div>"}}`, "Organization.text.div"},
		"an event in the narrative":         {org + `"text":{"status":"generated","div":"<div onclick='x()'>a</div>"}}`, "Organization.text.div"},
		"a narrative that does not end":     {org + `"text":{"status":"generated","div":"<div><p>a</div>"}}`, "Organization.text.div"},
		"no base64":                         {`{"resourceType":"Binary","contentType":"text/plain","data":"abc"}`, "Binary.data"},
		"null in an unserved type":          {`{"resourceType":"Patient","active":null}`, "Patient.active"},
		"a member twice in an unserved one": {`{"resourceType":"Patient","active":true,"active":true}`, "Patient"},
		"too deep":                          {org + strings.Repeat(`"extension":[{`, 200), ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := fhir.Parse([]byte(tc.in))
			if err == nil {
				t.Fatalf("Parse accepted it as %s", r.JSON())
			}
			first := firstOf(t, err)
			if first.Kind != fhir.Invalid {
				t.Errorf("kind = %d, want Invalid", first.Kind)
			}
			if tc.path != "" && first.Path != tc.path {
				t.Errorf("path = %q, want %q (%s)", first.Path, tc.path, first.Text)
			}
			if !json.Valid(fhir.Outcome(err)) {
				t.Errorf("the outcome is no JSON: %s", fhir.Outcome(err))
			}
		})
	}
}

func firstOf(t *testing.T, err error) *fhir.Error {
	t.Helper()
	e, ok := errors.AsType[*fhir.Error](err)
	if !ok {
		t.Fatalf("%v is no *fhir.Error", err)
	}
	return e
}

func TestParseCollectsFindings(t *testing.T) {
	_, err := fhir.Parse([]byte(`{"resourceType":"Organization","active":"yes","name":5,"identifier":[{"value":""},{"use":true}]}`))
	var out struct {
		Issue []struct{ Expression []string }
	}
	if e := json.Unmarshal(fhir.Outcome(err), &out); e != nil {
		t.Fatal(e)
	}
	var got []string
	for _, i := range out.Issue {
		got = append(got, i.Expression...)
	}
	want := []string{"Organization.active", "Organization.name", "Organization.identifier[0].value", "Organization.identifier[1].use"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestParseStopsAfterEnoughFindings(t *testing.T) {
	_, err := fhir.Parse([]byte(`{"resourceType":"Organization","alias":[` + strings.Repeat(`1,`, 500) + `1]}`))
	if got := strings.Count(string(fhir.Outcome(err)), `"severity"`); got != fhir.MaxIssues {
		t.Errorf("%d findings, want %d", got, fhir.MaxIssues)
	}
}

func TestParseLenientKeepsUnknownElements(t *testing.T) {
	in := `{"resourceType":"Organization","name":"A","colour":{"red":[1,2]},"contact":[{"shoe":"x"}]}`
	r, err := fhir.ParseLenient([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(r.JSON()); got != in {
		t.Errorf("got %s, want %s", got, in)
	}
	for _, bad := range []string{`"a":1,"a":2`, `"":1`, `"a":null`, `"a":{}`, `"a":[]`, `"a":""`, `"name":5`} {
		if _, err := fhir.ParseLenient([]byte(`{"resourceType":"Organization",` + bad + `}`)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestExamplesComeBackUnchanged(t *testing.T) {
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
			t.Errorf("%s: %s", filepath.Base(file), fhir.Outcome(err))
			continue
		}
		if diff := cmp.Diff(numbered(data), numbered(r.JSON())); diff != "" {
			t.Errorf("%s changed (-want +got):\n%s", filepath.Base(file), diff)
		}
	}
}

func TestParseDoesNotKeepTheInput(t *testing.T) {
	data := []byte(`{"resourceType":"Patient","id":"abc","meta":{"source":"urn:x"},"gender":"male"}`)
	r, err := fhir.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	before := string(r.JSON())
	for i := range data {
		data[i] = 'x'
	}
	if got := string(r.JSON()); got != before {
		t.Errorf("the resource changed with the input: %s", got)
	}
}

// Large resources are read into buffers of their own; the next reading must not touch them.
func TestParseOfLargeResourcesIsApart(t *testing.T) {
	large := func(letter string) []byte {
		return []byte(`{"resourceType":"Binary","contentType":"text/plain","data":"` + strings.Repeat(letter, 3<<20) + `"}`)
	}
	a, err := fhir.Parse(large("a"))
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(a.Body)
	if _, err := fhir.Parse(large("b")); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Body, before) {
		t.Error("a later reading changed the resource")
	}
}

func TestParseIsSafeForConcurrentUse(t *testing.T) {
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			in := fmt.Sprintf(`{"resourceType":"Location","id":"l%d","meta":{"source":"urn:%d"},"name":"%s"}`, n, n, strings.Repeat(fmt.Sprint(n), 100*n))
			if n == 0 {
				in = `{"resourceType":"Location","id":"l0","name":5}`
			}
			for range 200 {
				r, err := fhir.Parse([]byte(in))
				if n == 0 && err == nil || n > 0 && (err != nil || string(r.JSON()) != in) {
					t.Errorf("Parse(%s) = %v, %v", in, r, err)
					return
				}
			}
		})
	}
	all.Wait()
}

// location makes a Location of about 3 KB, as facility registries send them.
func location() []byte {
	var b strings.Builder
	b.WriteString(`{"resourceType":"Location","id":"loc-1","meta":{"profile":["https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD.FacilityLocation"]},"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Dispensary</p></div>"},"identifier":[`)
	for i := range 6 {
		fmt.Fprintf(&b, `{"use":"official","system":"http://example.org/ids/%d","value":"FAC-%06d","period":{"start":"2019-01-01"}},`, i, i)
	}
	b.WriteString(`{"system":"urn:x","value":"1"}],"status":"active","name":"Dispensary of the hill","alias":["Hill","Kilima"],"mode":"instance","type":[{"coding":[{"system":"urn:ietf:rfc:3986","code":"urn:ihe:iti:mcsd:2019:facility","display":"Facility"}]}],"telecom":[`)
	for i := range 6 {
		fmt.Fprintf(&b, `{"system":"phone","value":"+25570000000%d","use":"work","rank":%d},`, i, i+1)
	}
	b.WriteString(`{"system":"email","value":"a@example.org"}],"address":{"line":["P.O. Box 1"],"city":"Moshi","country":"TZ"},"physicalType":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/location-physical-type","code":"bu"}]},"position":{"longitude":37.3403,"latitude":-3.3349},"managingOrganization":{"reference":"Organization/org-1"},"partOf":{"reference":"Location/ward-1"},"hoursOfOperation":[`)
	for i, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"daysOfWeek":["%s"],"openingTime":"08:00:00","closingTime":"17:30:00"}`, day)
	}
	b.WriteString(`]}`)
	return []byte(b.String())
}

func BenchmarkParse(b *testing.B) {
	data := location()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := fhir.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func TestParseAllocatesLittle(t *testing.T) {
	data := location()
	got := testing.AllocsPerRun(200, func() {
		if _, err := fhir.Parse(data); err != nil {
			t.Fatal(err)
		}
	})
	if got > 16 { // 11; a pool that is watched for races forgets more
		t.Errorf("Parse allocates %.0f times, want at most 16", got)
	}
}
