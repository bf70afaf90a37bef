package terminology

import (
	"net/url"
	"slices"
	"strings"

	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// implicit is a value set that nobody wrote: one whose address begins with that of a code
// system (https://hl7.org/fhir/R4/snomedct.html#implicit), or the set of all codes of a code
// system, which the code system names
// (https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.valueSet). Nil for what is
// neither.
func (c *catalog) implicit(url, version string) *compose.Definition {
	if base, query, ok := strings.Cut(url, "?fhir_vs"); ok {
		return c.pattern(url, base, query, version)
	}
	if e := c.wholes[url]; e != nil {
		for _, e := range c.byURL[address{codeSystem, e.info.URL}] {
			u, v, _ := strings.Cut(e.info.ValueSet, "|")
			if u == url && (version == "" || version == v || version == e.info.Version) {
				return &compose.Definition{URL: url, Version: e.info.Version, Composed: true,
					Include: []compose.Include{{System: e.info.URL, Version: e.info.Version}}}
			}
		}
	}
	return nil
}

// named finds by which addresses code systems name the value set of all their codes.
func (c *catalog) named() {
	c.wholes = map[string]*entry{}
	for _, list := range c.byURL {
		for _, e := range list {
			if u, _, _ := strings.Cut(e.info.ValueSet, "|"); u != "" {
				c.wholes[u] = e
			}
		}
	}
}

// pattern makes the definition of a value set system?fhir_vs…: all codes, those that are a
// code (=isa/code), the reference sets (=refset), the members of one (=refset/code), or those
// that an expression selects (=ecl/expression, with or without %xx). It works for any code system.
func (c *catalog) pattern(address, base, query, version string) *compose.Definition {
	e := c.edition(base, version)
	if e == nil {
		return nil
	}
	in := compose.Include{System: e.info.URL, Version: e.info.Version}
	kind, value, _ := strings.Cut(strings.TrimPrefix(query, "="), "/")
	switch {
	case query == "":
	case !strings.HasPrefix(query, "="):
		return nil
	case kind == "isa" && value != "" && e.has(value):
		in.Filters = []compose.Filter{{Property: "concept", Op: "is-a", Value: value}}
	case kind == "refset" && value != "" && e.has(value):
		in.Filters = []compose.Filter{{Property: concept.MemberOf, Op: "=", Value: value}}
	case kind == "refset" && value == "" && e.set != nil:
		for code := range e.set.Values(concept.MemberOf) {
			in.Concepts = append(in.Concepts, compose.Given{Code: string(code)})
		}
		if len(in.Concepts) == 0 {
			return nil
		}
	case kind == "ecl" && value != "":
		if plain, err := url.PathUnescape(value); err == nil {
			value = plain
		}
		in.Filters = []compose.Filter{{Property: "constraint", Op: "=", Value: value}}
	default:
		return nil
	}
	return &compose.Definition{URL: address, Version: e.info.Version, Composed: true, Include: []compose.Include{in}}
}

// has tells whether a code may be one of the system: it is, or the codes are not here.
func (e *entry) has(code string) bool {
	if e.set == nil {
		return true
	}
	_, ok := e.set.Find(code)
	return ok
}

// edition finds a code system by its address or by that of one of its editions, which begin
// with its own: http://snomed.info/sct/900000000000207008, perhaps with /version/20260101.
func (c *catalog) edition(base, version string) *entry {
	if e := c.system(base, version); e != nil {
		return e
	}
	for at := strings.LastIndexByte(base, '/'); at > 0; at = strings.LastIndexByte(base[:at], '/') {
		list := c.byURL[address{codeSystem, c.preferred(base[:at])}]
		i := slices.IndexFunc(list, func(e *entry) bool {
			return e.info.Version == base || strings.HasPrefix(e.info.Version, base+"/")
		})
		if i >= 0 && (version == "" || list[i].info.Version == version) {
			return list[i].opened()
		}
	}
	return nil
}
