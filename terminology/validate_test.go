package terminology_test

import (
	"fmt"
	"strings"
	"testing"

	"masjala/fhir"
	"masjala/internal/testutil"
	"masjala/terminology"
)

func yes() *bool { b := true; return &b }
func no() *bool  { b := false; return &b }

func TestValidateCode(t *testing.T) {
	testutil.Requirement(t, "TSWF-1", "TSF-12", "SV-99-2", "SV-99-3", "SV-99-4", "SV-99-5")
	s, _ := service(t, animals, animals2, loose, stub)
	const v1 = animalURL + "|1.0"
	type request = terminology.ValidateCodeRequest
	tests := map[string]struct {
		req     request
		result  bool
		message string // part of it
		display string
	}{
		"known":                    {request{URL: v1, Code: "dog"}, true, "", "Dog"},
		"version apart":            {request{URL: animalURL, Version: "1.0", Code: "bat"}, true, "", "Bat"},
		"only in the older":        {request{URL: animalURL, Code: "bat"}, false, "version '1.10'", ""},
		"unknown":                  {request{URL: v1, Code: "dgo"}, false, `Unknown code 'dgo' in the CodeSystem 'http://example.org/cs/animals' version '1.0'`, ""},
		"unknown system":           {request{URL: "http://x", Code: "dog"}, false, "A definition for CodeSystem 'http://x' could not be found", ""},
		"unknown version":          {request{URL: animalURL, Version: "9", Code: "dog"}, false, "Valid versions: 1.0 or 1.10", ""},
		"not present":              {request{URL: "http://example.org/cs/stub", Code: "a"}, false, "could not be found", ""},
		"another case":             {request{URL: v1, Code: "Dog"}, false, "Unknown code 'Dog'", ""},
		"case does not matter":     {request{URL: "http://example.org/cs/loose", Code: "ALPHA"}, true, "", "First"},
		"right display":            {request{URL: v1, Code: "dog", Display: "Dog"}, true, "", "Dog"},
		"display in another case":  {request{URL: v1, Code: "dog", Display: " dOG"}, true, "", "Dog"},
		"designation":              {request{URL: v1, Code: "dog", Display: "Chien"}, true, "", "Dog"},
		"wrong display":            {request{URL: v1, Code: "dog", Display: "Cat"}, false, "Wrong Display Name 'Cat' for http://example.org/cs/animals#dog. Valid display is one of 4 choices: 'Dog' (en) or 'Chien' (fr) or 'Mbwa' (sw) or 'Hound' (for the language(s) '--')", "Dog"},
		"display in a language":    {request{URL: v1, Code: "dog", Checks: terminology.Checks{Language: "sw"}}, true, "", "Mbwa"},
		"abstract":                 {request{URL: v1, Code: "mammal"}, true, "", "Mammal"},
		"abstract is allowed":      {request{URL: v1, Code: "mammal", Checks: terminology.Checks{Abstract: yes()}}, true, "", "Mammal"},
		"abstract is not allowed":  {request{URL: v1, Code: "mammal", Checks: terminology.Checks{Abstract: no()}}, false, "is abstract", "Mammal"},
		"concrete, none abstract":  {request{URL: v1, Code: "dog", Checks: terminology.Checks{Abstract: no()}}, true, "", "Dog"},
		"inactive":                 {request{URL: v1, Code: "auroch"}, true, "status of inactive", "Aurochs"},
		"coding":                   {request{URL: v1, Coding: &terminology.Coding{System: animalURL, Code: "dog"}}, true, "", "Dog"},
		"coding says the system":   {request{Coding: &terminology.Coding{System: animalURL, Version: "1.0", Code: "bat"}}, true, "", "Bat"},
		"coding of another system": {request{URL: v1, Coding: &terminology.Coding{System: "http://x", Code: "dog"}}, false, "CodeSystem 'http://x' could not be found", ""},
		"coding of a known system": {request{URL: v1, Coding: &terminology.Coding{System: "http://example.org/cs/loose", Code: "beta"}}, false, "is of the code system 'http://example.org/cs/loose', not of 'http://example.org/cs/animals'", "Second"},
		"members alone":            {request{URL: v1, Code: "dgo", Checks: terminology.Checks{MembershipOnly: true}}, false, "Unknown code 'dgo'", ""},
		"one of a known system":    {request{URL: v1, Concept: []terminology.Coding{{System: "http://example.org/cs/loose", Code: "beta"}, {System: animalURL, Code: "dog"}}}, true, "", "Dog"},
		"coding of other version":  {request{URL: v1, Coding: &terminology.Coding{System: animalURL, Version: "3", Code: "dog"}}, false, "different to the one in the value ('3')", "Dog"},
		"second of a concept":      {request{URL: v1, Concept: []terminology.Coding{{System: "http://x", Code: "y"}, {System: animalURL, Code: "dog"}}}, true, "", "Dog"},
		"none of a concept":        {request{URL: v1, Concept: []terminology.Coding{{System: "http://x", Code: "y"}, {System: animalURL, Code: "zz"}}}, false, "CodeSystem 'http://x' could not be found, so the code cannot be validated; Unknown code 'zz'", ""},
		"instance":                 {request{ID: "animals", Code: "bat"}, true, "", "Bat"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := s.ValidateCode(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			if v.Result != tc.result || v.Display != tc.display || !strings.Contains(v.Message, tc.message) || tc.message == "" && v.Message != "" {
				t.Errorf("got %+v\nwant %+v", v, tc)
			}
			body := v.JSON()
			if got := said(t, body, "result"); len(got) != 1 || got[0] != map[bool]string{true: "true", false: "false"}[tc.result] {
				t.Errorf("result in %s", body)
			}
			if got := said(t, body, "message"); !tc.result && len(got) != 1 {
				t.Errorf("no message in %s", body)
			}
		})
	}
}

func TestValidateCodeRefused(t *testing.T) {
	s, _ := service(t, animals)
	type request = terminology.ValidateCodeRequest
	tests := map[string]struct {
		req   request
		kind  fhir.Kind
		words string
	}{
		"no code":          {request{URL: animalURL}, fhir.Invalid, "Unable to find code"},
		"two codes":        {request{URL: animalURL, Code: "dog", Coding: &terminology.Coding{Code: "dog"}}, fhir.Invalid, "Unable to find code"},
		"no system":        {request{Code: "dog"}, fhir.Invalid, "url of a code system"},
		"unknown instance": {request{ID: "none", Code: "dog"}, fhir.NotFound, "none"},
		"date":             {request{URL: animalURL, Code: "dog", Common: terminology.Common{Context: "urn:x"}}, fhir.Unsupported, "context"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := s.ValidateCode(t.Context(), tc.req)
			wantError(t, err, tc.kind, tc.words)
		})
	}
}

const mammals = `{"resourceType":"ValueSet","id":"mammals","url":"http://example.org/vs/mammals","version":"2","name":"Mammals","title":"Mammals here","status":"active","description":"For tests",
"compose":{"include":[{"system":"http://example.org/cs/animals","version":"1.0","filter":[{"property":"concept","op":"is-a","value":"mammal"}]}]}}`

const pets = `{"resourceType":"ValueSet","id":"pets","url":"http://example.org/vs/pets","status":"active",
"compose":{"include":[{"system":"http://example.org/cs/animals","version":"1.0","concept":[{"code":"hen"},{"code":"dog","display":"Doggy","designation":[{"language":"fr","value":"Toutou"}]},{"code":"unicorn"}]},
{"system":"http://example.org/cs/unloaded","concept":[{"code":"rock","display":"Pet rock"}]}]}}`

func TestValidateInSet(t *testing.T) {
	testutil.Requirement(t, "TSWF-2", "SV-99-1")
	s, _ := service(t, animals, animals2, mammals, pets, loose)
	const mammalSet, petSet = "http://example.org/vs/mammals", "http://example.org/vs/pets"
	type request = terminology.ValidateInSetRequest
	of := func(url string) terminology.SetRef { return terminology.SetRef{URL: url} }
	tests := map[string]struct {
		req     request
		result  bool
		message string
		display string
	}{
		"member":                    {request{SetRef: of(mammalSet), System: animalURL, Code: "dog"}, true, "", "Dog"},
		"root of is-a":              {request{SetRef: of(mammalSet), System: animalURL, Code: "mammal"}, true, "", "Mammal"},
		"no member":                 {request{SetRef: of(mammalSet), System: animalURL, Code: "hen"}, false, "The provided code 'http://example.org/cs/animals#hen' was not found in the value set 'http://example.org/vs/mammals|2'", "Hen"},
		"unknown code":              {request{SetRef: of(mammalSet + "|2"), System: animalURL, Code: "zzz"}, false, "Unknown code 'zzz'", ""},
		"version of the set":        {request{SetRef: terminology.SetRef{URL: mammalSet, Version: "2"}, System: animalURL, Code: "dog"}, true, "", "Dog"},
		"version of the system":     {request{SetRef: of(mammalSet), System: animalURL, SystemVersion: "1.0", Code: "dog"}, true, "", "Dog"},
		"other version":             {request{SetRef: of(mammalSet), System: animalURL, SystemVersion: "1.10", Code: "dog"}, false, "version '1.0' in the ValueSet include is different to the one in the value ('1.10')", "Dog"},
		"another system":            {request{SetRef: of(mammalSet), System: "http://x", Code: "dog"}, false, "A definition for CodeSystem 'http://x' could not be found", ""},
		"on the instance":           {request{SetRef: terminology.SetRef{ID: "mammals"}, System: animalURL, Code: "dog"}, true, "", "Dog"},
		"all of a code system":      {request{SetRef: of("http://example.org/vs/all-animals"), System: animalURL, Code: "fish"}, true, "", "Fish"},
		"display of the set":        {request{SetRef: of(petSet), System: animalURL, Code: "dog", Display: "Doggy"}, true, "", "Doggy"},
		"designation of the set":    {request{SetRef: of(petSet), System: animalURL, Code: "dog", Display: "toutou"}, true, "", "Doggy"},
		"display of the system":     {request{SetRef: of(petSet), System: animalURL, Code: "dog", Display: "Dog"}, true, "", "Doggy"},
		"wrong display":             {request{SetRef: of(petSet), System: animalURL, Code: "dog", Display: "Cat"}, false, "Wrong Display Name 'Cat'", "Doggy"},
		"listed, system unknown":    {request{SetRef: of(petSet), System: "http://example.org/cs/unloaded", Code: "rock"}, true, "", "Pet rock"},
		"listed, not in its system": {request{SetRef: of(petSet), System: animalURL, Code: "unicorn"}, false, "not found", ""},
		"system is inferred":        {request{SetRef: of(petSet), Code: "rock", Infer: true}, true, "", "Pet rock"},
		"cannot be inferred":        {request{SetRef: of(petSet), Code: "zebra", Infer: true}, false, "not found", ""},
		"coding":                    {request{SetRef: of(mammalSet), Coding: &terminology.Coding{System: animalURL, Code: "dog", Display: "Mbwa"}}, true, "", "Dog"},
		"coding without system":     {request{SetRef: of(mammalSet), Coding: &terminology.Coding{Code: "dog"}}, false, "has no system", ""},
		"second of a concept":       {request{SetRef: of(mammalSet), Concept: []terminology.Coding{{System: animalURL, Code: "hen"}, {System: animalURL, Code: "bat"}}}, true, "", "Bat"},
		"none of a concept":         {request{SetRef: of(mammalSet), Concept: []terminology.Coding{{System: animalURL, Code: "hen"}, {System: animalURL, Code: "fish"}}}, false, "No valid coding was found for the value set 'http://example.org/vs/mammals|2'", ""},
		"abstract not allowed":      {request{SetRef: of(mammalSet), System: animalURL, Code: "mammal", Checks: terminology.Checks{Abstract: no()}}, false, "abstract", "Mammal"},
		"inactive":                  {request{SetRef: of(mammalSet), System: animalURL, Code: "auroch"}, true, "status of inactive", "Aurochs"},
		"language":                  {request{SetRef: of(petSet), System: animalURL, Code: "dog", Checks: terminology.Checks{Language: "fr"}}, true, "", "Toutou"},
		"language of the system":    {request{SetRef: of(petSet), System: animalURL, Code: "dog", Checks: terminology.Checks{Language: "sw"}}, true, "", "Mbwa"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := s.ValidateInSet(t.Context(), tc.req)
			if err != nil {
				t.Fatal(err)
			}
			if v.Result != tc.result || v.Display != tc.display || !strings.Contains(v.Message, tc.message) || tc.message == "" && v.Message != "" {
				t.Errorf("got %+v\nwant %+v", v, tc)
			}
		})
	}
	_, err := s.ValidateInSet(t.Context(), request{SetRef: of("http://example.org/vs/none"), System: animalURL, Code: "dog"})
	wantError(t, err, fhir.NotFound, "http://example.org/vs/none")
	_, err = s.ValidateInSet(t.Context(), request{SetRef: of(mammalSet), Code: "dog"})
	wantError(t, err, fhir.Invalid, "inferSystem in parameters")
	_, err = s.ValidateInSet(t.Context(), request{System: animalURL, Code: "dog"})
	wantError(t, err, fhir.Invalid, "which value set")
}

// TestImportsOfValueSetsAreCounted asks about a code that an exclude of another version may take
// out, of value sets that import each other in more ways than can be looked into.
func TestImportsOfValueSetsAreCounted(t *testing.T) {
	const deep = 40
	sets := []string{animals, animals2, vs("0", `{"include":[`+ofAnimals("")+`]}`)}
	for i := range deep {
		below := fmt.Sprintf(`{"valueSet":["http://example.org/vs/%d"]}`, i)
		sets = append(sets, vs(fmt.Sprint(i+1), `{"include":[`+below+`,`+below+`]}`))
	}
	sets = append(sets, vs("top", fmt.Sprintf(`{"include":[{"valueSet":["http://example.org/vs/%d"]}],"exclude":[{"system":%q,"version":"1.10","concept":[{"code":"dog"}]}]}`, deep, animalURL)))
	s, _ := service(t, sets...)
	_, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "http://example.org/vs/top"}, System: animalURL, Code: "dog"})
	wantError(t, err, fhir.TooCostly, "imports others more than")
}
