package profile_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/fhir/profile"
	"masjala/internal/testutil"
)

const (
	mcsd = "https://profiles.ihe.net/ITI/mCSD/StructureDefinition/IHE.mCSD."
	svcm = "https://profiles.ihe.net/ITI/SVCM/StructureDefinition/IHE.SVCM."

	facilityType     = `{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"facility"}]}`
	jurisdictionType = `{"coding":[{"system":"https://profiles.ihe.net/ITI/mCSD/CodeSystem/IHE.mCSD.Organization.Location.Types","code":"jurisdiction"}]}`
	oldFacilityType  = `{"coding":[{"system":"urn:ietf:rfc:3986","code":"urn:ihe:iti:mcsd:2019:facility"}]}`
	localType        = `{"coding":[{"system":"http://moh.example.org/kinds","code":"dispensary"}]}`
	managed          = `"managingOrganization":{"reference":"Organization/o"}`
)

func parse(t testing.TB, in string) *fhir.Resource {
	t.Helper()
	r, err := fhir.Parse([]byte(in))
	if err != nil {
		t.Fatalf("%s: %v", in, err)
	}
	return r
}

// place is a Location that has all a plain one needs, with these types and members.
func place(types, more string) string {
	if more != "" {
		more = "," + more
	}
	return `{"resourceType":"Location","status":"active","name":"A","type":[` + types + `]` + more + `}`
}

// paths lists "severity path" of issues.
func paths(issues []fhir.Issue) []string {
	var list []string
	for _, i := range issues {
		list = append(list, i.Severity+" "+i.Path)
	}
	slices.Sort(list)
	return list
}

func TestConform(t *testing.T) {
	testutil.Requirement(t, "MD-90-7", "MD-91-7", "MD-130-12", "Z-9", "Z-10", "C-11", "C-14", "C-25", "SV-95-7", "SV-96-7", "SV-100-7")
	const boundary = `{"url":"http://hl7.org/fhir/StructureDefinition/location-boundary-geojson","valueAttachment":`
	const org = `{"resourceType":"Organization","name":"A","type":[{"text":"x"}]`
	const affiliation = `{"resourceType":"OrganizationAffiliation","active":true,"code":[{"text":"x"}],"organization":{"reference":"Organization/a"},"participatingOrganization":{"reference":"Organization/b"}`
	const endpoint = `{"resourceType":"Endpoint","status":"active","connectionType":{"code":"x"},"payloadType":[{"text":"x"}],"address":"http://a"`
	const shared = `"url":"http://a","version":"1","name":"A","status":"active","experimental":false,"publisher":"P","description":"D"`
	tests := map[string]struct {
		in   string
		want []string
	}{
		"a place":                            {place(localType, ""), nil},
		"a place without anything":           {`{"resourceType":"Location","mode":"instance"}`, []string{"error Location.name", "error Location.status", "error Location.type"}},
		"a name by its companion":            {`{"resourceType":"Location","status":"active","type":[{"text":"x"}],"_name":{"extension":[{"url":"urn:x","valueCode":"a"}]}}`, nil},
		"implicit rules":                     {place(localType, `"implicitRules":"http://a"`), []string{"error Location.implicitRules"}},
		"a modifier extension":               {place(localType, `"modifierExtension":[{"url":"urn:x","valueCode":"a"}]`), []string{"error Location.modifierExtension"}},
		"a facility":                         {place(facilityType+","+localType, managed), nil},
		"a facility of one type":             {place(facilityType, managed), []string{"error Location.type"}},
		"a facility with both types in one":  {place(strings.Replace(facilityType, "]", `,{"system":"http://a","code":"b"}]`, 1), managed), []string{"error Location.type"}},
		"a facility nobody manages":          {place(facilityType+","+localType, ""), []string{"error Location.managingOrganization"}},
		"a facility twice":                   {place(facilityType+","+localType+","+facilityType, managed), []string{"error Location.type"}},
		"a facility of the old code":         {place(oldFacilityType+","+localType, managed), []string{"warning Location.type"}},
		"a facility in both spellings":       {place(facilityType+","+oldFacilityType, managed), nil},
		"the old code, of one type":          {place(oldFacilityType, ""), []string{"error Location.managingOrganization", "error Location.type", "warning Location.type"}},
		"the code of another system":         {place(`{"coding":[{"system":"http://a","code":"facility"}]}`, ""), nil},
		"a claim without the type":           {place(localType, `"meta":{"profile":["`+mcsd+`FacilityLocation|4.0.0"]}`), []string{"error Location.managingOrganization", "error Location.type", "error Location.type"}},
		"a claim of distance":                {place(localType, `"meta":{"profile":["`+mcsd+`LocationDistance"]}`), []string{"error Location.position"}},
		"a claim that nobody knows":          {place(localType, `"meta":{"profile":["http://moh.example.org/profile"]}`), nil},
		"a claim of another type":            {place(localType, `"meta":{"profile":["`+mcsd+`Practitioner"]}`), nil},
		"a jurisdiction":                     {place(jurisdictionType, managed), nil},
		"a jurisdiction nobody manages":      {place(jurisdictionType, ""), []string{"error Location.managingOrganization"}},
		"a boundary":                         {place(jurisdictionType, managed+`,"extension":[`+boundary+`{"contentType":"application/geo+json","data":"e30="}}]`), nil},
		"a boundary elsewhere":               {place(jurisdictionType, managed+`,"extension":[{"url":"urn:x","valueCode":"a"},`+boundary+`{"contentType":"application/geo+json","url":"http://a"}}]`), []string{"error Location.extension[1].value.data"}},
		"a boundary of another format":       {place(jurisdictionType, managed+`,"extension":[`+boundary+`{"contentType":"application/json","data":"e30="}}]`), []string{"error Location.extension[0].value.contentType"}},
		"a boundary that is no attachment":   {place(jurisdictionType, managed+`,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/location-boundary-geojson","valueString":"x"}]`), []string{"error Location.extension[0]"}},
		"two boundaries":                     {place(jurisdictionType, managed+`,"extension":[`+boundary+`{"contentType":"application/geo+json","data":"e30="}},`+boundary+`{"contentType":"application/geo+json","data":"e30="}}]`), []string{"error Location.extension"}},
		"a place managed by a person":        {place(localType, `"managingOrganization":{"reference":"Practitioner/p"}`), []string{"error Location.managingOrganization"}},
		"a part of an organization":          {place(localType, `"partOf":{"reference":"http://a/fhir/Organization/p/_history/1"}`), []string{"error Location.partOf"}},
		"an endpoint among endpoints":        {place(localType, `"endpoint":[{"reference":"Endpoint/a"},{"type":"Device"}]`), []string{"error Location.endpoint[1]"}},
		"references that say no type":        {place(localType, `"partOf":{"reference":"urn:uuid:0a8d3d9e-0f4c-4f86-9a02-5f4bb2b3b0ab"},"managingOrganization":{"identifier":{"value":"a"}}`), nil},
		"a narrative":                        {place(localType, `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a</p></div>"}`), nil},
		"a narrative of an image":            {place(localType, `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><img src=\"a.png\" alt=\"a\"/></div>"}`), nil},
		"a narrative of no namespace":        {place(localType, `"text":{"status":"generated","div":"<div>a</div>"}`), []string{"error Location.text.div"}},
		"a narrative that shows nothing":     {place(localType, `"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><!-- a --> <p>&#32;</p></div>"}`), []string{"error Location.text.div"}},
		"a narrative of an attribute with >": {place(localType, `"text":{"status":"generated","div":"<div title=\"a>b\" xmlns=\"http://www.w3.org/1999/xhtml\"><p title=\"a>b\"></p></div>"}`), []string{"error Location.text.div"}},
		"a namespace in another attribute":   {place(localType, `"text":{"status":"generated","div":"<div title='http://www.w3.org/1999/xhtml'>a</div>"}`), []string{"error Location.text.div"}},
		"a narrower target":                  {`{"resourceType":"ConceptMap",` + shared + `,"group":[{"source":"urn:a","target":"urn:b","element":[{"code":"a","target":[{"code":"b","equivalence":"equal"},{"code":"c","equivalence":"narrower"},{"code":"d","equivalence":"inexact","comment":"c"}]}]}]}`, []string{"error ConceptMap.group[0].element[0].target[1]"}},
		"an identifier of no system":         {place(localType, `"identifier":[{"system":"urn:x","value":"1"},{"value":"2"}]`), []string{"warning Location.identifier[1]"}},
		"an identifier of no value":          {place(localType, `"identifier":[{"system":"urn:x"}]`), []string{"warning Location.identifier[0]"}},
		"an organization":                    {org + `}`, nil},
		"an organization of no type":         {`{"resourceType":"Organization","name":"A"}`, []string{"error Organization.type"}},
		"an organization of no name":         {`{"resourceType":"Organization","identifier":[{"system":"urn:x","value":"1"}],"type":[` + facilityType + `]}`, []string{"error Organization.name"}},
		"an organization, both":              {`{"resourceType":"Organization","name":"A","type":[` + facilityType + `,` + jurisdictionType + `]}`, nil},
		"an organization with a hierarchy":   {org + `,"extension":[{"url":"` + mcsd + `OrganizationHierarchy","extension":[{"url":"part-of","valueReference":{"reference":"Organization/a"}}]}]}`, []string{"information Organization.extension[0]"}},
		"a purpose that is no concept":       {org + `,"extension":[{"url":"` + mcsd + `PurposeOfUse","valueCode":"TREAT"}]}`, []string{"error Organization.extension[0]"}},
		"a purpose":                          {org + `,"extension":[{"url":"` + mcsd + `PurposeOfUse","valueCodeableConcept":{"text":"x"}}]}`, nil},
		"a person without a name":            {`{"resourceType":"Practitioner","active":true}`, []string{"error Practitioner.name"}},
		"a role without a code":              {`{"resourceType":"PractitionerRole","active":true,"practitioner":{"reference":"Organization/a"}}`, []string{"error PractitionerRole.code", "error PractitionerRole.practitioner"}},
		"a service":                          {`{"resourceType":"HealthcareService","comment":"a"}`, []string{"error HealthcareService.name", "error HealthcareService.type"}},
		"an affiliation":                     {affiliation + `}`, nil},
		"an affiliation with a network":      {affiliation + `,"network":[{"reference":"Organization/n"}]}`, []string{"error OrganizationAffiliation.network"}},
		"an affiliation of little":           {`{"resourceType":"OrganizationAffiliation","period":{"start":"2020"}}`, []string{"error OrganizationAffiliation.active", "error OrganizationAffiliation.code", "error OrganizationAffiliation.organization", "error OrganizationAffiliation.participatingOrganization"}},
		"an affiliation that shares":         {affiliation + `,"meta":{"profile":["` + mcsd + `OrganizationAffiliation.DocShare"]}}`, []string{"error OrganizationAffiliation.code", "error OrganizationAffiliation.identifier"}},
		"an endpoint":                        {endpoint + `,` + managed + `}`, nil},
		"an endpoint nobody manages":         {endpoint + `}`, []string{"error Endpoint.managingOrganization"}},
		"an endpoint for documents":          {endpoint + `,` + managed + `,"name":"A","header":["a"],"meta":{"profile":["` + mcsd + `Endpoint.DocShare"]}}`, []string{"error Endpoint.connectionType", "error Endpoint.header", "error Endpoint.name"}},
		"a code system":                      {`{"resourceType":"CodeSystem",` + shared + `,"content":"complete","concept":[{"code":"a"}]}`, nil},
		"a code system of no concepts":       {`{"resourceType":"CodeSystem",` + shared + `,"content":"complete"}`, []string{"error CodeSystem.concept"}},
		"a code system that is not here":     {`{"resourceType":"CodeSystem","url":"http://a","status":"active","content":"not-present"}`, nil},
		"a code system claimed, not here":    {`{"resourceType":"CodeSystem","meta":{"profile":["` + svcm + `CodeSystem"]},` + shared + `,"content":"not-present"}`, []string{"error CodeSystem.concept"}},
		"a value set that cannot be shared":  {`{"resourceType":"ValueSet","status":"active"}`, []string{"error ValueSet.description", "error ValueSet.experimental", "error ValueSet.name", "error ValueSet.publisher", "error ValueSet.url", "error ValueSet.version"}},
		"a value set with a name for people": {`{"resourceType":"ValueSet",` + strings.Replace(shared, `"name":"A"`, `"name":"My set"`, 1) + `}`, []string{"warning ValueSet.name"}},
		"a map without an address":           {`{"resourceType":"ConceptMap","status":"active"}`, []string{"error ConceptMap.url"}},
		"a type without profiles":            {`{"resourceType":"NamingSystem","name":"A","status":"active","kind":"identifier","date":"2020","uniqueId":[{"type":"uri","value":"urn:x"}]}`, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got := profile.Conform(parse(t, tc.in))
			if !slices.Equal(paths(got), tc.want) {
				t.Errorf("Conform = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestConformToAProfileThatIsAskedFor(t *testing.T) {
	r := parse(t, place(localType, ""))
	if got := profile.Conform(r, profile.Named(mcsd+"Location")); len(got) != 0 {
		t.Errorf("the general one: %v, want nothing", got)
	}
	got := profile.Conform(r, profile.Named(mcsd+"FacilityLocation"))
	if want := []string{"error Location.managingOrganization", "error Location.type", "error Location.type"}; !slices.Equal(paths(got), want) {
		t.Errorf("that of facilities: %v, want %v", got, want)
	}
	for _, i := range got {
		if !strings.Contains(i.Text, mcsd+"FacilityLocation") {
			t.Errorf("%q does not name the profile", i.Text)
		}
	}
	if got := paths(profile.Conform(r, profile.Named(mcsd+"Practitioner"))); !slices.Equal(got, []string{"error Location"}) {
		t.Errorf("that of another type: %v, want one error at the resource", got)
	}
}

func TestOf(t *testing.T) {
	testutil.Requirement(t, "C-10", "C-16", "C-25")
	tests := map[string]struct {
		in   string
		want []string
	}{
		"by the code":        {place(facilityType, ""), []string{mcsd + "FacilityLocation"}},
		"by the old code":    {place(oldFacilityType, ""), []string{mcsd + "FacilityLocation"}},
		"an old code alone":  {place(`{"coding":[{"code":"urn:ihe:iti:mcsd:2019:jurisdiction"}]}`, ""), []string{mcsd + "JurisdictionLocation"}},
		"by both codes":      {place(facilityType+","+jurisdictionType, ""), []string{mcsd + "FacilityLocation", mcsd + "JurisdictionLocation"}},
		"by none":            {place(localType, ""), []string{mcsd + "Location"}},
		"code and claim":     {place(facilityType, `"meta":{"profile":["`+mcsd+`FacilityLocation","`+mcsd+`LocationDistance|4"]}`), []string{mcsd + "FacilityLocation", mcsd + "LocationDistance"}},
		"an endpoint":        {`{"resourceType":"Endpoint","status":"active"}`, []string{mcsd + "Endpoint"}},
		"an empty system":    {`{"resourceType":"CodeSystem","status":"active","content":"supplement"}`, nil},
		"a type without any": {`{"resourceType":"Patient"}`, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, p := range profile.Of(parse(t, tc.in)) {
				got = append(got, p.URL)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("Of = %v, want %v", got, tc.want)
			}
		})
	}
}

func TestPair(t *testing.T) {
	testutil.Requirement(t, "MD-90-14", "MD-130-12")
	org := func(types string) *fhir.Resource {
		return parse(t, `{"resourceType":"Organization","id":"o","name":"A","type":[`+types+`]}`)
	}
	tests := map[string]struct {
		loc, org string
		wrong    int
	}{
		"facility and facility":          {facilityType, facilityType, 0},
		"facility and old facility":      {facilityType, oldFacilityType, 0},
		"jurisdiction and jurisdiction":  {jurisdictionType, jurisdictionType, 0},
		"facility and jurisdiction":      {facilityType, jurisdictionType, 1},
		"jurisdiction and local":         {jurisdictionType, localType, 1},
		"both and neither":               {facilityType + "," + jurisdictionType, localType, 2},
		"a place that is neither of two": {localType, localType, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := profile.Pair(parse(t, place(tc.loc, managed)), org(tc.org)); len(got) != tc.wrong {
				t.Errorf("Pair = %v, want %d findings", got, tc.wrong)
			}
		})
	}
}

// What IHE publishes as conformant conforms; but one example has an identifier of no system.
func TestConformAcceptsExamples(t *testing.T) {
	testutil.Requirement(t, "MD-90-7")
	files, err := filepath.Glob(filepath.Join(testutil.Reference(t), "spec", "ihe", "*", "examples", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range profile.Conform(parse(t, string(data))) {
			if i.Severity == "error" {
				t.Errorf("%s: %s %s", filepath.Base(file), i.Path, i.Text)
			}
		}
	}
}

// The table says of each element what the StructureDefinitions say.
func TestTableFollowsTheDefinitions(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(testutil.Reference(t), "spec", "ihe", "*", "profiles", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no profiles: %v", err)
	}
	seen := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var d struct {
			URL, Type string
			Snapshot  struct {
				Element []struct {
					ID, Max string
					Min     int
				}
			}
		}
		if err := json.Unmarshal(data, &d); err != nil {
			t.Fatal(err)
		}
		p := profile.Named(d.URL)
		if p == nil {
			continue
		}
		seen++
		empty := &fhir.Resource{Type: d.Type, Body: []byte("{}")}
		full := &fhir.Resource{Type: d.Type, Body: []byte(`{"name":1`)}
		var missing, banned []string
		for _, e := range d.Snapshot.Element {
			name, top := strings.CutPrefix(e.ID, d.Type+".")
			if !top || strings.ContainsAny(name, ".:") || name == "content" || name == "status" && d.Type == "ConceptMap" ||
				d.Type == "Endpoint" && slices.Contains([]string{"status", "connectionType", "payloadType", "address"}, name) {
				continue // of R4 itself, or of a slice
			}
			if e.Min > 0 {
				missing = append(missing, e.ID)
			}
			if e.Max == "0" {
				banned = append(banned, e.ID)
				full.Body = append(full.Body, `,"`+name+`":1`...)
			}
		}
		full.Body = append(full.Body, '}')
		check := func(what, code string, r *fhir.Resource, want []string) {
			var got []string
			for _, i := range profile.Conform(r, p) {
				if i.Code == code && !slices.Contains(got, i.Path) && (code != "structure" || strings.Contains(i.Text, "must not be")) {
					got = append(got, i.Path)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: %s %v, the definition has %v", d.URL, what, got, want)
			}
		}
		check("required", "required", empty, missing)
		check("banned", "structure", full, banned)
	}
	if seen < 15 {
		t.Errorf("%d profiles were compared, want all", seen)
	}
}

func BenchmarkConform(b *testing.B) {
	r := parse(b, place(facilityType+","+localType, managed+`,"identifier":[{"system":"urn:x","value":"1"}],"telecom":[{"system":"phone","value":"1"}],"position":{"longitude":1,"latitude":2},"partOf":{"reference":"Location/1"}`))
	b.ReportAllocs()
	for b.Loop() {
		if got := profile.Conform(r); len(got) > 0 {
			b.Fatal(got)
		}
	}
}

// Whatever can be read can be looked at.
func FuzzConform(f *testing.F) {
	f.Add([]byte(place(facilityType, managed)))
	f.Add([]byte(`{"resourceType":"Organization","type":[{"coding":[]}],"extension":[{"url":"x"}],"meta":{"profile":["` + mcsd + `FacilityOrganization"]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := fhir.ParseLenient(data)
		if err != nil {
			return
		}
		for _, i := range profile.Conform(r) {
			if i.Text == "" || i.Path == "" || i.Severity == "" {
				t.Errorf("an empty finding: %+v", i)
			}
		}
	})
}
