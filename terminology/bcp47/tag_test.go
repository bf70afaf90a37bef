package bcp47_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"masjala/internal/testutil"
	"masjala/terminology/bcp47"
)

func TestParse(t *testing.T) {
	tests := map[string]struct{ tag, name, full string }{
		"sw":              {"sw", "Swahili", "Swahili"},
		"AA":              {"aa", "Afar", "Afar"},
		"pt-br":           {"pt-BR", "Portuguese (Brazil)", "Portuguese (Region=Brazil)"},
		"nl-BE":           {"nl-BE", "Dutch (Belgium)", ""},
		"ZH-hant-tw":      {"zh-Hant-TW", "Chinese (Traditional Han, Taiwan)", "Chinese (Script=Traditional Han, Region=Taiwan)"},
		"zh-yue-hk":       {"zh-yue-HK", "Chinese (Cantonese, Hong Kong SAR China)", "Chinese (Extended=Cantonese, Region=Hong Kong SAR China)"},
		"sw-swh-TZ":       {"sw-swh-TZ", "Swahili (Coastal Swahili, Tanzania)", ""},
		"sgn-ase":         {"sgn-ase", "Sign languages (American Sign Language)", ""},
		"es-419":          {"es-419", "Spanish (Latin America)", "Spanish (Region=Latin America)"},
		"de-1996":         {"de-1996", "German (1996)", "German (Variant=1996)"},
		"de-u-co-phonebk": {"de-u-co-phonebk", "German (u-co-phonebk)", "German (Extension=u-co-phonebk)"},
		"en-x-clinic":     {"en-x-clinic", "English (clinic)", "English (Private use=clinic)"},
		"x-home":          {"x-home", "home", "Private use=home"},
		"qab":             {"qab", "Private use", ""},
		"qtz-Qabx-XA":     {"qtz-Qabx-XA", "Private use (Private use, Private use)", ""},
		"en-QM":           {"en-QM", "English (Private use)", ""},
		"en-ZZ":           {"en-ZZ", "English (Unknown Region)", ""},
		"ka-Qaaa":         {"ka-Qaaa", "Georgian (Private use)", ""},
		"und-Latn":        {"und-Latn", "Unknown language (Latin)", ""},
		"zza":             {"zza", "Zaza", ""},

		"no":      {"no", "Norwegian", ""},
		"nb":      {"nb", "Norwegian Bokmål", ""},
		"tl":      {"tl", "Tagalog", ""},
		"cmn":     {"cmn", "Mandarin Chinese", ""},
		"iw":      {"iw", "Hebrew", ""},
		"mo":      {"mo", "Moldavian", ""},
		"sh":      {"sh", "Serbo-Croatian", ""},
		"zsm":     {"zsm", "", ""},
		"aaa":     {"aaa", "", ""},
		"aaa-x-a": {"aaa-x-a", "", ""},
		"nl-AN":   {"nl-AN", "", ""},
		"de-DD":   {"de-DD", "", ""},

		"i-klingon":   {"i-klingon", "Klingon", "Klingon"},
		"I-LUX":       {"i-lux", "Luxembourgish", ""},
		"no-NYN":      {"no-nyn", "Norwegian Nynorsk", ""},
		"zh-GUOYU":    {"zh-guoyu", "Mandarin Chinese", ""},
		"en-gb-OED":   {"en-GB-oed", "English (United Kingdom, oxendict)", "English (Region=United Kingdom, Variant=oxendict)"},
		"sgn-be-fr":   {"sgn-BE-FR", "", ""},
		"i-default":   {"i-default", "", ""},
		"cel-gaulish": {"cel-gaulish", "", ""},

		"eng": {}, "ger": {}, "deu": {}, "en-GBR": {}, "en-840": {}, "en-UK": {}, "en-RH": {}, "zh-deu": {}, "zh-fil": {}, "swh-swh": {}, "sgn-deu": {},
		"zh-cmn-yue": {}, "en-Zzzx": {}, "de-1995": {}, "i-bantu": {}, "root": {}, "en-us-posix": {}, "en-419-Latn": {}, "zz-Latn": {},
		"sl-Latn-IT-rozaj-nedis-x": {},
		"":                         {}, "en-": {}, "-en": {}, "en--US": {}, "xx": {}, "en-ZZZ": {}, "en-US-US": {}, "en-u": {}, "en-u-aa-u-bb": {},
		"de-1996-1996": {}, "en_US": {}, "en-yue": {}, "qaa..qtz": {}, "x": {}, "englishlanguage": {}, "q": {}, "zzzz": {},
		"en-" + strings.Repeat("a", 9): {}, strings.Repeat("en-", 200) + "US": {},
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			tag, err := bcp47.Parse(text)
			if want.tag == "" {
				if err == nil {
					t.Fatalf("Parse(%q) = %v, want an error", text, tag)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tag.String() != want.tag || tag.Name() != want.name || (tag.FullName() == "") != (want.name == "") || want.full != "" && tag.FullName() != want.full {
				t.Errorf("Parse(%q) = %q, %q, %q; want %+v", text, tag, tag.Name(), tag.FullName(), want)
			}
		})
	}
}

func TestCommonLanguages(t *testing.T) {
	list := bcp47.Common()
	if len(list) < 400 {
		t.Fatalf("%d common languages, want all that are in use", len(list))
	}
	codes := map[string]bool{}
	for i, l := range list {
		codes[l.Code] = true
		if i > 0 && list[i-1].Code >= l.Code {
			t.Errorf("%s stands after %s", l.Code, list[i-1].Code)
		}
		if tag, err := bcp47.Parse(l.Code); err != nil || tag.Name() != l.Name {
			t.Errorf("Parse(%q) = %q, %v; want %q", l.Code, tag.Name(), err, l.Name)
		}
	}
	for code, want := range map[string]bool{
		"sw": true, "en": true, "luo": true, "kam": true, "no": true, "tl": true, "tw": true, "cnr": true,
		"iw": false, "sh": false, "mo": false, "eng": false, "ger": false, "qaa": false, "aaa": false,
	} {
		if codes[code] != want {
			t.Errorf("%q listed: %v, want %v", code, codes[code], want)
		}
	}
}

func TestCommonLanguagesOfR4(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(testutil.Reference(t), "spec/fhir-r4/terminology/ValueSet-languages.json"))
	if err != nil {
		t.Fatal(err)
	}
	list := gjson.GetBytes(raw, "compose.include.0.concept").Array()
	if len(list) == 0 {
		t.Fatal("the value set lists no languages")
	}
	for _, c := range list {
		code, want := c.Get("code").Str, c.Get("display").Str
		tag, err := bcp47.Parse(code)
		if err != nil {
			t.Errorf("Parse(%q): %v", code, err)
			continue
		}
		if other := tag.NameInR4(); tag.Name() != want && other != want || other == tag.Name() {
			t.Errorf("%s is called %q and in R4 %q, want %q", code, tag.Name(), other, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"sw", "zh-Hant-TW", "i-klingon", "aaa-XA", "de-u-co-phonebk-x-a", "--", "en-US-US"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tag, err := bcp47.Parse(s)
		if err != nil {
			return
		}
		again, err := bcp47.Parse(tag.String())
		if err != nil || again.String() != tag.String() || !strings.EqualFold(tag.String(), s) {
			t.Fatalf("Parse(%q) = %q, read again %q, %v", s, tag, again, err)
		}
		if (tag.Name() == "") != (tag.FullName() == "") {
			t.Fatalf("%q has the names %q and %q", s, tag.Name(), tag.FullName())
		}
	})
}
