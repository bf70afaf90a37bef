package terminology_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/fhir"
	"masjala/terminology"
)

func TestLanguageTags(t *testing.T) {
	s, _ := service(t,
		`{"resourceType":"ValueSet","id":"all","url":"urn:all","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47"}]}}`,
		`{"resourceType":"ValueSet","id":"some","url":"urn:some","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47","concept":[{"code":"sw"},{"code":"pt-BR"},{"code":"no-such"}]}]}}`,
		`{"resourceType":"ValueSet","id":"region","url":"urn:region","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47","filter":[{"property":"region","op":"exists","value":"true"}]}]}}`,
		`{"resourceType":"ValueSet","id":"both","url":"urn:both","status":"active","compose":{"include":[{"valueSet":["urn:all","urn:some"]}]}}`,
		`{"resourceType":"ValueSet","id":"less","url":"urn:less","status":"active","compose":{"include":[{"valueSet":["urn:some"]}],"exclude":[{"system":"urn:ietf:bcp:47","filter":[{"property":"region","op":"=","value":"BR"}]}]}}`,
		`{"resourceType":"ValueSet","id":"two","url":"urn:two","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47","filter":[{"property":"language","op":"=","value":"sw"}]},{"system":"urn:ietf:bcp:47","filter":[{"property":"language","op":"=","value":"fr"}]},{"system":"urn:ietf:bcp:47","concept":[{"code":"pt-BR"}]}]}}`,
		`{"resourceType":"ValueSet","id":"within","url":"urn:within","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47","valueSet":["urn:two"]}]}}`,
		`{"resourceType":"ValueSet","id":"without","url":"urn:without","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47"}],"exclude":[{"system":"urn:ietf:bcp:47","filter":[{"property":"language","op":"=","value":"sw"}]}]}}`,
		`{"resourceType":"ValueSet","id":"none","url":"urn:none","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47"}],"exclude":[{"system":"urn:ietf:bcp:47"}]}}`,
	)
	tests := map[string]struct {
		set, code string
		result    bool
		display   string
	}{
		"a language":                    {"urn:all", "sw", true, "Swahili"},
		"a tag with a region":           {"urn:all", "pt-BR", true, "Portuguese (Brazil)"},
		"in other letters":              {"urn:all", "PT-br", true, "Portuguese (Brazil)"},
		"no tag":                        {"urn:all", "pt-QQQ", false, ""},
		"a listed tag":                  {"urn:some", "pt-BR", true, "Portuguese (Brazil)"},
		"a tag that is not listed":      {"urn:some", "pt-PT", false, "Portuguese (Portugal)"},
		"listed, but no tag":            {"urn:some", "no-such", false, ""},
		"a filter that the tag meets":   {"urn:region", "sw-KE", true, "Swahili (Kenya)"},
		"a filter that it does not":     {"urn:region", "sw", false, "Swahili"},
		"in what two have":              {"urn:both", "pt-BR", true, "Portuguese (Brazil)"},
		"not in what two have":          {"urn:both", "fr", false, "French"},
		"what an exclude takes out":     {"urn:less", "pt-BR", false, "Portuguese (Brazil)"},
		"what it leaves":                {"urn:less", "sw", true, "Swahili"},
		"the first of two filters":      {"urn:within", "sw-KE", true, "Swahili (Kenya)"},
		"the second of two":             {"urn:within", "fr-CA", true, "French (Canada)"},
		"listed beside them":            {"urn:within", "pt-BR", true, "Portuguese (Brazil)"},
		"met by neither":                {"urn:within", "pt-PT", false, "Portuguese (Portugal)"},
		"a tag that a filter takes out": {"urn:without", "sw-KE", false, "Swahili (Kenya)"},
		"so in other letters":           {"urn:without", "SW-ke", false, "Swahili (Kenya)"},
		"a tag that it leaves":          {"urn:without", "fr-CA", true, "French (Canada)"},
		"all taken out":                 {"urn:none", "fr-CA", false, "French (Canada)"},
		"one that nobody lists at all":  {"urn:less", "de-CH-1996", false, "German (Switzerland, 1996)"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: tc.set}, System: "urn:ietf:bcp:47", Code: tc.code})
			if err != nil {
				t.Fatal(err)
			}
			if v.Result != tc.result || v.Display != tc.display {
				t.Errorf("%s in %s = %v, %q; want %v, %q (%s)", tc.code, tc.set, v.Result, v.Display, tc.result, tc.display, v.Message)
			}
		})
	}
}

// TestFiltersOfLanguageTags lists what filters of tags have in common, and compares.
func TestFiltersOfLanguageTags(t *testing.T) {
	tags := func(more string) string { return `{"system":"urn:ietf:bcp:47"` + more + `}` }
	speaks := func(language string) string {
		return tags(`,"filter":[{"property":"language","op":"=","value":"` + language + `"}]`)
	}
	s, _ := service(t, vs("two", `{"include":[`+speaks("sw")+`,`+speaks("fr")+`,`+tags(`,"concept":[{"code":"pt-BR"}]`)+`]}`))
	for name, tc := range map[string]struct {
		compose, want string
		closed        bool
	}{
		"within another":    {`{"include":[` + tags(`,"valueSet":["http://example.org/vs/two"]`) + `]}`, "sw fr pt-BR", false},
		"two others":        {`{"include":[` + tags(`,"valueSet":["http://example.org/vs/two"],"filter":[{"property":"language","op":"=","value":"fr"}]`) + `]}`, "fr", false},
		"without it":        {`{"include":[` + speaks("fr") + `],"exclude":[{"valueSet":["http://example.org/vs/two"]}]}`, "", false},
		"nobody uses alone": {`{"include":[` + tags(`,"filter":[{"property":"region","op":"=","value":"KE"}]`) + `]}`, "", false},
		"a list of them":    {`{"include":[` + tags(`,"concept":[{"code":"fr"},{"code":"de"}],"valueSet":["http://example.org/vs/two"]`) + `]}`, "fr", true},
	} {
		x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: inline(t, tc.compose)})
		if err != nil {
			t.Fatal(err)
		}
		if got, total := contained(x.JSON()), gjson.GetBytes(x.JSON(), "expansion.total").Exists(); got != tc.want || total != tc.closed {
			t.Errorf("%s: %q, with a total %v; want %q, %v", name, got, total, tc.want, tc.closed)
		}
	}
}

// TestManyFiltersOfLanguageTags looks for a tag in value sets of which each part would have others
// looked into: what two of them have is found at once, and more than can be looked into is refused.
func TestManyFiltersOfLanguageTags(t *testing.T) {
	filtered := func(property string, values ...string) string {
		var list []string
		for _, v := range values {
			list = append(list, `{"system":"urn:ietf:bcp:47","filter":[{"property":"`+property+`","op":"=","value":"`+v+`"}]}`)
		}
		return strings.Join(list, ",")
	}
	var regions []string
	for a := 'A'; a <= 'Z'; a++ {
		regions = append(regions, string(a)+"E", string(a)+"R")
	}
	two := filtered("language", "sw", "fr")
	sets := []string{vs("regions", `{"include":[`+filtered("region", regions...)+`]}`), vs("two", `{"include":[`+two+`]}`), vs("less0", `{"include":[`+two+`]}`),
		vs("power", `{"include":[{"valueSet":["http://example.org/vs/two"`+strings.Repeat(`,"http://example.org/vs/two"`, 30)+`]}]}`)}
	for i := range 30 {
		sets = append(sets, vs(fmt.Sprint("less", i+1), fmt.Sprintf(`{"include":[%s],"exclude":[{"valueSet":["http://example.org/vs/less%d"]}]}`, two, i)))
	}
	s, _ := service(t, sets...)
	for code, want := range map[string]bool{"sw-KE": true, "fr-RE": true, "en-GB": false, "sw-TZ": false} {
		v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "http://example.org/vs/regions"}, System: "urn:ietf:bcp:47", Code: code})
		if err != nil || v.Result != want {
			t.Errorf("%s = %+v, %v; want %v", code, v, err, want)
		}
	}
	for _, id := range []string{"power", "less30"} {
		if _, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "http://example.org/vs/" + id}}); fhir.KindOf(err) != fhir.TooCostly {
			t.Errorf("%s: %v, want TooCostly", id, err)
		}
	}
}

func TestLanguageTagsCannotAllBeListed(t *testing.T) {
	s, _ := service(t,
		`{"resourceType":"ValueSet","id":"all","url":"urn:all","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47"}]}}`,
		`{"resourceType":"ValueSet","id":"some","url":"urn:some","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47","concept":[{"code":"zh-Hant"},{"code":"sw","display":"Kiswahili"}]}]}}`)
	count := 3
	x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:all"}, Count: &count})
	if err != nil {
		t.Fatal(err)
	}
	e := gjson.ParseBytes(x.JSON()).Get("expansion")
	if e.Get("total").Exists() || !e.Get(`extension.#(url%"*valueset-unclosed").valueBoolean`).Bool() || e.Get("contains.#").Int() != 3 {
		t.Errorf("expansion = %s, want three codes, no total, and that it is not all", e.Raw)
	}
	if x, err = s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:some"}}); err != nil {
		t.Fatal(err)
	}
	e = gjson.ParseBytes(x.JSON()).Get("expansion")
	if e.Get("total").Int() != 2 || e.Get("extension").Exists() || e.Get("contains.0.display").Str != "Chinese (Traditional Han)" || e.Get("contains.1.display").Str != "Kiswahili" {
		t.Errorf("expansion = %s, want the two listed codes and their total", e.Raw)
	}
	d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:ietf:bcp:47", Code: "es-419", Properties: []string{"region"}})
	if err != nil || d.Display != "Spanish (Latin America)" || gjson.GetBytes(d.JSON(), `parameter.#(part.0.valueCode=="region").part.1.valueCode`).Str != "419" {
		t.Errorf("Lookup = %s, %v", d.JSON(), err)
	}
	if _, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:ietf:bcp:47", Code: "es-999"}); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("Lookup of no tag: %v, want NotFound", err)
	}
}

func TestLanguageTagsByTheirNamesInR4(t *testing.T) {
	s, _ := service(t, `{"resourceType":"ValueSet","id":"all","url":"urn:all","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47"}]}}`)
	for display, want := range map[string]bool{"Chinese (Hong Kong SAR China)": true, "Chinese (Hong Kong)": true, "Chinese (Macao)": false} {
		v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:all"}, System: "urn:ietf:bcp:47", Code: "zh-HK", Display: display})
		if err != nil || v.Result != want || v.Display != "Chinese (Hong Kong SAR China)" {
			t.Errorf("zh-HK as %q = %v, %q, %v; want %v", display, v.Result, v.Display, err, want)
		}
	}
	if v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:all"}, System: "urn:ietf:bcp:47", Code: "bn", Display: "Bengali"}); err != nil || !v.Result {
		t.Errorf("bn as Bengali = %+v, %v; want it taken", v, err)
	}
}

func TestLanguageTagsWithoutAName(t *testing.T) {
	s, _ := service(t, `{"resourceType":"ValueSet","id":"one","url":"urn:one","status":"active","compose":{"include":[{"system":"urn:ietf:bcp:47","concept":[{"code":"aaa-NG"}]}]}}`)
	v, err := s.ValidateInSet(t.Context(), terminology.ValidateInSetRequest{SetRef: terminology.SetRef{URL: "urn:one"}, System: "urn:ietf:bcp:47", Code: "aaa-ng", Display: "Ghotuo (Nigeria)"})
	if err != nil || !v.Result || v.Display != "" {
		t.Errorf("validation = %v, %q (%s), %v; want true without a display", v.Result, v.Display, v.Message, err)
	}
	x, err := s.Expand(t.Context(), terminology.ExpandRequest{SetRef: terminology.SetRef{URL: "urn:one"}})
	if err != nil {
		t.Fatal(err)
	}
	c := gjson.GetBytes(x.JSON(), "expansion.contains.0")
	if c.Get("code").Str != "aaa-NG" || c.Get("display").Exists() {
		t.Errorf("expansion lists %s, want aaa-NG without a display", c.Raw)
	}
	if d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:ietf:bcp:47", Code: "aaa-NG"}); err != nil || gjson.GetBytes(d.JSON(), `parameter.#(name=="display").valueString`).Str != "aaa-NG" {
		t.Errorf("Lookup = %s, %v; want the code as the display, which must be there", d.JSON(), err)
	}
}

func TestLoadedSystemsComeBeforeGrammars(t *testing.T) {
	s, _ := service(t, `{"resourceType":"CodeSystem","id":"own","url":"urn:ietf:bcp:47","status":"active","content":"complete","concept":[{"code":"sw","display":"Kiswahili"}]}`)
	d, err := s.Lookup(t.Context(), terminology.LookupRequest{System: "urn:ietf:bcp:47", Code: "sw"})
	if err != nil || d.Display != "Kiswahili" {
		t.Errorf("Lookup = %+v, %v; want the loaded display", d, err)
	}
}

// TestUncommonLanguageTags asks the operations that look into concepts for a tag that no list
// of common ones has.
func TestUncommonLanguageTags(t *testing.T) {
	const system, tag = "urn:ietf:bcp:47", "sw-Latn-BI"
	s, _ := service(t)
	found, err := s.FindMatches(t.Context(), terminology.FindMatchesRequest{System: system, Exact: true,
		Properties: []terminology.WantedProperty{{Code: "code", Value: tag}, {Code: "region", Value: "BI"}}})
	if err != nil || len(found) != 1 || found[0].Code != tag {
		t.Errorf("FindMatches = %+v, %v; want %s", found, err, tag)
	}
	add := terminology.ClosureRequest{Owner: "me", Name: "tags"}
	if _, err := s.Closure(t.Context(), add); err != nil {
		t.Fatal(err)
	}
	add.Codings = []terminology.Coding{{System: system, Code: "sw"}, {System: system, Code: tag}}
	if x, err := s.Closure(t.Context(), add); err != nil || x.Version != 1 {
		t.Errorf("Closure = %+v, %v; want both tags in version 1", x, err)
	}
	add.Codings[1].Code = "sw-Latn-QQQ"
	if _, err := s.Closure(t.Context(), add); fhir.KindOf(err) != fhir.NotFound {
		t.Errorf("Closure of what is no tag: %v, want NotFound", err)
	}
}
