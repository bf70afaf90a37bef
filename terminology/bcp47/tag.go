package bcp47

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Tag is a tag taken apart. Its parts are written as RFC 5646 recommends.
type Tag struct {
	Language   string // empty when all of it is private or grandfathered
	Extended   []string
	Script     string
	Region     string
	Variants   []string
	Extensions []string // each with its letter, as u-co-phonebk
	Private    string   // what stands after x-
	Old        string   // a grandfathered tag, which has no parts

	name string // of a grandfathered tag
}

// maxTag is how long a tag may be.
const maxTag = 255

// errShape is the failure of what is no tag at all.
var errShape = errors.New("it is not of the form language-script-region, such as sw, pt-BR or zh-Hant-TW")

// Parse takes a tag apart. It fails if the text breaks the grammar of RFC 5646 or names a
// subtag that is not registered; the error says which.
func Parse(text string) (Tag, error) {
	s := strings.ToLower(text)
	if s == "" || len(s) > maxTag {
		return Tag{}, errShape
	}
	if e, ok := find(kindGrandfathered, s); ok {
		return Tag{Old: old(s), name: e.name}, nil
	}
	p := parser{rest: strings.Split(s, "-")}
	for _, part := range p.rest {
		if part == "" || len(part) > 8 || strings.ContainsFunc(part, func(r rune) bool { return !letter(r) && !digit(r) }) {
			return Tag{}, errShape
		}
	}
	if p.rest[0] != "x" {
		if err := p.language(); err != nil {
			return Tag{}, err
		}
	}
	return p.tag, p.tail()
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' }
func digit(r rune) bool  { return r >= '0' && r <= '9' }

// old writes a grandfathered tag as it was registered.
func old(s string) string {
	parts := strings.Split(s, "-")
	for i := 1; i < len(parts); i++ {
		if len(parts[i]) == 2 && parts[0] != "no" {
			parts[i] = strings.ToUpper(parts[i])
		}
	}
	return strings.Join(parts, "-")
}

type parser struct {
	rest []string
	tag  Tag
}

// take takes the next part if it is registered as a kind.
func (p *parser) take(kind byte) (string, bool) {
	if len(p.rest) == 0 {
		return "", false
	}
	if _, ok := find(kind, p.rest[0]); !ok {
		return "", false
	}
	part := p.rest[0]
	p.rest = p.rest[1:]
	return part, true
}

// language reads language, script, region and variants.
func (p *parser) language() error {
	var ok bool
	if p.tag.Language, ok = p.take(kindLanguage); !ok {
		return fmt.Errorf("%q is not a registered language", p.rest[0])
	}
	for len(p.tag.Extended) < 1 {
		if len(p.rest) == 0 || len(p.rest[0]) != 3 {
			break
		}
		e, known := find(kindExtended, p.rest[0])
		if !known || e.more != p.tag.Language {
			break
		}
		p.tag.Extended = append(p.tag.Extended, p.rest[0])
		p.rest = p.rest[1:]
	}
	if part, ok := p.take(kindScript); ok {
		p.tag.Script = strings.ToUpper(part[:1]) + part[1:]
	}
	if part, ok := p.take(kindRegion); ok {
		p.tag.Region = strings.ToUpper(part)
	}
	for {
		part, ok := p.take(kindVariant)
		if !ok {
			return nil
		}
		if slices.Contains(p.tag.Variants, part) {
			return fmt.Errorf("the variant %q is there twice", part)
		}
		p.tag.Variants = append(p.tag.Variants, part)
	}
}

// tail reads extensions and what is private.
func (p *parser) tail() error {
	seen := ""
	for len(p.rest) > 0 && len(p.rest[0]) == 1 && p.rest[0] != "x" {
		if strings.Contains(seen, p.rest[0]) {
			return fmt.Errorf("the extension %q is there twice", p.rest[0])
		}
		seen += p.rest[0]
		n := 1
		for n < len(p.rest) && len(p.rest[n]) > 1 {
			n++
		}
		if n == 1 {
			return fmt.Errorf("the extension %q is empty", p.rest[0])
		}
		p.tag.Extensions = append(p.tag.Extensions, strings.Join(p.rest[:n], "-"))
		p.rest = p.rest[n:]
	}
	if len(p.rest) > 0 && p.rest[0] == "x" {
		if len(p.rest) == 1 {
			return errors.New("nothing follows x")
		}
		p.tag.Private = strings.Join(p.rest[1:], "-")
		p.rest = nil
	}
	if len(p.rest) > 0 {
		return fmt.Errorf("%q is not a registered script, region or variant in this place", p.rest[0])
	}
	return nil
}

// String is the tag as RFC 5646 recommends to write it.
func (t Tag) String() string {
	if t.Old != "" {
		return t.Old
	}
	var parts []string
	for _, part := range slices.Concat([]string{t.Language}, t.Extended, []string{t.Script, t.Region}, t.Variants, t.Extensions) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if t.Private != "" {
		parts = append(parts, "x-"+t.Private)
	}
	return strings.Join(parts, "-")
}

// Name is the tag in English: "Portuguese (Brazil)".
func (t Tag) Name() string { return t.named(func(_, name string) string { return name }) }

// FullName is Name with what each part is: "Portuguese (Region=Brazil)".
func (t Tag) FullName() string {
	return t.named(func(what, name string) string { return what + "=" + name })
}

func (t Tag) named(part func(what, name string) string) string {
	if t.Old != "" {
		return t.name
	}
	var more []string
	add := func(kind byte, what, subtag string) {
		if e, ok := find(kind, strings.ToLower(subtag)); ok && subtag != "" {
			more = append(more, part(what, e.name))
		}
	}
	for _, x := range t.Extended {
		add(kindExtended, "Extended", x)
	}
	add(kindScript, "Script", t.Script)
	add(kindRegion, "Region", t.Region)
	for _, v := range t.Variants {
		add(kindVariant, "Variant", v)
	}
	for _, x := range t.Extensions {
		more = append(more, part("Extension", x))
	}
	if t.Private != "" {
		more = append(more, part("Private use", t.Private))
	}
	e, ok := find(kindLanguage, t.Language)
	switch {
	case !ok:
		return strings.Join(more, ", ")
	case len(more) == 0:
		return e.name
	}
	return e.name + " (" + strings.Join(more, ", ") + ")"
}
