package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"masjala/fhir"
	"masjala/fhir/structure"
)

// Conform tells where a resource does not keep the rules of profiles; when none are given,
// of those that [Of] finds for it. An error is a rule that is broken, a warning what will
// make trouble elsewhere, information what a reader may want to know. Each names its
// element, and in the text the profile. That an element is missing that must only be
// supported is never told (ITI TF-2 Appendix Z.10). Up to fhir.MaxIssues are returned.
//
// What [Check] finds is not repeated.
func Conform(r *fhir.Resource, profiles ...*Profile) []fhir.Issue {
	c := &conformer{resource: r}
	c.targets()
	c.invariants()
	if len(profiles) == 0 {
		profiles = Of(r)
	}
	var held []*Profile
	for _, p := range profiles {
		if p.Type != r.Type {
			c.profile = p
			c.note("error", "structure", r.Type, "is not a %s, which the profile is for", p.Type)
			continue
		}
		for ; p != nil && !slices.Contains(held, p); p = p.base {
			held = append(held, p)
		}
	}
	types := marked(fhir.Member(r.Body, "type"))
	for i := len(held) - 1; i >= 0; i-- { // what is general first
		c.hold(held[i], types)
	}
	return c.found
}

// Of returns the profiles that a resource should keep the rules of: the general one of its
// type, those for what its codes say it is, in the spelling of mCSD 3.8 or the older one,
// and those that it claims in meta.profile, as far as they are known. There are none for
// types that no profile is for, and for code systems without concepts, which SVCM cannot
// describe.
func Of(r *fhir.Resource) []*Profile {
	var list []*Profile
	switch r.Type {
	case "Organization", "Location":
		m := marked(fhir.Member(r.Body, "type"))
		if m.facility.any() {
			list = append(list, variant(r.Type, facilityOrganization, facilityLocation))
		}
		if m.jurisdiction.any() {
			list = append(list, variant(r.Type, jurisdictionOrganization, jurisdictionLocation))
		}
		if list == nil {
			list = append(list, variant(r.Type, organization, location))
		}
	case "CodeSystem":
		if content := fhir.Unquote(fhir.Member(r.Body, "content")); content != "not-present" && content != "supplement" {
			list = append(list, codeSystem)
		}
	default:
		for _, p := range all {
			if p.Type == r.Type && p.base == nil {
				list = append(list, p)
			}
		}
	}
	for claim := range fhir.Items(fhir.Member(r.Meta, "profile")) {
		if p := Named(fhir.Unquote(claim)); p != nil && p.Type == r.Type && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}

func variant(typ string, org, loc *Profile) *Profile {
	if typ == "Organization" {
		return org
	}
	return loc
}

// conformer collects what profiles find in one resource.
type conformer struct {
	resource *fhir.Resource
	profile  *Profile // the one whose rules are looked at; nil for those of R4
	found    []fhir.Issue
}

// note notes a finding; text goes on after the path.
func (c *conformer) note(severity, code, path, format string, args ...any) {
	if len(c.found) >= fhir.MaxIssues {
		return
	}
	text := path + " " + fmt.Sprintf(format, args...)
	if c.profile != nil {
		text += " (" + c.profile.URL + ")"
	}
	c.found = append(c.found, fhir.Issue{Severity: severity, Code: code, Text: text + ".", Path: path})
}

// at is the path of an element of the resource.
func (c *conformer) at(name string) string { return c.resource.Type + "." + name }

// item is the path of one of several.
func item(path string, n int) string { return path + "[" + strconv.Itoa(n) + "]" }

// hold checks the rules of one profile alone.
func (c *conformer) hold(p *Profile, types marks) {
	c.profile = p
	var seen uint64
	for name := range fhir.Members(c.resource.Body) {
		name = companionOf(name)
		for i, want := range p.required {
			if string(name) == want {
				seen |= 1 << i
			}
		}
		if slices.Contains(p.banned, string(name)) {
			c.note("error", "structure", c.at(string(name)), "is there, and must not be")
		}
	}
	for i, want := range p.required {
		if seen&(1<<i) == 0 {
			c.note("error", "required", c.at(want), "is missing, and must be there")
		}
	}
	if p.rule != nil {
		p.rule(c, types)
	}
}

// companionOf takes the mark of a companion off a name.
func companionOf(name []byte) []byte {
	if len(name) > 0 && name[0] == '_' {
		return name[1:]
	}
	return name
}

// has tells whether an object has an element, or the companion of one.
func has(object []byte, name string) bool {
	for have := range fhir.Members(object) {
		if string(companionOf(have)) == name {
			return true
		}
	}
	return false
}

// targets checks that the references of the resource name resources of the types they may.
// R4 has this rule, but servers in the field break it, so that Check does not.
func (c *conformer) targets() {
	t := structure.Resource(c.resource.Type)
	if t == nil {
		return
	}
	hint := 0
	for name, value := range fhir.Members(c.resource.Body) {
		i := t.Find(name, hint)
		if i < 0 {
			continue
		}
		hint = i + 1
		if e := &t.Elements[i]; e.Type().Name == "Reference" && len(e.Targets) > 0 {
			c.element(e, value)
		}
	}
}

func (c *conformer) element(e *structure.Element, value []byte) {
	if !e.Many {
		c.target(e, value, c.at(e.Name))
		return
	}
	n := 0
	for ref := range fhir.Items(value) {
		c.target(e, ref, item(c.at(e.Name), n))
		n++
	}
}

func (c *conformer) target(e *structure.Element, ref []byte, path string) {
	typ := targetType(fhir.Unquote(fhir.Member(ref, "reference")))
	if typ == "" {
		typ = fhir.Unquote(fhir.Member(ref, "type"))
	}
	if typ != "" && structure.Resource(typ) != nil && !slices.Contains(e.Targets, typ) {
		c.note("error", "structure", path, "points to a %s; allowed are %s", typ, list(e.Targets))
	}
}

// targetType is the type in a literal reference, "" where it does not say.
func targetType(ref string) string {
	ref, _, _ = strings.Cut(ref, "/_history/")
	parts := strings.Split(ref, "/")
	if n := len(parts); n >= 2 && fhir.ValidID(parts[n-1]) && structure.Resource(parts[n-2]) != nil {
		return parts[n-2]
	}
	return ""
}
