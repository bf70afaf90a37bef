package terminology

import (
	"encoding/json"
	"slices"

	"masjala/terminology/compose"
	"masjala/terminology/concept"
)

// grammar is a code system whose codes are too many to list: a rule tells what is a code. It
// is part of the program, and gives way to one of the same address that was loaded.
type grammar struct {
	url, name, title string
	meta             concept.Meta
	usual            string                       // which codes stand for it in expansions, in words
	common           func() []grammarConcept      // codes in common use, which lists show
	one              func(string) *grammarConcept // nil for what is no code
}

// grammarConcept is a code as a CodeSystem would hold it.
type grammarConcept struct {
	Code        string               `json:"code"`
	Display     string               `json:"display,omitempty"`
	Designation []grammarDesignation `json:"designation,omitempty"`
	Property    []grammarProperty    `json:"property,omitempty"`
}

type grammarDesignation struct {
	Value string `json:"value"`
}

type grammarProperty struct {
	Code  string `json:"code"`
	Value string `json:"valueCode"`
}

// grammars are those that the program knows, with what the catalog has for them.
func (c *catalog) grammars() []*grammar { return []*grammar{languageTags(c.subtags())} }

// set makes the concept set of some codes.
func (g *grammar) set(s *Service, list []grammarConcept) (*concept.Set, error) {
	body, err := json.Marshal(struct {
		CaseSensitive bool               `json:"caseSensitive"`
		Language      string             `json:"language"`
		Property      []concept.Declared `json:"property"`
		Concept       []grammarConcept   `json:"concept"`
	}{false, g.meta.Language, g.meta.Properties, list})
	if err != nil {
		return nil, err
	}
	return s.supplied.set(body)
}

// holding makes the set of those of some codes that the grammar knows; nil without any.
func (g *grammar) holding(s *Service, codes []string) *concept.Set {
	var list []grammarConcept
	seen := map[string]bool{}
	for _, code := range codes {
		if c := g.one(code); c != nil && !seen[c.Code] {
			seen[c.Code] = true
			list = append(list, *c)
		}
	}
	if len(list) == 0 {
		return nil
	}
	set, err := g.set(s, list)
	if err != nil {
		return nil
	}
	return set
}

// entry is how the catalog knows the grammar.
func (g *grammar) entry(s *Service) (*entry, error) {
	set, err := g.set(s, g.common())
	if err != nil {
		return nil, err
	}
	e := &entry{typ: codeSystem, id: "#" + g.name, set: set, grammar: g,
		info: info{URL: g.url, Name: g.name, Title: g.title, Status: "active", Content: "not-present"}}
	e.system = &compose.System{URL: g.url, Set: set, Usual: g.usual,
		Grammar: func(codes []string) *concept.Set { return g.holding(s, codes) }}
	return e, nil
}

// holding is the entry with a set that has a code, where a grammar knows it; else e itself.
func (e *entry) holding(s *Service, codes ...string) *entry {
	if e.grammar == nil {
		return e
	}
	known := true
	for _, code := range codes {
		if _, ok := e.set.Find(code); !ok {
			known = false
		}
	}
	if known {
		return e
	}
	set := e.grammar.holding(s, codes)
	if set == nil {
		return e
	}
	n := &entry{typ: e.typ, id: e.id, info: e.info, set: set, grammar: e.grammar}
	system := *e.system
	system.Set = set
	n.system = &system
	return n
}

// build adds the grammars to a catalog, in the place of those that it had.
func (c *catalog) build(s *Service) error {
	for _, g := range c.grammars() {
		e, err := g.entry(s)
		if err != nil {
			return err
		}
		k := address{codeSystem, g.url}
		list := slices.DeleteFunc(slices.Clone(c.byURL[k]), func(x *entry) bool { return x.grammar != nil })
		c.byURL[k] = append(list, e)
		slices.SortFunc(c.byURL[k], better)
	}
	return nil
}

// rebuilt tells whether a change of the catalog changes its grammars, and then makes them anew.
func (c *catalog) rebuilt(s *Service, before *catalog) error {
	if c.usableOrNil(subtagRegistry, "") == before.usableOrNil(subtagRegistry, "") {
		return nil
	}
	c.plans = newPlans()
	return c.build(s)
}
