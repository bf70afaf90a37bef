package terminology

import (
	"slices"
	"strings"

	"masjala/terminology/bcp47"
	"masjala/terminology/concept"
)

// subtagRegistry is the code system that holds the registry of language subtags once it was
// imported: a concept for each record, whose properties are the fields of RFC 5646, 3.1.
const subtagRegistry = "http://www.iana.org/assignments/language-subtag-registry"

// languageTags are the tags of BCP 47 (https://hl7.org/fhir/R4/valueset-languages.html), with
// the subtags and names of a registry, or with those of the program where it is nil.
func languageTags(r *bcp47.Registry) *grammar {
	one := func(code string) *grammarConcept { return languageTag(r, code) }
	usual := "the languages that the Unicode CLDR names (https://cldr.unicode.org)"
	if r != nil {
		usual = "http://terminology.hl7.org/ValueSet/Languages"
	}
	return &grammar{
		url: "urn:ietf:bcp:47", name: "TagsForLanguages", title: "Tags for the Identification of Languages (BCP 47)", usual: usual,
		meta: concept.Meta{Language: "en", Properties: []concept.Declared{
			{Code: "language", Type: "code"}, {Code: "ext-lang", Type: "code"}, {Code: "script", Type: "code"}, {Code: "region", Type: "code"},
			{Code: "variant", Type: "code"}, {Code: "extension", Type: "code"}, {Code: "private-use", Type: "code"},
		}},
		common: func() []grammarConcept {
			var out []grammarConcept
			for _, l := range r.Common() {
				if c := one(l.Code); c != nil {
					if c.Display != l.Name {
						c.Designation = append(c.Designation, grammarDesignation{c.Display})
						c.Display = l.Name
					}
					out = append(out, *c)
				}
			}
			return out
		},
		one: one,
	}
}

// languageTag is the concept of a tag for a language; nil for what is none.
func languageTag(r *bcp47.Registry, code string) *grammarConcept {
	tag, err := r.Parse(code)
	if err != nil {
		return nil
	}
	c := &grammarConcept{Code: tag.String(), Display: tag.Name()}
	for _, name := range []string{tag.FullName(), tag.UsualName(), tag.NameInR4()} {
		if name != "" && name != c.Display && !slices.Contains(c.Designation, grammarDesignation{name}) {
			c.Designation = append(c.Designation, grammarDesignation{name})
		}
	}
	add := func(code string, values ...string) {
		for _, v := range values {
			if v != "" {
				c.Property = append(c.Property, grammarProperty{code, v})
			}
		}
	}
	add("language", tag.Language)
	add("ext-lang", tag.Extended...)
	add("script", tag.Script)
	add("region", tag.Region)
	add("variant", tag.Variants...)
	add("extension", tag.Extensions...)
	add("private-use", tag.Private)
	return c
}

// subtags reads the registry of language subtags; nil if none was imported.
func (c *catalog) subtags() *bcp47.Registry {
	e := c.usableOrNil(subtagRegistry, "")
	if e == nil {
		return nil
	}
	list := make([]bcp47.Record, e.set.Len())
	for k := range list {
		x := &list[k]
		x.Description = string(e.set.Display(uint32(k)))
		for p := range e.set.Properties(uint32(k)) {
			if p.Code == "prefix" {
				x.Prefixes = append(x.Prefixes, string(p.Value))
				continue
			}
			for code, field := range map[string]*string{"type": &x.Type, "subtag": &x.Subtag, "added": &x.Added, "deprecated": &x.Deprecated,
				"preferred-value": &x.Preferred, "scope": &x.Scope} {
				if p.Code == code {
					*field = strings.Clone(string(p.Value))
				}
			}
		}
	}
	return bcp47.NewRegistry(list)
}
