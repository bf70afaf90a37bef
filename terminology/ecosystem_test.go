package terminology_test

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

// brought are resources that requests bring along: two versions of a code system, a draft, a
// fragment, one with retired and deprecated codes, a supplement, and value sets over them.
func brought(t *testing.T) terminology.Common {
	t.Helper()
	var out terminology.Common
	for _, text := range []string{
		`{"resourceType":"CodeSystem","url":"urn:tools","version":"1.0.0","status":"active","content":"complete","language":"en","concept":[{"code":"saw","display":"Saw","designation":[{"language":"fr","value":"Scie"}]},{"code":"axe","display":"Axe"}]}`,
		`{"resourceType":"CodeSystem","url":"urn:tools","version":"1.2.0","status":"active","content":"complete","language":"en","concept":[{"code":"saw","display":"Hand saw"},{"code":"nail","display":"Nail"}]}`,
		`{"resourceType":"CodeSystem","url":"urn:sketch","version":"0.1","status":"draft","content":"complete","caseSensitive":false,"concept":[{"code":"Line","display":"Line"}]}`,
		`{"resourceType":"CodeSystem","url":"urn:part","version":"7","status":"active","content":"fragment","concept":[{"code":"a","display":"A"}]}`,
		`{"resourceType":"CodeSystem","url":"urn:old","status":"active","content":"complete","property":[{"code":"status","type":"code"}],
			"concept":[{"code":"gone","display":"Gone","property":[{"code":"status","valueCode":"retired"}]},{"code":"going","display":"Going","property":[{"code":"status","valueCode":"deprecated"}]},{"code":"here","display":"Here"}]}`,
		`{"resourceType":"CodeSystem","url":"urn:more","version":"3","status":"active","content":"supplement","supplements":"urn:tools","concept":[{"code":"saw","designation":[{"language":"nl","value":"Zaag"}]}]}`,
		`{"resourceType":"ValueSet","url":"urn:any","version":"5","status":"active","compose":{"include":[{"system":"urn:tools"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:first","version":"5","status":"active","compose":{"include":[{"system":"urn:tools","version":"1.0.0"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:wild","version":"5","status":"active","compose":{"include":[{"system":"urn:tools","version":"1.0.x"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:both","status":"active","compose":{"include":[{"system":"urn:tools","version":"1.0.0"},{"system":"urn:tools","version":"1.2.0"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:lines","version":"1","status":"active","compose":{"include":[{"system":"urn:sketch"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:parts","status":"active","compose":{"include":[{"system":"urn:part"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:olds","status":"active","compose":{"include":[{"system":"urn:old"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:kept","status":"active","compose":{"inactive":false,"include":[{"system":"urn:old"}]}}`,
		`{"resourceType":"ValueSet","url":"urn:inner","status":"active","compose":{"inactive":false,"include":[{"valueSet":["urn:olds"]}]}}`,
		`{"resourceType":"ValueSet","url":"urn:lost","status":"active","compose":{"include":[{"valueSet":["urn:nowhere"]}]}}`,
		`{"resourceType":"ValueSet","url":"urn:two","status":"active","compose":{"include":[{"system":"urn:tools"},{"system":"urn:saws","concept":[{"code":"saw"}]}]}}`,
		`{"resourceType":"ValueSet","url":"urn:added","status":"active","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-supplement","valueCanonical":"urn:less"}],"compose":{"include":[{"system":"urn:tools"}]}}`,
	} {
		r, err := fhir.ParseLenient([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		out.Resources = append(out.Resources, r)
	}
	return out
}

// found writes issues as severity/code/detail@path.
func found(list []terminology.Issue) string {
	var out []string
	for _, i := range list {
		out = append(out, i.Severity+"/"+i.Code+"/"+i.Detail+"@"+i.Path)
	}
	return strings.Join(out, " ")
}

func TestValidationRules(t *testing.T) {
	testutil.Requirement(t, "TX-3", "TX-6", "TX-7", "TX-8", "TX-9", "TX-10", "TX-11", "TX-13")
	s, _ := service(t)
	type request = terminology.ValidateInSetRequest
	coding := func(system, version, code, display string) *terminology.Coding {
		return &terminology.Coding{System: system, Version: version, Code: code, Display: display}
	}
	ask := func(set string, c *terminology.Coding) request {
		return request{SetRef: terminology.SetRef{URL: set}, Coding: c}
	}
	with := func(r request, change func(*request)) request { change(&r); return r }
	saw := coding("urn:tools", "", "saw", "")
	tests := map[string]struct {
		req            request
		result         bool
		version, found string
	}{
		"latest version":            {ask("urn:any", saw), true, "1.2.0", ""},
		"version of the include":    {ask("urn:first", saw), true, "1.0.0", ""},
		"wildcard":                  {ask("urn:wild", saw), true, "1.0.0", ""},
		"wildcard fits the coding":  {ask("urn:wild", coding("urn:tools", "1.0.0", "saw", "")), true, "1.0.0", ""},
		"other version":             {ask("urn:first", coding("urn:tools", "1.2.0", "saw", "")), false, "1.0.0", "error/invalid/vs-invalid@Coding.version"},
		"unknown version":           {ask("urn:any", coding("urn:tools", "9", "saw", "")), false, "1.2.0", "warning/invalid/vs-invalid@Coding.version error/not-found/not-found@Coding.system"},
		"force":                     {with(ask("urn:any", saw), func(r *request) { r.Force = []string{"urn:tools|1.0.x"} }), true, "1.0.0", ""},
		"default":                   {with(ask("urn:any", saw), func(r *request) { r.Rules.System = []string{"urn:tools|1.0.0"} }), true, "1.0.0", ""},
		"default, but pinned":       {with(ask("urn:first", saw), func(r *request) { r.Rules.System = []string{"urn:tools|1.2.0"} }), true, "1.0.0", ""},
		"check chooses":             {with(ask("urn:any", saw), func(r *request) { r.Check = []string{"urn:tools|1.0.x"} }), true, "1.0.0", ""},
		"force what is not here":    {with(ask("urn:any", saw), func(r *request) { r.Force = []string{"urn:tools|9"} }), false, "", "error/not-found/not-found@Coding.system"},
		"a rule without a version":  {with(ask("urn:any", saw), func(r *request) { r.Check = []string{"urn:tools"} }), true, "1.2.0", ""},
		"check fails":               {with(ask("urn:first", saw), func(r *request) { r.Check = []string{"urn:tools|1.2.x"} }), false, "1.0.0", "error/exception/version-error@Coding.version"},
		"the version that has it":   {ask("urn:both", coding("urn:tools", "", "axe", "")), true, "1.0.0", ""},
		"the version of a display":  {ask("urn:both", coding("urn:tools", "", "saw", "Saw")), true, "1.0.0", ""},
		"unknown system":            {ask("urn:any", coding("urn:none", "", "saw", "")), false, "", "error/not-found/not-found@Coding.system error/code-invalid/not-in-vs@Coding.code"},
		"relative system":           {ask("urn:any", coding("tools", "", "saw", "")), false, "", "error/invalid/invalid-data@Coding.system error/not-found/not-found@Coding.system error/code-invalid/not-in-vs@Coding.code"},
		"system is a value set":     {ask("urn:any", coding("urn:first", "", "saw", "")), false, "", "error/invalid/invalid-data@Coding.system error/code-invalid/not-in-vs@Coding.code"},
		"system is a supplement":    {ask("urn:any", coding("urn:more", "", "saw", "")), false, "", "error/invalid/invalid-data@Coding.system error/code-invalid/not-in-vs@Coding.code"},
		"unknown code":              {ask("urn:any", coding("urn:tools", "", "hammer", "")), false, "", "error/code-invalid/invalid-code@Coding.code error/code-invalid/not-in-vs@Coding.code"},
		"unknown in a fragment":     {ask("urn:parts", coding("urn:part", "", "zz", "")), true, "7", "warning/code-invalid/invalid-code@Coding.code"},
		"draft and another case":    {ask("urn:lines", coding("urn:sketch", "", "LINE", "")), true, "0.1", "information/business-rule/status-check@ information/business-rule/code-rule@Coding.code"},
		"retired":                   {ask("urn:olds", coding("urn:old", "", "gone", "")), true, "", "warning/business-rule/code-comment@Coding"},
		"deprecated":                {ask("urn:olds", coding("urn:old", "", "going", "")), true, "", "warning/business-rule/code-comment@Coding"},
		"retired, none wanted":      {with(ask("urn:olds", coding("urn:old", "", "gone", "")), func(r *request) { r.ActiveOnly = true }), false, "", "error/business-rule/code-rule@Coding.code error/code-invalid/not-in-vs@Coding.code warning/business-rule/code-comment@Coding"},
		"retired, set without":      {ask("urn:kept", coding("urn:old", "", "gone", "")), false, "", "error/business-rule/code-rule@Coding.code error/code-invalid/not-in-vs@Coding.code warning/business-rule/code-comment@Coding"},
		"retired, taken over":       {ask("urn:inner", coding("urn:old", "", "gone", "")), false, "", "error/business-rule/code-rule@Coding.code error/code-invalid/not-in-vs@Coding.code warning/business-rule/code-comment@Coding"},
		"wrong display":             {ask("urn:first", coding("urn:tools", "", "saw", "Plane")), false, "1.0.0", "error/invalid/invalid-display@Coding.display"},
		"wrong display, lenient":    {with(ask("urn:first", coding("urn:tools", "", "saw", "Plane")), func(r *request) { r.Lenient = true }), true, "1.0.0", "warning/invalid/invalid-display@Coding.display"},
		"display of the language":   {with(ask("urn:first", coding("urn:tools", "", "saw", "Scie")), func(r *request) { r.Checks.Language = "fr" }), true, "1.0.0", ""},
		"display of another":        {with(ask("urn:first", coding("urn:tools", "", "saw", "Saw")), func(r *request) { r.Checks.Language = "fr" }), false, "1.0.0", "error/invalid/invalid-display@Coding.display"},
		"no display in it, default": {with(ask("urn:first", coding("urn:tools", "", "saw", "Saw")), func(r *request) { r.Checks.Language = "de" }), true, "1.0.0", "information/invalid/invalid-display@Coding.display"},
		"display of a supplement":   {with(ask("urn:first", coding("urn:tools", "", "saw", "Zaag")), func(r *request) { r.Supplements = []string{"urn:more"} }), true, "1.0.0", ""},
		"without the supplement":    {ask("urn:first", coding("urn:tools", "", "saw", "Zaag")), false, "1.0.0", "error/invalid/invalid-display@Coding.display"},
		"lost import":               {ask("urn:lost", saw), false, "", "error/not-found/not-found@"},
		"membership only":           {with(ask("urn:any", coding("urn:tools", "", "hammer", "")), func(r *request) { r.MembershipOnly = true }), false, "", "error/code-invalid/not-in-vs@Coding.code"},
		"inferred twice":            {request{SetRef: terminology.SetRef{URL: "urn:two"}, Code: "saw", Infer: true}, false, "", "error/not-found/cannot-infer@code error/code-invalid/not-in-vs@code"},
		"inferred":                  {request{SetRef: terminology.SetRef{URL: "urn:two"}, Code: "nail", Infer: true}, true, "1.2.0", ""},
		"second of a concept":       {request{SetRef: terminology.SetRef{URL: "urn:any"}, Concept: []terminology.Coding{{System: "urn:none", Code: "x"}, *saw}}, true, "1.2.0", "information/code-invalid/this-code-not-in-vs@CodeableConcept.coding[0].code warning/not-found/not-found@CodeableConcept.coding[0].system"},
	}
	common := brought(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.req.Common = common
			v, err := s.ValidateInSet(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			if got := found(v.Issues); v.Result != tc.result || v.Version != tc.version || got != tc.found {
				t.Errorf("got  %v %q %s (%s)\nwant %v %q %s", v.Result, v.Version, got, v.Message, tc.result, tc.version, tc.found)
			}
			if r, err := fhir.Parse(v.JSON()); err != nil || r.Type != "Parameters" {
				t.Errorf("%s: %v", v.JSON(), err)
			}
		})
	}
	for name, req := range map[string]request{
		"supplement of the request": with(ask("urn:any", saw), func(r *request) { r.Supplements = []string{"urn:less"} }),
		"supplement of the set":     ask("urn:added", saw),
	} {
		req.Common = common
		_, err := s.ValidateInSet(t.Context(), req)
		wantError(t, err, fhir.NotFound, "Required supplement not found: urn:less")
		if t.Failed() {
			t.Log(name)
		}
	}
	if _, err := s.ValidateInSet(t.Context(), ask("urn:any", saw)); err == nil {
		t.Error("what one request brought is there for another")
	}
}

func TestExpansionRules(t *testing.T) {
	testutil.Requirement(t, "TX-5", "TX-6", "TX-10", "TX-11", "TX-12")
	s, _ := service(t)
	type request = terminology.ExpandRequest
	of := func(url string, change func(*request)) request {
		r := request{SetRef: terminology.SetRef{URL: url}}
		if change != nil {
			change(&r)
		}
		return r
	}
	const params = `expansion.parameter.#(name=="`
	tests := map[string]struct {
		req        request
		path, want string
	}{
		"used version":           {of("urn:wild", nil), params + `used-codesystem").valueUri`, "urn:tools|1.0.0"},
		"forced version":         {of("urn:any", func(r *request) { r.Force = []string{"urn:tools|1.0.x"} }), params + `force-system-version").valueUri`, "urn:tools|1.0.x"},
		"a rule that is not met": {of("urn:first", func(r *request) { r.Rules.System = []string{"urn:tools|1.2.0"} }), params + `system-version").valueUri`, ""},
		"draft":                  {of("urn:lines", nil), params + `warning-draft").valueUri`, "urn:sketch|0.1"},
		"supplement":             {of("urn:any", func(r *request) { r.Supplements = []string{"urn:more"} }), params + `used-supplement").valueUri`, "urn:more|3"},
		"one version":            {of("urn:any", nil), `expansion.contains.0.version`, ""},
		"several versions":       {of("urn:both", nil), `expansion.contains.#.version`, `["1.2.0","1.2.0","1.0.0","1.0.0"]`},
		"status":                 {of("urn:olds", nil), `expansion.contains.0.extension.0.extension.1.valueCode`, "retired"},
		"definition asked for":   {of("urn:olds", func(r *request) { r.Properties = []string{"status"} }), `expansion.extension.0.extension.0.valueCode`, "status"},
		"no other language":      {of("urn:first", func(r *request) { r.Language = "fr,*;q=0" }), `expansion.contains.#.display`, `["Scie"]`},
		"other languages":        {of("urn:first", func(r *request) { r.Language = "fr" }), `expansion.contains.#.display`, `["Scie","Axe"]`},
	}
	common := brought(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			tc.req.Common = common
			x, err := s.Expand(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			if got := gjson.GetBytes(x.JSON(), tc.path).String(); got != tc.want {
				t.Errorf("%s = %q, want %q\n%s", tc.path, got, tc.want, x.JSON())
			}
			if _, err := fhir.Parse(x.JSON()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFindingsSpeakTheCallersLanguage(t *testing.T) {
	testutil.Requirement(t, "TX-10")
	s, _ := service(t)
	common := brought(t)
	tests := map[string]struct {
		req  terminology.ValidateInSetRequest
		text string
	}{
		"not in the set": {terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:first"}, System: "urn:tools", Code: "nut", Checks: terminology.Checks{Language: "fr"}},
			"Code inconnu 'nut' dans le CodeSystem 'urn:tools' version '1.0.0'; Le code fourni 'urn:tools#nut' n'est pas dans le jeu de valeurs 'urn:first|5'"},
		"a value set that lacks another": {terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:lost"}, System: "urn:tools", Code: "saw", Checks: terminology.Checks{Language: "sw"}},
			"Ufafanuzi wa seti ya thamani 'urn:nowhere' haukupatikana"},
	}
	for name, tc := range tests {
		tc.req.Common = common
		v, err := s.ValidateInSet(t.Context(), tc.req)
		if err != nil {
			t.Fatal(err)
		}
		if v.Message != tc.text {
			t.Errorf("%s: %q, want %q", name, v.Message, tc.text)
		}
	}
}
