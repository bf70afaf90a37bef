package bcp47_test

import (
	"strings"
	"testing"

	"masjala/terminology/bcp47"
)

func TestParse(t *testing.T) {
	tests := map[string]struct{ tag, name, full string }{
		"sw":                       {"sw", "Swahili (macrolanguage)", "Swahili (macrolanguage)"},
		"AA":                       {"aa", "Afar", "Afar"},
		"pt-br":                    {"pt-BR", "Portuguese (Brazil)", "Portuguese (Region=Brazil)"},
		"ZH-hant-tw":               {"zh-Hant-TW", "Chinese (Han (Traditional variant), Taiwan, Province of China)", ""},
		"zh-yue-hk":                {"zh-yue-HK", "Chinese (Yue Chinese, Hong Kong)", ""},
		"es-419":                   {"es-419", "Spanish (Latin America and the Caribbean)", "Spanish (Region=Latin America and the Caribbean)"},
		"de-1996":                  {"de-1996", "German (German orthography of 1996)", ""},
		"de-u-co-phonebk":          {"de-u-co-phonebk", "German (u-co-phonebk)", "German (Extension=u-co-phonebk)"},
		"en-x-clinic":              {"en-x-clinic", "English (clinic)", "English (Private use=clinic)"},
		"x-home":                   {"x-home", "home", "Private use=home"},
		"i-klingon":                {"i-klingon", "Klingon", "Klingon"},
		"sgn-be-fr":                {"sgn-BE-FR", "Belgian-French Sign Language", ""},
		"qab":                      {"qab", "Private use", ""},
		"en-XB":                    {"en-XB", "English (Private use)", ""},
		"ka-Qaab":                  {"ka-Qaab", "Georgian (Private use)", ""},
		"zza":                      {"zza", "Zaza", ""},
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
			if tag.String() != want.tag || tag.Name() != want.name || want.full != "" && tag.FullName() != want.full {
				t.Errorf("Parse(%q) = %q, %q, %q; want %+v", text, tag, tag.Name(), tag.FullName(), want)
			}
		})
	}
}

func TestCommonLanguages(t *testing.T) {
	list := bcp47.Common()
	if len(list) < 400 {
		t.Fatalf("%d common languages, want those of ISO 639-1 and 639-2", len(list))
	}
	for i, l := range list {
		if i > 0 && list[i-1].Code >= l.Code {
			t.Errorf("%s stands after %s", l.Code, list[i-1].Code)
		}
		if tag, err := bcp47.Parse(l.Code); err != nil || tag.Name() != l.Name {
			t.Errorf("Parse(%q) = %q, %v; want %q", l.Code, tag.Name(), err, l.Name)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"sw", "zh-Hant-TW", "i-klingon", "de-u-co-phonebk-x-a", "--", "en-US-US"} {
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
		if tag.Name() == "" || tag.FullName() == "" {
			t.Fatalf("%q has no name", s)
		}
	})
}
