package codes

import (
	"masjala/fhir"
	"masjala/importers"
)

// names are what the code system and value set are called.
type names struct {
	system, valueSet string // canonical URLs
	id               string
	title            string
}

type codeSystem struct {
	URL              string        `json:"url"`
	Version          string        `json:"version"`
	Name             string        `json:"name"`
	Title            string        `json:"title,omitempty"`
	Status           string        `json:"status"`
	Experimental     bool          `json:"experimental"`
	Publisher        string        `json:"publisher,omitempty"`
	Description      string        `json:"description"`
	CaseSensitive    bool          `json:"caseSensitive"`
	ValueSet         string        `json:"valueSet"`
	HierarchyMeaning string        `json:"hierarchyMeaning,omitempty"`
	Content          string        `json:"content"`
	Count            int           `json:"count"`
	Property         []declaration `json:"property,omitempty"`
	Concept          []*concept    `json:"concept"`
}

type declaration struct {
	Code        string `json:"code"`
	URI         string `json:"uri,omitempty"`
	Description string `json:"description,omitempty"`
	Type        string `json:"type"`
}

type concept struct {
	Code        string        `json:"code"`
	Display     string        `json:"display"`
	Definition  string        `json:"definition,omitempty"`
	Designation []designation `json:"designation,omitempty"`
	Property    []any         `json:"property,omitempty"`
	Concept     []*concept    `json:"concept,omitempty"`
}

type codeValue struct {
	Code  string `json:"code"`
	Value string `json:"valueCode"`
}

// valueSet is the body of the ValueSet of all codes.
type valueSet struct {
	URL          string  `json:"url"`
	Version      string  `json:"version"`
	Name         string  `json:"name"`
	Title        string  `json:"title,omitempty"`
	Status       string  `json:"status"`
	Experimental bool    `json:"experimental"`
	Publisher    string  `json:"publisher,omitempty"`
	Description  string  `json:"description"`
	Compose      compose `json:"compose"`
}

type compose struct {
	Include []include `json:"include"`
}

type include struct {
	System string `json:"system"`
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
	cs := codeSystem{URL: n.system, Version: version, Name: computerName(n.title), Title: n.title, Status: "active", Publisher: publisher,
		Description: "Code list " + n.title + ", imported from a sheet.", CaseSensitive: true, ValueSet: n.valueSet, HierarchyMeaning: meaning,
		Content: "complete", Count: len(l.entries), Property: l.declarations(meaning != "" && !nested), Concept: l.concepts(nested)}
	system, err := fhir.Build("CodeSystem", n.id, nil, cs)
	if err != nil {
		return nil, err
	}
	all, err := fhir.Build("ValueSet", n.id, nil, valueSet{URL: n.valueSet, Version: version, Name: computerName(n.title), Title: n.title, Status: "active",
		Publisher: publisher, Description: "All codes of the code list " + n.title + ".", Compose: compose{Include: []include{{System: n.system}}}})
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
func (l *list) concepts(nested bool) []*concept {
	made := make(map[string]*concept, len(l.entries))
	for _, e := range l.entries {
		c := &concept{Code: e.code, Display: e.display, Definition: e.definition, Designation: e.designations}
		if e.inactive {
			c.Property = append(c.Property, codeValue{"status", "retired"})
		}
		for _, p := range e.properties {
			c.Property = append(c.Property, p)
		}
		if !nested {
			for _, p := range e.parents {
				c.Property = append(c.Property, codeValue{"parent", p})
			}
		}
		made[e.code] = c
	}
	var roots []*concept
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
func (l *list) declarations(parents bool) []declaration {
	var out []declaration
	if parents {
		out = append(out, declaration{Code: "parent", URI: "http://hl7.org/fhir/concept-properties#parent", Type: "code"})
	}
	seen := map[string]bool{}
	for _, e := range l.entries {
		if e.inactive && !seen["status"] {
			seen["status"] = true
			out = append(out, declaration{Code: "status", URI: "http://hl7.org/fhir/concept-properties#status", Type: "code"})
		}
		for _, p := range e.properties {
			if !seen[p.Code] {
				seen[p.Code] = true
				out = append(out, declaration{Code: p.Code, Type: "string"})
			}
		}
	}
	return out
}

// computerName turns a title into the name that programs use: letters, digits and underscores,
// starting with a capital (cnl-0).
func computerName(title string) string {
	var out []byte
	upper := true
	for _, c := range []byte(importers.Key(title)) {
		switch {
		case c >= 'a' && c <= 'z' && upper:
			out, upper = append(out, c-'a'+'A'), false
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && len(out) > 0:
			out, upper = append(out, c), false
		default:
			upper = true
		}
	}
	if len(out) == 0 {
		return "List"
	}
	return string(out)
}
