package fhir

import "github.com/tidwall/gjson"

// TranslationURL is the extension of a text that says it in another language
// (https://hl7.org/fhir/R4/extension-translation.html).
const TranslationURL = "http://hl7.org/fhir/StructureDefinition/translation"

// Translation is a text in another language.
type Translation struct{ Language, Text string }

// Translations reads the translations of a text x from what stands beside it, _x. Those that lack
// their language or their text are left out.
func Translations(beside gjson.Result) []Translation {
	var out []Translation
	for _, e := range beside.Get("extension").Array() {
		if e.Get("url").Str != TranslationURL {
			continue
		}
		var t Translation
		for _, part := range e.Get("extension").Array() {
			switch part.Get("url").Str {
			case "lang":
				t.Language = part.Get("valueCode").Str
			case "content":
				t.Text = part.Get("valueString").Str
			}
		}
		if t.Language != "" && t.Text != "" {
			out = append(out, t)
		}
	}
	return out
}
