package terminology_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// dressed are a code system, a supplement and a value set whose codes and texts have extensions.
const (
	dressed = `{"resourceType":"CodeSystem","id":"beads","url":"urn:beads","status":"active","content":"complete","language":"en","concept":[
		{"code":"round","display":"Round","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/codesystem-conceptOrder","valueInteger":9},{"url":"urn:private","valueString":"x"}],
		 "designation":[{"language":"fr","value":"Ronde","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/coding-sctdescid","valueId":"77"}]},
			{"language":"fr","value":"Boule","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status","valueCode":"withdrawn"}]}]},
		{"code":"flat","display":"Flat","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status","valueCode":"deprecated"}]},
		{"code":"lost","display":"Lost","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status","valueCode":"withdrawn"}]},
		{"code":"bare","display":"Bare"}]}`
	dressedMore = `{"resourceType":"CodeSystem","id":"more","url":"urn:beads-more","version":"2","status":"active","content":"supplement","supplements":"urn:beads",
		"property":[{"code":"weight","uri":"urn:weighs","type":"decimal"}],"concept":[
		{"code":"round","property":[{"code":"weight","valueDecimal":1.50}],"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/codesystem-label","valueString":"(1)"},
			{"url":"http://hl7.org/fhir/StructureDefinition/codesystem-conceptOrder","valueInteger":3},{"url":"http://hl7.org/fhir/StructureDefinition/rendering-style","valueString":"color: red"}]}]}`
	dressedSet = `{"resourceType":"ValueSet","id":"set","url":"urn:beadset","status":"active","compose":{"include":[{"system":"urn:beads","concept":[
		{"code":"round","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-conceptOrder","valueInteger":1},
			{"url":"http://hl7.org/fhir/StructureDefinition/valueset-concept-definition","valueString":"A ball"}]},{"code":"flat"},{"code":"bare"}]}]}}`
	dressedAll = `{"resourceType":"ValueSet","id":"all","url":"urn:allbeads","status":"active","compose":{"include":[{"system":"urn:beads"}]}}`
)

// property finds a property of a member, written as an extension.
func property(member gjson.Result, code string) gjson.Result {
	var out gjson.Result
	member.Get("extension").ForEach(func(_, e gjson.Result) bool {
		if e.Get(`extension.#(url=="code").valueCode`).Str != code {
			return true
		}
		e.Get(`extension.#(url=="value")`).ForEach(func(key, v gjson.Result) bool {
			if strings.HasPrefix(key.Str, "value") {
				out = v
			}
			return true
		})
		return false
	})
	return out
}

func TestExpansionsShowExtensions(t *testing.T) {
	testutil.Requirement(t, "TX-11", "TX-13")
	s, _ := service(t, dressed, dressedMore, dressedSet, dressedAll)
	expand := func(req terminology.ExpandRequest) gjson.Result {
		t.Helper()
		x, err := s.Expand(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		return gjson.ParseBytes(x.JSON()).Get("expansion")
	}
	member := func(x gjson.Result, code string) gjson.Result {
		return x.Get(`contains.#(code=="` + code + `")`)
	}
	all := expand(terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:allbeads"}, IncludeDesignations: true})
	listed := expand(terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:beadset"}})
	helped := expand(terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:beadset"}, Supplements: []string{"urn:beads-more"}, Properties: []string{"weight"}})
	tests := map[string]struct{ got, want string }{
		"order of the code system":             {property(member(all, "round"), "order").Raw, "9"},
		"an extension nobody knows":            {member(all, "round").Get(`extension.#(url=="urn:private").url`).Str, ""},
		"id of a description":                  {member(all, "round").Get(`designation.#(value=="Ronde").extension.0.valueId`).Str, "77"},
		"standing of a designation":            {member(all, "round").Get(`designation.#(value=="Boule").extension.0.valueCode`).Str, "withdrawn"},
		"status of a deprecated concept":       {property(member(all, "flat"), "status").Str, "deprecated"},
		"a deprecated concept is active":       {member(all, "flat").Get("inactive").Raw, ""},
		"a withdrawn concept is not":           {member(all, "lost").Get("inactive").Raw, "true"},
		"a concept with nothing":               {member(all, "bare").Get("extension").Raw, ""},
		"address of the order":                 {all.Get(`extension.#(extension.0.valueCode=="order").extension.1.valueUri`).Str, "http://hl7.org/fhir/concept-properties#order"},
		"order of the value set wins":          {property(member(listed, "round"), "order").Raw, "1"},
		"definition of the value set":          {member(listed, "round").Get(`extension.#(url%"*concept-definition").valueString`).Str, "A ball"},
		"label of a supplement":                {property(member(helped, "round"), "label").Str, "(1)"},
		"style of a supplement":                {member(helped, "round").Get(`extension.#(url%"*rendering-style").valueString`).Str, "color: red"},
		"order is not of the supplement":       {property(member(helped, "round"), "order").Raw, "1"},
		"property of a supplement":             {property(member(helped, "round"), "weight").Raw, "1.50"},
		"address of a supplement's property":   {helped.Get(`extension.#(extension.0.valueCode=="weight").extension.1.valueUri`).Str, "urn:weighs"},
		"a supplement not asked for is silent": {property(member(listed, "round"), "label").Str, ""},
	}
	for name, tc := range tests {
		if tc.got != tc.want {
			t.Errorf("%s = %q, want %q", name, tc.got, tc.want)
		}
	}
	french := expand(terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:allbeads"}, Language: "fr"})
	if got := member(french, "round").Get("display").Str; got != "Ronde" {
		t.Errorf("display in French = %q, want Ronde: a withdrawn text is none", got)
	}
}

func TestValidationHeedsStandings(t *testing.T) {
	testutil.Requirement(t, "TX-13")
	s, _ := service(t, dressed, dressedMore, dressedSet, dressedAll)
	ask := func(code, display string) *terminology.Validation {
		t.Helper()
		v, err := s.ValidateCode(t.Context(), terminology.ValidateCodeRequest{URL: "urn:beads", Code: code, Display: display})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := map[string]struct {
		code, display, status, found string
		result, inactive             bool
	}{
		"good":               {code: "round", display: "Round", result: true},
		"withdrawn display":  {code: "round", display: "Boule", result: true, found: "warning/invalid/display-comment@display"},
		"deprecated concept": {code: "flat", result: true, status: "deprecated", found: "warning/business-rule/code-comment@code"},
		"withdrawn concept":  {code: "lost", result: true, status: "withdrawn", inactive: true, found: "warning/business-rule/code-comment@code"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v := ask(tc.code, tc.display)
			if v.Result != tc.result || v.Status != tc.status || v.Inactive != tc.inactive || found(v.Issues) != tc.found {
				t.Errorf("= %v, status %q, inactive %v, issues %q; want %v, %q, %v, %q", v.Result, v.Status, v.Inactive, found(v.Issues), tc.result, tc.status, tc.inactive, tc.found)
			}
		})
	}
}

func TestLookupShowsSupplementProperties(t *testing.T) {
	testutil.Requirement(t, "TX-11")
	s, _ := service(t, dressed, dressedMore)
	d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:beads", Code: "round", Supplements: []string{"urn:beads-more|2"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := gjson.GetBytes(d.JSON(), `parameter.#(part.0.valueCode=="weight").part.1.valueDecimal`).Raw; got != "1.50" {
		t.Errorf("weight = %q, want 1.50, as the supplement has it", got)
	}
}

func TestCallersLimitTheCost(t *testing.T) {
	testutil.Requirement(t, "SV-97-5")
	s, _ := service(t, dressed, dressedAll)
	tests := map[string]struct {
		threshold, count int
		refused          bool
	}{
		"no wish":                    {count: -1},
		"room for all":               {threshold: 4, count: -1},
		"one too few":                {threshold: 3, count: -1, refused: true},
		"pages are no matter":        {threshold: 3, count: 2},
		"above the server's own 100": {threshold: 1000, count: -1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			req := terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:allbeads"}, Common: terminology.Common{Threshold: tc.threshold}}
			if tc.count >= 0 {
				req.Count = &tc.count
			}
			_, err := s.Expand(t.Context(), req)
			if refused := fhir.KindOf(err) == fhir.TooCostly && err != nil; refused != tc.refused {
				t.Errorf("Expand = %v, want refused: %v", err, tc.refused)
			}
		})
	}
}
