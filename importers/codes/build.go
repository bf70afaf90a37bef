package codes

import (
	"masjala/fhir"
	"masjala/importers/definition"
)

// names are what the code system and value set are called.
type names struct {
	system, valueSet string // canonical URLs
	id               string
	title            string
}

// version is that of lists made from sheets: the history of the resource tells them apart.
const version = "1.0.0"

// publisher is said of lists that do not name theirs, since shareable resources need one (SV-95-7).
const publisher = "Imported list"

// resources makes the CodeSystem and the ValueSet of a list.
func (l *list) resources(n names) ([]*fhir.Resource, error) {
	meaning, nested := "", l.oneParent()
	for _, e := range l.entries {
		if len(e.parents) > 0 {
			meaning = "is-a"
		}
	}
	cs := definition.CodeSystem{URL: n.system, Version: version, Name: definition.Name(n.title), Title: n.title, Status: "active", Publisher: publisher,
		Description: "Code list " + n.title + ", imported from a sheet.", CaseSensitive: true, ValueSet: n.valueSet, HierarchyMeaning: meaning,
		Content: "complete", Count: len(l.entries), Property: l.declarations(meaning != "" && !nested), Concept: l.concepts(nested)}
	system, err := fhir.Build("CodeSystem", n.id, nil, cs)
	if err != nil {
		return nil, err
	}
	all, err := fhir.Build("ValueSet", n.id, nil, definition.ValueSet{URL: n.valueSet, Version: version, Name: definition.Name(n.title), Title: n.title, Status: "active",
		Publisher: publisher, Description: "All codes of the code list " + n.title + ".", Compose: &definition.Compose{Include: []definition.Include{{System: n.system}}}})
	return []*fhir.Resource{system, all}, err
}

// oneParent tells whether the list is a tree, so that concepts can be nested.
func (l *list) oneParent() bool {
	for _, e := range l.entries {
		if len(e.parents) > 1 {
			return false
		}
	}
	return true
}

// concepts makes the concepts: a tree when nested, else a flat list with parent properties.
func (l *list) concepts(nested bool) []*definition.Concept {
	made := make(map[string]*definition.Concept, len(l.entries))
	for _, e := range l.entries {
		c := &definition.Concept{Code: e.code, Display: e.display, Definition: e.definition, Designation: e.designations}
		if e.inactive {
			c.Property = append(c.Property, definition.CodeValue{Code: "status", Value: "retired"})
		}
		for _, p := range e.properties {
			c.Property = append(c.Property, p)
		}
		if !nested {
			for _, p := range e.parents {
				c.Property = append(c.Property, definition.CodeValue{Code: "parent", Value: p})
			}
		}
		made[e.code] = c
	}
	var roots []*definition.Concept
	for _, e := range l.entries {
		if nested && len(e.parents) == 1 {
			up := made[e.parents[0]]
			up.Concept = append(up.Concept, made[e.code])
			continue
		}
		roots = append(roots, made[e.code])
	}
	return roots
}

// declarations lists the properties that concepts have.
func (l *list) declarations(parents bool) []definition.Declaration {
	var out []definition.Declaration
	if parents {
		out = append(out, definition.Declaration{Code: "parent", URI: definition.Base + "parent", Type: "code"})
	}
	seen := map[string]bool{}
	for _, e := range l.entries {
		if e.inactive && !seen["status"] {
			seen["status"] = true
			out = append(out, definition.Declaration{Code: "status", URI: definition.Base + "status", Type: "code"})
		}
		for _, p := range e.properties {
			if !seen[p.Code] {
				seen[p.Code] = true
				out = append(out, definition.Declaration{Code: p.Code, Type: "string"})
			}
		}
	}
	return out
}
