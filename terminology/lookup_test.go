package terminology_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// said returns the values of a parameter as text, each part as code=value.
func said(t testing.TB, body []byte, name string) []string {
	t.Helper()
	if !json.Valid(body) {
		t.Fatalf("not JSON: %s", body)
	}
	var out []string
	value := func(p gjson.Result) string {
		text := ""
		p.ForEach(func(key, v gjson.Result) bool {
			if strings.HasPrefix(key.Str, "value") {
				text = v.String()
			}
			return true
		})
		return text
	}
	for _, p := range gjson.GetBytes(body, "parameter").Array() {
		if p.Get("name").Str != name {
			continue
		}
		if !p.Get("part").Exists() {
			out = append(out, value(p))
			continue
		}
		var parts []string
		for _, part := range p.Get("part").Array() {
			parts = append(parts, part.Get("name").Str+"="+value(part))
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

func TestLookup(t *testing.T) {
	testutil.Requirement(t, "SV-98-1", "SV-98-2", "TSWF-7", "TSF-3", "TSF-11")
	s, _ := service(t, animals, animals2, loose)
	tests := map[string]struct {
		req  terminology.LookupRequest
		name string
		want string
	}{
		"name":                   {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog"}, "name", "Animals"},
		"display":                {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog"}, "display", "Dog"},
		"of the newest":          {terminology.LookupRequest{System: animalURL, Code: "dog"}, "display", "Hound"},
		"version used":           {terminology.LookupRequest{System: animalURL, Code: "dog"}, "version", "1.10"},
		"version in system":      {terminology.LookupRequest{System: animalURL + "|1.0", Code: "dog"}, "version", "1.0"},
		"of a coding":            {terminology.LookupRequest{Coding: &terminology.Coding{System: animalURL, Version: "1.0", Code: "bat"}}, "display", "Bat"},
		"definition":             {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "mammal"}, "definition", "Feeds its young with milk"},
		"abstract":               {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "mammal"}, "abstract", "true"},
		"language":               {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Language: "fr"}, "display", "Chien"},
		"language of region":     {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Language: "sw-KE"}, "display", "Mbwa"},
		"second language":        {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Language: "pt;q=0.9, sw;q=0.5"}, "display", "Mbwa"},
		"language weights":       {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Language: "fr;q=0.2,en"}, "display", "Dog"},
		"display before synonym": {terminology.LookupRequest{System: "http://example.org/cs/loose", Code: "beta", Language: "en-GB,en;q=0.9"}, "display", "Second"},
		"unknown language":       {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Language: "ar"}, "display", "Dog"},
		"properties": {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog"}, "property",
			"code=legs value=4;code=inactive value=false;code=parent value=mammal description=Mammal;code=child value=puppy description=Puppy"},
		"one property":    {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Properties: []string{"parent"}}, "property", "code=parent value=mammal description=Mammal"},
		"no designations": {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Properties: []string{"parent"}}, "designation", ""},
		"designations": {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog"}, "designation",
			`language=en use={"system":"http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra","code":"preferredForLanguage","display":"Preferred For Language"} value=Dog;language=fr value=Chien;language=sw value=Mbwa;use={"system":"http://snomed.info/sct","code":"900000000000013009"} value=Hound`},
		"designations of a language": {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "dog", Properties: []string{"lang.sw"}}, "designation", "language=sw value=Mbwa"},
		"all by *":                   {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "bat", Properties: []string{"*"}}, "property", "code=legs value=2;code=inactive value=false;code=parent value=mammal description=Mammal"},
		"inactive":                   {terminology.LookupRequest{System: animalURL, Version: "1.0", Code: "auroch", Properties: []string{"inactive"}}, "property", "code=inactive value=true"},
		"another case":               {terminology.LookupRequest{System: "http://example.org/cs/loose", Code: "ALPHA"}, "code", "Alpha"},
		"name without name":          {terminology.LookupRequest{System: "http://example.org/cs/loose", Code: "beta"}, "name", "http://example.org/cs/loose"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			d, err := s.Lookup(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(said(t, d.JSON(), tc.name), ";"); got != tc.want {
				t.Errorf("%s = %q, want %q\n%s", tc.name, got, tc.want, d.JSON())
			}
		})
	}
}

func TestLookupRefused(t *testing.T) {
	testutil.Requirement(t, "SV-98-3")
	s, _ := service(t, animals, stub)
	tests := map[string]struct {
		req   terminology.LookupRequest
		kind  fhir.Kind
		words string
	}{
		"unknown code":     {terminology.LookupRequest{System: animalURL, Code: "dgo"}, fhir.NotFound, `"dog" (Dog)`},
		"unknown system":   {terminology.LookupRequest{System: "http://x", Code: "dog"}, fhir.NotFound, "http://x"},
		"unknown version":  {terminology.LookupRequest{System: animalURL, Version: "7", Code: "dog"}, fhir.NotFound, `["1.0"]`},
		"only described":   {terminology.LookupRequest{System: "http://example.org/cs/stub", Code: "a"}, fhir.NotFound, "only its description"},
		"no code":          {terminology.LookupRequest{System: animalURL}, fhir.Invalid, "needs a code"},
		"no system":        {terminology.LookupRequest{Code: "dog"}, fhir.Invalid, "system"},
		"code and coding":  {terminology.LookupRequest{System: animalURL, Code: "dog", Coding: &terminology.Coding{Code: "bat"}}, fhir.Invalid, "not both"},
		"unknown to us":    {terminology.LookupRequest{System: animalURL, Code: "dog", Common: terminology.Common{Other: []string{"useSupplement"}}}, fhir.Unsupported, "useSupplement"},
		"case of the code": {terminology.LookupRequest{System: animalURL, Code: "DOG"}, fhir.NotFound, "DOG"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := s.Lookup(t.Context(), tc.req)
			wantError(t, err, tc.kind, tc.words)
		})
	}
}

func TestSubsumes(t *testing.T) {
	s, _ := service(t, animals, animals2)
	coding := func(system, code string) *terminology.Coding { return &terminology.Coding{System: system, Code: code} }
	tests := map[string]struct {
		req  terminology.SubsumesRequest
		want terminology.Relation
	}{
		"the same":           {terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "dog", CodeB: "dog"}, "equivalent"},
		"above":              {terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "mammal", CodeB: "puppy"}, "subsumes"},
		"below":              {terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "puppy", CodeB: "dog"}, "subsumed-by"},
		"neither":            {terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "hen", CodeB: "dog"}, "not-subsumed"},
		"of the newest":      {terminology.SubsumesRequest{System: animalURL, CodeA: "cat", CodeB: "dog"}, "not-subsumed"},
		"on an instance":     {terminology.SubsumesRequest{ID: "animals", CodeA: "bird", CodeB: "hen"}, "subsumes"},
		"codings":            {terminology.SubsumesRequest{Version: "1.0", CodingA: coding(animalURL, "bird"), CodingB: coding(animalURL, "hen")}, "subsumes"},
		"version in codings": {terminology.SubsumesRequest{CodingA: &terminology.Coding{System: animalURL, Version: "1.0", Code: "bird"}, CodingB: coding(animalURL, "hen")}, "subsumes"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.Subsumes(t.Context(), tc.req)
			if err != nil || got != tc.want {
				t.Fatalf("Subsumes = %q, %v, want %q", got, err, tc.want)
			}
			if out := said(t, got.JSON(), "outcome"); len(out) != 1 || out[0] != string(tc.want) {
				t.Errorf("outcome = %q", out)
			}
		})
	}
	refused := map[string]struct {
		req   terminology.SubsumesRequest
		kind  fhir.Kind
		words string
	}{
		"unknown A":         {terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "x", CodeB: "dog"}, fhir.NotFound, "'x'"},
		"unknown B":         {terminology.SubsumesRequest{System: animalURL, Version: "1.0", CodeA: "dog", CodeB: "x"}, fhir.NotFound, "'x'"},
		"no B":              {terminology.SubsumesRequest{System: animalURL, CodeA: "dog"}, fhir.Invalid, "codeB"},
		"no system":         {terminology.SubsumesRequest{CodeA: "dog", CodeB: "dog"}, fhir.Invalid, "system"},
		"two systems":       {terminology.SubsumesRequest{CodingA: coding(animalURL, "dog"), CodingB: coding("http://x", "dog")}, fhir.Invalid, "different"},
		"two versions":      {terminology.SubsumesRequest{CodingA: &terminology.Coding{System: animalURL, Version: "1.0", Code: "dog"}, CodingB: &terminology.Coding{System: animalURL, Version: "1.10", Code: "dog"}}, fhir.Invalid, "different versions"},
		"unknown system":    {terminology.SubsumesRequest{System: "http://x", CodeA: "dog", CodeB: "dog"}, fhir.NotFound, "http://x"},
		"unknown instance":  {terminology.SubsumesRequest{ID: "none", CodeA: "dog", CodeB: "dog"}, fhir.NotFound, "none"},
		"code of elsewhere": {terminology.SubsumesRequest{ID: "animals", CodingA: coding("http://x", "dog"), CodeB: "dog"}, fhir.Invalid, "not of the code system"},
	}
	for name, tc := range refused {
		t.Run(name, func(t *testing.T) {
			_, err := s.Subsumes(t.Context(), tc.req)
			wantError(t, err, tc.kind, tc.words)
		})
	}
}

// TestLookupInRoom answers in the room that the caller gives, where it is large enough.
func TestLookupInRoom(t *testing.T) {
	s, _ := service(t, wide(10)...)
	req := terminology.LookupRequest{System: wideURL, Code: "00000030"}
	want, err := s.Lookup(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	for size, within := range map[int]bool{0: false, 1: false, 200: false, 4096: true} {
		req.Room = make([]byte, 0, size)
		got, err := s.Lookup(t.Context(), req)
		if err != nil || string(got.JSON()) != string(want.JSON()) {
			t.Errorf("in a room of %d: %v %s", size, err, got.JSON())
			continue
		}
		if in := size > 0 && &got.JSON()[0] == &req.Room[:1][0]; in != within {
			t.Errorf("the answer of %d bytes is in the room of %d: %v", len(got.JSON()), size, in)
		}
	}
}

// TestLookupShowsTheDisplayOfASupplement wants a language that only a supplement has.
func TestLookupShowsTheDisplayOfASupplement(t *testing.T) {
	testutil.Requirement(t, "TX-10", "TX-11")
	s, _ := service(t)
	for language, want := range map[string]string{"nl": "Zaag", "fr": "Scie", "": "Saw"} {
		d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:tools", Version: "1.0.0", Code: "saw", Language: language, Supplements: []string{"urn:more"}, Common: brought(t)})
		if err != nil || d.Display != want {
			t.Errorf("in %q it is %+v, %v; want %s", language, d, err, want)
		}
	}
}

// TestLookupShowsAllParents looks up a concept that lies within one and names another.
func TestLookupShowsAllParents(t *testing.T) {
	testutil.Requirement(t, "SV-98-1")
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"nests","url":"http://example.org/cs/nests","version":"1","status":"active","content":"complete",
"property":[{"code":"parent","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"}],"concept":[{"code":"top","display":"Top","concept":[
{"code":"low","property":[{"code":"parent","valueCode":"side"}],"concept":[{"code":"twig","property":[{"code":"parent","valueCode":"low"}]}]}]},{"code":"side","display":"Side"}]}`)
	for code, want := range map[string]string{
		"low":  "code=parent value=side;code=parent value=top description=Top",
		"twig": "code=parent value=low",
		"side": "",
	} {
		d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "http://example.org/cs/nests", Code: code, Properties: []string{"parent"}})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(said(t, d.JSON(), "property"), ";"); got != want {
			t.Errorf("parents of %s are %q, want %q", code, got, want)
		}
	}
}
