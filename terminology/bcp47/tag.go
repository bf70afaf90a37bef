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

	names *Registry // that it was held to
}

// maxTag is how long a tag may be.
const maxTag = 255

// errShape is the failure of what is no tag at all.
var errShape = errors.New("it is not of the form language-script-region, such as sw, pt-BR or zh-Hant-TW")

// Parse takes a tag apart. It fails if the text breaks the grammar of RFC 5646 or names a
// subtag that is not registered; the error says which.
func Parse(text string) (Tag, error) { return (*Registry)(nil).Parse(text) }

// Parse is [Parse] with the subtags of a registry, and their names.
func (r *Registry) Parse(text string) (Tag, error) {
	s := strings.ToLower(text)
	if s == "" || len(s) > maxTag {
		return Tag{}, errShape
	}
	if old := r.asRegistered(s); old != "" {
		return Tag{Old: old, names: r}, nil
	}
	p := parser{rest: strings.Split(s, "-"), tag: Tag{names: r}}
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

type parser struct {
	rest []string
	tag  Tag
}

// take takes the next part if it is registered as what is asked for.
func (p *parser) take(registered func(string) bool) (string, bool) {
	if len(p.rest) == 0 || !registered(p.rest[0]) {
		return "", false
	}
	part := p.rest[0]
	p.rest = p.rest[1:]
	return part, true
}

// language reads language, script, region and variants.
func (p *parser) language() error {
	var ok bool
	if p.tag.Language, ok = p.take(p.tag.names.isLanguage); !ok {
		return fmt.Errorf("%q is not a registered language", p.rest[0])
	}
	if part, ok := p.take(func(s string) bool { return p.tag.names.isExtended(s, p.tag.Language) }); ok {
		p.tag.Extended = []string{part}
	}
	if part, ok := p.take(p.tag.names.isScript); ok {
		p.tag.Script = strings.ToUpper(part[:1]) + part[1:]
	}
	if part, ok := p.take(p.tag.names.isRegion); ok {
		p.tag.Region = strings.ToUpper(part)
	}
	for {
		part, ok := p.take(p.tag.names.isVariant)
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
