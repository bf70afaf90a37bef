package bcp47

import (
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// privateUse names what is left to private agreement.
const privateUse = "Private use"

// names are those of languages that the CLDR has under another code only: by ISO 639-2, the
// last three by ISO 639-3.
var names = map[string]string{
	"cnr": "Montenegrin", "fat": "Fanti", "mis": "Uncoded languages", "nb": "Norwegian Bokmål", "no": "Norwegian",
	"sgn": "Sign languages", "tl": "Tagalog", "tw": "Twi",
	"arb": "Standard Arabic", "cmn": "Mandarin Chinese", "swh": "Coastal Swahili",
}

// nameOfLanguage is the name of a primary or extended language, empty where it has none. The
// name of a larger language that it belongs to is not its name.
func (r *Registry) nameOfLanguage(code, typ string) string {
	if r != nil {
		return r.name(typ, code)
	}
	if name := names[code]; name != "" {
		return name
	}
	b, err := language.ParseBase(code)
	if err != nil {
		return ""
	}
	if b.IsPrivateUse() {
		return privateUse
	}
	name := display.English.Languages().Name(b)
	other := canonical(b, language.All)
	if other != canonical(b, language.DeprecatedBase) && name == display.English.Languages().Name(other) {
		return ""
	}
	return name
}

// canonical is the language that one is replaced by.
func canonical(b language.Base, how language.CanonType) language.Base {
	tag, err := language.Raw.Compose(b)
	if err != nil {
		return b
	}
	if tag, err = how.Canonicalize(tag); err != nil {
		return b
	}
	b, _ = tag.Base()
	return b
}

func (r *Registry) nameOfScript(code string) string {
	if r != nil {
		return r.name("script", code)
	}
	s, err := language.ParseScript(code)
	switch {
	case err != nil:
		return ""
	case s.IsPrivateUse():
		return privateUse
	}
	return display.English.Scripts().Name(s)
}

// nameOfRegion is empty for what is no region any more: its name would be that of the one
// that took its place.
func (r *Registry) nameOfRegion(code string) string {
	if r != nil {
		return r.name("region", code)
	}
	region, err := language.ParseRegion(code)
	if err != nil {
		return ""
	}
	name := display.English.Regions().Name(region)
	switch {
	case name == "" && region.IsPrivateUse():
		return privateUse
	case region.Canonicalize() != region && !region.IsPrivateUse():
		return ""
	}
	return name
}

// Language is a language by its primary subtag.
type Language struct{ Code, Name string }

// Common lists the languages that have a name and are in use, by code.
func Common() []Language { return slices.Clone(common()) }

var common = sync.OnceValue(func() []Language {
	var out []Language
	for _, b := range language.Supported.BaseLanguages() {
		code := b.String()
		var known *Registry
		name := known.nameOfLanguage(code, "language")
		if name == "" || b.IsPrivateUse() || !known.isLanguage(code) {
			continue
		}
		if names[code] == "" && canonical(b, language.DeprecatedBase|language.Legacy) != b {
			continue
		}
		out = append(out, Language{code, name})
	}
	slices.SortFunc(out, func(a, b Language) int { return strings.Compare(a.Code, b.Code) })
	return slices.Compact(out)
})

// Name is the tag in English: "Portuguese (Brazil)". Variants, extensions and what is private
// stand as they are written. It is empty if the language, script or region has no name.
func (t Tag) Name() string { return t.named(func(_, name string) string { return name }) }

// FullName is Name with what each part is: "Portuguese (Region=Brazil)".
func (t Tag) FullName() string {
	return t.named(func(what, name string) string { return what + "=" + name })
}

// inR4 are the names of http://hl7.org/fhir/ValueSet/languages (FHIR R4, CC0), in its
// spelling, that differ from those of the CLDR.
var inR4 = map[string]string{
	"bn": "Bengali", "en-GB": "English (Great Britain)", "en-NZ": "English (New Zeland)", "fy": "Frysian",
	"fy-NL": "Frysian (Netherlands)", "te": "Telegu", "zh-HK": "Chinese (Hong Kong)",
}

// UsualName is what the tag is called without a registry.
func (t Tag) UsualName() string {
	tag, err := Parse(t.String())
	if err != nil {
		return ""
	}
	return tag.Name()
}

// NameInR4 is what the value set of common languages of FHIR R4 calls the tag where that is
// not Name; else empty.
func (t Tag) NameInR4() string { return inR4[t.String()] }

func (t Tag) named(part func(what, name string) string) string {
	if t.Old != "" {
		if t.names != nil && t.names.find("grandfathered", t.Old).Description != "" {
			return t.names.find("grandfathered", t.Old).Description
		}
		return t.replacement().named(part)
	}
	var more []string
	known := true
	add := func(what, subtag, name string) {
		if subtag != "" {
			more = append(more, part(what, name))
			known = known && name != ""
		}
	}
	for _, x := range t.Extended {
		add("Extended", x, t.names.nameOfLanguage(x, "extlang"))
	}
	add("Script", t.Script, t.names.nameOfScript(t.Script))
	add("Region", t.Region, t.names.nameOfRegion(t.Region))
	for _, v := range t.Variants {
		add("Variant", v, v)
	}
	for _, x := range t.Extensions {
		add("Extension", x, x)
	}
	add(privateUse, t.Private, t.Private)
	name, rest := "", strings.Join(more, ", ")
	if t.Language != "" {
		name = t.names.nameOfLanguage(t.Language, "language")
		known = known && name != ""
	}
	switch {
	case !known:
		return ""
	case name == "":
		return rest
	case rest == "":
		return name
	}
	return name + " (" + rest + ")"
}

// replacement is the tag that is used instead of a grandfathered one; without parts if there
// is none.
func (t Tag) replacement() Tag {
	if t.names != nil {
		tag, err := t.names.Parse(t.names.find("grandfathered", t.Old).Preferred)
		if err != nil || tag.Old != "" {
			return Tag{}
		}
		return tag
	}
	now, err := language.Parse(t.Old)
	if err != nil || len(now.Extensions()) > 0 {
		return Tag{}
	}
	tag, err := Parse(now.String())
	if err != nil || tag.Old != "" {
		return Tag{}
	}
	return tag
}
